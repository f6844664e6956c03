/**
 * Hashes, synchronous, in plain JavaScript or the runtime's own: `anyfile/hash`.
 *
 * @module
 */
import { digestOf } from './integrity/hasher.ts';

export { crc32, crc32c, crc64nvme } from './integrity/crc.ts';
export { createHasher, type Hasher, type HashName } from './integrity/hasher.ts';
export { fromBase64, fromHex, toBase64, toHex } from './util/base64.ts';
export { hmacSha256 } from './util/sha256.ts';

/** MD5 of `bytes`, 16 bytes. @example toHex(md5(new Uint8Array())) // 'd41d8cd98f00b204e9800998ecf8427e' */
export const md5 = (bytes: Uint8Array): Uint8Array => digestOf('md5', bytes);

/** SHA-256 of `bytes`, 32 bytes. */
export const sha256 = (bytes: Uint8Array): Uint8Array => digestOf('sha256', bytes);
