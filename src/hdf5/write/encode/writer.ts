/**
 * What puts values of one type into memory; the other way round of `values/reader.ts`.
 *
 * @module
 */
import type { Hdf5Type } from '../../values/type.ts';
import type { Out } from './out.ts';

/** Values in a row, or of compounds a column for each member. */
export type Entries = ArrayLike<unknown> | { readonly [member: string]: unknown };

/** What puts values of one type. */
export interface Writer {
  /** How many entries of a row one element has: 2 for complex numbers, as many as an array has values, else 1. */
  readonly width: number;
  /** Whether the value of one element is a row of entries itself, be it of one. */
  readonly isWide?: boolean;
  /**
   * Puts elements.
   *
   * @param at where the first one goes
   * @param stride bytes from one to the next
   * @param first which element of the entries is the first one
   * @throws CloudError `InvalidArgument`
   */
  write(out: Out, at: number, stride: number, entries: Entries, first: number, count: number): void;
}

/** Makes the writer of a type. */
export type Compile = (type: Hdf5Type) => Writer;

/** Whether it is a row, and not columns. */
export const isRow = (entries: unknown): entries is ArrayLike<unknown> =>
  Array.isArray(entries) || (ArrayBuffer.isView(entries) && !(entries instanceof DataView));
