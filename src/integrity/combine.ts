/**
 * CRCs of two pieces made into the CRC of the whole, without the bytes: in GF(2)[x] modulo the CRC's polynomial the first one is multiplied by
 * x^(8·n), where n is the length of the second piece, and the second one is added. As in zlib's `crc32_combine`; states are reflected, so the
 * highest bit is x^0.
 *
 * @module
 */
import { CloudError } from '../errors.ts';

/** The hashes that can be combined. */
export type CrcName = 'crc32' | 'crc32c' | 'crc64nvme';

/** The halves of a number of 64 bits; a 32-bit CRC lies in the upper one. */
type Halves = readonly [low: number, high: number];

// Reflected.
const polynomials: Record<CrcName, Halves> = {
  crc32: [0, 0xedb88320 | 0],
  crc32c: [0, 0x82f63b78 | 0],
  crc64nvme: [0xac4bc9b5 | 0, 0x9a6c9329 | 0],
};

/** x^(8·2^k) by k, as far as somebody asked. */
const powers: Partial<Record<CrcName, Halves[]>> = {};

/** The product modulo the polynomial. */
function multiply(name: CrcName, [al, ah]: Halves, [bl, bh]: Halves): Halves {
  const [pl, ph] = polynomials[name];
  const wide = name === 'crc64nvme';
  let low = 0;
  let high = 0;
  for (let bit = 0; bit < (wide ? 64 : 32); bit++) {
    const taken = (bit < 32 ? ah << bit : al << (bit - 32)) >> 31;
    low ^= bl & taken;
    high ^= bh & taken;
    const out = -((wide ? bl : bh) & 1);
    if (wide) bl = (bl >>> 1) | (bh << 31);
    bh >>>= 1;
    bl ^= pl & out;
    bh ^= ph & out;
  }
  return [low, high];
}

/** The first one moved before `bytes` bytes of the second, which is added. */
function combine(name: CrcName, first: Halves, second: Halves, bytes: number): Halves {
  if (!(Number.isInteger(bytes) && bytes >= 0 && bytes <= 2 ** 53))
    throw new CloudError('The length of the second piece has to be a whole number of bytes', { code: 'InvalidArgument' });
  const known = (powers[name] ??= [[0, 1 << 23]]);
  let moved = first;
  for (let k = 0, rest = bytes; rest > 0; k++, rest = Math.floor(rest / 2)) {
    const power = (known[k] ??= multiply(name, known[k - 1]!, known[k - 1]!));
    if (rest % 2) moved = multiply(name, moved, power);
  }
  return [moved[0] ^ second[0], moved[1] ^ second[1]];
}

const halves = (crc: bigint): Halves => [Number(BigInt.asIntN(32, crc)), Number(BigInt.asIntN(32, crc >> 32n))];

/**
 * The CRC-32 of two pieces.
 *
 * @param first CRC of the first piece
 * @param second CRC of the second piece, with no seed
 * @param secondBytes length of the second piece, up to 2^53
 * @throws CloudError `InvalidArgument`: the length is not a whole number from 0 to 2^53
 * @example combineCrc32(crc32(a), crc32(b), b.length) // crc32 of a and b
 */
export const combineCrc32 = (first: number, second: number, secondBytes: number): number =>
  combine('crc32', [0, first], [0, second], secondBytes)[1] >>> 0;

/** The CRC-32C of two pieces; see {@link combineCrc32}. */
export const combineCrc32c = (first: number, second: number, secondBytes: number): number =>
  combine('crc32c', [0, first], [0, second], secondBytes)[1] >>> 0;

/** The CRC-64/NVME of two pieces; see {@link combineCrc32}. */
export function combineCrc64nvme(first: bigint, second: bigint, secondBytes: number): bigint {
  const [low, high] = combine('crc64nvme', halves(first), halves(second), secondBytes);
  return (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);
}

/**
 * The digest of two pieces from their digests: what a store gives for a whole object from what was sent for its parts.
 *
 * @param first digest of the first piece, big-endian, as stores print it: 4 bytes, or 8 of `crc64nvme`
 * @param second digest of the second piece
 * @param secondBytes length of the second piece, up to 2^53
 * @throws CloudError `InvalidArgument`: a digest of another length, or the length is not a whole number from 0 to 2^53
 */
export function combineCrc(name: CrcName, first: Uint8Array, second: Uint8Array, secondBytes: number): Uint8Array {
  const size = name === 'crc64nvme' ? 8 : 4;
  if (first.length !== size || second.length !== size)
    throw new CloudError(`A digest of ${name} has ${size} bytes`, { code: 'InvalidArgument' });
  const read = (digest: Uint8Array): Halves => {
    const view = new DataView(digest.buffer, digest.byteOffset, size);
    return [size === 8 ? view.getInt32(4) : 0, view.getInt32(0)];
  };
  const [low, high] = combine(name, read(first), read(second), secondBytes);
  const out = new DataView(new ArrayBuffer(size));
  out.setInt32(0, high);
  if (size === 8) out.setInt32(4, low);
  return new Uint8Array(out.buffer);
}
