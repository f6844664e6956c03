/**
 * Where chunks are, by whatever index the dataset has (VII).
 *
 * @module
 */
import type { ChunkPlace, DatasetLayout, Superblock } from '../types.ts';
import type { Walk } from '../walk.ts';
import { btree1Chunks } from './btree-1.ts';
import { btree2Chunks } from './btree-2.ts';
import { extensibleArrayChunks } from './extensible-array.ts';
import { fixedArrayChunks } from './fixed-array.ts';
import { gridOf, type ChunkGrid } from './grid.ts';
import { implicitChunks } from './implicit.ts';
import { singleChunk } from './single.ts';
import type { WantedChunks } from './wanted.ts';

async function find(walk: Walk<Superblock>, grid: ChunkGrid, wanted: WantedChunks): Promise<ChunkPlace[]> {
  switch (grid.index.kind) {
    case 'single':
      return singleChunk(grid);
    case 'implicit':
      return implicitChunks(grid, wanted);
    case 'fixed-array':
      return fixedArrayChunks(walk, grid, wanted);
    case 'extensible-array':
      return extensibleArrayChunks(walk, grid, wanted);
    case 'btree-2':
      return btree2Chunks(walk, grid, wanted);
    case 'btree-1':
      return btree1Chunks(walk, grid, wanted);
  }
}

/** Finds those that were written, in the order of their places in the grid. */
export async function locateChunks(walk: Walk<Superblock>, layout: DatasetLayout, wanted: WantedChunks): Promise<ChunkPlace[]> {
  const places = await find(walk, gridOf(layout), wanted);
  for (const { at, sizeBytes } of places) walk.check(at, at + sizeBytes, 'chunk');
  const ranked = places.map((place) => ({ place, rank: wanted.rank(place.index) }));
  return ranked.sort((a, b) => a.rank - b.rank).map(({ place }) => place);
}
