/**
 * The worker's side: clients for pages.
 *
 * @module
 */
import { ownPort } from '#platform';
import { CloudError } from '../errors.ts';
import { serveFiles } from '../hdf5/worker/serve.ts';
import type { WorkerPort } from '../rpc/port.ts';
import { serveLinks } from '../rpc/serve-links.ts';
import type { ClientOptions } from '../store/options.ts';
import { PROTOCOL } from './messages.ts';
import { serveOne, type ServedClient } from './served-client.ts';

/**
 * Be the client of whoever is connected by `connectClient` through a port: requests, retries, signatures, checksums and the cache are here. HDF5
 * files are opened here too. To be called by the script of a worker while it is first run, before it waits for anything: messages that come before
 * that are lost in some runtimes. A port is served once.
 *
 * @param port what messages come from. @default the worker's own: what the page's `Worker` sends
 * @param options of every client, under those that the page gives; what cannot be sent goes here, such as `fetch`
 * @throws CloudError `InvalidArgument` without a port outside of workers
 * @example
 * // worker.js
 * import { serveClient } from 'anyfile/worker';
 * serveClient();
 */
export function serveClient(port: WorkerPort | undefined = ownPort(), options: ClientOptions = {}): void {
  if (!port)
    throw new CloudError('serveClient is called in a worker, or with a MessagePort', { code: 'InvalidArgument', operation: 'serveClient' });
  const clients = new Map<string, ServedClient>();
  serveLinks(port, {
    protocol: PROTOCOL,
    open(post, link, onEnd) {
      const its = serveOne(post, options, () => {
        clients.delete(link);
        onEnd();
      });
      clients.set(link, its);
      return {
        peer: its.peer,
        end() {
          clients.delete(link);
          return its.end();
        },
      };
    },
  });
  serveFiles(port, options, (link) => {
    const context = clients.get(link)?.context();
    return context && { context };
  });
}
