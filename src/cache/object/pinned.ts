/**
 * Fetching what is missing of one version.
 *
 * @module
 */
import { isCloudError } from '../../errors.ts';
import type { GetOptions } from '../../types.ts';
import { asyncDispose } from '../../util/dispose.ts';
import type { FetchRange } from '../blocks/block-cache.ts';
import { changed, notCached, type Cached } from './cached.ts';
import type { Reading } from './ledger.ts';
import type { Pointer } from './pointer.ts';
import { confirm } from './revalidate.ts';
import { infoOf, pinTo, sameBytes } from './versions.ts';

/** A way to fetch ranges, and what it found out. */
export interface Pinned {
  readonly fetch: FetchRange;
  /** How much was fetched: whatever it is, the service has that version at this moment. */
  readonly fetchedBytes: number;
  /** What is known now. */
  readonly pointer: Pointer;
  /** To be told by the blocks of bytes that were not kept before. */
  onFresh(bytes: number): void;
  /** Whether all that was read so far was kept, and had its checksum when that was. */
  verified(): Promise<boolean>;
}

/** Fetch ranges of the version that a pointer is of: another is `ObjectChanged`. */
export function pinned(cached: Cached, reading: Reading, known: Pointer, options: GetOptions): Pinned {
  const { store, cache, ledger } = cached;
  const { version, storedBytes } = options;
  let pointer = known;
  let fetchedBytes = 0;
  let freshBytes = 0;

  const fetch: FetchRange = async (range, { signal, dontKeep }) => {
    if (cache.policy.freshness === 'offline' && options.cache !== 'reload') throw notCached(reading.shown, 'get');
    if (pointer.verified) {
      // What comes by parts is not verified, and it will be found among what was.
      pointer = { ...pointer, verified: false };
      if (!(await ledger.unverify(reading, pointer.object))) dontKeep();
    }
    const { info } = pointer;
    const ifMatch = pinTo(info);
    try {
      const result = await store.get(reading.key, { range, ifMatch, version, storedBytes, signal });
      if (!result) throw changed(reading.shown);
      const sameTime = result.lastModified !== undefined && result.lastModified.getTime() === info.lastModified?.getTime();
      if (result.totalBytes !== info.sizeBytes || !(sameBytes(info, result) ?? sameTime)) {
        await result[asyncDispose]();
        throw changed(reading.shown);
      }
      const now = { ...infoOf(result), sizeBytes: info.sizeBytes };
      const bytes = await result.bytes();
      fetchedBytes += bytes.length;
      cache.counts.bytesFetched += bytes.length;
      // what somebody else was given is not kept for the one who asked before
      if (await reading.still()) pointer = await confirm(cached, reading, pointer, now);
      else dontKeep();
      return bytes;
    } catch (error) {
      throw isCloudError(error, 'PreconditionFailed') ? changed(reading.shown, error) : error;
    }
  };
  return {
    fetch,
    onFresh: (bytes) => void (freshBytes += bytes),
    async verified() {
      if (!pointer.verified || freshBytes > 0) return false;
      // what was kept may have been fetched by parts meanwhile: then it was said before
      const now = await ledger.find(reading);
      return now?.object === pointer.object && now.verified;
    },
    get fetchedBytes() {
      return fetchedBytes;
    },
    get pointer() {
      return pointer;
    },
  };
}
