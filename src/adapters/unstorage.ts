/**
 * A driver for unstorage over any store: `anyfile/adapters/unstorage`.
 *
 * @example
 * import { createStorage } from 'unstorage';
 * import { createUnstorageDriver } from 'anyfile/adapters/unstorage';
 * const storage = createStorage({ driver: createUnstorageDriver('s3://bucket/settings', { region: 'eu-central-1' }) });
 * await storage.setItem('user:42', { theme: 'dark' }); // s3://bucket/settings/user/42
 * const keys = await storage.getKeys('user'); // all of them, however many
 *
 * @module
 */
import { CloudError } from '../errors.ts';
import { openLocation } from '../open/open-store.ts';
import { aliasesOf } from '../store/aliases-of.ts';
import { sessionOf, type SessionOptions } from '../store/session.ts';
import type { Body, ObjectInfo, PutOptions } from '../types.ts';
import { parseUrl } from '../url/parse.ts';

/** What calls may say; unstorage hands its own options through. */
export interface UnstorageCallOptions {
  signal?: AbortSignal | undefined;
  /** Of an item that is set. */
  contentType?: string | undefined;
  /** Of an item that is set: its own metadata. */
  metadata?: Record<string, string> | undefined;
  /** For unstorage itself, which leaves out deeper keys. */
  maxDepth?: number | undefined;
}

/** What is known of an item. */
export interface UnstorageMeta {
  mtime?: Date;
  size: number;
  etag?: string;
  contentType?: string;
  /** Its own metadata. */
  [name: string]: string | number | Date | undefined;
}

/** unstorage's `Driver`. */
export interface UnstorageDriver {
  readonly name: string;
  readonly options: { readonly url: string };
  hasItem(key: string, options?: UnstorageCallOptions): Promise<boolean>;
  /** As text; null when there is none. */
  getItem(key: string, options?: UnstorageCallOptions): Promise<string | null>;
  /** As bytes; null when there is none. */
  getItemRaw(key: string, options?: UnstorageCallOptions): Promise<Uint8Array<ArrayBuffer> | null>;
  setItem(key: string, value: string, options?: UnstorageCallOptions): Promise<void>;
  /** Bytes, texts, Blobs, streams. */
  setItemRaw(key: string, value: unknown, options?: UnstorageCallOptions): Promise<void>;
  removeItem(key: string, options?: UnstorageCallOptions): Promise<void>;
  getMeta(key: string, options?: UnstorageCallOptions): Promise<UnstorageMeta | null>;
  /** All keys below a base: as many pages as there are. */
  getKeys(base?: string, options?: UnstorageCallOptions): Promise<string[]>;
  /** Removes all keys below a base. */
  clear(base?: string, options?: UnstorageCallOptions): Promise<void>;
  /** Ends the client, if it is the driver's own. */
  dispose(): Promise<void>;
}

/** `a:b` of unstorage is `a/b` of stores. */
const toPath = (key: string): string => key.replace(/:/g, '/').replace(/^\/+|\/+$/g, '');
const toKey = (path: string): string => path.replace(/\//g, ':');

function metaOf({ lastModified, sizeBytes, etag, contentType, metadata }: ObjectInfo): UnstorageMeta {
  return {
    ...metadata,
    size: sizeBytes,
    ...(lastModified && { mtime: lastModified }),
    ...(etag && { etag }),
    ...(contentType && { contentType }),
  };
}

/** What stores take of what unstorage is given. */
function bodyOf(value: unknown): Body {
  const isBody = typeof value === 'string' || value instanceof ArrayBuffer || value instanceof Blob || value instanceof ReadableStream;
  if (isBody) return value;
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer as ArrayBuffer, value.byteOffset, value.byteLength);
  if (typeof value === 'object' && value !== null && Symbol.asyncIterator in value) return value as AsyncIterable<Uint8Array>;
  throw new CloudError('a raw item is text, bytes, a Blob or a stream', { code: 'InvalidArgument' });
}

/**
 * A driver for `createStorage({ driver })`. Sends nothing. Listings are asked for below their base alone, and are complete; what is read
 * is held to its checksum. It watches nothing, since stores tell nobody what happens to them.
 *
 * @param url of the folder in which items are: `a:b` is `a/b` there
 * @throws CloudError `InvalidUrl`, `UnsupportedProtocol`
 * @example createStorage({ driver: createUnstorageDriver('gs://bucket/cache', { client }) })
 */
export function createUnstorageDriver(url: string, options: SessionOptions = {}): UnstorageDriver {
  const { context, isOurs } = sessionOf(options);
  const store = openLocation(context, parseUrl(url, { aliases: aliasesOf(context) }));

  async function put(key: string, body: Body, { signal, contentType, metadata }: UnstorageCallOptions): Promise<void> {
    const about: PutOptions = { signal, ...(contentType && { contentType }), ...(metadata && { metadata }) };
    await store.put(toPath(key), body, about);
  }

  async function* keysBelow(base: string, { signal }: UnstorageCallOptions): AsyncGenerator<string[], void, undefined> {
    const folder = toPath(base);
    const prefix = folder && `${folder}/`;
    for await (const { objects } of store.list({ prefix, signal })) {
      // a marker of a folder is no item
      yield objects.map(({ key }) => key).filter((key) => !key.endsWith('/'));
    }
  }

  return {
    name: 'anyfile',
    options: { url },
    async hasItem(key, { signal } = {}) {
      return (await store.head(toPath(key), { signal })) !== null;
    },
    async getItem(key, { signal } = {}) {
      return (await (await store.get(toPath(key), { signal }))?.text()) ?? null;
    },
    async getItemRaw(key, { signal } = {}) {
      return (await (await store.get(toPath(key), { signal }))?.bytes()) ?? null;
    },
    async setItem(key, value, call = {}) {
      await put(key, value, call);
    },
    async setItemRaw(key, value, call = {}) {
      await put(key, bodyOf(value), call);
    },
    async removeItem(key, { signal } = {}) {
      await store.delete(toPath(key), { signal });
    },
    async getMeta(key, { signal } = {}) {
      const info = await store.head(toPath(key), { signal });
      return info && metaOf(info);
    },
    async getKeys(base = '', call = {}) {
      const keys: string[] = [];
      for await (const page of keysBelow(base, call)) keys.push(...page.map(toKey));
      return keys;
    },
    async clear(base = '', call = {}) {
      for await (const page of keysBelow(base, call)) {
        const { errors } = await store.delete(page, { signal: call.signal });
        if (errors[0]) throw errors[0].error;
      }
    },
    async dispose() {
      if (isOurs) await context.close();
    },
  };
}
