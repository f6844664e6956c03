/**
 * What tests of the service worker share: a handler in this realm, which is asked as a browser would ask it, and what must never be seen.
 *
 * @module
 */
import { createFetchHandler, gcsDriver, s3Driver, signerDriver, webDriver } from '../../src/service-worker.ts';
import type { FetchHandlerOptions, Mount, MountOptions, MountSource } from '../../src/service-worker.ts';
import { createMountList } from '../../src/service-worker/mounts.ts';
import type { SignerDecision } from '../../src/signer.ts';
import { openS3Store } from '../../src/s3.ts';
import { need, uniqueName } from '../env.ts';

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
  const handler = createFetchHandler({ drivers: [s3Driver, gcsDriver, webDriver, signerDriver], ...options });
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

/** A folder of versitygw for which the tests' signer signs. */
export interface SignedFolder {
  /** Without a signer. */
  readonly source: MountSource;
  readonly signerUrl: string;
  put(key: string, body: Uint8Array): Promise<void>;
  /** What came to the signer so far. */
  seen(): Promise<{ posts: number; decisions: SignerDecision[] }>;
}

/** A new one. @param short whether what is signed is good for two seconds alone */
export function signedFolder(short = false): SignedFolder {
  const { endpoint, region, bucket, ...credentials } = need('versitygw');
  const { base } = need('signer');
  const token = uniqueName('sw');
  const folder = `signed-read/${token}/`;
  const store = openS3Store({ endpoint, region, bucket, credentials });
  return {
    source: { url: `s3://${bucket}/${folder}`, endpoint, region },
    signerUrl: `${base}sign/${token}${short ? '/short' : ''}`,
    put: async (key, body) => void (await store.put(folder + key, body)),
    seen: async () => (await (await fetch(`${base}seen/${token}`)).json()) as Awaited<ReturnType<SignedFolder['seen']>>,
  };
}
