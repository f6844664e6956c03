/**
 * Ranges of objects through a container: what is missing is fetched, in few requests, once, and kept.
 *
 * @module
 */
import { CloudError } from '../../errors.ts';
import type { AbortOptions, ByteSource } from '../../types.ts';
import { abortable, onAbort, throwIfAborted } from '../../util/abort.ts';
import { maxValueBytes, type CacheContainer } from '../container/container.ts';
import { createFlights, type FetchRange, type Reading } from './flights.ts';
import { createKeeper, type BlockRange } from './keeper.ts';
import { blockLength, blocksOf, checkObject, checkSpan, layOut, type BlockObject, type ByteSpan } from './layout.ts';
import { rangeSource } from './range-source.ts';

export type { FetchRange } from './flights.ts';
export type { BlockRange } from './keeper.ts';
export type { BlockObject, ByteSpan } from './layout.ts';

/** How a block cache is made. */
export interface BlockCacheOptions {
  /** Where blocks are kept. It is not closed with the block cache. */
  container: CacheContainer;
  /** Missing blocks that lie no further apart are fetched by one request, in bytes. @default 65,536 */
  gapBytes?: number | undefined;
  /** The most that one request asks for, in bytes; at least a block. @default 8 MiB */
  maxRequestBytes?: number | undefined;
  /** Requests at a time for one object: others are not held up by it. The transport has a limit of its own. @default 16 */
  concurrency?: number | undefined;
}

/** What a reader of blocks may say. */
export interface BlockReadOptions extends AbortOptions {
  /** `false`: what is fetched is handed out, not kept. @default true */
  keep?: boolean | undefined;
  /** Told of bytes that did not come out of the container, as they are handed out: fetched for this call or another, or on their way there. */
  onFresh?: ((bytes: number) => void) | undefined;
}

/** What a block cache did, since it was made. */
export interface BlockStats {
  /** Reads that were answered without all of their bytes being fetched; those that joined another's request do not count as such. */
  hits: number;
  /** All other reads that were answered. */
  misses: number;
  /** Bytes that requests brought, those of gaps included. */
  bytesFetched: number;
  /** Bytes that were handed out from what was kept. */
  bytesSaved: number;
  requests: number;
}

/**
 * Reads of ranges through a container.
 *
 * - A block that is on its way is on its way for all who want it. Who aborts leaves alone; a request is aborted when nobody waits for any of its
 *   blocks any more, and what then fails for the sake of who left is tried again by those who stay.
 * - No byte of a version is fetched twice while it is kept. What was fetched is handed out from memory, whatever storage does with it.
 * - Trouble with storage fails nothing.
 */
export interface BlockCache {
  /**
   * Reads ranges, each into a buffer of its own, in the order asked.
   *
   * @throws CloudError `InvalidArgument` for a range that is not within the object, `Truncated` when `fetch` gives fewer or more bytes than it
   *   was asked for; what `fetch` rejects with; `signal.reason`
   */
  read(object: BlockObject, ranges: readonly ByteSpan[], fetch: FetchRange, options?: BlockReadOptions): Promise<Uint8Array<ArrayBuffer>[]>;
  /** The same for one long range, in pieces of some MiB, of which three are in memory. Its `bytes` reads what is left at once. */
  source(object: BlockObject, range: ByteSpan, fetch: FetchRange, options?: BlockReadOptions): ByteSource;
  /** Whether all blocks of a range are kept at this moment. */
  has(object: BlockObject, range: ByteSpan, options?: AbortOptions): Promise<boolean>;
  /**
   * Keeps the blocks that lie wholly in bytes which came in another way. They are copied before it returns; it resolves when storage has
   * them, or will not.
   *
   * @param at where in the object the bytes begin
   */
  put(object: BlockObject, at: number, bytes: Uint8Array, options?: AbortOptions): Promise<void>;
  /** Keeps nothing of what is on its way to storage and of this range. To be called before it is deleted from the container. */
  forget(range: BlockRange): Promise<void>;
  readonly stats: Readonly<BlockStats>;
  /** Resolves when storage has what it is to keep. */
  settled(): Promise<void>;
  /** Keeps nothing more, and waits for what is being kept. Reads go on. */
  close(): Promise<void>;
}

const PIECE_BYTES = 4 * 0x100000;
const PIECES = 3;

/**
 * Make a block cache. All readers that are to share their requests use the same one.
 *
 * @throws CloudError `InvalidArgument`
 * @example
 * const cache = createBlockCache({ container: createMemoryContainer() });
 * const [head, tail] = await cache.read(object, [{ start: 0, end: 512 }, { start: size - 22, end: size }], fetch);
 */
export function createBlockCache(options: BlockCacheOptions): BlockCache {
  const { container, gapBytes = 0x10000, maxRequestBytes = maxValueBytes, concurrency = 16 } = options;
  for (const [name, value, least] of [
    ['gapBytes', gapBytes, 0],
    ['maxRequestBytes', maxRequestBytes, 1],
    ['concurrency', concurrency, 1],
  ] as const) {
    if (!(Number.isSafeInteger(value) && value >= least))
      throw new CloudError(`${name} is a whole number from ${least}, not ${value}`, { code: 'InvalidArgument' });
  }
  const stats: BlockStats = { hits: 0, misses: 0, bytesFetched: 0, bytesSaved: 0, requests: 0 };
  const keeper = createKeeper(container);
  const flights = createFlights({ container, keeper, gapBytes, maxRequestBytes, concurrency, counts: stats });

  const read: BlockCache['read'] = (object, ranges, fetch, { signal, keep = true, onFresh } = {}) =>
    new Promise((resolve, reject) => {
      throwIfAborted(signal);
      const { outs, wanted } = layOut(object, ranges);
      if (!wanted.size) return resolve(outs);
      let off = (): void => {};
      const reading: Reading = {
        object,
        fetch,
        keep,
        wanted,
        savedBytes: 0,
        onFresh,
        ended: false,
        end(failure) {
          off();
          if (failure) return reject(failure.error);
          stats.bytesSaved += reading.savedBytes;
          stats[reading.savedBytes > 0 ? 'hits' : 'misses']++;
          resolve(outs);
        },
      };
      off = onAbort(signal, () => {
        flights.leave(reading, signal?.reason);
        reading.end({ error: signal?.reason });
      });
      flights.seek(reading, [...wanted.keys()]);
    });

  return {
    stats,
    read,
    source(object, range, fetch, { signal, keep, onFresh } = {}) {
      checkObject(object);
      checkSpan(range, object.sizeBytes);
      const { blockBytes } = object;
      const pieceBytes = Math.max(1, Math.floor(Math.min(PIECE_BYTES, maxRequestBytes) / blockBytes)) * blockBytes;
      const readPiece = async (span: ByteSpan, signal: AbortSignal): Promise<Uint8Array<ArrayBuffer>> =>
        (await read(object, [span], fetch, { signal, keep, onFresh }))[0]!;
      return rangeSource(readPiece, { range: { ...range }, pieceBytes, pieces: PIECES, signal });
    },
    async has(object, range, { signal } = {}) {
      throwIfAborted(signal);
      checkObject(object);
      checkSpan(range, object.sizeBytes);
      return flights.hasAll(object, blocksOf(object, range), signal);
    },
    async put(object, at, bytes, { signal } = {}) {
      throwIfAborted(signal);
      checkObject(object);
      checkSpan({ start: at, end: at + bytes.length }, object.sizeBytes);
      const waits = blocksOf(object, { start: at, end: at + bytes.length }).flatMap((index) => {
        const from = index * object.blockBytes - at;
        const to = from + blockLength(object, index);
        return from < 0 || to > bytes.length ? [] : (flights.add(object, index, bytes.slice(from, to)) ?? []);
      });
      await abortable(Promise.all(waits), signal);
    },
    async forget(range) {
      flights.forget(range);
      await keeper.forget(range);
    },
    settled: keeper.settled,
    close: keeper.close,
  };
}
