/**
 * Bodies on their way out: small ones become bytes with a SHA-256, others stay streams.
 *
 * @module
 */
import { nativeDigest } from '#platform';
import { CloudError } from '../errors.ts';
import type { Body, PartBuffer, PutOptions } from '../types.ts';
import { bodyChunks, toSendable, type Sendable } from '../util/body.ts';
import type { ByteRoom } from '../util/byte-room.ts';
import { toHex } from '../util/base64.ts';
import { sha256 } from '../util/sha256.ts';
import { linkSignals, onAbort, throwIfAborted } from '../util/abort.ts';
import { growingPartBytes, planParts, usualPartBytes } from './part-plan.ts';

/** Above this, WebCrypto beats plain JavaScript (measured: 3 to 4 KiB). */
const webCryptoFrom = 4096;

/** A body with what the caller says of its size. */
export function sendableOf(body: Body, options: PutOptions): Sendable {
  const sendable = toSendable(body);
  return sendable.sizeBytes === undefined && options.sizeBytes !== undefined ? { ...sendable, sizeBytes: options.sizeBytes } : sendable;
}

/** Tells whoever gave a body away that nobody reads it any more: it was sent, and the answer is here. */
export function giveBack(body: Body, { giveAway }: PutOptions): void {
  if (typeof giveAway === 'function' && body instanceof Uint8Array) giveAway(body as Uint8Array<ArrayBuffer>);
}

/** Hex SHA-256 of a payload, by the fastest way this runtime has for its size. */
export function hashPayload(bytes: Uint8Array): string | Promise<string> {
  const native = nativeDigest('sha256', bytes);
  if (native) return toHex(native);
  if (bytes.length < webCryptoFrom || !globalThis.crypto?.subtle) return toHex(sha256(bytes));
  return crypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>).then((digest) => toHex(new Uint8Array(digest)));
}

/** A piece of a Blob, or an error when the file behind it is not what it was. */
async function sliceOf(blob: Blob, start: number, end: number): Promise<Uint8Array> {
  const due = Math.min(end, blob.size) - start;
  try {
    const bytes = new Uint8Array(await blob.slice(start, end).arrayBuffer());
    if (bytes.length === due) return bytes;
  } catch (cause) {
    throw new CloudError('the file behind a Blob cannot be read any more', { code: 'ObjectChanged', operation: 'put', cause });
  }
  throw new CloudError('the file behind a Blob changed its size', { code: 'ObjectChanged', operation: 'put' });
}

/** Room for the first bytes of a stream whose length nobody told. */
const firstRoomBytes = 0x10000;
/** Above this a stream is given the room of a whole part. */
const smallBytes = 0x10_0000;

/** Buffers that a body is put into, each until it is given back. */
class Buffers {
  readonly #room: ByteRoom;
  readonly #held = new Map<ArrayBufferLike, PartBuffer>();
  readonly #ended: ReturnType<typeof linkSignals>;

  constructor(room: ByteRoom, signal: AbortSignal | undefined) {
    this.#room = room;
    this.#ended = linkSignals(signal);
    // one listener for as long as the body is read: each chunk that is waited for would add its own, and take it away again
    onAbort(this.#ended.signal, () => {});
  }

  /** Aborted as soon as the body is not wanted any more. */
  get signal(): AbortSignal {
    return this.#ended.signal;
  }

  async take(sizeBytes: number): Promise<Uint8Array<ArrayBuffer>> {
    const { signal } = this;
    const held = await this.#room.buffer(sizeBytes, { signal });
    // what comes after the end nobody would give back
    if (signal.aborted) held.release();
    throwIfAborted(signal);
    this.#held.set(held.bytes.buffer, held);
    return held.bytes;
  }

  /** Nobody reads this part any more. */
  giveBack({ buffer }: Uint8Array): void {
    this.#held.get(buffer)?.release();
    this.#held.delete(buffer);
  }

  /** All that is left, from which something may still be read; what waits for more is told to end. */
  end(): void {
    this.#ended.abort(new DOMException('the body is not wanted any more', 'AbortError'));
    this.#ended.unlink();
    for (const held of this.#held.values()) held.release(null);
    this.#held.clear();
  }
}

/** The error for a stream that is not as long as its caller said. */
const wrongSize = (size: number | string, sizeBytes: number): CloudError =>
  new CloudError(`the body has ${size} bytes, not ${sizeBytes}`, { code: 'InvalidArgument', operation: 'put' });

/**
 * A body in parts of a size, in order; the last is shorter. Blobs are read slice by slice. A stream is held to its size, if that is known, before its
 * last part is handed on: what broke off without an error must not take the place of an object.
 */
async function* inParts(sendable: Sendable, partBytes: (index: number) => number, buffers: Buffers): AsyncGenerator<Uint8Array> {
  const { body } = sendable;
  const { signal } = buffers;
  if (body instanceof Uint8Array || body instanceof Blob) {
    const size = body instanceof Blob ? body.size : body.length;
    for (let at = 0, index = 0; at < size || index === 0; index++) {
      throwIfAborted(signal);
      const to = at + partBytes(index);
      yield body instanceof Blob ? await sliceOf(body, at, to) : body.subarray(at, to);
      at = to;
    }
    return;
  }
  const { sizeBytes } = sendable;
  let index = 0;
  // no more is held than comes, since most bodies are much smaller than a part; what is more than small waits for all that it may become
  const roomFor = (atLeast: number): number => {
    // the last part of many too: of a size of its own its buffer would be of use to nobody
    if (index > 0) return partBytes(index);
    const size = Math.max(atLeast, 2 * part.length);
    return size > smallBytes && sizeBytes === undefined ? partBytes(index) : Math.min(partBytes(index), size);
  };
  let part = new Uint8Array(0);
  let filled = 0;
  let left = sizeBytes ?? firstRoomBytes;
  let total = 0;
  for await (const chunk of bodyChunks(body, { signal })) {
    total += chunk.length;
    if (sizeBytes !== undefined && total > sizeBytes) throw wrongSize(`at least ${total}`, sizeBytes);
    for (let at = 0; at < chunk.length;) {
      if (filled === part.length) {
        const size = roomFor(Math.max(left, filled + chunk.length - at));
        // set aside and given back first: streams that wait for more while they hold some could all wait for each other
        const begun = part.slice();
        buffers.giveBack(part);
        part = await buffers.take(size);
        part.set(begun);
      }
      const take = Math.min(chunk.length - at, part.length - filled);
      part.set(chunk.subarray(at, at + take), filled);
      at += take;
      filled += take;
      if (filled === partBytes(index)) {
        yield part;
        index++;
        left -= filled;
        part = new Uint8Array(0);
        filled = 0;
      }
    }
  }
  if (sizeBytes !== undefined && total !== sizeBytes) throw wrongSize(total, sizeBytes);
  if (filled > 0 || index === 0) yield part.subarray(0, filled);
}

/** Largest array that is sent in one request. */
const maxWholeBytes = 100_000_000;

/** A body that goes out in parts. */
export interface PartsOfBody {
  first: Uint8Array;
  rest: AsyncGenerator<Uint8Array>;
  /** Takes the buffer of a part that nobody reads any more. Whoever holds parts waits for nothing but their being sent. */
  giveBack(part: Uint8Array): void;
  /** Gives back all that is left, and closes what the body is read from. */
  end(): void;
}

/** A body that goes out in one request. */
interface WholeBody {
  whole: Uint8Array;
  /** Nobody reads it any more. */
  end(): void;
}

/**
 * Either all of a body in one array, or its parts (of at least 16 MiB, the first read already) still to be read.
 *
 * @param room where buffers for a stream come from. `end` is to be called whatever becomes of the body
 */
export async function wholeOrParts(sendable: Sendable, room: ByteRoom, signal?: AbortSignal): Promise<WholeBody | PartsOfBody> {
  if (sendable.body instanceof Uint8Array && sendable.body.length <= maxWholeBytes) return { whole: sendable.body, end: () => {} };
  const { sizeBytes } = sendable;
  const base = sizeBytes === undefined ? usualPartBytes : planParts(sizeBytes).partBytes;
  const buffers = new Buffers(room, signal);
  const parts = inParts(sendable, (index) => (sizeBytes === undefined ? growingPartBytes(index) : base), buffers);
  const end = (): void => {
    buffers.end();
    // not waited for: a read that is under way may never settle, and what the upload ended with has been told already
    parts.return(undefined).catch(() => {});
  };
  try {
    const first = await parts.next();
    const bytes = first.value as Uint8Array;
    if (bytes.length >= base) return { first: bytes, rest: parts, giveBack: (part) => buffers.giveBack(part), end };
    await parts.return(undefined);
    return { whole: bytes, end };
  } catch (error) {
    end();
    throw error;
  }
}
