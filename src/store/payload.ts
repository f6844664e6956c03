/**
 * Bodies on their way out: small ones become bytes with a SHA-256, others stay streams.
 *
 * @module
 */
import { nativeDigest } from '#platform';
import { CloudError } from '../errors.ts';
import type { Body, PutOptions } from '../types.ts';
import { bodyChunks, toSendable, type Sendable } from '../util/body.ts';
import { toHex } from '../util/base64.ts';
import { sha256 } from '../util/sha256.ts';
import { throwIfAborted } from '../util/abort.ts';
import { growingPartBytes, planParts, usualPartBytes } from './part-plan.ts';

/** Above this, WebCrypto beats plain JavaScript (measured: 3 to 4 KiB). */
const webCryptoFrom = 4096;

/** A body with what the caller says of its size. */
export function sendableOf(body: Body, options: PutOptions): Sendable {
  const sendable = toSendable(body);
  return sendable.sizeBytes === undefined && options.sizeBytes !== undefined ? { ...sendable, sizeBytes: options.sizeBytes } : sendable;
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

/**
 * A body in parts of a size, in order; the last is shorter. Blobs are read slice by slice.
 *
 * @param spare buffers for parts of a stream, taken from its end where they fit
 */
export async function* inParts(
  sendable: Sendable,
  partBytes: (index: number) => number,
  signal?: AbortSignal,
  spare: Uint8Array<ArrayBuffer>[] = [],
): AsyncGenerator<Uint8Array> {
  const { body } = sendable;
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
  let index = 0;
  // no more is held than comes, since most bodies are much smaller than a part
  const roomFor = (atLeast: number): number => Math.min(partBytes(index), Math.max(atLeast, 2 * part.length));
  let part = new Uint8Array(0);
  let filled = 0;
  let left = sendable.sizeBytes ?? firstRoomBytes;
  for await (const chunk of bodyChunks(body, { signal })) {
    for (let at = 0; at < chunk.length;) {
      if (filled === part.length) {
        const larger = new Uint8Array(roomFor(Math.max(left, filled + chunk.length - at)));
        larger.set(part);
        part = larger;
      }
      const take = Math.min(chunk.length - at, part.length - filled);
      part.set(chunk.subarray(at, at + take), filled);
      at += take;
      filled += take;
      if (filled === partBytes(index)) {
        yield part;
        index++;
        left -= filled;
        const old = spare.pop();
        part = old?.length === partBytes(index) ? old : new Uint8Array(0);
        filled = 0;
      }
    }
  }
  if (filled > 0 || index === 0) yield part.subarray(0, filled);
}

/** Largest array that is sent in one request. */
const maxWholeBytes = 100_000_000;

/** A body that goes out in parts. */
export interface PartsOfBody {
  first: Uint8Array;
  rest: AsyncGenerator<Uint8Array>;
  /** Takes the buffer of a part that nobody reads any more: garbage of this size is collected late. */
  giveBack(part: Uint8Array): void;
}

/** Either all of a body in one array, or its parts (of at least 16 MiB, the first read already) still to be read. */
export async function wholeOrParts(sendable: Sendable, signal?: AbortSignal): Promise<{ whole: Uint8Array } | PartsOfBody> {
  if (sendable.body instanceof Uint8Array && sendable.body.length <= maxWholeBytes) return { whole: sendable.body };
  const { sizeBytes } = sendable;
  const base = sizeBytes === undefined ? usualPartBytes : planParts(sizeBytes).partBytes;
  const spare: Uint8Array<ArrayBuffer>[] = [];
  const parts = inParts(sendable, (index) => (sizeBytes === undefined ? growingPartBytes(index) : base), signal, spare);
  const first = await parts.next();
  const bytes = first.value as Uint8Array;
  if (bytes.length < base) {
    await parts.return(undefined);
    return { whole: bytes };
  }
  // others are views of what the caller has
  const isOurs = !(sendable.body instanceof Uint8Array) && !(sendable.body instanceof Blob);
  return { first: bytes, rest: parts, giveBack: (part) => void (isOurs && spare.push(new Uint8Array(part.buffer as ArrayBuffer))) };
}
