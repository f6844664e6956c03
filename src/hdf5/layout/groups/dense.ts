/**
 * Where the links of a large group are, and the attributes of an object with many: the messages that tell of their heap and tree (IV.A.2.c
 * link info, IV.A.2.v attribute info), and all of it fetched.
 *
 * @module
 */
import { Cursor } from '../cursor.ts';
import { readTree2, type Tree2Reading } from '../tree-2.ts';
import type { HeaderMessage } from '../types.ts';
import type { Walk } from '../walk.ts';
import { fetchHeap, type FractalHeap } from './fractal-heap.ts';

/** The message of a group with links of the newer kind. */
export const LINK_INFO = 0x02;
/** The message of an object with attributes elsewhere. */
export const ATTRIBUTE_INFO = 0x15;

const TRACKED = 0x01;

/** A heap, and a tree that finds what is in it by the hashes of names. */
export interface DenseStorage {
  readonly heapAt: number;
  readonly treeAt: number;
}

/** What a message of either type tells; undefined while all is in the header. */
export function denseStorage(walk: Walk, { type, bytes }: HeaderMessage): DenseStorage | undefined {
  const cursor = new Cursor(bytes, walk.sizes, type === LINK_INFO ? 'link info' : 'attribute info');
  cursor.version(0);
  const flags = cursor.u8();
  // the largest number that was given so far
  if (flags & TRACKED) cursor.skip(type === LINK_INFO ? 8 : 2);
  const heapAt = cursor.address();
  const treeAt = cursor.address();
  return heapAt === undefined || treeAt === undefined ? undefined : { heapAt, treeAt };
}

/** Fetches both, side by side. */
export function fetchDense<T>(walk: Walk, { heapAt, treeAt }: DenseStorage, reading: Tree2Reading<T>): Promise<[FractalHeap, T[]]> {
  return Promise.all([fetchHeap(walk, heapAt), readTree2(walk, treeAt, reading)]);
}
