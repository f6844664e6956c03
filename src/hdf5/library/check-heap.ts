/**
 * A look at global heaps before the library has them: on objects of no size it goes round for ever (HDF5 2.0.0).
 *
 * Source: the HDF5 File Format Specification, section III.E, *The Global Heap*.
 *
 * @module
 */
import type { NowReader } from './read-files.ts';

/** `GCOL`, as a number of little-endian order. */
const SIGNATURE = 0x4c_4f_43_47;
/** The head of a heap, and that of each object: the size is at 8 in both. */
const HEAD_BYTES = 16;
const SIZE_AT = 8;
/** Larger ones than anybody makes. */
const MOST_BYTES = 0x1000_0000;

/** A length as the library has it, which has 32 bits for one: files have 64, 32 or 16. */
type Length = (view: DataView, at: number) => number;
const lengths: readonly Length[] = [(view, at) => view.getUint32(at, true), (view, at) => view.getUint16(at, true)];

/** Whether the objects of a heap lie one behind the other, none of no size, up to its end. */
function isChain(view: DataView, lengthAt: Length): boolean {
  let at = HEAD_BYTES;
  while (view.byteLength - at >= HEAD_BYTES) {
    const size = lengthAt(view, at + SIZE_AT);
    // number 0 is what is free, and its size counts the head
    const step = view.getUint16(at, true) === 0 ? size : HEAD_BYTES + Math.ceil(size / 8) * 8;
    if (step === 0 || step > view.byteLength - at) return false;
    at += step;
  }
  return true;
}

/**
 * Look at bytes that the library reads: when they are the beginning of a global heap, whether the library may have it.
 *
 * @param bytes as they were read
 * @param position of them in the file
 */
export function checkHeap(bytes: Uint8Array, position: number, reader: NowReader): 'sound' | 'damaged' | 'missed' {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 2 * HEAD_BYTES || view.getUint32(0, true) !== SIGNATURE) return 'sound';
  for (const lengthAt of lengths) {
    const sizeBytes = lengthAt(view, SIZE_AT);
    if (sizeBytes < 2 * HEAD_BYTES || sizeBytes > MOST_BYTES || position + sizeBytes > reader.byteLength) continue;
    const whole = new Uint8Array(sizeBytes);
    if (reader.readNow(whole, position) < 0) return 'missed';
    if (isChain(new DataView(whole.buffer), lengthAt)) return 'sound';
  }
  return 'damaged';
}
