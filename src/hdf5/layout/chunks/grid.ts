/**
 * The grid of a dataset's chunks, and what all indexes need of it.
 *
 * @module
 */
import { Hdf5Error } from '../../errors.ts';
import type { ChunkIndex, DatasetLayout } from '../types.ts';

/** A chunked dataset. */
export interface ChunkGrid {
  readonly index: ChunkIndex;
  readonly chunkShape: readonly number[];
  readonly maxShape: readonly number[];
  /** Of a chunk that is not filtered. */
  readonly chunkBytes: number;
  readonly elementBytes: number;
}

/** What a chunked layout says of its chunks. */
export function gridOf({ index, chunkShape, maxShape, elementBytes }: DatasetLayout): ChunkGrid {
  if (!index || !chunkShape) throw new Hdf5Error('HDF5 file: a dataset without chunks');
  const chunkBytes = chunkShape.reduce((product, length) => product * length, elementBytes);
  return { index, chunkShape, maxShape, chunkBytes, elementBytes };
}

/**
 * Numbers chunks row by row, over the largest grid that the dataset may have, so that numbers stay when it grows.
 *
 * @param order of the dimensions, slowest first; the first one is never asked for its length
 */
export function chunkNumbers({ maxShape, chunkShape }: ChunkGrid, order: readonly number[]): (index: readonly number[]) => number {
  const lengths = maxShape.map((max, i) => Math.ceil(max / chunkShape[i]!));
  return (index) => {
    let number = 0;
    for (const [nth, i] of order.entries()) number = (nth ? number * lengths[i]! : 0) + index[i]!;
    if (!Number.isSafeInteger(number)) throw new Hdf5Error('HDF5 file: a grid of too many chunks');
    return number;
  };
}
