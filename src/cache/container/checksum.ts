/**
 * The checksum that every value is held to when it is read.
 *
 * @module
 */
import { digestOf } from '../../integrity/hasher.ts';
import { crc32c } from '../../util/crc.ts';
import { encodeUtf8 } from '../../util/utf8.ts';

/** CRC-32C as a number; by the kernel when `prepareHash('crc32c')` has brought it. */
export function checksum(bytes: Uint8Array): number {
  const digest = digestOf('crc32c', bytes);
  return new DataView(digest.buffer, digest.byteOffset).getUint32(0);
}

/**
 * CRC-32C of a short text.
 *
 * @param seed the CRC of what came before
 */
export const checksumOfText = (text: string, seed = 0): number => crc32c(encodeUtf8(text), seed);
