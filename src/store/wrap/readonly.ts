/**
 * A store that cannot be changed.
 *
 * @module
 */
import { CloudError } from '../../errors.ts';
import type { ObjectStore, SignUrlOptions } from '../../types.ts';

/**
 * Wrap a store so that put, delete, copy and setMetadata, and URLs signed for them, reject with `NotSupported` before anything is sent.
 *
 * @example const safe = withReadonly(store);
 */
export function withReadonly(store: ObjectStore): ObjectStore {
  const refuse = async (): Promise<never> => {
    throw new CloudError('this store is read-only: capability write', { code: 'NotSupported', url: store.url });
  };
  const wrapped: ObjectStore = {
    url: store.url,
    capabilities: { ...store.capabilities, write: false, conditionalWrites: false, copy: false, multipart: false },
    get: (key, options) => store.get(key, options),
    head: (key, options) => store.head(key, options),
    list: (options) => store.list(options),
    put: refuse,
    delete: refuse,
    copy: refuse,
  };
  if (store.rewrite) wrapped.rewrite = refuse;
  if (store.multipart) wrapped.multipart = refuse;
  if (store.listUploads) wrapped.listUploads = (options) => store.listUploads!(options);
  if (store.setMetadata) wrapped.setMetadata = refuse;
  if (store.touch) wrapped.touch = refuse;
  if (store.isFolder) wrapped.isFolder = (key, options) => store.isFolder!(key, options);
  if (store.signUrl) {
    wrapped.signUrl = async (key, options: SignUrlOptions = {}) =>
      ['GET', 'HEAD', 'LIST'].includes(options.method ?? 'GET') ? store.signUrl!(key, options) : refuse();
  }
  return wrapped;
}
