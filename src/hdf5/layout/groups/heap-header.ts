/**
 * The header of a fractal heap (III.G), and the shape of the table of blocks that it stands for: rows of `width` blocks, of which the first
 * two have the least size and each further one twice the size of that before. Rows of blocks that would be larger than the largest name
 * further tables.
 *
 * @module
 */
import type { Walk } from '../walk.ts';

/** A heap's table of blocks. */
export interface HeapShape {
  readonly width: number;
  readonly startBytes: number;
  readonly maxDirectBytes: number;
  /** The heap's own addresses have so many bits. */
  readonly maxBits: number;
}

/** What the header says. */
export interface HeapHeader {
  readonly shape: HeapShape;
  readonly rootAt: number | undefined;
  /** 0: the root is a block with objects. */
  readonly rootRows: number;
  /** Of such a root, in the file. */
  readonly rootBytes: number;
  /** Whether blocks are packed. */
  readonly filtered: boolean;
  /** Bytes of an object's offset, and of its size, in the id that leads to it. */
  readonly offsetWidth: number;
  readonly lengthWidth: number;
  /** Ids have so many bytes. */
  readonly idBytes: number;
  /** The tree of objects that are too large for blocks. */
  readonly hugeTreeAt: number | undefined;
}

const CHECKSUM_BYTES = 4;
const MASK_BYTES = 4;

/** How wide numbers up to a limit are written. */
const widthOf = (limit: number): number => Math.floor(Math.floor(Math.log2(limit)) / 8) + 1;

/** Bytes of each block of a row. */
export const blockBytes = ({ startBytes }: HeapShape, row: number): number => startBytes * 2 ** Math.max(0, row - 1);

/** How many rows have blocks with objects, and how many a table may have at all. */
export const rowsOf = ({ width, startBytes, maxDirectBytes, maxBits }: HeapShape): { direct: number; all: number } => ({
  direct: Math.log2(maxDirectBytes / startBytes) + 2,
  all: maxBits - Math.log2(startBytes) - Math.log2(width) + 1,
});

/** Rows of a table that a block of a row of another one stands for. */
export const rowsBelow = ({ width }: HeapShape, row: number): number => row - Math.log2(width);

const isPowerOf2 = (value: number): boolean => value > 0 && Number.isInteger(Math.log2(value));

const isSound = ({ width, startBytes, maxDirectBytes, maxBits }: HeapShape): boolean =>
  [width, startBytes, maxDirectBytes].every(isPowerOf2) && maxDirectBytes >= startBytes && maxBits > 0 && maxBits <= 64;

/** Reads the header. */
export async function readHeapHeader(walk: Walk, at: number): Promise<HeapHeader> {
  const { offsetBytes, lengthBytes } = walk.sizes;
  const what = 'fractal heap';
  const plainBytes = 22 + 12 * lengthBytes + 3 * offsetBytes + CHECKSUM_BYTES;
  const cursor = await walk.open(at, plainBytes, what, { signature: 'FRHP', exact: true });
  cursor.version(0);
  const idBytes = cursor.u16();
  const filterBytes = cursor.u16();
  cursor.skip(1);
  const maxObjectBytes = cursor.u32();
  cursor.skip(lengthBytes);
  const hugeTreeAt = cursor.address();
  // free space and its manager, then eight counts of what is in the heap
  cursor.skip(lengthBytes + offsetBytes + 8 * lengthBytes);
  const width = cursor.u16();
  const startBytes = cursor.length();
  const maxDirectBytes = cursor.length();
  const maxBits = cursor.u16();
  cursor.skip(2);
  const shape = { width, startBytes, maxDirectBytes, maxBits };
  if (!isSound(shape) || !maxObjectBytes || idBytes < 2) throw cursor.bad('has an absurd shape');
  const rootAt = cursor.address();
  const rootRows = cursor.u16();
  let rootBytes = startBytes;
  if (filterBytes) {
    const rest = await walk.open(at, plainBytes + lengthBytes + MASK_BYTES + filterBytes, what, { exact: true });
    rest.skip(cursor.at);
    rootBytes = rest.length();
  }
  const offsetWidth = Math.ceil(maxBits / 8);
  const lengthWidth = Math.min(Math.ceil(Math.log2(maxDirectBytes) / 8), widthOf(maxObjectBytes));
  return { shape, rootAt, rootRows, rootBytes, filtered: filterBytes > 0, offsetWidth, lengthWidth, idBytes, hugeTreeAt };
}
