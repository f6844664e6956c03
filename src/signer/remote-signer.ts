/**
 * The page's side of the signer: asks for the requests of one turn together, and keeps what it was given for as long as it is good.
 *
 * @module
 */
import { CloudError, isCloudError, type ErrorCode } from '../errors.ts';
import { backOff } from '../transport/retry.ts';
import { parseRetryAfter } from '../transport/retry-after.ts';
import type { Clock, RemoteSigner } from '../types.ts';
import { abortable, delay, linkSignals, onAbort, throwIfAborted } from '../util/abort.ts';
import { createSingleFlight } from '../util/single-flight.ts';
import { signerAddress } from './address.ts';
import { MOST_BODY_BYTES, MOST_REQUESTS, type AskedSignature, type SignerAnswer, type SignerResult } from './protocol.ts';

/** Headers for the app's own login. */
type LoginHeaders = Record<string, string>;

/** Options of {@link createRemoteSigner}. */
export interface RemoteSignerOptions {
  /** Where the handler is; in pages it may be relative. https, or this machine. */
  url: string;
  /** Sent with each question, e.g. `{ authorization }`; a function is asked each time. @default {} */
  headers?: LoginHeaders | (() => LoginHeaders | Promise<LoginHeaders>) | undefined;
  /** Whether the page's cookies go along: `include` for a signer of another origin. @default 'same-origin' */
  cookies?: 'same-origin' | 'include' | 'omit' | undefined;
  /** How long before its end a signed URL is no longer used, in ms; at most half of its life. @default 30_000 */
  marginMs?: number | undefined;
  /** Longest wait for one answer, in ms. @default 30_000 */
  timeoutMs?: number | undefined;
  /** How often a question is asked that the network or the signer's server failed. @default 3 */
  attempts?: number | undefined;
  /** Signed URLs that are kept, in memory; the oldest go first. @default 1000 */
  maxKept?: number | undefined;
  /** @default globalThis.fetch */
  fetch?: typeof globalThis.fetch | undefined;
  clock?: Clock | undefined;
}

interface Waiting {
  asked: AskedSignature;
  signal: AbortSignal;
  resolve(signed: Signed): void;
  reject(error: unknown): void;
}

interface Signed {
  url: string;
  /** When it was asked for, by the client's clock. */
  from: number;
  until: number;
}

/** What a signature covers besides method and URL; ranges and conditions are not, so that one signed URL serves them all. */
const isSigned = (name: string): boolean => /^(x-(amz|goog)-|content-(md5|type)$)/.test(name);

const codeOf = (status: number): ErrorCode => {
  if (status === 401 || (status >= 300 && status < 400)) return 'Unauthenticated';
  if (status === 403) return 'PermissionDenied';
  if (status === 429) return 'Throttled';
  return status >= 500 ? 'ServerError' : 'InvalidResponse';
};

/** The answer; undefined when it is no JSON, whose errors would repeat it. */
function parseAnswer(text: string): SignerAnswer | undefined {
  try {
    return (JSON.parse(text) as SignerAnswer | null) ?? undefined;
  } catch {
    return undefined;
  }
}

async function loginOf(headers: () => LoginHeaders | Promise<LoginHeaders>): Promise<LoginHeaders> {
  try {
    return await headers();
  } catch (error) {
    if (isCloudError(error)) throw error;
    throw new CloudError('The headers for the signer failed', { code: 'Unauthenticated', cause: error });
  }
}

/** Whether the error of one question may not come again. */
const mayPass = (error: unknown): error is CloudError => isCloudError(error) && error.retryable;

/**
 * A signer for `credentials`, so that a page reads and writes private objects without a key: it asks the app's own server, where
 * `createSignerHandler` decides.
 *
 * Requests of one turn are asked for in one POST; equal ones, while they are asked for and until shortly before they end, once. A caller
 * that aborts leaves alone; a POST that nobody waits for is ended. Signed URLs are kept in memory and nowhere else.
 *
 * Its `sign` rejects with what the handler refused (`PermissionDenied`, `Unauthenticated`, `NotSupported`, `InvalidArgument`), with
 * `Network`, `Timeout`, `Throttled`, `ServerError`, with `InvalidResponse` when the answer is none, also when a signed URL is not the one
 * that was asked for; with `signal.reason`.
 *
 * @throws CloudError `InvalidArgument`: a URL that is no address, or plain http to another machine
 * @example
 * const credentials = createRemoteSigner({ url: '/sign' });
 * const files = new CloudFiles('s3://bucket/public', { credentials, region: 'eu-central-1' });
 */
export function createRemoteSigner(options: RemoteSignerOptions): RemoteSigner {
  const { headers = {}, cookies = 'same-origin', marginMs = 30_000, timeoutMs = 30_000, attempts = 3, maxKept = 1000 } = options;
  const { clock = Date.now, fetch = (...args) => globalThis.fetch(...args) } = options;
  const address = signerAddress(options.url);
  const flight = createSingleFlight<string, Signed>();
  const kept = new Map<string, Signed>();
  const utf8 = new TextEncoder();
  let waiting: Waiting[] = [];

  /** One POST; its errors say whether another one may go better. */
  async function post(requests: AskedSignature[], signal: AbortSignal): Promise<SignerResult[]> {
    const timer = new AbortController();
    const link = linkSignals(signal, timer.signal);
    const late = new CloudError(`The signer did not answer within ${timeoutMs} ms`, { code: 'Timeout', retryable: true, url: address });
    const timeout = setTimeout(() => timer.abort(late), timeoutMs);
    try {
      const login = typeof headers === 'function' ? await abortable(loginOf(headers), link.signal) : headers;
      const answering = fetch(address, {
        method: 'POST',
        headers: { ...login, 'content-type': 'application/json' },
        body: JSON.stringify({ version: 1, requests }),
        credentials: cookies,
        cache: 'no-store',
        // To a login page: what stands there is no answer.
        redirect: 'manual',
        signal: link.signal,
      });
      const response = await abortable(answering, link.signal);
      if (!response.ok) {
        await response.body?.cancel();
        const status = response.type === 'opaqueredirect' ? 302 : response.status;
        const code = codeOf(status);
        const retryAfterMs = parseRetryAfter(response.headers.get('retry-after'), clock());
        const retryable = code === 'Throttled' || code === 'ServerError';
        throw new CloudError(`The signer refused with ${status}`, { code, status, retryable, retryAfterMs, url: address });
      }
      const answer = parseAnswer(await abortable(response.text(), link.signal));
      if (answer?.version !== 1 || !Array.isArray(answer.results) || answer.results.length !== requests.length)
        throw new CloudError('The signer answered something else', { code: 'InvalidResponse', url: address });
      return answer.results;
    } catch (error) {
      throwIfAborted(signal);
      throwIfAborted(timer.signal);
      if (isCloudError(error)) throw error;
      throw new CloudError('The signer was not reached', { code: 'Network', retryable: true, url: address });
    } finally {
      clearTimeout(timeout);
      link.unlink();
    }
  }

  async function ask(requests: AskedSignature[], signal: AbortSignal): Promise<{ results: SignerResult[]; from: number }> {
    for (let failures = 1; ; failures++) {
      const from = clock();
      try {
        return { results: await post(requests, signal), from };
      } catch (error) {
        if (failures >= attempts || !mayPass(error)) throw error;
        await delay(backOff(failures, {}, Math.random, error.retryAfterMs), signal);
      }
    }
  }

  function settle({ asked: { url }, resolve, reject }: Waiting, result: SignerResult | undefined, from: number): void {
    const { error } = Object(result) as { error?: { code?: ErrorCode; message?: string } };
    if (error) {
      const code = typeof error.code === 'string' ? error.code : 'PermissionDenied';
      return reject(new CloudError(`The signer refuses: ${error.message ?? 'it does not say why'}`, { code, url }));
    }
    const { url: signed, expiresInMs } = Object(result) as { url?: unknown; expiresInMs?: unknown };
    const place = url.replace(/\?.*$/s, '');
    // Whatever else it may be, a request with the app's data goes nowhere else than it was meant to.
    if (typeof signed !== 'string' || signed.replace(/\?.*$/s, '') !== place || typeof expiresInMs !== 'number' || !(expiresInMs > 0))
      return reject(new CloudError('The signer answered with another URL', { code: 'InvalidResponse', url }));
    resolve({ url: signed, from, until: from + expiresInMs - Math.min(marginMs, expiresInMs / 2) });
  }

  /** Asks for some of those that wait; the question ends when all of them have left. */
  async function send(batch: Waiting[]): Promise<void> {
    const question = new AbortController();
    let left = batch.length;
    const offs = batch.map(({ signal }) => onAbort(signal, () => --left === 0 && question.abort(signal.reason)));
    try {
      const { results, from } = await ask(
        batch.map(({ asked }) => asked),
        question.signal,
      );
      for (const [i, one] of batch.entries()) settle(one, results[i], from);
    } catch (error) {
      for (const one of batch) one.reject(error);
    } finally {
      for (const off of offs) off();
    }
  }

  function flush(): void {
    const all = waiting.filter(({ signal }) => !signal.aborted);
    waiting = [];
    for (let at = 0; at < all.length;) {
      let sizeBytes = 64;
      const begin = at;
      for (; at < all.length && at - begin < MOST_REQUESTS; at++) {
        sizeBytes += utf8.encode(JSON.stringify(all[at]!.asked)).length + 1;
        if (sizeBytes > MOST_BODY_BYTES && at > begin) break;
      }
      void send(all.slice(begin, at));
    }
  }

  const queue = (asked: AskedSignature, signal: AbortSignal): Promise<Signed> =>
    new Promise((resolve, reject) => {
      onAbort(signal, () => reject(signal.reason));
      if (waiting.push({ asked, signal, resolve, reject }) === 1) setTimeout(flush, 0);
    });

  return {
    async sign({ method, url, headers: given, signal }) {
      const covered = Object.entries(given).filter(([name]) => isSigned(name.toLowerCase()));
      const asked = { method, url, headers: Object.fromEntries(covered.sort()) };
      const key = JSON.stringify(asked);
      const found = kept.get(key);
      const now = clock();
      // A clock that was put back tells nothing of what was signed before.
      if (found && now >= found.from && now < found.until) return { url: found.url };
      const signed = await flight(key, (all) => queue(asked, all), { signal });
      kept.delete(key);
      kept.set(key, signed);
      if (kept.size > maxKept) kept.delete(kept.keys().next().value!);
      return { url: signed.url };
    },
  };
}
