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
}

/** Fetch ranges of the version that a pointer is of: another is `ObjectChanged`. */
export function pinned(cached: Cached, reading: Reading, known: Pointer, options: GetOptions): Pinned {
  const { store, cache, ledger } = cached;
  const { version, storedBytes } = options;
  let pointer = known;
  let fetchedBytes = 0;

  const fetch: FetchRange = async (range, { signal }) => {
    if (cache.policy.freshness === 'offline' && options.cache !== 'reload') throw notCached(reading.key, 'get');
    if (pointer.verified) {
      // What comes by parts is not verified, and it will be found among what was.
      pointer = { ...pointer, verified: false };
      await ledger.publish(reading, pointer);
    }
    const { info } = pointer;
    const ifMatch = pinTo(info);
    try {
      const result = await store.get(reading.key, { range, ifMatch, version, storedBytes, signal });
      if (!result) throw changed(reading.key);
      const sameTime = result.lastModified?.getTime() === info.lastModified?.getTime();
      if (result.totalBytes !== info.sizeBytes || !(sameBytes(info, result) ?? sameTime)) {
        await result[asyncDispose]();
        throw changed(reading.key);
      }
      const now = { ...infoOf(result), sizeBytes: info.sizeBytes };
      const bytes = await result.bytes();
      fetchedBytes += bytes.length;
      cache.counts.bytesFetched += bytes.length;
      pointer = await confirm(cached, reading, pointer, now);
      return bytes;
    } catch (error) {
      throw isCloudError(error, 'PreconditionFailed') ? changed(reading.key, error) : error;
    }
  };
  return {
    fetch,
    get fetchedBytes() {
      return fetchedBytes;
    },
    get pointer() {
      return pointer;
    },
  };
}
