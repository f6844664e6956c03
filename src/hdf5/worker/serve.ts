/**
 * The worker's side: opens HDF5 files for pages.
 *
 * @module
 */
import { ownPort } from '#platform';
import { CloudError } from '../../errors.ts';
import type { WorkerPort } from '../../rpc/port.ts';
import { serveLinks } from '../../rpc/serve-links.ts';
import type { SessionOptions } from '../../store/session.ts';
import type { Hdf5OpenOptions } from '../open-hdf5.ts';
import { PROTOCOL } from './messages.ts';
import { serveLink } from './served-link.ts';

/** Options that the worker's script brings; the page's are over them. */
export type ServeOptions = Omit<Hdf5OpenOptions, 'mode' | 'signal'>;

/**
 * Open HDF5 files for whoever is connected by `connectHdf5` through a port. To be called by the script of a worker while it is first run, before it
 * waits for anything: messages that come before that are lost in some runtimes. A port is served once.
 *
 * @param port what messages come from. @default the worker's own: what the page's `Worker` sends
 * @param options of every file, under those that the page gives; what cannot be sent goes here, such as `fetch` or a `client` that all share. A client
 *   of these options is not used for a file that comes with client options of its own
 * @throws CloudError `InvalidArgument` without a port outside of workers
 * @example
 * // worker.js
 * import { serveHdf5 } from 'anyfile/worker';
 * serveHdf5();
 */
export function serveHdf5(port: WorkerPort | undefined = ownPort(), options: ServeOptions = {}): void {
  if (!port)
    throw new CloudError('serveHdf5 is called in a worker, or with a MessagePort', { code: 'InvalidArgument', operation: 'serveHdf5' });
  serveFiles(port, options);
}

/**
 * As {@link serveHdf5}, for a port that others use too.
 *
 * @param clientOf the client that is known to the other end by a name
 */
export function serveFiles(port: WorkerPort, options: ServeOptions, clientOf?: (name: string) => SessionOptions['client']): void {
  serveLinks(port, { protocol: PROTOCOL, open: (post, _, onEnd) => serveLink(post, { options, clientOf }, onEnd) });
}
