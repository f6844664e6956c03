/**
 * Fractal heaps (III.G): where the links of large groups and the attributes of objects with many are kept.
 *
 * @module
 */
import { Hdf5Error } from '../../errors.ts';
import type { Cursor } from '../cursor.ts';
import { readTree2 } from '../tree-2.ts';
import type { Walk } from '../walk.ts';
import { blockBytes, readHeapHeader, rowsBelow, rowsOf, type HeapHeader } from './heap-header.ts';

const CHECKSUM_BYTES = 4;
const MASK_BYTES = 4;

/** Bytes of the file that belong to a heap. */
export interface HeapBlock {
  /** Where a block begins in the heap's own addresses; the number of an object that is too large for blocks. */
  readonly from: number;
  readonly at: number;
  readonly sizeBytes: number;
}

/** A heap of which everything is here. */
export interface FractalHeap {
  readonly header: HeapHeader;
  /** In the order of the heap's own addresses. */
  readonly blocks: readonly HeapBlock[];
  /** Objects that are too large for blocks, by number. */
  readonly huge: ReadonlyMap<number, HeapBlock>;
}

/** A block that names others. */
interface Table {
  readonly at: number;
  readonly from: number;
  readonly rows: number;
}

async function readTable(walk: Walk, header: HeapHeader, table: Table): Promise<[HeapBlock[], Table[]]> {
  const { shape, filtered, offsetWidth } = header;
  const { offsetBytes, lengthBytes } = walk.sizes;
  const limits = rowsOf(shape);
  const rows = { all: table.rows, direct: Math.min(table.rows, limits.direct) };
  if (rows.all < 1 || rows.all > limits.all) throw new Hdf5Error('HDF5 file: a fractal heap has too many rows of blocks');
  const entryBytes = offsetBytes + (filtered ? lengthBytes + MASK_BYTES : 0);
  const headBytes = 5 + offsetBytes + offsetWidth;
  const sizeBytes = headBytes + shape.width * (rows.direct * entryBytes + (rows.all - rows.direct) * offsetBytes) + CHECKSUM_BYTES;
  const cursor = await walk.open(table.at, sizeBytes, 'indirect block of a fractal heap', { signature: 'FHIB', exact: true });
  cursor.version(0);
  cursor.at = headBytes;
  return entriesOf(cursor, header, table.from, rows);
}

function entriesOf(
  cursor: Cursor,
  { shape, filtered }: HeapHeader,
  first: number,
  rows: { all: number; direct: number },
): [HeapBlock[], Table[]] {
  const blocks: HeapBlock[] = [];
  const tables: Table[] = [];
  let from = first;
  for (let row = 0; row < rows.all; row++) {
    const plainBytes = blockBytes(shape, row);
    for (let column = 0; column < shape.width; column++, from += plainBytes) {
      const at = cursor.address();
      let sizeBytes = plainBytes;
      if (filtered && row < rows.direct) {
        sizeBytes = cursor.length();
        cursor.skip(MASK_BYTES);
      }
      if (at === undefined) continue;
      if (row < rows.direct) blocks.push({ from, at, sizeBytes });
      else tables.push({ from, at, rows: rowsBelow(shape, row) });
    }
  }
  return [blocks, tables];
}

/** Fetches blocks. */
const fetchBlocks = (walk: Walk, blocks: readonly HeapBlock[]): Promise<void> =>
  walk.ensure(
    blocks.map(({ at, sizeBytes }) => ({ start: at, end: at + sizeBytes })),
    'block of a fractal heap',
  );

/** Objects that are too large for blocks: records of type 1, and 2 for filtered ones. */
async function fetchHuge(walk: Walk, at: number | undefined): Promise<Map<number, HeapBlock>> {
  if (at === undefined) return new Map();
  const { lengthBytes } = walk.sizes;
  const huge = await readTree2(walk, at, {
    types: [1, 2],
    parse: (record, { type }): HeapBlock => {
      const start = record.place();
      const sizeBytes = record.length();
      // what was filtered, and its size before
      if (type === 2) record.skip(MASK_BYTES + lengthBytes);
      return { from: record.length(), at: start, sizeBytes };
    },
  });
  await fetchBlocks(walk, huge);
  return new Map(huge.map((block) => [block.from, block]));
}

/** Fetches what a table names, and what the tables below it name; blocks come along with the next tables. */
async function fetchTable(walk: Walk, header: HeapHeader, root: Table): Promise<HeapBlock[]> {
  const found: HeapBlock[] = [];
  const seen = new Set<number>();
  // each table has fewer rows than the one that names it, so this ends
  const fetch = async (table: Table): Promise<void> => {
    if (seen.has(table.at)) throw new Hdf5Error('HDF5 file: a fractal heap has a block that comes twice');
    seen.add(table.at);
    const [blocks, tables] = await readTable(walk, header, table);
    for (const block of blocks) found.push(block);
    await Promise.all([fetchBlocks(walk, blocks), ...tables.map(fetch)]);
  };
  await fetch(root);
  return found;
}

async function fetchManaged(walk: Walk, header: HeapHeader): Promise<HeapBlock[]> {
  const { rootAt, rootRows, rootBytes } = header;
  if (rootAt === undefined) return [];
  if (rootRows) return fetchTable(walk, header, { at: rootAt, from: 0, rows: rootRows });
  const root = { from: 0, at: rootAt, sizeBytes: rootBytes };
  await fetchBlocks(walk, [root]);
  return [root];
}

/** Fetches a heap with all that is in it. */
export async function fetchHeap(walk: Walk, at: number): Promise<FractalHeap> {
  const header = await readHeapHeader(walk, at);
  const [blocks, huge] = await Promise.all([fetchManaged(walk, header), fetchHuge(walk, header.hugeTreeAt)]);
  return { header, blocks: blocks.sort((a, b) => a.from - b.from), huge };
}
