/**
 * The one place that knows every form of {@link Body}. Told apart by what they can do, not by class: values of another realm, of a
 * polyfill or of another library are as good.
 *
 * @module
 */
import { CloudError } from '../errors.ts';
import type { AbortOptions, Body, StreamBody } from '../types.ts';
import { abortable, throwIfAborted } from './abort.ts';
import { slices } from './bytes.ts';
import { collect } from './streams.ts';
import { encodeUtf8 } from './utf8.ts';

/** A body, ready to be sent. */
export interface Sendable {
  body: Uint8Array | Blob | StreamBody;
  /** Absent for a stream whose length nobody told. */
  sizeBytes?: number | undefined;
  /** What the caller said, else what a Blob or Response says of itself. */
  contentType?: string | undefined;
  /** Whether it can be sent a second time. */
  replayable: boolean;
}

/** Pieces in which bytes and Blobs are handed on. */
const PIECE_BYTES = 0x100000;

/**
 * Turn any body into bytes, a Blob or a stream, without reading it. Bytes are not copied, unless they are shared with another
 * thread; the caller leaves them alone until the call that takes them has settled.
 *
 * @param options.contentType goes before the body's own
 * @throws CloudError `InvalidArgument` for anything else, and for a Response that was read already
 */
export function toSendable(body: Body, options: { contentType?: string | undefined } = {}): Sendable {
  const of = (bytes: Uint8Array): Sendable => ({
    body: bytes,
    sizeBytes: bytes.length,
    contentType: options.contentType,
    replayable: true,
  });
  if (typeof body === 'string') return of(encodeUtf8(body));
  const it = body as Partial<Blob & Response> | null;
  const kind = Object.prototype.toString.call(it).slice(8, -1);
  if (ArrayBuffer.isView(body)) return of(own(new Uint8Array(body.buffer, body.byteOffset, body.byteLength)));
  if (kind === 'ArrayBuffer' || kind === 'SharedArrayBuffer') return of(own(new Uint8Array(body as ArrayBuffer)));
  if (it && typeof it === 'object') {
    if (it.slice && it.arrayBuffer && typeof it.size === 'number') {
      return { body: it as Blob, sizeBytes: it.size, contentType: options.contentType ?? (it.type || undefined), replayable: true };
    }
    let chunks = body as ReadableStream<unknown> | AsyncIterable<unknown> | null | undefined;
    let contentType = options.contentType;
    if (it.headers && it.arrayBuffer && 'bodyUsed' in it) {
      // Its Content-Length is no help: fetch undoes Content-Encoding and keeps the stored length.
      if (it.bodyUsed) throw unfit('this Response was read already');
      contentType ??= it.headers.get('content-type') ?? undefined;
      chunks = it.body;
      if (!chunks) return { ...of(new Uint8Array()), contentType };
    }
    if (chunks && ('getReader' in chunks || Symbol.asyncIterator in chunks)) {
      return { body: { open: once(chunks), replayable: false }, contentType, replayable: false };
    }
  }
  throw unfit('a body is text, bytes, a Blob, a Response, a ReadableStream or an async iterable of bytes');
}

/**
 * The chunks of a sendable body, in order; those of bytes and Blobs are at most 1 MiB. Abort rejects with `signal.reason`, also while
 * a chunk is awaited, and lets go of the body.
 *
 * Rejects with `ObjectChanged` when the file behind a Blob is not what it was.
 */
export function bodyChunks(body: Sendable['body'], options: AbortOptions = {}): AsyncIterable<Uint8Array> {
  if (body instanceof Uint8Array) return untilAborted(slices(body, PIECE_BYTES), options.signal);
  return untilAborted('open' in body ? body.open() : pieces(body), options.signal);
}

/**
 * All bytes of a body in one array. The caller's own array comes back as it is: copy it before keeping it.
 *
 * Rejects as {@link toSendable} and {@link bodyChunks}; with `InvalidArgument` when there are more than `maxBytes`.
 */
export async function gatherBody(
  body: Body | Sendable,
  options: AbortOptions & { maxBytes?: number | undefined } = {},
): Promise<Uint8Array> {
  throwIfAborted(options.signal);
  const { body: open, sizeBytes } = isSendable(body) ? body : toSendable(body);
  if (open instanceof Uint8Array) return open;
  const chunks = bodyChunks(open, options)[Symbol.asyncIterator]();
  let size = 0;
  const read = async (): Promise<Uint8Array | undefined> => {
    const { done, value } = await chunks.next();
    if (done) return undefined;
    size += value.length;
    if (size > (options.maxBytes ?? Infinity)) {
      await chunks.return?.();
      throw unfit('the body is larger than may be held in memory');
    }
    return value.slice(); // the producer may fill the same buffer again
  };
  return collect(read, sizeBytes);
}

/** Let an iteration end with `signal.reason` as soon as the signal fires. A generator would not do: its `return` waits for a `next` that may never settle. */
function untilAborted<T>(source: AsyncIterable<T> | Iterable<T>, signal: AbortSignal | undefined): AsyncIterable<T> {
  return {
    [Symbol.asyncIterator]() {
      const from = Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]();
      const leave = async (): Promise<unknown> => from.return?.();
      return {
        async next() {
          try {
            throwIfAborted(signal);
            return await abortable(Promise.resolve(from.next()), signal);
          } catch (error) {
            if (signal?.aborted) leave().catch(() => {});
            throw error;
          }
        },
        async return() {
          await leave();
          return { done: true, value: undefined };
        },
      };
    },
  };
}

const isSendable = (body: Body | Sendable): body is Sendable => typeof body === 'object' && body !== null && 'replayable' in body;

/** A copy where another thread could write: a signature or checksum would not hold for what is sent later. */
function own(bytes: Uint8Array): Uint8Array {
  return bytes.buffer instanceof ArrayBuffer || !/Shared/.test(Object.prototype.toString.call(bytes.buffer)) ? bytes : bytes.slice();
}

function once(source: ReadableStream<unknown> | AsyncIterable<unknown>): () => AsyncIterable<Uint8Array> {
  let opened = false;
  return () => {
    if (opened) throw unfit('this body cannot be read twice');
    opened = true;
    return {
      [Symbol.asyncIterator]: () => ('getReader' in source ? fromReader(source.getReader()) : fromIterator(source[Symbol.asyncIterator]())),
    };
  };
}

function fromReader(reader: ReadableStreamDefaultReader<unknown>): AsyncIterator<Uint8Array> {
  return {
    next: async () => bytesOf(await reader.read()),
    async return() {
      await reader.cancel();
      return { done: true, value: undefined };
    },
  };
}

function fromIterator(iterator: AsyncIterator<unknown>): AsyncIterator<Uint8Array> {
  return {
    next: async () => bytesOf(await iterator.next()),
    async return() {
      await iterator.return?.();
      return { done: true, value: undefined };
    },
  };
}

function bytesOf(step: { done?: boolean | undefined; value?: unknown }): IteratorResult<Uint8Array> {
  if (step.done) return { done: true, value: undefined };
  const { value } = step;
  if (typeof value === 'string') return { value: encodeUtf8(value) };
  if (ArrayBuffer.isView(value)) return { value: own(new Uint8Array(value.buffer, value.byteOffset, value.byteLength)) };
  throw unfit('a stream of something else than bytes');
}

async function* pieces(blob: Blob): AsyncGenerator<Uint8Array, void, undefined> {
  for (let at = 0; at < blob.size; at += PIECE_BYTES) {
    const end = Math.min(at + PIECE_BYTES, blob.size);
    const bytes = await blob
      .slice(at, end)
      .arrayBuffer()
      .catch((cause: unknown) => {
        throw new CloudError('the file behind the body changed or is gone', { code: 'ObjectChanged', cause });
      });
    // WebKit reads a deleted file as empty.
    if (bytes.byteLength !== end - at) throw new CloudError('the file behind the body changed or is gone', { code: 'ObjectChanged' });
    yield new Uint8Array(bytes);
  }
}

function unfit(message: string): CloudError {
  return new CloudError(message, { code: 'InvalidArgument' });
}
