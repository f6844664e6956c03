/**
 * Numbers that a typed array holds as they are.
 *
 * @module
 */
import { nativeOrder, reverseEach } from './byte-order.ts';
import { packed } from './packed.ts';
import { entry, type Reader } from './reader.ts';
import type { Source } from './source.ts';
import type { Hdf5Numbers } from './type.ts';

/** A class of typed arrays. */
export interface NumbersClass<T extends Hdf5Numbers = Hdf5Numbers> {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBuffer, byteOffset: number, length: number): T;
}

/** Numbers of exactly the size of the array's: one copy, and their bytes turned around where the machine has them the other way. */
export function readNumbers<T extends Hdf5Numbers>(
  kind: NumbersClass<T>,
  order: 'little' | 'big',
  source: Source,
  at: number,
  stride: number,
  count: number,
): T {
  const size = kind.BYTES_PER_ELEMENT;
  const bytes = packed(source, at, stride, size, count, size);
  if (order !== nativeOrder) reverseEach(bytes, size);
  return new kind(bytes.buffer, bytes.byteOffset, count);
}

/** The reader of such numbers. */
export function numbersReader(kind: NumbersClass, order: 'little' | 'big'): Reader {
  return { width: 1, read: (source, at, stride, count) => readNumbers(kind, order, source, at, stride, count), cell: entry };
}
