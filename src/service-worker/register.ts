/**
 * The page's side: the worker is registered, takes control of the page, and is told of mounts.
 *
 * @module
 */
import { CloudError } from '../errors.ts';
import type { AbortOptions } from '../types.ts';
import { delay, throwIfAborted } from '../util/abort.ts';
import { createMountList, type Mount, type MountOptions } from './mounts.ts';
import type { MountSource } from './place.ts';
import { CLAIM, PREFIX } from './types.ts';

/** Options of {@link registerServiceWorker}. */
export interface RegisterOptions {
  /**
   * Which pages are controlled. It must hold this page's address; where mounts lie does not matter. A script in a folder controls that folder
   * unless its answer has the header `Service-Worker-Allowed`. @default the folder of the script
   */
  scope?: string | undefined;
  /** `'classic'` for a script that was bundled into one file without imports. @default 'module' */
  type?: 'module' | 'classic' | undefined;
  /** As the worker's. @default '/anyfile/' */
  prefix?: string | undefined;
}

/** Options of `ready`. */
export interface ReadyOptions extends AbortOptions {
  /** @default 10_000 */
  timeoutMs?: number | undefined;
}

/** A registered worker. */
export interface ServiceWorkerHandle {
  /**
   * Resolves when the worker answers this page's requests, also after a hard reload, after which no worker does by itself. Addresses of mounts
   * must not be used before: they would go to the app's server.
   *
   * @returns rejects with `Timeout` (the script failed, or its scope does not hold this page) and with `signal.reason`
   */
  ready(options?: ReadyOptions): Promise<void>;
  /**
   * Gives a bucket or folder an address. Sends nothing to its server. The page keeps the keys, or the login of its signer: when it
   * is gone, so are its mounts.
   *
   * @returns rejects with `UnsupportedProtocol`, `InvalidUrl`, `InvalidArgument`, `NotSupported` (credentials that are no access keys,
   *   a signer for another address than s3://, or no key of the day to keep or nowhere to keep it), `Unauthenticated` (the provider fails)
   *   and with `signal.reason`
   */
  mount(source: MountSource, options?: MountOptions): Promise<Mount>;
}

const POLL_MS = 50;

/**
 * Registers a service worker that serves mounts; one that is registered already stays.
 *
 * @param url of the script, from this page's own origin; it calls `serveMounts` or `createFetchHandler`
 * @returns rejects with `NotSupported` where pages have no service workers (no TLS, private windows of some browsers, web workers), or the
 *   browser refuses this one
 * @example
 * const worker = await registerServiceWorker('/sw.js');
 * await worker.ready();
 * const photos = await worker.mount({ url: 's3://photos/', region: 'eu-west-1', credentials });
 * image.src = photos.url('2026/beach.jpg');
 */
export async function registerServiceWorker(url: string | URL, options: RegisterOptions = {}): Promise<ServiceWorkerHandle> {
  const { scope, type = 'module', prefix = PREFIX } = options;
  const container = globalThis.navigator?.serviceWorker as ServiceWorkerContainer | undefined;
  if (!container) throw new CloudError('there are no service workers here', { code: 'NotSupported' });
  let registration: ServiceWorkerRegistration;
  try {
    registration = await container.register(url, { type, ...(scope !== undefined && { scope }) });
  } catch (cause) {
    throw new CloudError('the browser refuses this service worker', { code: 'NotSupported', cause });
  }
  const mounts = createMountList(prefix);
  /** Whether the page is controlled by this registration, and not by one of a narrower scope. */
  const isControlled = (): boolean => container.controller !== null && container.controller.scriptURL === registration.active?.scriptURL;

  return {
    async ready({ signal, timeoutMs = 10_000 } = {}) {
      const end = Date.now() + timeoutMs;
      while (!isControlled()) {
        throwIfAborted(signal);
        if (Date.now() >= end) throw new CloudError('the service worker did not take control of this page', { code: 'Timeout' });
        registration.active?.postMessage({ type: CLAIM });
        await delay(POLL_MS, signal);
      }
    },
    mount: (source, given) => mounts.add(source, given),
  };
}
