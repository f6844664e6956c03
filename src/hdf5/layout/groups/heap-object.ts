/**
 * What an id of a fractal heap leads to (III.G, "fractal heap ID").
 *
 * @module
 */
import { Cursor } from '../cursor.ts';
import type { Walk } from '../walk.ts';
import type { FractalHeap, HeapBlock } from './fractal-heap.ts';

const MANAGED = 0;
const TINY = 2;
/** Ids that are longer say the size of a tiny object in 12 bits. */
const SHORT_ID_BYTES = 17;

/** The block that has an address of the heap. */
function blockOf(blocks: readonly HeapBlock[], from: number): HeapBlock | undefined {
  let low = 0;
  let high = blocks.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (blocks[middle]!.from <= from) low = middle + 1;
    else high = middle;
  }
  return blocks[low - 1];
}

/**
 * The bytes of an object of a heap; undefined when they are packed.
 *
 * @throws Hdf5Error when there is no such object
 */
export async function heapObject(walk: Walk, { header, blocks, huge }: FractalHeap, id: Uint8Array): Promise<Uint8Array | undefined> {
  const cursor = new Cursor(id, walk.sizes, 'id of a heap');
  const head = cursor.u8();
  const kind = (head >> 4) & 3;
  const bytesAt = async (at: number, sizeBytes: number): Promise<Uint8Array> =>
    (await walk.open(at, sizeBytes, 'object of a heap', { exact: true })).bytes;
  if (head >> 6 || kind > TINY) throw cursor.bad('is of a kind that is not known');
  if (kind === TINY) {
    const isShort = header.idBytes <= SHORT_ID_BYTES;
    return cursor.take((isShort ? head & 15 : (head & 15) * 256 + cursor.u8()) + 1);
  }
  if (header.filtered) return undefined;
  if (kind === MANAGED) {
    const from = cursor.uint(header.offsetWidth);
    const sizeBytes = cursor.uint(header.lengthWidth);
    const block = blockOf(blocks, from);
    if (!block || from + sizeBytes > block.from + block.sizeBytes) throw cursor.bad('leads to no block');
    return bytesAt(block.at + from - block.from, sizeBytes);
  }
  const number = cursor.uint(Math.min(8, header.idBytes - 1));
  const object = huge.get(number);
  if (!object) throw cursor.bad('leads to no large object');
  return bytesAt(object.at, object.sizeBytes);
}
