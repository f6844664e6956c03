/**
 * HTTP, as the transport sees it. Types only, no code.
 *
 * @module
 */
import type { AbortOptions } from './basic.ts';

/** Methods that stores use. */
export type HttpMethod = 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE' | 'PATCH';

/** A body that is made anew for every attempt. */
export interface StreamBody {
  /** Start over and give the chunks. */
  open(): AsyncIterable<Uint8Array>;
  /** Whether `open` may be called more than once. */
  replayable: boolean;
  sizeBytes?: number | undefined;
}

/** What goes out. Plain data: signing returns a new one. */
export interface HttpRequest {
  method: HttpMethod;
  /** Absolute and percent-encoded. May hold a signature: never printed as it is. */
  url: string;
  /** Lower-case names. `host` and `content-length` are the port's business. */
  headers: Record<string, string>;
  body?: Uint8Array | Blob | StreamBody | undefined;
  /** Hex SHA-256 of the body if known, or a literal such as UNSIGNED-PAYLOAD. For signers. */
  payloadHash?: string | undefined;
}

/** Read-only view of response headers; names lower-case. `Headers` and `Map` both fit. */
export interface HttpHeaders {
  get(name: string): string | null | undefined;
  forEach(visit: (value: string, name: string) => void): void;
}

/** A response's bytes, pulled. Either `read` or `readInto` until the end, or `bytes` once, or `cancel`. */
export interface HttpBody {
  /** The next chunk; `undefined` at the end. The chunk is the caller's. */
  read(): Promise<Uint8Array | undefined>;
  /** All that is left, as one array. `sizeHint` saves copies when it is right and does no harm when wrong. */
  bytes(sizeHint?: number): Promise<Uint8Array>;
  /**
   * The next bytes, put into the caller's array, which is not empty. Resolves to how many they are when it is full; to fewer only before the end or
   * an error, and to 0 at the end. Only where it takes less than `read`.
   */
  readInto?: ((into: Uint8Array) => Promise<number>) | undefined;
  /** Give the connection back (small leftovers are drained, large ones cut). Never rejects. */
  cancel(reason?: unknown): Promise<void>;
}

/** Pulled bytes: an {@link HttpBody} fits, `bytes` is a short cut where there is one. */
export interface ByteSource {
  read(): Promise<Uint8Array | undefined>;
  readInto?: HttpBody['readInto'];
  /** With `into`, an array that may be filled instead of a new one where it has the size of `sizeHint`. */
  bytes?(sizeHint?: number, into?: Uint8Array<ArrayBuffer>): Promise<Uint8Array>;
  cancel(reason?: unknown): Promise<void>;
}

/** What came back: head now, body when it is asked for. */
export interface HttpResponse {
  status: number;
  headers: HttpHeaders;
  /** The URL that answered. May hold a signature. */
  url: string;
  body: HttpBody;
  /**
   * True where the platform undid Content-Encoding, so that Content-Length tells another size; absent where it may have done so
   * without telling (a page sees that header only when the server exposes it); false where these are the stored bytes.
   */
  decoded?: boolean | undefined;
}

/** What one request on the wire is told. */
export interface HttpPortOptions extends AbortOptions {
  /** Longest wait for the response's head, in ms. */
  headersMs?: number | undefined;
  /** Longest wait between two chunks of the body, also while nobody reads it, in ms. */
  idleMs?: number | undefined;
  /**
   * `manual`: hand 3xx out as a response; a page cannot see it and rejects with Redirected. `follow`: a page's fetch follows by
   * itself, elsewhere as `manual`. `error`: rejects with Redirected. @default 'manual'
   */
  redirect?: 'manual' | 'follow' | 'error' | undefined;
}

/**
 * One request on the wire, once: no retry, no signature, no redirect followed (see `redirect`), stored bytes where the runtime can.
 * Rejects with `signal.reason` on abort, else with a CloudError `Network` or `Timeout`, both retryable (unless the name does not exist
 * or the certificate is refused); in a page also `CorsOrNetwork`. What the request's own body throws is passed on as it is.
 */
export type HttpPort = (request: HttpRequest, options?: HttpPortOptions) => Promise<HttpResponse>;

/** Signs one attempt. Never touches the network by itself except through what it was given. */
export type SignFunction = (request: HttpRequest, context: SignContext) => HttpRequest | Promise<HttpRequest>;

/** What a signer is told of one attempt. */
export interface SignContext extends AbortOptions {
  /** The time to sign with: the clock plus the skew learnt for this host. */
  date: Date;
}
