/**
 * One request and its response on an undici dispatcher: undici's handler and the response's body in one object, without a web or
 * Node stream between them. Written for many small requests: a body that came with its head is there without a wait.
 *
 * @module
 */
import type { Dispatcher } from 'undici';
import type { HttpBody, HttpPortOptions, HttpRequest, HttpResponse, StreamBody } from '../../types.ts';
import { CloudError } from '../../errors.ts';
import { onAbort } from '../../util/abort.ts';
import { bodyChunks } from '../../util/body.ts';
import { networkError, redirectedError, timeoutError } from '../network-error.ts';
import { ChunkQueue } from './chunk-queue.ts';
import { viewHeaders } from './http-headers.ts';
import { wasCopied } from './socket-room.ts';

/** Bytes that may wait to be read before the socket is paused. */
const queueBytes = 0x100000;
/** What is read to its end on `cancel`, rather than that the connection is given up. */
const drainBytes = 0x10000;
const drainMs = 1000;
/** Arrays above this are sent in pieces, so that slow progress is not taken for none. */
const wholeBytes = 0x400000;
/** setTimeout's limit; longer means never. */
const neverMs = 0x7fffffff;

interface Waiting<T> {
  resolve(value: T): void;
  reject(error: unknown): void;
}

/** The methods that undici calls, and those of HttpBody. */
export class Exchange implements HttpBody {
  readonly #request: HttpRequest;
  readonly #idleMs: number;
  readonly #signal: AbortSignal | undefined;
  readonly #refuses: boolean;
  #settleHead: { resolve(response: HttpResponse): void; reject(error: unknown): void } | undefined;
  #stopListening: () => void;
  #timer: NodeJS.Timeout | undefined;
  /** When the timer goes off, and when the time-out that it looks after began and strikes. */
  #due = 0;
  #since = 0;
  #limitMs = Infinity;
  #awaited = '';
  #abort: ((error: Error) => void) | undefined;
  #resume: () => void = () => {};
  #headers: ReturnType<typeof viewHeaders> | undefined;
  #status = 0;
  /** Ends the request's body, while it is being sent. */
  #outgoing: AbortController | undefined;
  /** The response is over: complete, failed or cancelled. */
  #over = false;
  #failure: { error: unknown } | undefined;
  #paused = false;
  #received = 0;
  readonly #queue = new ChunkQueue();
  /** Who waits for the next chunk, or for the end when there is a sink. */
  #waiting: Waiting<Uint8Array | undefined> | undefined;
  #sink: Uint8Array | undefined;
  /** Who waits until an array of theirs is full. */
  #filling: (Waiting<number> & { readonly into: Uint8Array }) | undefined;
  /** Of the sink, or of the array of a reader. */
  #filled = 0;
  /** Told when what was left after `cancel` has come in. */
  #drained: (() => void) | undefined;

  constructor(
    request: HttpRequest,
    { signal, headersMs = 60_000, idleMs = 30_000, redirect }: HttpPortOptions,
    settle: { resolve(response: HttpResponse): void; reject(error: unknown): void },
  ) {
    this.#request = request;
    this.#signal = signal;
    this.#refuses = redirect === 'error';
    this.#idleMs = idleMs;
    this.#settleHead = settle;
    this.#stopListening = onAbort(signal, () => this.#kill(signal?.reason));
    this.#wait(headersMs, 'response');
  }

  /** What undici is to send; its `reset: false` keeps the connection after a HEAD. */
  options(): Dispatcher.DispatchOptions {
    const { method, url, body } = this.#request;
    let { headers } = this.#request;
    const slash = pathStart(url);
    const hash = url.indexOf('#', slash);
    const path = url.slice(slash, hash < 0 ? undefined : hash);
    if ('host' in headers || 'content-length' in headers) {
      headers = { ...headers };
      delete headers['host'];
      delete headers['content-length'];
    }
    const options = {
      origin: url.slice(0, slash),
      path: path[0] === '/' ? path : `/${path}`,
      method,
      headers,
    } as Dispatcher.DispatchOptions;
    if (method === 'HEAD') options.reset = false;
    if (!body) return options;
    if (body instanceof Uint8Array && body.length <= wholeBytes) options.body = body;
    else {
      const size = body instanceof Uint8Array ? body.length : 'open' in body ? body.sizeBytes : body.size;
      if (size !== undefined) options.headers = { ...headers, 'content-length': String(size) };
      options.body = this.#send(body) as never;
    }
    return options;
  }

  /** Begins when the connection stands: a body that can be had only once is not touched before. */
  async *#send(body: Uint8Array | Blob | StreamBody): AsyncGenerator<Uint8Array, void, undefined> {
    this.#outgoing = new AbortController();
    try {
      for await (const chunk of bodyChunks(body, this.#outgoing)) {
        this.#touch();
        yield chunk;
      }
      this.#outgoing = undefined;
    } catch (error) {
      // The body's own error, not the network's.
      if (!this.#over) this.#kill(error);
      throw error;
    }
  }

  // ------------------------------------------------ called by undici

  onConnect(abort: (error?: Error) => void): void {
    if (this.#failure) abort(asError(this.#failure.error));
    else this.#abort = abort;
  }

  onHeaders(status: number, raw: Buffer[], resume: () => void): boolean {
    if (status < 200) {
      this.#touch();
      return true;
    }
    this.#status = status;
    this.#resume = resume;
    this.#wait(this.#idleMs, 'more of the body');
    this.#timer?.unref();
    const headers = (this.#headers = viewHeaders(raw));
    if (this.#refuses && status >= 300 && headers.get('location')) {
      this.#kill(redirectedError(this.#request, status));
      return true;
    }
    this.#settleHead?.resolve({ status, headers, url: this.#request.url, body: this, decoded: false });
    this.#settleHead = undefined;
    return true;
  }

  onData(chunk: Buffer): boolean {
    this.#received += chunk.length;
    if (!this.#drained) {
      this.#touch();
      if (!this.#sink) return this.#keep(this.#filling ? this.#pour(chunk) : chunk);
      this.#fill(chunk);
    }
    wasCopied(chunk);
    return true;
  }

  /** Hands a chunk to who waits for one, or lets it wait. @returns whether more of them may come */
  #keep(chunk: Uint8Array | undefined): boolean {
    if (!chunk) return true;
    // The memory is not used again; the view is for those who would meet Buffer's own `slice`.
    const bytes = new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.length);
    if (this.#waiting) {
      this.#waiting.resolve(bytes);
      this.#waiting = undefined;
      return true;
    }
    this.#queue.push(bytes);
    this.#paused = this.#queue.weight > queueBytes;
    return !this.#paused;
  }

  onComplete(): void {
    this.#end();
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.resolve(this.#sink && this.#finished());
    this.#endFilling();
  }

  onError(error: Error): void {
    if (!this.#over) this.#fail(networkError(error, this.#request));
  }

  // ------------------------------------------------ called by the reader

  read(): Promise<Uint8Array | undefined> {
    if (this.#signal?.aborted) return Promise.reject(this.#signal.reason);
    const chunk = this.#queue.shift();
    if (chunk) {
      this.#wasRead();
      return Promise.resolve(chunk);
    }
    if (this.#over) return this.#failure ? Promise.reject(this.#failure.error) : Promise.resolve(undefined);
    return this.#next();
  }

  readInto(into: Uint8Array): Promise<number> {
    if (this.#signal?.aborted) return Promise.reject(this.#signal.reason);
    this.#filled = this.#queue.shiftInto(into);
    const promise = new Promise<number>((resolve, reject) => (this.#filling = { resolve, reject, into }));
    if (this.#over || this.#filled === into.length) this.#endFilling(this.#failure?.error);
    // only now: what waits in the socket comes at once
    this.#wasRead();
    return promise;
  }

  bytes(sizeHint = 0): Promise<Uint8Array> {
    if (this.#signal?.aborted) return Promise.reject(this.#signal.reason);
    const waiting = this.#queue.bytes;
    const size = this.#over ? waiting : Math.max(waiting, this.#left(waiting) ?? Math.min(sizeHint, 0x4000000));
    try {
      this.#sink = allocate(size);
    } catch (cause) {
      const error = new CloudError(`${size} bytes do not fit into one array`, { code: 'NotSupported', url: this.#request.url, cause });
      this.#kill(error);
      return Promise.reject(error);
    }
    this.#filled = this.#queue.shiftInto(this.#sink);
    if (!this.#over) return this.#next() as Promise<Uint8Array>;
    return this.#failure ? Promise.reject(this.#failure.error) : Promise.resolve(this.#finished());
  }

  cancel(): Promise<void> {
    this.#queue.clear();
    if (this.#over) return Promise.resolve();
    this.#waiting?.resolve(this.#sink && new Uint8Array());
    this.#waiting = undefined;
    this.#endFilling();
    const left = this.#left(0);
    if (left === undefined || left > drainBytes) {
      this.#kill();
      return Promise.resolve();
    }
    return new Promise((resolve) => {
      this.#drained = resolve;
      this.#wait(drainMs, 'rest of the body');
      this.#unpause();
    });
  }

  // ------------------------------------------------ inside

  #next(): Promise<Uint8Array | undefined> {
    this.#touch();
    const promise = new Promise<Uint8Array | undefined>((resolve, reject) => (this.#waiting = { resolve, reject }));
    this.#unpause();
    return promise;
  }

  #wasRead(): void {
    this.#touch();
    if (this.#queue.weight < queueBytes / 2) this.#unpause();
  }

  #unpause(): void {
    if (!this.#paused || this.#over) return;
    this.#paused = false;
    this.#resume();
  }

  /** Bytes still to come, when the server said how many there are, plus those that wait to be read. */
  #left(waiting: number): number | undefined {
    if (this.#request.method === 'HEAD' || this.#status === 304 || this.#status === 204) return 0;
    const length = this.#headers?.get('content-length');
    return length && /^\d+$/.test(length) ? Number(length) - this.#received + waiting : undefined;
  }

  #fill(chunk: Uint8Array): void {
    let sink = this.#sink!;
    const need = this.#filled + chunk.length;
    if (need > sink.length) {
      const grown = allocate(Math.max(need, sink.length * 2, 0x10000));
      grown.set(sink.subarray(0, this.#filled));
      this.#sink = sink = grown;
    }
    sink.set(chunk, this.#filled);
    this.#filled = need;
  }

  /** What was filled; never with memory behind it that was not. */
  #finished(): Uint8Array {
    const sink = this.#sink!;
    this.#sink = undefined;
    return this.#filled === sink.length ? sink : sink.slice(0, this.#filled);
  }

  /** Puts a chunk into the array of a reader. @returns what is left of it */
  #pour(chunk: Uint8Array): Uint8Array | undefined {
    const { into } = this.#filling!;
    const room = into.length - this.#filled;
    into.set(chunk.length > room ? chunk.subarray(0, room) : chunk, this.#filled);
    this.#filled += Math.min(chunk.length, room);
    if (chunk.length >= room) this.#endFilling();
    if (chunk.length > room) return chunk.subarray(room);
    wasCopied(chunk);
    return undefined;
  }

  /** No more comes into the array of a reader. What came before an error counts; the error follows it. */
  #endFilling(error?: unknown): void {
    const filling = this.#filling;
    this.#filling = undefined;
    if (error !== undefined && (this.#filled === 0 || this.#signal?.aborted)) filling?.reject(error);
    else filling?.resolve(this.#filled);
  }

  #touch(): void {
    this.#since = performance.now();
  }

  /** Begins another time-out. A timer that goes off too early stays and is set again then: to set one each time is dear. */
  #wait(ms: number, what: string): void {
    this.#limitMs = ms > 0 && ms < neverMs ? ms : Infinity;
    this.#awaited = what;
    this.#touch();
    if (!this.#timer || this.#due > this.#since + this.#limitMs) this.#setTimer(Math.min(this.#limitMs, this.#idleMs || Infinity));
  }

  #setTimer(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (!(ms < neverMs)) return;
    this.#due = performance.now() + ms;
    this.#timer = setTimeout(() => {
      const left = this.#since + this.#limitMs - performance.now();
      if (left < 1) this.#kill(timeoutError(this.#request, this.#awaited, this.#limitMs));
      else this.#setTimer(left);
    }, ms);
    if (this.#headers) this.#timer.unref();
  }

  /** Ends the exchange from this side and gives the connection up. Without an error: cancelled. */
  #kill(error?: unknown): void {
    if (this.#over) return;
    if (this.#signal?.aborted) this.#queue.clear();
    this.#fail(error);
    this.#abort?.(asError(error));
  }

  #fail(error: unknown): void {
    this.#end();
    // What came before stays to be read; the error follows it.
    if (error !== undefined || !this.#headers) this.#failure = { error };
    this.#settleHead?.reject(error);
    this.#settleHead = undefined;
    this.#sink = undefined;
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.reject(error);
    this.#endFilling(error);
  }

  #end(): void {
    this.#over = true;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#stopListening();
    this.#drained?.();
    this.#drained = undefined;
    this.#outgoing?.abort();
    this.#outgoing = undefined;
    this.#resume = () => {};
  }
}

/** Where the path begins in an absolute URL. */
function pathStart(url: string): number {
  const host = url.indexOf('//') + 2;
  return host + url.slice(host).search(/[/?#]|$/);
}

/** undici wants an Error; it is never seen again. */
const asError = (error: unknown): Error => (error instanceof Error ? error : new Error('aborted'));

/** Not cleared: it is filled before it is given away. */
function allocate(size: number): Uint8Array {
  const buffer = Buffer.allocUnsafeSlow(size);
  return new Uint8Array(buffer.buffer, buffer.byteOffset, size);
}
