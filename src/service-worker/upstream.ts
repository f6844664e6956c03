/**
 * One object as a service worker asks its server for it: signed, without credentials of the browser, and never with a header that would cost
 * a preflight.
 *
 * @module
 */
import { CloudError } from '../errors.ts';
import { parseContentRange } from './range.ts';
import { statusError } from './responses.ts';
import type { SignedAddress } from './signing.ts';

/** What an answer told of an object. */
export interface ObjectFacts {
  /** ETag, or when it was last modified; empty where neither may be read. */
  readonly version: string;
  /** `undefined` where the server does not tell. */
  readonly sizeBytes: number | undefined;
}

/** Asks for one object. */
export interface Upstream {
  /** The answer, when it is 200, 206 or 416. Rejects with a CloudError that has the `status` to answer with. */
  send(method: 'GET' | 'HEAD', range: string | undefined, signal: AbortSignal): Promise<Response>;
  /** Version and size, from what was learnt before or by a HEAD. @param version what they must be of */
  facts(signal: AbortSignal, version?: string): Promise<ObjectFacts>;
  /** What was learnt has turned out wrong. */
  forget(): void;
}

/** What was learnt of objects, by address; the oldest goes first. */
export type KnownFacts = Map<string, ObjectFacts>;

const MOST_KNOWN = 500;

/** The version of an answer. Buckets may show ETags only; the time is shown by every server. */
export const versionOf = ({ headers }: Response): string => headers.get('etag') ?? headers.get('last-modified') ?? '';

/** Ends an answer that nobody will read: what is left unread goes on arriving. */
export const discard = (response: Response): void => void response.body?.cancel().catch(() => {});

/**
 * Fetch rejects alike when the network fails and when a page may not read the answer, which also becomes of keys that many servers refuse without
 * CORS headers. A request whose answer nobody reads tells which it is.
 */
async function unreadable(bare: string): Promise<CloudError> {
  const options = { method: 'HEAD', mode: 'no-cors', credentials: 'omit', referrerPolicy: 'no-referrer', cache: 'no-store' } as const;
  const isThere = await fetch(bare, options).then(
    () => true,
    () => false,
  );
  return isThere
    ? new CloudError('the server answers, but not to this page: its CORS rules lack this origin, or it refused the keys', {
        code: 'CorsOrNetwork',
        status: 403,
      })
    : new CloudError('the server could not be reached', { code: 'Network', status: 502 });
}

/**
 * Makes the requests of one object.
 *
 * @param name of the object in `known`
 * @param signed finds the mount and signs; the plain address is for asking whether the server is there
 */
export function createUpstream(
  name: string,
  known: KnownFacts,
  signed: (method: 'GET' | 'HEAD', signal: AbortSignal) => Promise<SignedAddress>,
): Upstream {
  const learn = (facts: ObjectFacts): ObjectFacts => {
    known.delete(name);
    known.set(name, facts);
    for (const oldest of known.keys()) {
      if (known.size <= MOST_KNOWN) break;
      known.delete(oldest);
    }
    return facts;
  };

  async function send(method: 'GET' | 'HEAD', range: string | undefined, signal: AbortSignal): Promise<Response> {
    const { url, bare } = await signed(method, signal);
    let response: Response;
    try {
      response = await fetch(url, {
        method,
        headers: range ? { range } : {},
        mode: 'cors',
        credentials: 'omit',
        redirect: 'error',
        referrerPolicy: 'no-referrer',
        // what is signed anew each second is never asked for again, and its address would stay on the disk
        cache: 'no-store',
        signal,
      });
    } catch (error) {
      throw signal.aborted ? error : await unreadable(bare);
    }
    if (![200, 206, 416].includes(response.status)) {
      discard(response);
      throw statusError(response.status);
    }
    const sizeBytes = parseContentRange(response.headers.get('content-range'))?.sizeBytes;
    if (sizeBytes !== undefined) learn({ version: versionOf(response), sizeBytes });
    return response;
  }

  return {
    send,
    forget: () => void known.delete(name),
    async facts(signal, version) {
      const there = known.get(name);
      if (there && (version === undefined || there.version === version)) return there;
      const response = await send('HEAD', undefined, signal);
      const length = response.headers.get('content-length');
      return learn({ version: versionOf(response), sizeBytes: length === null ? undefined : Number(length) });
    },
  };
}
