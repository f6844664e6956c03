/**
 * S3 alone, without the rest: `anyfile/s3`.
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
export interface S3StoreOptions extends ClientOptions {
  bucket: string;
}

/**
 * Open a bucket. Sends nothing; the driver is loaded by the first call. InvalidArgument when `requestPayer` is not `requester`.
 *
 * @example
 * const store = openS3Store({ bucket: 'b', region: 'eu-central-1', credentials: { accessKeyId, secretAccessKey } });
 * const text = await (await store.get('a.txt'))?.text();
 */
export function openS3Store(options: S3StoreOptions): ObjectStore {
  const { bucket, endpoint, region = 'us-east-1', forcePathStyle, requestPayer } = options;
  const context = createContext(options);
  const url = `s3://${bucket}`;
  return lazyStore(url, capabilitiesOf('s3', context.storedBytes('s3')), async () => {
    const { createS3Store } = await import('./store/s3/store.ts');
    return createS3Store({ bucket, context, scope: { bucket }, endpoint, region, forcePathStyle, requestPayer, url });
  });
}
