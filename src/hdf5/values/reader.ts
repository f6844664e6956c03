/**
 * What a type is compiled to: a reader of many elements at once.
 *
 * @module
 */
import type { Source } from './source.ts';
import type { Hdf5Type, Hdf5Value, Hdf5Values } from './type.ts';

/** Reads elements of one type. */
export interface Reader {
  /** How many entries of a column one element takes; 0 where a column has no entries, being columns itself. */
  readonly width: number;
  /**
   * Values of `count` elements, the first at the byte `at`, each `stride` bytes behind the one before. All of them lie in the source: that
   * is for the caller to see to.
   */
  read(source: Source, at: number, stride: number, count: number): Hdf5Values;
  /** One element of what `read` gave. Not for columns. */
  cell(column: Hdf5Values, index: number): Hdf5Value;
}

/** Makes the reader of a type. */
export type Compile = (type: Hdf5Type) => Reader;

/** One entry of a column whose elements take one each. */
export function entry(column: Hdf5Values, index: number): Hdf5Value {
  return (column as Hdf5Value[])[index]!;
}

/** The entries of one element, where it takes several, in an array of their own. */
export function entries(column: Hdf5Values, index: number, width: number): Hdf5Values {
  return (column as Hdf5Values[]).slice(index * width, (index + 1) * width);
}
