/**
 * Hashes of the runtime.
 *
 * @module
 */
import * as crypto from 'node:crypto';
import * as zlib from 'node:zlib';
import type { NativeHash } from '../types.ts';

/** OpenSSL's hash; `undefined` where it was told not to have it (md5 in FIPS mode). */
export function createNativeHash(algorithm: 'md5' | 'sha256' | 'sha1'): NativeHash | undefined {
  try {
    const hash = crypto.createHash(algorithm);
    return {
      update: (bytes) => void hash.update(bytes),
      digest: () => new Uint8Array(hash.digest()),
    };
  } catch {
    return undefined;
  }
}

type HashOnce = (algorithm: string, bytes: Uint8Array, encoding: 'buffer') => Uint8Array;

/** The hash of bytes that are all there; `undefined` where the runtime has no such call or was told not to have the hash. */
export function nativeDigest(algorithm: 'md5' | 'sha256', bytes: Uint8Array): Uint8Array | undefined {
  try {
    const digest = (crypto as { hash?: HashOnce }).hash?.(algorithm, bytes, 'buffer');
    return digest && new Uint8Array(digest);
  } catch {
    return undefined;
  }
}

/** zlib's CRC-32; `undefined` before Node 20.15. */
export function nativeCrc32(): ((bytes: Uint8Array, seed: number) => number) | undefined {
  return (zlib as { crc32?: (bytes: Uint8Array, seed: number) => number }).crc32;
}
