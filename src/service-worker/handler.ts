/**
 * The service worker's side: requests below the prefix, answered from buckets.
 *
 * @module
 */
import { CloudError, isCloudError } from '../errors.ts';
import { checkKey } from '../url/key.ts';
import { answer } from './answer.ts';
import type { MountDriver, SignerDriver } from './drivers.ts';
import { createMountTable } from './mount-table.ts';
import { refuse } from './responses.ts';
import { createSigning } from './signing.ts';
import { CLAIM, PREFIX } from './types.ts';
import { createUpstream, type KnownFacts } from './upstream.ts';

/** Options of {@link createFetchHandler}. */
export interface FetchHandlerOptions {
  /** The services that may be mounted: `s3Driver`, `gcsDriver`, `webDriver`, `signerDriver` (the app's own server signs). */
  drivers: readonly (MountDriver | SignerDriver)[];
  /** The path below which mounts are, with a slash at both ends; the page must be told the same. @default '/anyfile/' */
  prefix?: string | undefined;
  /** Most bytes of one answer to a media element: little is fetched in vain when it seeks, at the price of more requests. @default 2_097_152 */
  mediaWindowBytes?: number | undefined;
  /** How long a page may take to tell of its mount, in ms. @default 2000 */
  askTimeoutMs?: number | undefined;
  /**
   * Whether objects may be used as what `destination` says. Objects lie within the app's own origin: as documents, scripts or styles they could
   * do what the app can. @default fetch, images, fonts, audio, video and their text tracks
   */
  allow?: ((destination: RequestDestination) => boolean) | undefined;
}

/** What is used of a `FetchEvent`. */
export interface FetchEventLike {
  readonly request: Request;
  respondWith(response: Promise<Response>): void;
}

/** What is used of an `ExtendableMessageEvent`. */
export interface MessageEventLike {
  readonly data: unknown;
  waitUntil(work: Promise<unknown>): void;
}

/** What an app's own service worker passes its events to. */
export interface FetchHandler {
  /** Answers a request below the prefix. @returns false for every other one, which is left alone */
  fetch(event: FetchEventLike): boolean;
  /** Takes control of pages when one asks for it, as after a hard reload. */
  message(event: MessageEventLike): void;
}

/** What is used of a service worker's global scope. */
export interface WorkerScope {
  readonly location: { readonly origin: string };
  readonly clients: { claim(): Promise<void> };
  skipWaiting(): Promise<void>;
  addEventListener(type: string, listener: (event: never) => void): void;
}

const harmless: ReadonlySet<string> = new Set(['', 'audio', 'font', 'image', 'track', 'video']);
const scope = globalThis as unknown as WorkerScope;
const MEDIA_WINDOW_BYTES = 0x20_0000;
const ASK_TIMEOUT_MS = 2000;

/** The key in a path behind the mount's id. */
function keyOf(path: string): string {
  try {
    return checkKey(decodeURIComponent(path), { http: true });
  } catch (cause) {
    throw new CloudError('not a usable key', { code: 'InvalidArgument', status: 400, cause });
  }
}

/**
 * A handler for the events of an app's own service worker. Keeps nothing on the disk; asks pages over a BroadcastChannel. `serveMounts` is
 * all that a worker needs which does nothing else, and keeps no performance entries, in which signed addresses stand: an app's own worker has to decide
 * that by `performance.setResourceTimingBufferSize(0)`.
 *
 * It answers GET and HEAD, others with 405; what is not there or not allowed with the status of its cause and `{ code, message }` as JSON: 400
 * a key that none can be, 401 a mount that is unknown or closed, 403, 404, 416, 502 no answer or one that may not be read.
 *
 * @throws CloudError `InvalidArgument`: a prefix without slashes, a window or a time that is not above 0
 * @example
 * const handler = createFetchHandler({ drivers: [s3Driver] });
 * self.addEventListener('fetch', (event) => handler.fetch(event) || event.respondWith(fromMyCache(event.request)));
 * self.addEventListener('message', (event) => handler.message(event));
 */
export function createFetchHandler(options: FetchHandlerOptions): FetchHandler {
  const { drivers, prefix = PREFIX, mediaWindowBytes = MEDIA_WINDOW_BYTES, askTimeoutMs = ASK_TIMEOUT_MS } = options;
  const { allow = (destination) => harmless.has(destination) } = options;
  if (!/^\/([^?#]+\/)?$/.test(prefix)) throw new CloudError('prefix must begin and end with a slash', { code: 'InvalidArgument' });
  if (!Number.isSafeInteger(mediaWindowBytes) || !(mediaWindowBytes > 0 && askTimeoutMs > 0))
    throw new CloudError('mediaWindowBytes must be a whole number above 0, and so must askTimeoutMs', { code: 'InvalidArgument' });
  const sign = createSigning(createMountTable(askTimeoutMs), drivers);
  const known: KnownFacts = new Map();

  async function respondTo(request: Request, path: string): Promise<Response> {
    const { method, destination, signal } = request;
    try {
      if (method !== 'GET' && method !== 'HEAD') {
        const error = new CloudError('objects are only read here', { code: 'NotSupported', status: 405 });
        return refuse(error, false, { allow: 'GET, HEAD' });
      }
      if (!allow(destination)) throw new CloudError(`objects are not served as ${destination}`, { code: 'PermissionDenied', status: 403 });
      const slash = path.indexOf('/');
      if (slash < 0) throw new CloudError('no key', { code: 'InvalidArgument', status: 400 });
      const id = path.slice(0, slash);
      const key = keyOf(path.slice(slash + 1));
      const upstream = createUpstream(path, known, (verb, ends) => sign(id, key, verb, ends));
      return await answer(upstream, request, { mediaWindowBytes, signal });
    } catch (error) {
      // nobody waits any more
      if (signal.aborted && !isCloudError(error)) throw error;
      return refuse(error, method === 'HEAD');
    }
  }

  return {
    fetch(event) {
      const { origin, pathname } = new URL(event.request.url);
      if (origin !== scope.location.origin || !pathname.startsWith(prefix)) return false;
      event.respondWith(respondTo(event.request, pathname.slice(prefix.length)));
      return true;
    },
    message(event) {
      if ((event.data as { type?: unknown } | null)?.type === CLAIM) event.waitUntil(scope.clients.claim());
    },
  };
}

/**
 * Makes this service worker serve mounts: all of a worker's file beside its import. A new version of the file takes over at once, which harms no
 * page, since pages are asked for what they mounted.
 *
 * @throws CloudError `InvalidArgument`, as `createFetchHandler`
 * @example
 * import { s3Driver, serveMounts } from 'anyfile/service-worker';
 * serveMounts({ drivers: [s3Driver] });
 */
export function serveMounts(options: FetchHandlerOptions): void {
  const handler = createFetchHandler(options);
  // signed addresses would stand in its performance entries
  performance.setResourceTimingBufferSize?.(0);
  scope.addEventListener('install', () => void scope.skipWaiting());
  scope.addEventListener('activate', (event: { waitUntil(work: Promise<void>): void }) => event.waitUntil(scope.clients.claim()));
  scope.addEventListener('fetch', (event: FetchEventLike) => void handler.fetch(event));
  scope.addEventListener('message', (event: MessageEventLike) => handler.message(event));
}
