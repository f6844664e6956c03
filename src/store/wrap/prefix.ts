/**
 * A folder of a store, as a store.
 *
 * @module
 */
import { joinKey } from '../../url/key.ts';
import type { ListPage, ObjectInfo, ObjectStore, PutResult } from '../../types.ts';

/**
 * Wrap a store so that all keys are below a prefix, and say so in none of its answers.
 *
 * @param prefix textual; usually ends in `/`. `''` gives the store itself
 * @example const images = withPrefix(store, 'images/'); await images.get('a.png'); // reads images/a.png
 */
export function withPrefix(store: ObjectStore, prefix: string): ObjectStore {
  if (!prefix) return store;
  const inner = (key: string): string => (typeof key === 'string' && key ? prefix + key : key);
  const outer = <T extends { key: string }>(answer: T): T =>
    Object.defineProperty(answer, 'key', { value: answer.key.slice(prefix.length) });
  const outerOrNull = <T extends { key: string }>(answer: T | null): T | null => answer && outer(answer);

  async function* list(options: Parameters<ObjectStore['list']>[0] = {}): AsyncGenerator<ListPage, void, undefined> {
    const below = {
      ...options,
      prefix: prefix + (options.prefix ?? ''),
      ...(options.startAfter && { startAfter: prefix + options.startAfter }),
    };
    for await (const page of store.list(below)) {
      yield {
        objects: page.objects.map((info: ObjectInfo) => outer(info)),
        prefixes: page.prefixes.map((text) => text.slice(prefix.length)),
        hasMetadata: page.hasMetadata,
      };
    }
  }

  const wrapped: ObjectStore = {
    url: joinKey(store.url, prefix),
    capabilities: store.capabilities,
    get: async (key, options) => outerOrNull(await store.get(inner(key), options)),
    head: async (key, options) => outerOrNull(await store.head(inner(key), options)),
    put: async (key, body, options) => outer(await store.put(inner(key), body, options)),
    async delete(keys, options) {
      const { deleted, errors } = await store.delete(typeof keys === 'string' ? inner(keys) : keys.map(inner), options);
      return { deleted: deleted.map((key) => key.slice(prefix.length)), errors: errors.map(outer) };
    },
    list,
  };
  if (store.copy)
    wrapped.copy = async (from, to, options): Promise<PutResult | null> =>
      outerOrNull(await store.copy!(options?.fromBucket === undefined ? inner(from) : from, inner(to), options));
  if (store.rewrite) wrapped.rewrite = async (key, content, options) => outer(await store.rewrite!(inner(key), content, options));
  if (store.multipart)
    wrapped.multipart = async (key, options) => {
      const upload = await store.multipart!(inner(key), options);
      return {
        key,
        id: upload.id,
        inOrder: upload.inOrder,
        ...(upload.buffer && { buffer: (sizeBytes, o) => upload.buffer!(sizeBytes, o) }),
        listParts: (o) => upload.listParts(o),
        sendPart: (number, bytes, o) => upload.sendPart(number, bytes, o),
        complete: async (o) => outer(await upload.complete(o)),
        abort: (o) => upload.abort(o),
      };
    };
  if (store.listUploads)
    wrapped.listUploads = async function* (options = {}) {
      for await (const page of store.listUploads!({ ...options, prefix: prefix + (options.prefix ?? '') }))
        yield page.map((upload) => ({ ...upload, key: upload.key.slice(prefix.length) }));
    };
  if (store.setMetadata)
    wrapped.setMetadata = async (key, metadata, options) => outerOrNull(await store.setMetadata!(inner(key), metadata, options));
  if (store.touch) wrapped.touch = (key, options) => store.touch!(inner(key), options);
  if (store.isFolder) wrapped.isFolder = (key, options) => store.isFolder!((prefix + key).replace(/\/$/, ''), options);
  if (store.signUrl) {
    wrapped.signUrl = (key, options) =>
      store.signUrl!(
        inner(key),
        options?.method === 'LIST'
          ? { ...options, query: { ...options.query, prefix: prefix + (options.query?.['prefix'] ?? key) } }
          : options,
      );
  }
  return wrapped;
}
