/**
 * Data that ask for large windows, made without the encoders, which take their time at such levels.
 *
 * @module
 */
import { crc32 } from '../../src/util/crc.ts';
import { concat } from '../../src/util/bytes.ts';

/**
 * The same xz stream, of one block, whose header asks for another dictionary.
 *
 * @param code of the format: 28 is 64 MiB, as `xz -9` writes
 */
export function withXzDictionary(packed: Uint8Array, code: number): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(packed);
  const start = 12;
  const sizeBytes = (out[start]! + 1) * 4;
  // Size, flags, then LZMA2 as the only filter: its number, the length of its properties, and the dictionary.
  if (out[start + 1] !== 0 || out[start + 2] !== 0x21 || out[start + 3] !== 1) throw new Error('not the header of a plain block');
  out[start + 4] = code;
  const crcAt = start + sizeBytes - 4;
  new DataView(out.buffer).setUint32(crcAt, crc32(out.subarray(start, crcAt)), true);
  return out;
}

/** A zstd frame of zeros that tells no size, as `zstd --ultra --long=27` would write it to a pipe. */
export function zstdZeros(sizeBytes: number, windowLog: number): Uint8Array<ArrayBuffer> {
  const most = 0x20000;
  const parts: Uint8Array[] = [Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0, (windowLog - 10) << 3)];
  for (let left = sizeBytes; left > 0; left -= most) {
    // A block of one byte that is repeated: its length, its kind, whether it is the last.
    const header = (Math.min(left, most) << 3) | 2 | Number(left <= most);
    parts.push(Uint8Array.of(header, header >> 8, header >> 16, 0));
  }
  return concat(parts);
}
