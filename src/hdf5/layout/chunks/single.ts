/**
 * One chunk as large as the dataset (VII.A).
 *
 * @module
 */
import type { ChunkPlace } from '../types.ts';
import type { ChunkGrid } from './grid.ts';

/** Where it is, when it is. */
export function singleChunk({ index, chunkShape, chunkBytes }: ChunkGrid): ChunkPlace[] {
  const { at, single = { sizeBytes: chunkBytes, filterMask: 0 } } = index;
  return at === undefined ? [] : [{ index: chunkShape.map(() => 0), at, ...single }];
}
