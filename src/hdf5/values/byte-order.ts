/**
 * Orders of bytes.
 *
 * @module
 */
import type { Hdf5ByteOrder } from './type.ts';

/** How typed arrays of this machine order their bytes. */
export const nativeOrder: 'little' | 'big' = /* @__PURE__ */ (() => (new Uint8Array(new Uint16Array([1]).buffer)[0] ? 'little' : 'big'))();

/**
 * Turn the bytes of each number around, in place.
 *
 * @param bytes whole numbers, one after the other; where they lie in their buffer is a multiple of `size`
 * @param size 1, 2, 4 or 8 bytes
 */
export function reverseEach(bytes: Uint8Array, size: number): void {
  const { buffer, byteOffset } = bytes;
  if (size === 2) {
    const words = new Uint16Array(buffer, byteOffset, bytes.length / 2);
    for (let i = 0; i < words.length; i++) {
      const word = words[i]!;
      words[i] = (word << 8) | (word >> 8);
    }
  } else if (size === 4) {
    const words = new Uint32Array(buffer, byteOffset, bytes.length / 4);
    for (let i = 0; i < words.length; i++) words[i] = reversed(words[i]!);
  } else if (size === 8) {
    const words = new Uint32Array(buffer, byteOffset, bytes.length / 4);
    for (let i = 0; i + 1 < words.length; i += 2) {
      const first = words[i]!;
      words[i] = reversed(words[i + 1]!);
      words[i + 1] = reversed(first);
    }
  }
}

const reversed = (word: number): number => (word << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) | (word >>> 24);

/**
 * Where the bytes of a number of `size` bytes lie, from the lowest byte on.
 *
 * @param order `vax` for an even `size`
 * @param count of so many of them
 */
export function placesOf(order: Hdf5ByteOrder, size: number, count: number = size): number[] {
  return Array.from({ length: Math.min(count, size) }, (_, i) => {
    if (order === 'little') return i;
    return order === 'big' ? size - 1 - i : size - 2 - (i & ~1) + (i & 1);
  });
}
