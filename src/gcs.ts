/**
 * Google Cloud Storage alone, without the rest: `anyfile/gcs`.
 *
 * @module
 */
import { capabilitiesOf } from './store/capabilities.ts';
import { createContext } from './store/context.ts';
import { lazyStore } from './store/lazy.ts';
import type { ClientOptions } from './store/options.ts';
import type { ObjectStore } from './types.ts';

export { CloudError, isCloudError, type ErrorCode } from './errors.ts';
export type * from './types.ts';

/** One bucket, and how to reach it. */
export interface GcsStoreOptions extends ClientOptions {
  bucket: string;
}

/**
 * Open a bucket. Sends nothing; the driver is loaded by the first call.
 *
 * @example
 * const store = openGcsStore({ bucket: 'b', credentials: { accessToken } });
 * for await (const page of store.list({ prefix: 'a/' })) console.log(page.objects);
 */
export function openGcsStore(options: GcsStoreOptions): ObjectStore {
  const { bucket, endpoint, requestPayer } = options;
  const context = createContext(options);
  const url = `gs://${bucket}`;
  return lazyStore(url, capabilitiesOf('gs', context.storedBytes('gs')), async () => {
    const { createGcsStore } = await import('./store/gcs/store.ts');
    return createGcsStore({ bucket, context, scope: { bucket }, endpoint, requestPayer, url });
  });
}
