/**
 * HDF5 files in a worker: what reads, unpacks and decodes leaves the page's thread alone, and values come from there without being copied.
 * `anyfile/worker`. The page does not load the HDF5 library.
 *
 * Bundlers that put each worker into one file have to be told to make modules of them, since drivers and the library are loaded on use; in Vite
 * that is `worker: { format: 'es' }`.
 *
 * @example
 * // worker.js
 * import { serveHdf5 } from 'anyfile/worker';
 * serveHdf5();
 *
 * // in the page
 * import { connectHdf5 } from 'anyfile/worker';
 * const remote = connectHdf5(new Worker(new URL('./worker.js', import.meta.url), { type: 'module' }));
 * const file = await remote.openHdf5('s3://bucket/scan.h5', { region: 'eu-central-1' });
 * const corner = await (await file.dataset('/entry/data/image')).slice([[0, 64], [0, 64]]);
 * await remote.close();
 *
 * @module
 */
export { Hdf5Error, MissingFilterError, NotHdf5Error, UnsupportedTypeError } from './hdf5/errors.ts';
export { Hdf5Reference } from './hdf5/values/reference.ts';
export { connectHdf5, type RemoteHdf5 } from './hdf5/worker/connect.ts';
export type { WorkerPort } from './rpc/port.ts';
export type { RemoteHdf5Dataset } from './hdf5/worker/remote-dataset.ts';
export type { RemoteHdf5File, RemoteHdf5Region } from './hdf5/worker/remote-file.ts';
export type { RemoteHdf5Datatype, RemoteHdf5Group, RemoteHdf5Item } from './hdf5/worker/remote-items.ts';
export type { RemoteOpenOptions } from './hdf5/worker/remote-options.ts';
export { serveHdf5, type ServeOptions } from './hdf5/worker/serve.ts';
export { connectClient, type RemoteClientOptions } from './worker/connect-client.ts';
export type { RemoteClient, RemoteUse } from './worker/remote-client.ts';
export { serveClient } from './worker/serve-client.ts';
