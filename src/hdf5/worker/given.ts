/**
 * What a page gives to a worker for one file and keeps itself: functions among the options, and sources that it reads.
 *
 * @module
 */
import { runtime } from '#platform';
import { CloudError } from '../../errors.ts';
import { keepFunctions, type How } from '../../rpc/functions.ts';
import { ownBytes } from '../../rpc/own-bytes.ts';
import type { ErrorPacker } from '../../rpc/packed-error.ts';
import type { Answer } from '../../rpc/peer.ts';
import { toWire, type Wire } from '../../rpc/wire.ts';
import type { Hdf5Input, PathOfClient } from '../source/byte-source.ts';
import type { Hdf5Source } from '../types.ts';
import type { PageCalls, PostedReader, PostedSource, SourceStats } from './messages.ts';
import type { RemoteOpenOptions } from './remote-options.ts';

/** Functions that are asked something and may take their time, and functions that are told something. */
const how = new Map<string, How>([
  ['credentials', 'ask'],
  ['plugins', 'ask'],
  ['onWarning', 'tell'],
  ['onRequest', 'tell'],
  ['progress', 'tell'],
]);

const why: Record<string, string> = {
  fetch: 'its requests and responses cannot be sent, and the page would have to do what the worker is for',
  clock: 'it is asked without waiting',
};

const isObject = (input: unknown): input is Record<string, unknown> => typeof input === 'object' && input !== null;
const isPath = (input: unknown): input is PathOfClient => isObject(input) && 'context' in input;

const invalid = (message: string): CloudError => new CloudError(message, { code: 'InvalidArgument', operation: 'openHdf5' });

/** What was given for one file. */
export interface Given {
  readonly source: PostedSource;
  readonly options: Wire;
  /** Buffers that go along for good. */
  readonly transfer: ArrayBuffer[];
  ask(args: PageCalls['ask'][0], signal: AbortSignal): Promise<Answer>;
  tell(args: PageCalls['tell'][0]): Promise<Answer>;
  read(args: PageCalls['read'][0], signal: AbortSignal): Promise<Answer>;
  sibling(args: PageCalls['sibling'][0], signal: AbortSignal): Promise<Answer>;
  closeReader(args: PageCalls['closeReader'][0]): Promise<Answer>;
  /** Lets go of it: the worker has closed what it had opened. */
  forget(): void;
  /** Closes what the worker had opened and cannot close any more. */
  close(): Promise<void>;
}

/** A source, and whether what it reads is nobody else's. */
interface Reading {
  readonly source: Hdf5Source;
  readonly isOurs: boolean;
}

/** A Blob cannot be posted in Node, Bun and Deno, or loses its name. */
const blobReading = (blob: Blob): Reading => ({
  isOurs: true,
  source: {
    byteLength: blob.size,
    name: (blob as { name?: string }).name,
    read: (ranges) => Promise.all(ranges.map(async ({ start, end }) => new Uint8Array(await blob.slice(start, end).arrayBuffer()))),
  },
});

/**
 * Get ready what a worker opens a file with.
 *
 * @throws CloudError `InvalidArgument` for what cannot be sent, by its name
 */
export function give(input: Hdf5Input, options: RemoteOpenOptions, errors: ErrorPacker): Given {
  const functions = keepFunctions({ errors, how, why, instead: 'serveHdf5' });
  const readings = new Map<number, Reading>();
  let last = 0;

  function post(reading: Reading): PostedReader {
    const { source } = reading;
    const { byteLength, name } = source;
    readings.set(++last, reading);
    return { id: last, byteLength, name, stats: source.stats?.(), hasSiblings: source.sibling !== undefined };
  }
  const readingOf = (id: number): Reading => {
    const reading = readings.get(id);
    if (!reading) throw invalid('this source is closed');
    return reading;
  };

  const { mode = 'r', transfer = false, signal: _, client, ...rest } = options;
  if (mode !== 'r') throw invalid(`a worker reads files: there is no mode '${String(mode)}' in one`);
  // a client is not to be sent, but what it was made of is
  const { context } = isPath(input) ? input : (client ?? {});
  const wanted = { ...rest, ...context?.options };
  const wire = toWire(wanted, 'options', { errors, keep: functions.keep });
  function forget(): void {
    functions.clear();
    readings.clear();
  }
  const gone: ArrayBuffer[] = [];
  const source = sourceOf(input, { transfer, gone, post });

  return {
    source,
    options: wire,
    transfer: gone,
    async ask({ id, args }, its) {
      return { value: await functions.ask(id, args, its) };
    },
    async tell({ id, args }) {
      functions.tell(id, args);
      return { value: undefined };
    },
    async read({ id, ranges }, its) {
      const { source: from, isOurs } = readingOf(id);
      const read = await from.read(ranges, { signal: its });
      const pieces = read.map((piece) => ownBytes(piece));
      // the buffers of others may be wanted again
      const transfer = new Set(pieces.filter((piece, i) => isOurs || piece !== read[i]).map(({ buffer }) => buffer));
      const stats: SourceStats | undefined = from.stats?.();
      return { value: { pieces, stats }, transfer };
    },
    async sibling({ id, name }, its) {
      const { source: from, isOurs } = readingOf(id);
      const found = await from.sibling?.(name, { signal: its });
      return { value: found ? post({ source: found, isOurs }) : null };
    },
    async closeReader({ id }) {
      const reading = readings.get(id);
      readings.delete(id);
      await reading?.source.close?.();
      return { value: undefined };
    },
    forget,
    async close() {
      const open = [...readings.values()];
      forget();
      await Promise.all(open.map(async ({ source: its }) => its.close?.()));
    },
  };
}

interface SourceOptions {
  readonly transfer: boolean;
  /** Is added what is given away. */
  readonly gone: ArrayBuffer[];
  post(reading: Reading): PostedReader;
}

function sourceOf(input: Hdf5Input, { transfer, gone, post }: SourceOptions): PostedSource {
  if (typeof input === 'string' || input instanceof URL) return { kind: 'url', url: String(input) };
  if (input instanceof Blob)
    return runtime() === 'browser' ? { kind: 'blob', blob: input } : { kind: 'reader', reader: post(blobReading(input)) };
  if (input instanceof ArrayBuffer || input instanceof Uint8Array) {
    const bytes = input instanceof ArrayBuffer ? new Uint8Array(input) : input;
    const own = ownBytes(bytes);
    if (transfer && own !== bytes)
      throw invalid('`transfer` takes bytes that have their buffer to themselves: these are part of a larger one');
    if (transfer || own !== bytes) gone.push(own.buffer);
    return { kind: 'bytes', bytes: own };
  }
  if (isPath(input)) return { kind: 'url', url: input.toString() };
  if (isObject(input) && 'openHdf5' in input)
    throw invalid('what opens itself, as a Datafile does, cannot be sent to a worker: give its URL, its path or its bytes');
  if (isObject(input) && typeof input['read'] === 'function' && Number.isSafeInteger(input['byteLength']))
    return { kind: 'reader', reader: post({ source: input, isOurs: false }) };
  throw invalid('an HDF5 file is a URL, a CloudPath, a Blob, bytes, or { byteLength, read(ranges) }');
}
