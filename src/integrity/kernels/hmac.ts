/**
 * HMAC (RFC 2104) with SHA-256: short messages in plain JavaScript, which begins at once; long ones by the fastest SHA-256.
 *
 * @module
 */
import { hmacSha256 as plain, type HmacKey } from '../../util/sha256.ts';
import { engine, sha256 } from './sha256.ts';

export type { HmacKey } from '../../util/sha256.ts';

/** From here on hashing costs more than the two hashes that are begun. */
const LONG_BYTES = 1024;

/**
 * HMAC-SHA-256, 32 bytes.
 *
 * @param key bytes, or a text in UTF-8
 * @param message a text is taken in UTF-8
 * @example toHex(hmacSha256('key', 'message'))
 */
export function hmacSha256(key: HmacKey | Uint8Array | string, message: Uint8Array | string): Uint8Array {
  if (message.length < LONG_BYTES || (typeof key !== 'string' && !(key instanceof Uint8Array))) return plain(key, message);
  const encoder = new TextEncoder();
  let bytes = typeof key === 'string' ? encoder.encode(key) : key;
  if (bytes.length > 64) bytes = sha256(bytes);
  const half = (fill: number, data: Uint8Array): Uint8Array => {
    const running = engine.create();
    const pad = new Uint8Array(64).fill(fill);
    for (const [i, byte] of bytes.entries()) pad[i]! ^= byte;
    running.update(pad);
    running.update(data);
    return running.digest();
  };
  return half(0x5c, half(0x36, typeof message === 'string' ? encoder.encode(message) : message));
}
