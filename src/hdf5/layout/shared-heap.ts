/**
 * The heaps of messages that objects of a file share (III.I, IV.A.2.p): one or more, each for some types.
 *
 * @module
 */
import { Hdf5Error } from '../errors.ts';
import type { Cursor } from './cursor.ts';
import { fetchHeap, type FractalHeap } from './groups/fractal-heap.ts';
import { heapObject } from './groups/heap-object.ts';
import type { SharedTable } from './types.ts';
import type { Walk } from './walk.ts';

/** The message of the superblock's extension that tells where the table is. */
export const SHARED_TABLE = 0x0f;
const CHECKSUM_BYTES = 4;

/** Which types of messages a heap has, a bit for each, and where it is. */
interface SharedHeap {
  readonly types: number;
  readonly at: number;
}

/** Reads the message that tells where the table is. */
export function readSharedTable(cursor: Cursor): SharedTable {
  cursor.version(0);
  return { at: cursor.place(), heaps: cursor.u8() };
}

async function heapsOf(walk: Walk, { at, heaps }: SharedTable): Promise<SharedHeap[]> {
  const { offsetBytes } = walk.sizes;
  const sizeBytes = 4 + heaps * (14 + 2 * offsetBytes) + CHECKSUM_BYTES;
  const cursor = await walk.open(at, sizeBytes, 'table of shared messages', { signature: 'SMTB' });
  return Array.from({ length: heaps }, () => {
    cursor.version(0);
    // a list or a tree
    cursor.skip(1);
    const types = cursor.u16();
    // limits of sizes and numbers, how many there are, and where their index is
    cursor.skip(10 + offsetBytes);
    return { types, at: cursor.address() };
  }).filter((heap): heap is SharedHeap => heap.at !== undefined);
}

const heapAt = (walk: Walk, at: number): Promise<FractalHeap> => walk.once(at, () => fetchHeap(walk, at));

/** Fetches the heaps of messages, where the file has any. */
export async function fetchSharedHeaps(walk: Walk): Promise<void> {
  const { sharedTable } = walk.sizes;
  if (!sharedTable) return;
  const heaps = await heapsOf(walk, sharedTable);
  await Promise.all(heaps.map(({ at }) => heapAt(walk, at)));
}

/**
 * A message of a shared heap.
 *
 * @param type of the message
 * @param id in the heap
 * @throws Hdf5Error when there is none; `NotSupported` when it is packed
 */
export async function sharedObject(walk: Walk, type: number, id: Uint8Array): Promise<Uint8Array> {
  const { sharedTable } = walk.sizes;
  const heap = sharedTable && (await heapsOf(walk, sharedTable)).find(({ types }) => types & (1 << type));
  if (!heap) throw new Hdf5Error(`HDF5 file: it has no heap of shared messages of type ${type}`);
  const bytes = await heapObject(walk, await heapAt(walk, heap.at), id);
  if (!bytes) throw new Hdf5Error('HDF5 file: shared messages are packed', { code: 'NotSupported' });
  return bytes;
}
