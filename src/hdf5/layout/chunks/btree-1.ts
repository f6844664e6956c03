/**
 * Chunks in a B-tree of version 1 (III.A.1, nodes of type 1).
 *
 * @module
 */
import { readTree, type TreeNode } from '../tree-1.ts';
import type { ChunkPlace, Superblock } from '../types.ts';
import type { Walk } from '../walk.ts';
import type { ChunkGrid } from './grid.ts';
import type { WantedChunks } from './wanted.ts';

/** Sizes and masks of 4 bytes, then the chunk's first element: 8 bytes for each dimension and for the element. */
const keyBytes = (rank: number): number => 8 + 8 * (rank + 1);

/** Finds chunks by their tree, of which only those nodes are read that have wanted ones. */
export async function btree1Chunks(walk: Walk<Superblock>, grid: ChunkGrid, wanted: WantedChunks): Promise<ChunkPlace[]> {
  const { index, chunkShape } = grid;
  if (index.at === undefined) return [];
  const places: ChunkPlace[] = [];
  const keyOf = ({ cursor, keyAt }: TreeNode, nth: number): number[] => {
    cursor.at = keyAt(nth) + 8;
    return chunkShape.map((length) => Math.floor(cursor.uint(8) / length));
  };
  const leaf = (node: TreeNode): void => {
    for (let nth = 0; nth < node.count; nth++) {
      const place = keyOf(node, nth);
      if (!wanted.has(place)) continue;
      const { cursor } = node;
      const at = node.child(nth);
      cursor.at = node.keyAt(nth);
      places.push({ index: place, at, sizeBytes: cursor.u32(), filterMask: cursor.u32() });
    }
  };
  const inner = (node: TreeNode): number[] => {
    const children: number[] = [];
    let before = wanted.rank(keyOf(node, 0));
    for (let nth = 0; nth < node.count; nth++) {
      const behind = wanted.rank(keyOf(node, nth + 1));
      if (before < behind) children.push(node.child(nth));
      before = behind;
    }
    return children;
  };
  const shape = { type: 1, keyBytes: keyBytes(chunkShape.length), k: walk.sizes.treeK.chunks, isWhole: false };
  await readTree(walk, index.at, shape, (node) => (node.level ? inner(node) : (leaf(node), [])));
  return places;
}
