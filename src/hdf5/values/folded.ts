/**
 * A selection as runs of bytes.
 *
 * @module
 */
import { Hdf5Error } from '../errors.ts';
import type { Selection } from './selection.ts';

/** Something repeated at equal distances. */
export interface Repeat {
  readonly count: number;
  /** From one to the next. */
  readonly strideBytes: number;
}

/** The bytes of a selection: runs of equal length, repeated within repeats, the outermost first. */
export interface FoldedSelection {
  /** Where the first run begins. */
  readonly start: number;
  readonly runBytes: number;
  /** Each of at least two. Behind one another they are in the order of the file. */
  readonly repeats: readonly Repeat[];
  /** All bytes that are selected. */
  readonly sizeBytes: number;
}

/**
 * Fold a selection of a dataset whose elements lie one after the other, the last axis running fastest.
 *
 * @param elementBytes bytes of one element
 * @throws Hdf5Error places in the dataset are beyond what numbers hold exactly
 */
export function foldSelection(selection: Selection, shape: readonly number[], elementBytes: number): FoldedSelection {
  let start = 0;
  let runBytes = elementBytes;
  let strideBytes = elementBytes;
  // the innermost first
  const repeats: { count: number; strideBytes: number }[] = [];
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const { start: first, step, count } = selection[axis]!;
    if (count === 0) return { start: 0, runBytes: 0, repeats: [], sizeBytes: 0 };
    start += first * strideBytes;
    const between = step * strideBytes;
    const inner = repeats.at(-1);
    if (count > 1) {
      if (!inner && between === runBytes) runBytes *= count;
      else if (inner && between === inner.strideBytes * inner.count) inner.count *= count;
      else repeats.push({ count, strideBytes: between });
    }
    strideBytes *= shape[axis]!;
  }
  if (!Number.isSafeInteger(strideBytes)) throw new Hdf5Error('A dataset is larger than any file');
  const sizeBytes = repeats.reduce((product, { count }) => product * count, runBytes);
  return { start, runBytes, repeats: repeats.reverse(), sizeBytes };
}
