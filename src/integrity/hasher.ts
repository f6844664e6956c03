/**
 * One interface over every hash; the runtime's own where it has a synchronous one.
 *
 * @module
 */
import { createNativeHash, nativeCrc32, nativeDigest } from '#platform';
import { createSha256 } from '../util/sha256.ts';
import { crc32, crc32c, updateCrc64nvme, type Crc64State } from './crc.ts';
import { createMd5 } from './md5.ts';

/** Names as in S3's `x-amz-checksum-*` headers. */
export type HashName = 'md5' | 'crc32' | 'crc32c' | 'crc64nvme' | 'sha256';

/** A running hash; `digest` ends it and gives the big-endian bytes that stores print in base64. */
export interface Hasher {
  update(bytes: Uint8Array): void;
  digest(): Uint8Array;
}

function crcHasher(step: (bytes: Uint8Array, seed: number) => number): Hasher {
  let crc = 0;
  return {
    update: (bytes) => {
      crc = step(bytes, crc);
    },
    digest: () => Uint8Array.of(crc >>> 24, crc >>> 16, crc >>> 8, crc),
  };
}

function crc64Hasher(): Hasher {
  const state: Crc64State = [-1, -1];
  return {
    update: (bytes) => updateCrc64nvme(state, bytes),
    digest: () => {
      const out = new DataView(new ArrayBuffer(8));
      out.setInt32(0, ~state[1]);
      out.setInt32(4, ~state[0]);
      return new Uint8Array(out.buffer);
    },
  };
}

/** Start a hash. */
export function createHasher(name: HashName): Hasher {
  switch (name) {
    case 'crc32':
      return crcHasher(nativeCrc32() ?? crc32);
    case 'crc32c':
      return crcHasher(crc32c);
    case 'crc64nvme':
      return crc64Hasher();
    case 'md5':
      return createNativeHash('md5') ?? createMd5();
    case 'sha256':
      return createNativeHash('sha256') ?? createSha256();
  }
}

/** The digest of bytes that are all there; cheaper than a {@link Hasher}. */
export function digestOf(name: HashName, bytes: Uint8Array): Uint8Array {
  const native = name === 'md5' || name === 'sha256' ? nativeDigest(name, bytes) : undefined;
  if (native) return native;
  const hasher = createHasher(name);
  hasher.update(bytes);
  return hasher.digest();
}
