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
   * version of the value.
   *
   * @throws CloudError `ObjectChanged` and what else reading throws
   */
  getRange(key: `/${string}`, range: ZarrRange, options?: AbortOptions): Promise<Uint8Array | undefined>;
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

  /** Undefined for a shard that is not there: its chunks are all fill value. */
  async function openShard(name: string, signal: AbortSignal | undefined): Promise<OpenedReader | undefined> {
    try {
      return await shardOf(name).open(signal);
    } catch (error) {
      shards.delete(name);
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
      const shard = await openShard(name, signal);
      if (!shard) return undefined;
      const { byteLength } = shard.reader;
      const span =
        'suffixLength' in range
          ? clampSpan(byteLength - range.suffixLength, byteLength, byteLength)
          : clampSpan(range.offset, range.offset + range.length, byteLength);
      const [bytes] = await shard.read([span], signal);
      return bytes;
    },
    async set(key, value) {
      await store.put(nameOf(key), value);
    },
    async close() {
      closed = true;
      await Promise.all([...shards.values()].map((shard) => shard.close()));
      if (isOurs) await context.close();
    },
  };
}
