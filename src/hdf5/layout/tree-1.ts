/**
 * B-trees of version 1 (III.A.1): nodes of one size, with a key before, between and behind their children.
 *
 * @module
 */
import type { Cursor } from './cursor.ts';
import type { Walk } from './walk.ts';

/** What all nodes of a tree have in common. */
export interface TreeShape {
  /** 0 for groups, 1 for chunks. */
  readonly type: number;
  readonly keyBytes: number;
  /** Half of the children that a node has room for. */
  readonly k: number;
  /** All nodes are read, so that there is no use in fetching what may be the next one along. */
  readonly isWhole: boolean;
}

/** One node. */
export interface TreeNode {
  /** 0 for those whose children are no nodes of the tree. */
  readonly level: number;
  /** Children; there is one key more. */
  readonly count: number;
  readonly cursor: Cursor;
  keyAt(nth: number): number;
  child(nth: number): number;
}

async function readNode(walk: Walk, at: number, { type, keyBytes, k }: TreeShape, exact: boolean): Promise<TreeNode> {
  const { offsetBytes } = walk.sizes;
  const headBytes = 8 + 2 * offsetBytes;
  const step = keyBytes + offsetBytes;
  // nodes are read as large as they may become, as the library does it
  const cursor = await walk.open(at, headBytes + 2 * k * step + keyBytes, 'node of a B-tree', { signature: 'TREE', exact });
  if (cursor.u8() !== type) throw cursor.bad('is of another type than its tree');
  const level = cursor.u8();
  const count = cursor.u16();
  if (count > 2 * k) throw cursor.bad('has more children than room');
  return {
    level,
    count,
    cursor,
    keyAt: (nth) => headBytes + nth * step,
    child(nth) {
      cursor.at = headBytes + nth * step + keyBytes;
      return cursor.place();
    },
  };
}

/**
 * Reads a tree level by level, each in one wave.
 *
 * @param visit gives the children that are to be read, none at level 0
 */
export async function readTree(walk: Walk, root: number, shape: TreeShape, visit: (node: TreeNode) => number[]): Promise<void> {
  const seen = new Set<number>();
  let height: number | undefined;
  for (let level = [root]; level.length;) {
    // below the root, leaves lie among what they lead to
    const exact = shape.isWhole || level.length > 1 || height === 0;
    const nodes = await Promise.all(level.map((at) => readNode(walk, at, shape, exact)));
    level = [];
    height ??= nodes[0]!.level;
    for (const node of nodes) {
      // so that a tree ends, whatever its addresses say
      if (node.level !== height) throw node.cursor.bad('is not of the level that its parent says');
      for (const child of visit(node)) {
        if (seen.has(child)) throw node.cursor.bad('has a child that comes twice');
        seen.add(child);
        level.push(child);
      }
    }
    height--;
  }
}
