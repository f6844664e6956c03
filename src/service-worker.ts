/**
 * Private objects under addresses of the page's own origin: `anyfile/service-worker`. A service worker signs what `<img>`, `<video>` and
 * `fetch` ask for on its way to the bucket. The keys stay in the page; neither the page nor its history ever sees a signed address.
 *
 * One file for both sides, without code that loads later, which service workers may not do: a bundler takes what each side uses.
 *
 * @example
 * // sw.js
 * import { s3Driver, serveMounts } from 'anyfile/service-worker';
 * serveMounts({ drivers: [s3Driver] });
 * @example
 * // the page
 * import { registerServiceWorker } from 'anyfile/service-worker';
 * const worker = await registerServiceWorker('/sw.js');
 * await worker.ready();
 * const films = await worker.mount({ url: 's3://films/', region: 'eu-west-1', credentials: { accessKeyId, secretAccessKey } });
 * document.querySelector('video').src = films.url('beach.mp4');
 *
 * @module
 */
export { CloudError, isCloudError, type ErrorCode } from './errors.ts';
export { gcsDriver, s3Driver, signerDriver, webDriver, type MountDriver, type SignerDriver } from './service-worker/drivers.ts';
export {
  createFetchHandler,
  serveMounts,
  type FetchEventLike,
  type FetchHandler,
  type FetchHandlerOptions,
  type MessageEventLike,
} from './service-worker/handler.ts';
export type { Mount, MountOptions } from './service-worker/mounts.ts';
export type { MountSigner, MountSource } from './service-worker/place.ts';
export { registerServiceWorker, type ReadyOptions, type RegisterOptions, type ServiceWorkerHandle } from './service-worker/register.ts';
export type { DayKey, MountProtocol } from './service-worker/types.ts';
export type { RemoteSignerOptions } from './signer/remote-signer.ts';
export type { CredentialsProvider, KeyCredentials, RemoteSigner } from './types.ts';
