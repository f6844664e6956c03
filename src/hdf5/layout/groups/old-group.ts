/**
 * Groups as they were first: a B-tree of version 1 over nodes of links, and a local heap with their names (III.A.1, III.B, III.D).
 *
 * @module
 */
import { HEADER_GUESS_BYTES } from '../object-header.ts';
import { readTree } from '../tree-1.ts';
import type { Superblock } from '../types.ts';
import type { Walk } from '../walk.ts';

/** Fetches the names. */
export async function fetchLocalHeap(walk: Walk, at: number): Promise<void> {
  // the library reads more than the head at first
  const cursor = await walk.open(at, HEADER_GUESS_BYTES, 'local heap', { signature: 'HEAP', clip: true });
  cursor.version(0);
  cursor.skip(3);
  const sizeBytes = cursor.length();
  // free space
  cursor.skip(walk.sizes.lengthBytes);
  const start = cursor.place();
  await walk.ensure([{ start, end: start + sizeBytes }], 'local heap');
}

/** Fetches the tree and the nodes with the links. */
export async function fetchLinkTree(walk: Walk<Superblock>, at: number): Promise<void> {
  const { offsetBytes, lengthBytes, treeK } = walk.sizes;
  const nodeBytes = 8 + 2 * treeK.groupLeaves * (2 * offsetBytes + 24);
  const nodes: number[] = [];
  await readTree(walk, at, { type: 0, keyBytes: lengthBytes, k: treeK.groups, isWhole: true }, (node) => {
    const children = Array.from({ length: node.count }, (_, nth) => node.child(nth));
    if (node.level) return children;
    for (const child of children) nodes.push(child);
    return [];
  });
  await walk.ensure(
    nodes.map((start) => ({ start, end: start + nodeBytes })),
    'node of links',
  );
}
