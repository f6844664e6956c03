/**
 * Chunks in a fixed array: a header and one data block, which is cut into pages when it is long (VII.C).
 *
 * @module
 */
import { Hdf5Error } from '../../errors.ts';
import type { ChunkPlace } from '../types.ts';
import type { Walk } from '../walk.ts';
import { elementFormat, readElements, type ElementFormat } from './element.ts';
import { chunkNumbers, type ChunkGrid } from './grid.ts';
import { inPages, type Numbered } from './numbered.ts';
import type { WantedChunks } from './wanted.ts';

const CHECKSUM_BYTES = 4;
const WHAT = 'fixed array';

interface FixedArray {
  readonly format: ElementFormat;
  readonly pageElements: number;
  readonly elements: number;
  readonly blockAt: number | undefined;
}

async function readHeader(walk: Walk, at: number, chunkBytes: number): Promise<FixedArray> {
  const { offsetBytes, lengthBytes } = walk.sizes;
  const cursor = await walk.open(at, 8 + lengthBytes + offsetBytes + CHECKSUM_BYTES, WHAT, { signature: 'FAHD' });
  cursor.version(0);
  const format = elementFormat(cursor, chunkBytes);
  return { format, pageElements: 2 ** cursor.u8(), elements: cursor.length(), blockAt: cursor.address() };
}

function numbered(grid: ChunkGrid, wanted: WantedChunks, elements: number): Numbered[] {
  const numberOf = chunkNumbers(
    grid,
    grid.chunkShape.map((_, i) => i),
  );
  return Array.from(wanted, (index) => {
    const number = numberOf(index);
    if (number >= elements) throw new Hdf5Error('HDF5 file: a fixed array is too short for its dataset');
    return [number, index];
  });
}

/** The data block's head has a bit for each page that says whether it was ever written. Pages have their room in any case. */
async function readPages(walk: Walk, array: FixedArray, blockAt: number, numbers: readonly Numbered[]): Promise<ChunkPlace[]> {
  const { format, pageElements, elements } = array;
  const bitsFrom = 6 + walk.sizes.offsetBytes;
  const headBytes = bitsFrom + Math.ceil(Math.ceil(elements / pageElements) / 8) + CHECKSUM_BYTES;
  const pages = [...inPages(numbers, pageElements)];
  // fetched along with the bits, which saves a wave where they are set
  const [head, ...cursors] = await Promise.all([
    walk.open(blockAt, headBytes, WHAT, { signature: 'FADB', exact: true }),
    ...pages.map(([page]) => {
      const inPage = Math.min(pageElements, elements - page * pageElements);
      const at = blockAt + headBytes + page * (pageElements * format.bytes + CHECKSUM_BYTES);
      return walk.open(at, inPage * format.bytes + CHECKSUM_BYTES, `page of a ${WHAT}`, { exact: true });
    }),
  ]);
  return pages.flatMap(([page, inPage], i) => {
    const isWritten = head.bytes[bitsFrom + Math.floor(page / 8)]! & (0x80 >> (page % 8));
    return isWritten ? readElements(cursors[i]!, 0, format, inPage) : [];
  });
}

/** Finds chunks by their fixed array. */
export async function fixedArrayChunks(walk: Walk, grid: ChunkGrid, wanted: WantedChunks): Promise<ChunkPlace[]> {
  if (grid.index.at === undefined) return [];
  const array = await readHeader(walk, grid.index.at, grid.chunkBytes);
  const { format, pageElements, elements, blockAt } = array;
  if (blockAt === undefined) return [];
  const numbers = numbered(grid, wanted, elements);
  if (elements > pageElements) return readPages(walk, array, blockAt, numbers);
  const headBytes = 6 + walk.sizes.offsetBytes;
  const block = await walk.open(blockAt, headBytes + elements * format.bytes + CHECKSUM_BYTES, WHAT, { signature: 'FADB' });
  return readElements(block, headBytes, format, numbers);
}
