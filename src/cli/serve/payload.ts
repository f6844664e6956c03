/**
 * A body on its way to the disk: counted, hashed, and held to everything that its request says of it.
 *
 * @module
 */
import { createHash, type Hash } from 'node:crypto';
import { createHasher } from '../../hash.ts';
import { incompleteBody, readChunks } from './chunks.ts';
import { S3Error, notImplemented } from './errors.ts';
import type { S3Request } from './request.ts';
import type { Verified } from './verify.ts';

/** What was found out about bytes that went by. */
export interface Digest {
  sizeBytes: number;
  md5: Buffer;
  /** By name, `crc32c` and so on; base64. */
  checksums: Record<string, string>;
}

/** A body that has not been read. */
export interface Payload {
  /** Throws S3Error at its end where something does not hold; so nothing of it may be kept before. Once. */
  chunks: AsyncIterable<Uint8Array>;
  /** Of all chunks; only after their end. */
  digest(): Digest;
}

type Running = Pick<Hash, 'update'> & { digest(): Uint8Array };

const crcs = ['crc32', 'crc32c', 'crc64nvme'] as const;
const hashes = ['sha1', 'sha256'] as const;

/** Begin the checksum of an `x-amz-checksum-` header; undefined for one that nobody knows. */
function begin(name: string): Running | undefined {
  const crc = crcs.find((one) => one === name);
  if (crc) return createHasher(crc) as unknown as Running;
  const hash = hashes.find((one) => one === name);
  return hash && createHash(hash);
}

const PREFIX = 'x-amz-checksum-';
const MODES = /^x-amz-checksum-(mode|type|algorithm)$/;
const badDigest = (what: string): S3Error => new S3Error(400, 'BadDigest', `The ${what} of the body is another one`);

/** Names of the checksums that a request brings, in its headers or behind its body. */
function announced(headers: Readonly<Record<string, string>>): string[] {
  const trailers = (headers['x-amz-trailer'] ?? '').split(',').map((name) => name.trim().toLowerCase());
  return [...Object.keys(headers), ...trailers].filter((name) => name.startsWith(PREFIX) && !MODES.test(name));
}

/** Bytes that are at hand, or come from a file of ours, counted and hashed. */
export function plainPayload(source: AsyncIterable<Uint8Array>, checksums: readonly string[] = []): Payload {
  const md5 = createHash('md5');
  const running = checksums.map((name) => [name, begin(name)] as const).filter(([, hash]) => hash !== undefined);
  let sizeBytes = 0;
  let done: Digest | undefined;
  async function* chunks(): AsyncGenerator<Uint8Array, void, undefined> {
    for await (const chunk of source) {
      sizeBytes += chunk.length;
      md5.update(chunk);
      for (const [, hash] of running) hash!.update(chunk);
      yield chunk;
    }
    done = {
      sizeBytes,
      md5: md5.digest(),
      checksums: Object.fromEntries(running.map(([name, hash]) => [name, Buffer.from(hash!.digest()).toString('base64')])),
    };
  }
  return {
    chunks: chunks(),
    digest() {
      if (!done) throw new Error('the body was not read to its end');
      return done;
    },
  };
}

/** Open the body of a verified request. @throws S3Error for ways of sending that nobody knows */
export function openPayload(request: S3Request, verified: Verified): Payload {
  const { headers, body } = request;
  const { payloadHash } = verified;
  const wanted = new Map(Object.entries(headers).filter(([name]) => name.startsWith(PREFIX) && !MODES.test(name)));
  const names = announced(headers);
  for (const name of names) if (!begin(name.slice(PREFIX.length))) throw notImplemented(name);
  const streams = payloadHash.startsWith('STREAMING-');
  if (streams && !/^STREAMING-(AWS4-HMAC-SHA256-PAYLOAD(-TRAILER)?|UNSIGNED-PAYLOAD-TRAILER)$/.test(payloadHash))
    throw notImplemented(payloadHash);
  if (!streams && payloadHash !== 'UNSIGNED-PAYLOAD' && !/^[\da-f]{64}$/.test(payloadHash))
    throw new S3Error(400, 'InvalidArgument', 'x-amz-content-sha256 must be a SHA-256 in hexadecimal, or one of the known words');
  const sha256 = !streams && payloadHash !== 'UNSIGNED-PAYLOAD' ? createHash('sha256') : undefined;
  const source = streams ? readChunks(body, verified, headers, (name, value) => wanted.set(name, value)) : body;
  const inner = plainPayload(
    source,
    names.map((name) => name.slice(PREFIX.length)),
  );

  async function* chunks(): AsyncGenerator<Uint8Array, void, undefined> {
    for await (const chunk of inner.chunks) {
      sha256?.update(chunk);
      yield chunk;
    }
    const { md5, checksums, sizeBytes } = inner.digest();
    const length = headers['content-length'];
    if (!streams && length !== undefined && Number(length) !== sizeBytes) throw incompleteBody();
    if (sha256 && sha256.digest('hex') !== payloadHash)
      throw new S3Error(400, 'XAmzContentSHA256Mismatch', 'The body has another SHA-256 than x-amz-content-sha256 says');
    const contentMd5 = headers['content-md5'];
    if (contentMd5 !== undefined && Buffer.from(contentMd5, 'base64').length !== 16)
      throw new S3Error(400, 'InvalidDigest', 'Content-MD5 is not that of anything');
    if (contentMd5 !== undefined && contentMd5 !== md5.toString('base64')) throw badDigest('MD5');
    for (const [name, value] of wanted) if (checksums[name.slice(PREFIX.length)] !== value) throw badDigest(name);
  }
  return { chunks: chunks(), digest: () => inner.digest() };
}
