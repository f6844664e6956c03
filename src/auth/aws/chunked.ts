/**
 * Bodies that are signed while they are sent: STREAMING-AWS4-HMAC-SHA256-PAYLOAD, with or without a trailer. Written from AWS's
 * "Transferring payload in multiple chunks". The length is known before the first byte is.
 *
 * @module
 */
import { CloudError } from '../../errors.ts';
import type { HttpRequest, StreamBody } from '../../types.ts';
import { toHex } from '../../util/base64.ts';
import { sha256Hex } from '../../util/sha256.ts';
import { invalid, timestamp } from '../canonical.ts';
import type { AwsSigner } from './sigv4.ts';

/** A checksum that is sent behind the body. */
export interface ChunkTrailer {
  /** E.g. `x-amz-checksum-crc32c`. */
  name: string;
  /** Length of `digest()`'s text: 8 for crc32 and crc32c, 12 for crc64nvme, 44 for sha256. */
  valueLength: number;
  /** A new hash; called for every attempt. */
  create(): { update(bytes: Uint8Array): void; /** Base64. */ digest(): string };
}

/** Options of {@link signChunked}. */
export interface SignChunkedOptions {
  signer: AwsSigner;
  date: Date;
  /** What the body holds. Must be right: more or fewer bytes reject with `Truncated`. */
  sizeBytes: number;
  /** @default 65_536; S3 wants at least 8,192 */
  chunkBytes?: number | undefined;
  trailer?: ChunkTrailer | undefined;
}

const ALGORITHM = 'AWS4-HMAC-SHA256';
const EMPTY_HASH = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
/** `;chunk-signature=`, 64 hex digits, and the two line ends of a chunk. */
const CHUNK_EXTRA = 17 + 64 + 4;
const NATIVE_FROM_BYTES = 4096;
const encoder = /* @__PURE__ */ new TextEncoder();

/** Length of the encoded body in bytes. */
export function chunkedLength(sizeBytes: number, chunkBytes: number, trailer?: Pick<ChunkTrailer, 'name' | 'valueLength'>): number {
  const lineOf = (size: number): number => size.toString(16).length + CHUNK_EXTRA;
  const full = Math.floor(sizeBytes / chunkBytes);
  const rest = sizeBytes % chunkBytes;
  const chunks = full * (chunkBytes + lineOf(chunkBytes)) + (rest && rest + lineOf(rest)) + lineOf(0);
  // `name:value`, `x-amz-trailer-signature:…`, each with a line end. With a trailer the last chunk has one line end, and one closes all.
  return trailer ? chunks + trailer.name.length + 1 + trailer.valueLength + 2 + 24 + 64 + 2 : chunks;
}

async function hashOf(bytes: Uint8Array): Promise<string> {
  const subtle = globalThis.crypto?.subtle as SubtleCrypto | undefined;
  if (bytes.length < NATIVE_FROM_BYTES || !subtle) return sha256Hex(bytes);
  return toHex(new Uint8Array(await subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>)));
}

/** Pieces of exactly `size` bytes, the last one shorter; chunks that fit are handed through. */
async function* regroup(source: AsyncIterable<Uint8Array>, size: number): AsyncGenerator<Uint8Array> {
  let kept: Uint8Array | undefined;
  let filled = 0;
  for await (const chunk of source) {
    for (let at = 0; at < chunk.length;) {
      if (!filled && chunk.length - at >= size) {
        yield chunk.subarray(at, (at += size));
        continue;
      }
      // A new array each time: whoever took the last one may still be sending it.
      if (!filled) kept = new Uint8Array(size);
      const part = chunk.subarray(at, at + size - filled);
      kept!.set(part, filled);
      filled += part.length;
      at += part.length;
      if (filled === size) {
        yield kept!;
        filled = 0;
      }
    }
  }
  if (filled) yield kept!.subarray(0, filled);
}

/**
 * Sign a request whose body is signed chunk by chunk. Needs no hash of the whole, so the body may be a stream; it still needs the length.
 *
 * @returns the request with its headers signed and a body of chunks, `sizeBytes` and all; its stream rejects with `Truncated` where the
 *   body is not as long as promised
 * @throws CloudError `InvalidArgument`
 * @example signChunked(request, { signer, date: new Date(), sizeBytes: file.size })
 */
export function signChunked(request: HttpRequest & { body: StreamBody }, options: SignChunkedOptions): HttpRequest & { body: StreamBody } {
  const { signer, date, sizeBytes, chunkBytes = 65_536, trailer } = options;
  if (!Number.isSafeInteger(sizeBytes) || sizeBytes < 0 || !Number.isSafeInteger(chunkBytes) || chunkBytes < 8192)
    throw invalid('sizeBytes or chunkBytes can not be');
  const inner = request.headers['content-encoding'];
  const signed = signer.signHeaders(
    {
      ...request,
      headers: {
        ...request.headers,
        'content-encoding': inner ? `aws-chunked,${inner}` : 'aws-chunked',
        'x-amz-decoded-content-length': String(sizeBytes),
        'x-amz-content-sha256': `STREAMING-${ALGORITHM}-PAYLOAD${trailer ? '-TRAILER' : ''}`,
        ...(trailer && { 'x-amz-trailer': trailer.name }),
      },
    },
    date,
  );
  const seed = /Signature=(\w+)$/.exec(signed.headers['authorization'] ?? '')?.[1] ?? '';
  const place = `${timestamp(date)}\n${signer.scope(date)}`;
  const { body } = request;

  async function* open(): AsyncGenerator<Uint8Array> {
    let previous = seed;
    let sent = 0;
    const hash = trailer?.create();
    const link = (hashes: string, kind: string): string =>
      (previous = signer.signText(`${ALGORITHM}-${kind}\n${place}\n${previous}\n${hashes}`, date));
    const wrongLength = (): CloudError => new CloudError('The body is not as long as promised', { code: 'Truncated', url: request.url });
    const line = (size: number, signature: string, end: string): Uint8Array =>
      encoder.encode(`${size.toString(16)};chunk-signature=${signature}\r\n${end}`);
    for await (const chunk of regroup(body.open(), chunkBytes)) {
      if ((sent += chunk.length) > sizeBytes) throw wrongLength();
      hash?.update(chunk);
      yield line(chunk.length, link(`${EMPTY_HASH}\n${await hashOf(chunk)}`, 'PAYLOAD'), '');
      yield chunk;
      yield encoder.encode('\r\n');
    }
    if (sent !== sizeBytes) throw wrongLength();
    const last = link(`${EMPTY_HASH}\n${EMPTY_HASH}`, 'PAYLOAD');
    if (!trailer || !hash) yield line(0, last, '\r\n');
    else {
      const text = `${trailer.name}:${hash.digest()}`;
      if (text.length !== trailer.name.length + 1 + trailer.valueLength) throw invalid('valueLength is not that of the digest');
      yield line(0, last, `${text}\r\nx-amz-trailer-signature:${link(sha256Hex(`${text}\n`), 'TRAILER')}\r\n\r\n`);
    }
  }

  return { ...signed, body: { open, replayable: body.replayable, sizeBytes: chunkedLength(sizeBytes, chunkBytes, trailer) } };
}
