/**
 * The chain: retry( slot( sign( port ) ) ). Each attempt is signed anew, inside its slot; waits between attempts hold no slot.
 *
 * @module
 */
import { isCloudError, type CloudError } from '../errors.ts';
import type { AbortOptions, Clock, HttpPort, HttpPortOptions, HttpRequest, HttpResponse, SignFunction } from '../types.ts';
import { abortable, delay, linkSignals, throwIfAborted } from '../util/abort.ts';
import { requestError } from '../util/request-error.ts';
import { countBody } from './count.ts';
import type { Limiter, Slot } from './limit.ts';
import type { Observe } from './observe.ts';
import { memoryBody, readRefused } from './refused.ts';
import { parseRetryAfter } from './retry-after.ts';
import { backOff, trackBody, type RetryOptions, type TrackedBody } from './retry.ts';
import type { SkewTable } from './skew.ts';

/** How long to wait, in ms. */
export interface TransportTimeouts {
  /** For the head of a response; a body that goes out before has a second more for each 64 kB. @default 60_000 */
  headersMs?: number | undefined;
  /** Between two chunks of a body, either way. @default 30_000 */
  idleMs?: number | undefined;
  /** For a request with all its attempts and its body. @default none */
  overallMs?: number | undefined;
}

/** A signer that tells which credentials it signs with: the number is another one after `invalidate`. */
export type TellingSigner = SignFunction & { generation?: (() => number) | undefined };

/** What a transport is made of. */
export interface TransportInit {
  port: HttpPort;
  /** Absent: requests go out as they are. */
  sign?: TellingSigner | undefined;
  /** Forgets the credentials, after a 401, unless they are others by now: then one more attempt is made. */
  invalidate?: (() => void) | undefined;
  /** The provider's dialect: the error that a refused response stands for. Its body is at most 64 KiB, in memory. */
  toError: (request: HttpRequest, response: HttpResponse) => Promise<CloudError> | CloudError;
  /** For `checkBody`: the error that an accepted response's body holds, if any. */
  inspect?: ((request: HttpRequest, response: HttpResponse, body: Uint8Array) => CloudError | undefined) | undefined;
  limiter: Limiter;
  skew: SkewTable;
  retry?: RetryOptions | undefined;
  timeouts?: TransportTimeouts | undefined;
  /** @default Date.now */
  clock?: Clock | undefined;
  /** Told of each attempt; must not throw. */
  observe?: Observe | undefined;
  /** Refuse all but GET and HEAD: nothing that a server keeps is changed. @default false */
  readOnly?: boolean | undefined;
  /** In [0, 1). @default Math.random */
  random?: (() => number) | undefined;
  /** Waits between attempts. @default a timer */
  sleep?: ((ms: number, signal?: AbortSignal) => Promise<void>) | undefined;
}

/** What one request is told. */
export interface RequestOptions extends AbortOptions {
  /** The method of the public API, e.g. `get`. */
  operation: string;
  /** The object's key, for errors. */
  key?: string | undefined;
  /** Statuses that are no error. @default 2xx */
  accept?: ((status: number) => boolean) | undefined;
  /** Read the whole body and have `inspect` look for an error in it. @default false */
  checkBody?: boolean | undefined;
  /**
   * Gives the request to make instead, for a response that was refused and names another place; it is signed anew. Undefined, or
   * no function: the response is an error. For unsigned reads this is {@link followRedirect}.
   *
   * @param hops redirects followed so far
   */
  redirect?: ((request: HttpRequest, response: HttpResponse, hops: number) => HttpRequest | undefined) | undefined;
  /** Let a page, which cannot see where it is sent, follow redirects by itself; what was signed it does not follow. @default false */
  follow?: boolean | undefined;
  /** Whether it does no harm when done twice. @default true for all but POST and PATCH */
  idempotent?: boolean | undefined;
}

/**
 * Makes a request and gives its response once it is one of those accepted. Rejects with `toError`'s error, with the port's, with
 * Truncated while the body is read, with Timeout after `overallMs`; with `signal.reason` on abort. The body must be
 * read or cancelled, if there is one: until then it keeps its slot.
 */
export type Transport = (request: HttpRequest, options: RequestOptions) => Promise<HttpResponse>;

const maxHops = 5;
/** Uplinks that are slower than 64 kB/s for one request are taken for dead. */
const slowestBytesPerMs = 64;
const isGood = (status: number): boolean => status >= 200 && status < 300;
/** Scheme and authority: whose clock, and whose slots. */
export const hostOf = (url: string): string => /^[^/]*\/\/[^/?#]*/.exec(url)?.[0] ?? url;
const nothing = (): void => {};

/** An attempt that ended with an error, and what the retry layer needs of the response's head. */
interface Refusal {
  error: unknown;
  response?: HttpResponse;
  /** What the clock was corrected by when it was signed, in ms. */
  skewMs?: number;
  /** Of the credentials that signed it. */
  generation?: number | undefined;
  /** Not to be tried again here: whoever makes signatures tries for himself. */
  final?: true;
}

/**
 * Makes the chain.
 *
 * @example
 * const send = createTransport({ port, sign, toError, limiter: createLimiter(), skew: createSkewTable() });
 * const response = await send({ method: 'GET', url, headers: {} }, { operation: 'get', signal });
 */
export function createTransport(init: TransportInit): Transport {
  const { port, sign, invalidate, inspect, limiter, skew, observe, retry = {}, timeouts = {}, random = Math.random, sleep = delay } = init;
  const clock = init.clock ?? Date.now;
  const { attempts = 7 } = retry;

  /** One request on the wire, in its slot. */
  async function attempt(
    request: HttpRequest,
    tracked: TrackedBody,
    number: number,
    options: RequestOptions,
    portOptions: HttpPortOptions,
    done: () => void,
  ): Promise<HttpResponse | Refusal> {
    const { signal } = portOptions;
    const { accept = isGood } = options;
    const host = hostOf(request.url);
    const waiting = limiter.acquire(host, signal);
    const slot: Slot = 'then' in waiting ? await waiting : waiting;
    const start = performance.now();
    let response: HttpResponse | undefined;
    const close = (bytesReceived: number, error?: unknown): void => {
      const known = isCloudError(error) ? about(error, options).code : undefined;
      slot.release(error ? (known === 'Throttled' ? 'throttled' : undefined) : 'good');
      observe?.(request, {
        operation: options.operation,
        attempt: number,
        status: response?.status,
        error: known,
        durationMs: performance.now() - start,
        bytesSent: tracked.sent(),
        bytesReceived,
      });
    };
    const skewMs = skew.get(host);
    const generation = sign?.generation?.();
    let signed = tracked.body === request.body ? request : { ...request, body: tracked.body };
    try {
      if (sign) {
        const made = sign(signed, { date: new Date(clock() + skewMs), signal });
        signed = 'then' in made ? await abortable(made, signal) : made;
      }
    } catch (error) {
      slot.release();
      return { error, final: true };
    }
    try {
      // a page takes along what signed the request, wherever it is led to
      const answer = (response = await port(
        signed,
        options.follow && signed !== request ? { ...portOptions, redirect: 'manual' } : portOptions,
      ));
      if (!accept(answer.status)) {
        const bytes = await readRefused(answer.body);
        throwIfAborted(signal);
        const error = await init.toError(request, { ...answer, body: memoryBody(bytes) });
        close(bytes.length, error);
        return { error, response: answer, skewMs, generation };
      }
      const end = (received: number, error?: unknown): void => {
        close(received, error);
        done();
      };
      const busy = (waiting: boolean): void => void (slot.busy = waiting);
      const body = countBody(request, answer, { busy, end: options.checkBody ? nothing : end });
      slot.busy = false;
      if (!options.checkBody) return { ...answer, body };
      const bytes = await body.bytes();
      const error = inspect?.(request, answer, bytes);
      if (error) {
        close(bytes.length, error);
        return { error, response: answer, skewMs, generation };
      }
      end(bytes.length);
      return { ...answer, body: memoryBody(bytes) };
    } catch (error) {
      close(0, error);
      throw error;
    }
  }

  return async (first, options) => {
    const { headersMs = 60_000, idleMs = 30_000, overallMs } = timeouts;
    let { signal } = options;
    throwIfAborted(signal);
    if (init.readOnly && first.method !== 'GET' && first.method !== 'HEAD') {
      const refusal = requestError(first, 'was not sent: this client is read-only', { code: 'NotSupported' });
      throw about(refusal, options);
    }
    let done = nothing;
    if (overallMs) ({ signal, done } = startBudget(first, signal, overallMs));
    const tracked = trackBody(first.body);
    const repeats = options.idempotent ?? (first.method !== 'POST' && first.method !== 'PATCH');
    // nothing tells how far a body is that goes out in one piece: it may take its time
    const sendingMs = Math.floor(tracked.sent() / slowestBytesPerMs);
    const portOptions: HttpPortOptions = {
      signal,
      headersMs: headersMs && headersMs + sendingMs,
      idleMs,
      redirect: options.follow ? 'follow' : 'manual',
    };
    let request = first;
    let hops = 0;
    let failures = 0;
    let renewed = false;
    let corrected = false;
    try {
      for (let number = 1; ; number++) {
        let refusal: Refusal;
        try {
          const result = await attempt(request, tracked, number, options, portOptions, done);
          if (!('error' in result)) return result;
          refusal = result;
        } catch (error) {
          refusal = { error };
        }
        const { error, response: refused, skewMs = 0, generation, final } = refusal;
        throwIfAborted(signal);
        if (final || !isCloudError(error)) throw error;
        const next = refused && hops <= maxHops ? options.redirect?.(request, refused, hops) : undefined;
        if (next) {
          hops++;
          request = next;
        } else if (error.code === 'Unauthenticated' && invalidate && !renewed) {
          renewed = true;
          // of many that were refused at once the first one does: the others must not throw away what was fetched since
          if (generation === sign?.generation?.()) invalidate();
        } else if (
          error.code === 'ClockSkew' &&
          refused &&
          !corrected &&
          skew.learn(hostOf(request.url), refused.headers, clock(), skewMs)
        ) {
          corrected = true;
        } else {
          if (!error.retryable || !repeats || ++failures >= attempts) throw error;
          const asked = error.retryAfterMs ?? parseRetryAfter(refused?.headers.get('retry-after'), clock());
          if (tracked.replayable()) await sleep(backOff(failures, retry, random, asked), signal);
        }
        if (!tracked.replayable()) {
          throw Object.assign(error, {
            retryable: false,
            message: `${error.message}; its body can be read only once, so it is not tried again`,
          });
        }
      }
    } catch (error) {
      done();
      throw error;
    }
  };
}

/** Says on an error of the layers below what the request was for. */
function about(error: CloudError, { operation, key }: RequestOptions): CloudError {
  return Object.assign(error, { operation: error.operation ?? operation, key: error.key ?? key });
}

/** A signal that is aborted after so long, until `done`. */
function startBudget(request: HttpRequest, given: AbortSignal | undefined, ms: number): { signal: AbortSignal; done: () => void } {
  const link = linkSignals(given);
  const late = (): void => link.abort(requestError(request, `took longer than ${ms} ms`, { code: 'Timeout', retryable: true }));
  const timer = setTimeout(late, ms);
  return {
    signal: link.signal,
    done: () => {
      clearTimeout(timer);
      link.unlink();
    },
  };
}
