/**
 * Check bytes against what the store promised, while they stream by.
 *
 * @module
 */
import { CloudError } from '../errors.ts';
import type { ByteSource } from '../types.ts';
import { fromBase64 } from '../util/base64.ts';
import { createHasher, type HashName } from './hasher.ts';

/** A checksum that the whole object must have. */
export interface Expectation {
  hash: HashName;
  digest: Uint8Array;
}

/** Cheapest first among those that tell a changed byte. */
const preference: readonly HashName[] = ['crc32c', 'crc32', 'crc64nvme', 'md5', 'sha256'];

/**
 * Choose the checksum to verify by.
 *
 * @param known base64 by name; entries that are missing, composite (`…-3`), malformed or of the wrong length do not count; padding may be left out
 */
export function chooseExpectation(known: Partial<Record<HashName, string | null | undefined>>): Expectation | undefined {
  const sizes = { crc32c: 4, crc32: 4, crc64nvme: 8, md5: 16, sha256: 32 };
  for (const hash of preference) {
    const text = known[hash];
    if (!text || text.includes('-')) continue;
    try {
      const digest = fromBase64(text);
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
  const hasher = createHasher(expected.hash);
  const finish = (): void => {
    if (!same(hasher.digest(), expected.digest)) {
      throw new CloudError(`the bytes of ${about.key} do not have the ${expected.hash} that the store gives`, {
        code: 'IntegrityError',
        operation: 'get',
        ...about,
      });
    }
    onVerified();
  };
  let done = false;
  const checked: ByteSource = {
    async read() {
      if (done) return undefined;
      const chunk = await source.read();
      if (chunk) hasher.update(chunk);
      else {
        done = true;
        finish();
      }
      return chunk;
    },
    cancel: (reason) => source.cancel(reason),
  };
  const whole = source.bytes;
  if (whole) {
    checked.bytes = async (sizeHint) => {
      const bytes = await whole.call(source, sizeHint);
      hasher.update(bytes);
      finish();
      return bytes;
    };
  }
  return checked;
}
