/**
 * What listing a group and reading an object's attributes needs, fetched level by level.
 *
 * @module
 */
import type { Look } from '../types.ts';
import { Cursor } from './cursor.ts';
import { ATTRIBUTE_INFO, denseStorage, fetchDense, LINK_INFO } from './groups/dense.ts';
import { fetchLinkTree, fetchLocalHeap } from './groups/old-group.ts';
import { objectHeader } from './object-header.ts';
import { fetchSharedHeaps } from './shared-heap.ts';
import type { HeaderMessage, Superblock } from './types.ts';
import { Walk } from './walk.ts';

const SYMBOL_TABLE = 0x11;
/** Records that find links and attributes by name. */
const BY_NAME = [5, 8];

/** What is fetched. */
export interface PlanGroupOptions {
  /** What tells the names of a group's links. @default true */
  links?: boolean | undefined;
  /** Attributes that are not in the object's header. @default true */
  attributes?: boolean | undefined;
}

/** Groups of the older kind (IV.A.2.r). */
async function fetchSymbolTable(walk: Walk<Superblock>, { bytes }: HeaderMessage): Promise<void> {
  const cursor = new Cursor(bytes, walk.sizes, 'symbol table');
  const treeAt = cursor.place();
  const heapAt = cursor.place();
  await Promise.all([fetchLinkTree(walk, treeAt), fetchLocalHeap(walk, heapAt)]);
}

/**
 * Fetches an object's header and what else is read to list its links and to read its attributes, in as many waves as its trees have levels.
 *
 * @param address of the object header, from the file's first byte on
 * @throws Hdf5Error
 */
export async function planGroup(look: Look, superblock: Superblock, address: number, options: PlanGroupOptions = {}): Promise<void> {
  const { links = true, attributes = true } = options;
  const walk = new Walk(look, superblock);
  const { messages } = await objectHeader(walk, address);
  const fetching: Promise<unknown>[] = [];
  if (attributes) fetching.push(fetchSharedHeaps(walk));
  for (const message of messages) {
    if (message.type === SYMBOL_TABLE && links) fetching.push(fetchSymbolTable(walk, message));
    if ((message.type === LINK_INFO && links) || (message.type === ATTRIBUTE_INFO && attributes)) {
      const dense = denseStorage(walk, message);
      if (dense) fetching.push(fetchDense(walk, dense, { types: BY_NAME, parse: () => undefined }));
    }
  }
  await Promise.all(fetching);
}
