/**
 * All chunks side by side, in their order, none of them filtered (VII.B).
 *
 * @module
 */
import type { ChunkPlace } from '../types.ts';
import { chunkNumbers, type ChunkGrid } from './grid.ts';
import type { WantedChunks } from './wanted.ts';

/** Where they are. */
export function implicitChunks(grid: ChunkGrid, wanted: WantedChunks): ChunkPlace[] {
  const { at } = grid.index;
  if (at === undefined) return [];
  const numberOf = chunkNumbers(
    grid,
    grid.chunkShape.map((_, i) => i),
  );
  return Array.from(wanted, (index) => ({
    index,
    at: at + numberOf(index) * grid.chunkBytes,
    sizeBytes: grid.chunkBytes,
    filterMask: 0,
  }));
}
