/**
 * The HTTP port over any `fetch`: a page's, Bun's, Deno's, or one that the user gives.
 *
 * @module
 */
import { CloudError, isCloudError, redactUrl } from '../errors.ts';
import type { HttpBody, HttpPortOptions, HttpRequest, HttpResponse } from '../types.ts';
import { delay, throwIfAborted } from '../util/abort.ts';
import { collect } from '../util/streams.ts';
import { requestError } from '../util/request-error.ts';
import { networkError, redirectedError } from './network-error.ts';
import { gathered, type Outgoing } from './outgoing.ts';
import type { HttpPortHandle } from './types.ts';
import { Watches, type Watch } from './watch.ts';

/** How the `fetch` at hand behaves. */
export interface FetchPortOptions {
  /** How bodies are sent. @default gathered */
  outgoing?: Outgoing | undefined;
  /** It is a browser's: no cache, cookies or referrer; a refusal by CORS is told from a server that is down. @default false */
  page?: boolean | undefined;
  /** It does not undo Content-Encoding. @default false */
  storedBytes?: boolean | undefined;
  /** Given to `fetch` with every request. */
  init?: Record<string, unknown> | undefined;
  /** Sent with every request that does not say otherwise. */
  headers?: Record<string, string> | undefined;
}

const pageInit: RequestInit = { cache: 'no-store', credentials: 'omit', referrerPolicy: 'no-referrer' };
const probeMs = 5000;
/** Small leftovers are read to their end on `cancel`, so that the connection can be used again. */
const drainBytes = 0x10000;
const drainMs = 1000;

const nothing = (): void => {};

/**
 * Makes a port of a `fetch`. Its requests reject as {@link HttpPort} says; in a page also with CorsOrNetwork and Redirected.
 *
 * @example createFetchPort((...args) => fetch(...args), { page: true })
 */
export function createFetchPort(fetch: typeof globalThis.fetch, options: FetchPortOptions = {}): HttpPortHandle {
  const { outgoing = gathered, page = false, storedBytes = false } = options;
  const watches = new Watches();

  async function send(
    request: HttpRequest,
    { signal, headersMs = 60_000, idleMs = 30_000, redirect = 'manual' }: HttpPortOptions = {},
  ): Promise<HttpResponse> {
    throwIfAborted(signal);
    const { method, url } = request;
    const watch = watches.start(request, signal);
    let own: { error: unknown } | undefined;
    try {
      watch.wait(headersMs, 'response');
      const headers = { ...options.headers, ...request.headers };
      // Here, because the platforms' errors show the value, and a page would look for CORS.
      if (/[^\t -~\x80-\xff]/.test(Object.values(headers).join('')))
        throw requestError(request, 'has a header that cannot be sent', { code: 'InvalidArgument' });
      const init: RequestInit & { duplex?: 'half' } = {
        method,
        headers,
        redirect: page && redirect === 'follow' ? redirect : 'manual',
        signal: watch.signal,
      };
      if (request.body) {
        const onError = (error: unknown): void => void (own ??= { error });
        try {
          const { body, sizeBytes } = await outgoing(request.body, { signal: watch.signal, touch: () => watch.touch(), onError });
          init.body = body;
          init.duplex = 'half';
          if (sizeBytes !== undefined) headers['content-length'] = String(sizeBytes);
        } catch (error) {
          onError(error);
        }
      }
      if (own) throw own;
      const response = await watch.race(fetch(url, Object.assign(init, page && pageInit, options.init)));
      const { status, headers: got, type } = response;
      if (type === 'opaqueredirect' || (redirect === 'error' && status >= 300 && got.get('location')))
        throw redirectedError(request, status || undefined);
      watch.wait(idleMs, 'more of the body');
      const encoding = got.get('content-encoding');
      const decoded = encoding && encoding !== 'identity' ? !storedBytes : page && type === 'cors' ? undefined : false;
      const empty = method === 'HEAD' || status === 204 || status === 304;
      const length = Number((!decoded && got.get('content-length')) || NaN);
      const body = responseBody(request, empty ? undefined : response, length, idleMs, watch);
      return { status, headers: got, url: response.url || url, body, decoded };
    } catch (error) {
      watch.wait(0);
      try {
        throwIfAborted(watch.signal);
        throw own ? own.error : isCloudError(error) ? error : await explain(error, request, watch.signal);
      } finally {
        watch.end();
      }
    }
  }

  /** A page is told nothing but "failed": find out whether the server is there at all. */
  async function explain(error: unknown, request: HttpRequest, signal: AbortSignal): Promise<CloudError> {
    if (page && error instanceof TypeError) {
      const probe = async (): Promise<boolean> => {
        // Without the query: it may hold a signature.
        await fetch(redactUrl(request.url), { ...pageInit, method: 'HEAD', mode: 'no-cors', signal });
        return true;
      };
      const answers = await Promise.race([probe().catch(() => false), delay(probeMs, signal)]);
      throwIfAborted(signal);
      if (answers) {
        const why = 'was answered, but CORS hides what: wrong credentials, or CORS rules that do not allow this request';
        return requestError(request, why, { code: 'CorsOrNetwork' });
      }
    }
    return networkError(error, request);
  }
  return { send, close: async () => watches.close(new CloudError('the client is closed', { code: 'Network' })) };
}

/**
 * The bytes of a response. Small bodies are had at once, which spares a page the stream; others in chunks, which is faster than
 * `arrayBuffer()` where the length is known.
 *
 * @param response absent where there is no body
 * @param length NaN when not known
 */
function responseBody(request: HttpRequest, response: Response | undefined, length: number, idleMs: number, watch: Watch): HttpBody {
  const { signal } = watch;
  let reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  let whole: Promise<Uint8Array> | undefined;
  let received = 0;
  let over = false;
  let failure: { error: unknown } | undefined;
  const end = (): void => {
    over = true;
    watch.end();
  };
  const fail = (error: unknown): unknown => {
    end();
    failure = { error: signal.aborted ? signal.reason : networkError(error, request) };
    return failure.error;
  };
  // A `fetch` that does not follow its signal must not keep us waiting.
  const cut = (): void => void (reader ?? response?.body)?.cancel().catch(nothing);
  if (response) watch.onAbort(cut);
  else end();
  const read = async (): Promise<Uint8Array | undefined> => {
    if (failure) throw failure.error;
    if (over) return undefined;
    try {
      throwIfAborted(signal);
      watch.touch();
      reader ??= response!.body?.getReader();
      const next = await reader?.read();
      throwIfAborted(signal);
      watch.touch();
      received += next?.value?.length ?? 0;
      if (next?.done !== false) end();
      return next?.value;
    } catch (error) {
      throw fail(error);
    }
  };
  const all = async (): Promise<Uint8Array> => {
    try {
      const bytes = new Uint8Array(await watch.race(response!.arrayBuffer()));
      received = bytes.length;
      end();
      return bytes;
    } catch (error) {
      throw fail(error);
    }
  };
  return {
    read,
    bytes(sizeHint) {
      // Nothing tells how far `arrayBuffer` is: it must come at 1 kB/s at least to be no stalled body.
      if (!reader && !over && length <= idleMs) return (whole ??= all());
      return collect(read, length >= received ? length - received : sizeHint);
    },
    async cancel(reason) {
      try {
        if (length - received <= drainBytes) {
          watch.wait(drainMs, 'rest of the body');
          if (whole) await whole;
          while (await read());
        }
        if (!over) {
          end();
          await (reader ?? response!.body)?.cancel(reason);
        }
      } catch {
        // It is given up either way.
      }
    },
  };
}
