/**
 * A port that looks at what it is sent as a server and a socket would, and a clock that runs only when somebody waits.
 *
 * @module
 */
import { CloudError } from '../../../src/errors.ts';
import type { HttpBody, HttpPort, HttpPortOptions, HttpRequest, HttpResponse } from '../../../src/types.ts';
import { onAbort } from '../../../src/util/abort.ts';

/** What the fake server does with one request. */
export interface Answer {
  status?: number;
  headers?: Record<string, string>;
  /** Text or chunks; Content-Length is made from it unless given. */
  body?: string | Uint8Array[];
  /** After its chunks the body breaks off with this, or stalls for ever. */
  then?: CloudError | 'stall';
  /** No response at all: this error, or none for ever. */
  fail?: CloudError | 'hang';
  decoded?: boolean | undefined;
}

/** One request as it arrived, its body read. */
export interface Arrival {
  method: string;
  url: string;
  headers: Record<string, string>;
  body: Uint8Array | undefined;
  options: HttpPortOptions;
}

/** The fake port and what it saw. */
export interface FakePort {
  port: HttpPort;
  arrivals: Arrival[];
  /** Responses whose body was neither read to its end nor cancelled: each would pin a socket. */
  open(): number;
}

export const network = (): CloudError => new CloudError('reset', { code: 'Network', retryable: true });

/** Makes a port; `answer` is asked for each request, counted from 0. Wrong requests fail the test with a plain Error. */
export function fakePort(answer: (arrival: Arrival, n: number) => Answer | Promise<Answer>): FakePort {
  const arrivals: Arrival[] = [];
  let open = 0;
  const port: HttpPort = async (request, options = {}) => {
    const { signal } = options;
    if (signal?.aborted) throw signal.reason;
    const arrival: Arrival = { ...request, headers: { ...request.headers }, body: await readBody(request), options };
    verify(arrival);
    const n = arrivals.push(arrival) - 1;
    const given = await answer(arrival, n);
    const { status = 200, headers = {}, body = '', then, fail } = given;
    const decoded = 'decoded' in given ? given.decoded : false;
    if (fail === 'hang') await forever(signal);
    if (fail) throw fail;
    const chunks = typeof body === 'string' ? (body ? [new TextEncoder().encode(body)] : []) : body;
    const size = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
    const view = new Headers({ 'content-length': String(size), ...headers });
    if (headers['content-length'] === '') view.delete('content-length');
    const empty = request.method === 'HEAD' || (!chunks.length && !then);
    open += empty ? 0 : 1;
    const end = (): void => void (open -= empty ? 0 : 1);
    const response: HttpResponse = {
      status,
      headers: view,
      url: request.url,
      decoded,
      body: fakeBody(request.method === 'HEAD' ? [] : chunks, then, signal, end),
    };
    return response;
  };
  return { port, arrivals, open: () => open };
}

function verify({ method, url, headers, options }: Arrival): void {
  const wrong = (what: string): never => {
    throw new Error(`the fake port refuses ${method} ${url}: ${what}`);
  };
  if (!/^(GET|HEAD|PUT|POST|DELETE|PATCH)$/.test(method)) wrong('method');
  if (!/^https?:\/\/[^/?#\s@]+\/[!-~]*$/.test(url) || url.includes('#')) wrong('url');
  for (const [name, value] of Object.entries(headers)) {
    if (!/^[a-z0-9!#$%&'*+.^_`|~-]+$/.test(name) || name === 'host' || name === 'content-length') wrong(`header ${name}`);
    if (typeof value !== 'string' || /[\0\r\n]/.test(value)) wrong(`value of ${name}`);
  }
  if (!options.headersMs || !options.idleMs) wrong('no timeouts');
}

async function readBody({ method, body }: HttpRequest): Promise<Uint8Array | undefined> {
  if (!body) return undefined;
  if (method === 'GET' || method === 'HEAD') throw new Error('a read with a body');
  if (body instanceof Uint8Array) return body.slice();
  if (!('open' in body)) return new Uint8Array(await body.arrayBuffer());
  const bytes: number[] = [];
  for await (const chunk of body.open()) for (const byte of chunk) bytes.push(byte);
  return new Uint8Array(bytes);
}

const forever = (signal: AbortSignal | undefined): Promise<never> =>
  new Promise((_, reject) => void onAbort(signal, () => reject(signal?.reason)));

function fakeBody(chunks: Uint8Array[], then: Answer['then'], signal: AbortSignal | undefined, onEnd: () => void): HttpBody {
  const left = [...chunks];
  let over = false;
  const end = (): void => {
    if (!over) onEnd();
    over = true;
  };
  const read = async (): Promise<Uint8Array | undefined> => {
    if (signal?.aborted) {
      end();
      throw signal.reason;
    }
    const chunk = left.shift();
    if (chunk || over) return chunk;
    if (then === 'stall') await forever(signal).finally(end);
    end();
    if (then && then !== 'stall') throw then;
    return undefined;
  };
  return {
    read,
    async bytes() {
      const bytes: number[] = [];
      for (let chunk = await read(); chunk; chunk = await read()) for (const byte of chunk) bytes.push(byte);
      return new Uint8Array(bytes);
    },
    async cancel() {
      left.length = 0;
      end();
    },
  };
}

/** A clock that the waits themselves move. */
export interface FakeTime {
  clock: () => number;
  sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
  /** What was waited, in ms. */
  waits: number[];
  /** Called when a wait begins. */
  onWait?: (ms: number) => void;
}

export function fakeTime(start = 1_700_000_000_000): FakeTime {
  let now = start;
  const time: FakeTime = {
    waits: [],
    clock: () => now,
    async sleep(ms, signal) {
      time.waits.push(ms);
      time.onWait?.(ms);
      await Promise.resolve();
      if (signal?.aborted) throw signal.reason;
      now += ms;
    },
  };
  return time;
}

/** An AbortController whose signal tells how many listeners it has. */
export function countingSignal(): { controller: AbortController; signal: AbortSignal; listeners: () => number } {
  const controller = new AbortController();
  const { signal } = controller;
  let count = 0;
  const add = signal.addEventListener.bind(signal) as (...args: unknown[]) => void;
  const remove = signal.removeEventListener.bind(signal) as (...args: unknown[]) => void;
  signal.addEventListener = (...args: unknown[]): void => {
    count++;
    add(...args);
  };
  signal.removeEventListener = (...args: unknown[]): void => {
    count--;
    remove(...args);
  };
  return { controller, signal, listeners: () => count };
}

export const bytesOf = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);
export const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
