/**
 * Check bytes against what the store promised, while they stream by.
 *
 * @module
 */
import { CloudError } from '../errors.ts';
import type { ByteSource } from '../types.ts';
import { fromBase64 } from '../util/base64.ts';
import { createHasher, digestOf, type Hasher, type HashName } from './hasher.ts';

/** A checksum that the whole object must have. */
export interface Expectation {
  hash: HashName;
  digest: Uint8Array;
}

const sizes = { crc32c: 4, crc32: 4, crc64nvme: 8, md5: 16, sha256: 32 };
/** Cheapest first among those that tell a changed byte. */
const preference: readonly HashName[] = ['crc32c', 'crc32', 'crc64nvme', 'md5', 'sha256'];

/**
 * Choose the checksum to verify by.
 *
 * @param known base64, or the bytes, by name; entries that are missing, composite (`…-3`), malformed or of the wrong length do not count; padding may be left out
 */
export function chooseExpectation(known: Partial<Record<HashName, string | Uint8Array | null | undefined>>): Expectation | undefined {
  for (const hash of preference) {
    const value = known[hash];
    if (!value || (typeof value === 'string' && value.includes('-'))) continue;
    try {
      const digest = typeof value === 'string' ? fromBase64(value) : value;
      if (digest.length === sizes[hash]) return { hash, digest };
    } catch {
      // not base64: nobody's checksum
    }
  }
  return undefined;
}

const same = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && a.every((byte, i) => byte === b[i]);

/**
 * Pass bytes through a hash; the end rejects with IntegrityError when it does not match.
 *
 * @param onVerified called once, when the last byte was read and the checksum held
 */
export function verifying(
  source: ByteSource,
  expected: Expectation,
  about: { key: string; url: string },
  onVerified: () => void,
): ByteSource {
  // Made when a chunk comes: the runtime's own are dear, and bodies that are read at once need none.
  let hasher: Hasher | undefined;
  const check = (digest: Uint8Array): void => {
    if (!same(digest, expected.digest)) {
      throw new CloudError(`the bytes of ${about.key} do not have the ${expected.hash} that the store gives`, {
        code: 'IntegrityError',
        operation: 'get',
        ...about,
      });
    }
    onVerified();
  };
  let done = false;
  const read = async (): Promise<Uint8Array | undefined> => {
    if (done) return undefined;
    const chunk = await source.read();
    hasher ??= createHasher(expected.hash);
    if (chunk) hasher.update(chunk);
    else {
      done = true;
      check(hasher.digest());
    }
    return chunk;
  };
  const cancel = (reason?: unknown): Promise<void> => source.cancel(reason);
  if (!source.bytes) return { read, cancel };
  // In the literal: in V8 a method that is added behind it keeps all of its request alive until the next full garbage collection.
  return {
    read,
    cancel,
    async bytes(sizeHint) {
      const bytes = await source.bytes!(sizeHint);
      hasher?.update(bytes);
      check(hasher ? hasher.digest() : digestOf(expected.hash, bytes));
      return bytes;
    },
  };
}
