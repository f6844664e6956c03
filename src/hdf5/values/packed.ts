/**
 * Elements out of the places where they lie, one after the other.
 *
 * @module
 */
import type { Source } from './source.ts';

/** Above so many bytes each, the runtime's own copying is faster than a loop. */
const LONG_BYTES = 64;

/**
 * Copy `count` elements of `size` bytes that lie `stride` bytes apart, to one after the other.
 *
 * @param to where they go, from the byte `toAt` on
 * @param at the first byte of the first one
 */
export function gather(to: DataView, toAt: number, from: DataView, at: number, stride: number, size: number, count: number): void {
  const end = toAt + size * count;
  switch (size) {
    case 1:
      for (let o = toAt, i = at; o < end; o += 1, i += stride) to.setUint8(o, from.getUint8(i));
      return;
    case 2:
      for (let o = toAt, i = at; o < end; o += 2, i += stride) to.setUint16(o, from.getUint16(i, true), true);
      return;
    case 4:
      for (let o = toAt, i = at; o < end; o += 4, i += stride) to.setUint32(o, from.getUint32(i, true), true);
      return;
    case 8:
      for (let o = toAt, i = at; o < end; o += 8, i += stride) {
        to.setUint32(o, from.getUint32(i, true), true);
        to.setUint32(o + 4, from.getUint32(i + 4, true), true);
      }
      return;
    default:
      if (size > LONG_BYTES) gatherLong(to, toAt, from, at, stride, size, count);
      else
        for (let o = toAt, i = at; o < end; o += size, i += stride) for (let k = 0; k < size; k++) to.setUint8(o + k, from.getUint8(i + k));
  }
}

function gatherLong(to: DataView, toAt: number, from: DataView, at: number, stride: number, size: number, count: number): void {
  const target = new Uint8Array(to.buffer, to.byteOffset, to.byteLength);
  const bytes = new Uint8Array(from.buffer, from.byteOffset, from.byteLength);
  for (let k = 0; k < count; k++) target.set(bytes.subarray(at + k * stride, at + k * stride + size), toAt + k * size);
}

/**
 * `count` elements of `size` bytes that lie `stride` bytes apart, one after the other: bytes that may be changed and kept. A view of the
 * source where it was given away and lies right, else a copy.
 *
 * @param align the view's first byte lies at a multiple of it in its buffer
 */
export function packed(source: Source, at: number, stride: number, size: number, count: number, align = 1): Uint8Array<ArrayBuffer> {
  const { bytes } = source;
  if (stride === size || count < 2) {
    const end = at + size * count;
    if (source.own && (bytes.byteOffset + at) % align === 0) return bytes.subarray(at, end) as Uint8Array<ArrayBuffer>;
    return bytes.slice(at, end);
  }
  const out = new Uint8Array(size * count);
  gather(new DataView(out.buffer), 0, source.view, at, stride, size, count);
  return out;
}
