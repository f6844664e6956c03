/**
 * Stores whose driver is loaded when the first call comes: what is not used is not downloaded.
 *
 * @module
 */
import type { ObjectStore } from '../types.ts';

/** Loads once. What did not come, since the network failed for a moment, is loaded again by the next call. */
export function loadedOnce<T>(load: () => Promise<T>): () => Promise<T> {
  let loaded: Promise<T> | undefined;
  return () =>
    (loaded ??= load().catch((error: unknown) => {
      loaded = undefined;
      throw error;
    }));
}

/** A store that is opened by its first call. */
export function lazyStore(url: string, capabilities: ObjectStore['capabilities'], open: () => Promise<ObjectStore>): ObjectStore {
  const store = loadedOnce(open);
  const lazy: ObjectStore = {
    url,
    capabilities,
    get: async (key, options) => (await store()).get(key, options),
    head: async (key, options) => (await store()).head(key, options),
    put: async (key, body, options) => (await store()).put(key, body, options),
    delete: async (keys, options) => (await store()).delete(keys, options),
    async *list(options) {
      yield* (await store()).list(options);
    },
  };
  if (capabilities.copy) lazy.copy = async (from, to, options) => (await store()).copy!(from, to, options);
  if (capabilities.metadata) lazy.setMetadata = async (key, metadata, options) => (await store()).setMetadata!(key, metadata, options);
  if (capabilities.multipart) {
    lazy.multipart = async (key, options) => (await store()).multipart!(key, options);
    lazy.listUploads = async function* (options) {
      yield* (await store()).listUploads!(options);
    };
  }
  if (capabilities.multipart)
    lazy.rewrite = async (key, content, options) => {
      const it = await store();
      return it.rewrite ? it.rewrite(key, content, options) : (await import('./rewrite.ts')).putContent(it, key, content, options);
    };
  if (capabilities.signUrl) lazy.signUrl = async (key, options) => (await store()).signUrl!(key, options);
  if (!capabilities.headers) {
    lazy.touch = async (key, options) => (await store()).touch!(key, options);
    lazy.isFolder = async (key, options) => (await store()).isFolder!(key, options);
  }
  return lazy;
}
