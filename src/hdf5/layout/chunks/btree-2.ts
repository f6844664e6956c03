/**
 * Chunks in a B-tree of version 2 (VII.E; III.A.2, records of type 10, and 11 for filtered ones).
 *
 * @module
 */
import type { Cursor } from '../cursor.ts';
import { readTree2, type Tree2 } from '../tree-2.ts';
import type { ChunkPlace } from '../types.ts';
import type { Walk } from '../walk.ts';
import type { ChunkGrid } from './grid.ts';
import type { WantedChunks } from './wanted.ts';

const FILTERED = 11;
const MASK_BYTES = 4;

/** Finds chunks by their tree, of which only those nodes are read that may have wanted ones. */
export async function btree2Chunks(walk: Walk, grid: ChunkGrid, wanted: WantedChunks): Promise<ChunkPlace[]> {
  const { index, chunkShape, chunkBytes } = grid;
  if (index.at === undefined) return [];
  const rank = chunkShape.length;
  const plainBytes = walk.sizes.offsetBytes + 8 * rank;
  const parse = (cursor: Cursor, { type, recordBytes }: Tree2): ChunkPlace => {
    const at = cursor.address();
    let sizeBytes = chunkBytes;
    let filterMask = 0;
    if (type === FILTERED) {
      sizeBytes = cursor.uint(recordBytes - plainBytes - MASK_BYTES);
      filterMask = cursor.u32();
    }
    const place = chunkShape.map(() => cursor.uint(8));
    // a record without an address is of a chunk without bytes
    return { index: place, at: at ?? 0, sizeBytes: at === undefined ? 0 : sizeBytes, filterMask };
  };
  const check = (tree: Tree2, header: Cursor): void => {
    const sizeWidth = tree.recordBytes - plainBytes - MASK_BYTES;
    if (tree.type === FILTERED ? sizeWidth < 1 || sizeWidth > 8 : tree.recordBytes !== plainBytes)
      throw header.bad('has records that are not of chunks');
  };
  const between = (before: ChunkPlace | undefined, behind: ChunkPlace | undefined): boolean =>
    (before ? wanted.rank(before.index) : 0) < (behind ? wanted.rank(behind.index) : wanted.count);
  const records = await readTree2(walk, index.at, { types: [10, FILTERED], parse, check, between });
  return records.filter(({ index: place, sizeBytes }) => sizeBytes > 0 && wanted.has(place));
}
