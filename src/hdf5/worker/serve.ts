/**
 * The worker's side: opens HDF5 files for pages.
 *
 * @module
 */
import { ownPort } from '#platform';
import { CloudError } from '../../errors.ts';
import type { Hdf5OpenOptions } from '../open-hdf5.ts';
import { holdLock } from './life-lock.ts';
import { messageOf, PROTOCOL, type Message, type Said } from './messages.ts';
import { listen, type WorkerPort } from './port.ts';
import { serveLink, type ServedLink } from './served-link.ts';

/** Ports that are served, so that none is served twice. */
const served = new WeakSet<object>();

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
  if (served.has(port)) return;
  served.add(port);
  const links = new Map<string, ServedLink & { release: () => void }>();
  const send = (message: Said, transfer: ArrayBuffer[] = []): void =>
    port.postMessage({ anyfile: 'hdf5', protocol: PROTOCOL, ...message } satisfies Message, transfer);

  function end(link: string): void {
    const its = links.get(link);
    links.delete(link);
    its?.release();
    // of a page that is gone nobody hears
    its?.end().catch(() => {});
  }
  function greet(link: string): void {
    if (!links.has(link)) {
      const its = serveLink(
        (message, transfer) => send({ kind: 'peer', link, message }, transfer),
        options,
        () => {
          links.get(link)?.release();
          links.delete(link);
        },
      );
      const lock = `anyfile:hdf5:${link}`;
      const release = holdLock(lock, () => send({ kind: 'locked', link, lock }));
      links.set(link, { ...its, release });
    }
    send({ kind: 'ready', link });
  }

  listen(port, {
    message(data) {
      const message = messageOf(data);
      if (message?.kind === 'hello') greet(message.link);
      else if (message?.kind === 'peer') links.get(message.link)?.peer.receive(message.message);
    },
    unreadable() {
      for (const { peer } of links.values()) peer.unreadable();
    },
    gone() {
      for (const link of links.keys()) end(link);
    },
    // not ours
    failed() {},
  });
  send({ kind: 'serving' });
}
