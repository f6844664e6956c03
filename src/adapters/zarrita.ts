/**
 * Zarr stores for zarrita: `anyfile/adapters/zarrita`.
 *
 * @example
 * import * as zarr from 'zarrita';
 * import { createZarrStore } from 'anyfile/adapters/zarrita';
 * const store = createZarrStore('s3://bucket/data.zarr', { region: 'eu-central-1' });
 * const array = await zarr.open(zarr.root(store).resolve('temperature'), { kind: 'array' });
 * const part = await zarr.get(array, [0, zarr.slice(0, 100), null]);
 * await store.close();
 *
 * @module
 */
import { CloudError, isCloudError } from '../errors.ts';
import type { OpenReaderOptions } from '../open/open-reader.ts';
import { openLocation } from '../open/open-store.ts';
import { aliasesOf } from '../store/aliases-of.ts';
import { sessionOf, type SessionOptions } from '../store/session.ts';
import type { AbortOptions } from '../types.ts';
import { formatUrl } from '../url/format.ts';
import { joinKey } from '../url/key.ts';
import { parseUrl } from '../url/parse.ts';
import { createLazyReader, type LazyReader, type OpenedReader } from './lazy-reader.ts';
import { clampSpan } from './span.ts';

/** Part of a value, as zarrita asks for it. */
export type ZarrRange = { offset: number; length: number } | { suffixLength: number };

/** Options of {@link createZarrStore}. */
export interface ZarrStoreOptions extends SessionOptions, Pick<OpenReaderOptions, 'blockBytes' | 'gapBytes' | 'maxRequestBytes'> {
  /** Shards that are kept open at a time, each with at most 64 MiB of blocks that were read of it. @default 16 */
  maxOpen?: number | undefined;
}

/** zarrita's `AsyncReadable` and `AsyncWritable`. */
export interface ZarrStore {
  /** A whole value, held to its checksum; undefined when there is none. */
  get(key: `/${string}`, options?: AbortOptions): Promise<Uint8Array | undefined>;
  /**
   * A part of a value, such as a chunk of a shard. Neighbours asked for at the same time are fetched together, and all of them are of one
   * version of the value. After {@link ZarrStore.set}, or a read that found it replaced, the next read is of the new version; but where its end had
   * been read, which is where a shard has its index, parts by their place reject until the end is read again.
   *
   * @throws CloudError `ObjectChanged` and what else reading throws
   */
  getRange(key: `/${string}`, range: ZarrRange, options?: AbortOptions): Promise<Uint8Array | undefined>;
  /** Writes a whole value: no read that begins afterwards is of the version before. */
  set(key: `/${string}`, value: Uint8Array): Promise<void>;
  /** Ends what runs. */
  close(): Promise<void>;
}

/**
 * A store for zarrita over a folder of any store. Sends nothing. Values that are missing cost one request, and are none; a refusal is an
 * error, not an absence.
 *
 * @param url of the folder that holds the root's `zarr.json` or `.zgroup`
 * @throws CloudError `InvalidUrl`, `UnsupportedProtocol`
 * @example const group = await zarr.open(createZarrStore('s3://bucket/data.zarr', { client }), { kind: 'group' });
 */
export function createZarrStore(url: string, options: ZarrStoreOptions = {}): ZarrStore {
  const { maxOpen = 16, blockBytes, gapBytes, maxRequestBytes } = options;
  const { context, isOurs } = sessionOf(options);
  const location = parseUrl(url, { aliases: aliasesOf(context) });
  const store = openLocation(context, location);
  const shards = new Map<string, LazyReader>();
  /** Whose end was read, where the index is: zarrita keeps it as long as the array is open. */
  const indexed = new WeakSet<LazyReader>();
  /** Shards that were replaced since then: places of the old index are other bytes in the new version. */
  const outdated = new Set<string>();
  let closed = false;

  const nameOf = (key: string): string => {
    if (closed) throw new CloudError('this store is closed', { code: 'InvalidArgument', url });
    return key.replace(/^\/+/, '');
  };

  /** The reader of a shard; of too many the one that was used longest ago is let go: who is reading of it goes on. */
  function shardOf(name: string): LazyReader {
    const shard =
      shards.get(name) ??
      createLazyReader(formatUrl({ ...location, path: joinKey(location.path, name) }), {
        client: { context },
        blockBytes,
        gapBytes,
        maxRequestBytes,
      });
    shards.delete(name);
    shards.set(name, shard);
    if (shards.size > maxOpen) shards.delete(shards.keys().next().value!);
    return shard;
  }

  /** Lets a shard go, unless there is another one by now. It is not closed, which would end reads of others that still can be answered. */
  function letGo(name: string, shard: LazyReader): boolean {
    return shards.get(name) === shard && shards.delete(name);
  }

  /** Lets go of a version that was replaced. */
  function outdate(name: string, shard: LazyReader): void {
    if (letGo(name, shard) && indexed.has(shard)) outdated.add(name);
  }

  /** Undefined for a shard that is not there: its chunks are all fill value. */
  async function openShard(name: string, shard: LazyReader, signal: AbortSignal | undefined): Promise<OpenedReader | undefined> {
    try {
      return await shard.open(signal);
    } catch (error) {
      letGo(name, shard);
      if (isCloudError(error, 'NotFound')) return undefined;
      throw error;
    }
  }

  return {
    async get(key, { signal } = {}) {
      const result = await store.get(nameOf(key), { signal });
      return await result?.bytes();
    },
    async getRange(key, range, { signal } = {}) {
      const name = nameOf(key);
      const isIndex = 'suffixLength' in range;
      if (isIndex) outdated.delete(name);
      else if (outdated.has(name))
        throw new CloudError(`${name} was replaced: its index has to be read again`, { code: 'ObjectChanged', operation: 'read', url });
      const shard = shardOf(name);
      if (isIndex) indexed.add(shard);
      const version = await openShard(name, shard, signal);
      if (!version) return undefined;
      const { byteLength } = version.reader;
      const span = isIndex
        ? clampSpan(byteLength - range.suffixLength, byteLength, byteLength)
        : clampSpan(range.offset, range.offset + range.length, byteLength);
      try {
        const [bytes] = await version.read([span], signal);
        return bytes;
      } catch (error) {
        if (isCloudError(error, 'ObjectChanged')) outdate(name, shard);
        throw error;
      }
    },
    async set(key, value) {
      const name = nameOf(key);
      await store.put(name, value);
      const shard = shards.get(name);
      if (shard) outdate(name, shard);
    },
    async close() {
      closed = true;
      await Promise.all([...shards.values()].map((shard) => shard.close()));
      if (isOurs) await context.close();
    },
  };
}
