/**
 * A reader that is opened by the first read: for sources that peers want at once.
 *
 * @module
 */
import type { RangeReader } from '../cache/blocks/reader.ts';
import { CloudError } from '../errors.ts';
import { openReader, type OpenReaderOptions } from '../open/open-reader.ts';
import { createSingleFlight } from '../util/single-flight.ts';
import { createTurnReads, type TurnReads } from './turn-reads.ts';

/** What is read of: a version of an object. */
export interface OpenedReader {
  readonly reader: RangeReader;
  readonly read: TurnReads;
}

/** One object, read by ranges once it is needed. */
export interface LazyReader {
  /** Undefined before it was opened. */
  readonly current: OpenedReader | undefined;
  /** Opens it, once however many ask; who aborts leaves alone. */
  open(signal?: AbortSignal): Promise<OpenedReader>;
  /** Closes a reader, unless it is another one by now: the next `open` makes a new one. */
  forget(stale: OpenedReader): Promise<void>;
  /** Ends what runs; nothing is opened any more. */
  close(): Promise<void>;
}

/**
 * Make one; sends nothing.
 *
 * @param options `signal` is for opening, where `open` is given none
 */
export function createLazyReader(url: string, options: OpenReaderOptions): LazyReader {
  const flight = createSingleFlight<number, OpenedReader>();
  let current: OpenedReader | undefined;
  let opened = 0;
  let closed = false;
  return {
    get current() {
      return current;
    },
    async open(signal) {
      if (closed) throw new CloudError('this file is closed', { code: 'InvalidArgument', url });
      if (current) return current;
      const run = async (opening: AbortSignal): Promise<OpenedReader> => {
        const reader = await openReader(url, { ...options, signal: opening });
        if (closed) await reader.close();
        return (current = { reader, read: createTurnReads(reader) });
      };
      return await flight(opened, run, { signal: signal ?? options.signal });
    },
    async forget(stale) {
      if (current !== stale) return;
      current = undefined;
      opened++;
      await stale.reader.close();
    },
    async close() {
      closed = true;
      await current?.reader.close();
    },
  };
}
