/**
 * What tests of the service worker share: a handler in this realm, which is asked as a browser would ask it, and what must never be seen.
 *
 * @module
 */
import { createFetchHandler, gcsDriver, s3Driver, webDriver } from '../../src/service-worker.ts';
import type { FetchHandlerOptions, Mount, MountOptions, MountSource } from '../../src/service-worker.ts';
import { createMountList } from '../../src/service-worker/mounts.ts';

/** How an address is asked for. */
export interface Asked {
  method?: string;
  range?: string;
  destination?: string;
  signal?: AbortSignal;
}

/** Signatures, and names of their parameters. */
export const SIGNED: RegExp = /X-(Amz|Goog)-|Signature/i;

/** A request with a destination, which no script can give one. */
function requestOf(url: string, { method = 'GET', range, destination = '', signal = new AbortController().signal }: Asked): Request {
  const headers = new Headers(range ? { range } : {});
  return { url, method, headers, destination, signal } as Request;
}

/** Asks a handler. @returns `undefined` where the request is not its own */
export type Ask = (url: string, asked?: Asked) => Promise<Response> | undefined;

/** A handler with every driver, in this realm. */
export function handlerHere(options: Partial<FetchHandlerOptions> = {}): Ask {
  const handler = createFetchHandler({ drivers: [s3Driver, gcsDriver, webDriver], ...options });
  return (url, asked = {}) => {
    let answer: Promise<Response> | undefined;
    const request = requestOf(new URL(url, location.origin).href, asked);
    handler.fetch({ request, respondWith: (response) => (answer = response) });
    return answer;
  };
}

/** A mount of this realm, for as long as `use` takes. */
export async function withMount(source: MountSource, use: (mount: Mount) => Promise<void>, options: MountOptions = {}): Promise<void> {
  const mount = await createMountList('/anyfile/').add(source, options);
  try {
    await use(mount);
  } finally {
    await mount.close();
  }
}
