/**
 * Ranges of one object, all of one version.
 *
 * @module
 */
import { CloudError, isCloudError } from '../../errors.ts';
import { shownKey } from '../../store/shown-key.ts';
import type { AbortOptions, ObjectInfo, ObjectStore } from '../../types.ts';
import { abortable, linkSignals, throwIfAborted } from '../../util/abort.ts';
import { createAsking } from './asking.ts';
import { checkBlockBytes, type BlockObject, type ByteSpan } from './layout.ts';
import { createPins } from './pins.ts';
import type { ReaderOptions } from './reader-options.ts';

export type { ReaderOptions } from './reader-options.ts';

/** What a reader did, since it was opened. */
export interface ReaderStats {
  /** Requests that it made itself; those of others that it joined are theirs. */
  requests: number;
  bytesFetched: number;
  /** Bytes that were handed out. */
  bytesUsed: number;
  /** How often requests began while none was under way: so many times latency had to be waited for. */
  rounds: number;
}

/** Ranges of one object, all of one version. */
export interface RangeReader {
  /** Of the version that is read. */
  readonly info: ObjectInfo;
  readonly byteLength: number;
  /**
   * Reads ranges, each into a buffer of its own, in the order asked. An `end` behind the object's is its end.
   *
   * @throws CloudError `ObjectChanged`, `RangeNotSatisfiable` when a range begins behind the end, `InvalidArgument`, what the store throws;
   *   `signal.reason`
   */
  read(ranges: readonly ByteSpan[], options?: AbortOptions): Promise<Uint8Array<ArrayBuffer>[]>;
  stats(): ReaderStats;
  /** Ends what runs, with `InvalidArgument`. */
  close(): Promise<void>;
}

/** How often one read begins anew before it gives up: what changes all the time is never read. */
const MOST_RESTARTS = 4;

/**
 * Open an object for reading in ranges. The first request is a GET of its beginning, which tells its size and pins its version: there is never a
 * HEAD, and an object of one block has come with it.
 *
 * All answers are of that version: by its generation, or its strong ETag. Where there is neither (a weak or hidden ETag), reads are held to the
 * time of the last change and the size, `onWarning` is told, and blocks are kept in memory for this reader alone; so it is when an ETag is
 * found to change by itself.
 *
 * @throws CloudError `NotFound`, `InvalidArgument`, `RangeNotSupported` and what else the store throws
 * @example
 * const reader = await openReader(openStore('s3://bucket/'), 'data.h5');
 * const [head, tail] = await reader.read([{ start: 0, end: 512 }, { start: reader.byteLength - 64, end: reader.byteLength }]);
 */
export async function openReader(store: ObjectStore, key: string, options: ReaderOptions = {}): Promise<RangeReader> {
  throwIfAborted(options.signal);
  const shown = shownKey(store.url, key);
  const { blockBytes = 0x10000, keep } = options;
  checkBlockBytes(blockBytes);
  const { start, end } = options.first ?? { start: 0, end: blockBytes };
  if (!(Number.isSafeInteger(start) && Number.isSafeInteger(end) && start >= 0 && end > start))
    throw new CloudError(`a first range needs 0 <= start < end, got ${start} to ${end}`, {
      code: 'InvalidArgument',
      operation: 'read',
      key: shown,
    });
  const isShared = options.blockCache !== undefined || options.container !== undefined;
  if (isShared && options.namespace === undefined)
    throw new CloudError('blocks that others may read need a namespace', { code: 'InvalidArgument', operation: 'read', key: shown });

  const counts: ReaderStats = { requests: 0, bytesFetched: 0, bytesUsed: 0, rounds: 0 };
  const life = new AbortController();
  // what is kept here is not kept by the store as well
  const asking = createAsking(store, key, counts, isShared ? { cache: 'bypass' } : {});
  const pins = createPins({ store, key, blockBytes, options, asking, life: life.signal });
  await pins.open({ start: Math.floor(start / blockBytes) * blockBytes, end: Math.ceil(end / blockBytes) * blockBytes });

  const within = ({ start, end }: ByteSpan, { sizeBytes }: BlockObject): ByteSpan => {
    if (start > sizeBytes && end >= start)
      throw new CloudError(`bytes ${start} to ${end} begin behind the end, ${sizeBytes}`, {
        code: 'RangeNotSatisfiable',
        operation: 'read',
        key: shown,
      });
    return { start, end: Math.min(end, sizeBytes) };
  };
  return {
    get info() {
      return pins.current().version.info;
    },
    get byteLength() {
      return pins.current().object.sizeBytes;
    },
    async read(ranges, { signal } = {}) {
      throwIfAborted(life.signal);
      const link = linkSignals(signal, life.signal);
      try {
        for (let restarts = 0; ; restarts++) {
          const pinned = pins.current();
          try {
            const spans = ranges.map((range) => within(range, pinned.object));
            const out = await pinned.blocks.read(pinned.object, spans, pinned.fetch, { signal: link.signal, keep });
            for (const bytes of out) counts.bytesUsed += bytes.length;
            return out;
          } catch (error) {
            throwIfAborted(link.signal);
            if (!isCloudError(error, 'ObjectChanged') || restarts === MOST_RESTARTS) throw error;
            await abortable(pins.renew(pinned, error), link.signal);
          }
        }
      } finally {
        link.unlink();
      }
    },
    stats: () => ({ ...counts }),
    async close() {
      if (!life.signal.aborted)
        life.abort(new CloudError(`the reader of ${shown} is closed`, { code: 'InvalidArgument', operation: 'read', key }));
      await pins.close();
    },
  };
}
