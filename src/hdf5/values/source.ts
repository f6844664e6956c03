/**
 * What values are read from: bytes with the elements, and the library's memory, to which some of them point.
 *
 * @module
 */
import { Hdf5Error } from '../errors.ts';

/** Bytes with elements, and what they may point to. */
export interface Source {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  /** Whether the bytes are given away, so that values may be views of them. */
  readonly own: boolean;
  readonly heap: Heap | undefined;
}

/** The library's memory. */
export interface Heap {
  /** The memory as a source; what lies in it may point into it again. */
  readonly source: Source;
  /**
   * Says that `sizeBytes` at `at` are read.
   *
   * @throws Hdf5Error they are not all in the memory, or more were read than there are
   */
  take(at: number, sizeBytes: number): void;
}

/** A source over bytes; without a heap there is nothing to point to. */
export function sourceOf(bytes: Uint8Array, { own = false, heap }: { own?: boolean; heap?: Heap | undefined } = {}): Source {
  // of the class itself: a subclass may slice in another way
  const plain = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return { bytes: plain, view: new DataView(plain.buffer, plain.byteOffset, plain.byteLength), own, heap };
}

/**
 * The library's memory, for one reading. What elements point to was allocated for each of them, so all together is not more than the
 * memory: whatever the pointers are, reading ends soon.
 */
export function heapOf(memory: Uint8Array): Heap {
  let left = memory.byteLength;
  const heap: Heap = {
    get source(): Source {
      return source;
    },
    take(at, sizeBytes) {
      if (at + sizeBytes > memory.byteLength) throw new Hdf5Error('Values lie outside of the memory that they were read into');
      left -= sizeBytes;
      if (left < 0) throw new Hdf5Error('Values are longer than the memory that they were read into');
    },
  };
  const source = sourceOf(memory, { heap });
  return heap;
}
