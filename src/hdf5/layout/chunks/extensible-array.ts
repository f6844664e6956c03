/**
 * Chunks in an extensible array, for datasets that grow along one dimension: a header, an index block with the first elements, and data
 * blocks that become larger and larger, named by the index block and, further on, by super blocks (VII.D).
 *
 * @module
 */
import { Hdf5Error } from '../../errors.ts';
import type { Cursor } from '../cursor.ts';
import type { ChunkPlace } from '../types.ts';
import type { Walk } from '../walk.ts';
import { elementFormat, readElements } from './element.ts';
import { dataBlocksOf, readDataBlocks, type DataBlock, type WantedSuperBlock } from './extensible-array-blocks.ts';
import { elementPlace, indexBlockShape, superBlocksOf, type ArrayShape, type SuperBlockShape } from './extensible-array-shape.ts';
import { chunkNumbers, type ChunkGrid } from './grid.ts';
import { groupOf, type Numbered } from './numbered.ts';
import type { WantedChunks } from './wanted.ts';

const CHECKSUM_BYTES = 4;

const isPowerOf2 = (value: number): boolean => value > 0 && (value & (value - 1)) === 0;

async function readHeader(walk: Walk, at: number, chunkBytes: number): Promise<{ array: ArrayShape; blockAt: number | undefined }> {
  const { offsetBytes, lengthBytes } = walk.sizes;
  const sizeBytes = 12 + 6 * lengthBytes + offsetBytes + CHECKSUM_BYTES;
  const cursor = await walk.open(at, sizeBytes, 'extensible array', { signature: 'EAHD' });
  cursor.version(0);
  const format = elementFormat(cursor, chunkBytes);
  const [maxBits, indexElements, minElements, minPointers, pageBits] = [cursor.u8(), cursor.u8(), cursor.u8(), cursor.u8(), cursor.u8()];
  if (!isPowerOf2(minElements) || !isPowerOf2(minPointers) || minPointers < 2 || maxBits > 64) throw cursor.bad('has an absurd shape');
  // counts of blocks and elements, for statistics
  cursor.skip(6 * lengthBytes);
  return { array: { format, maxBits, indexElements, minElements, minPointers, pageElements: 2 ** pageBits }, blockAt: cursor.address() };
}

/** Numbers begin along the dimension that grows. */
function numberOfChunk(grid: ChunkGrid): (index: readonly number[]) => number {
  const growing = grid.maxShape.indexOf(Infinity);
  if (growing < 0) throw new Hdf5Error('HDF5 file: an extensible array of a dataset that does not grow');
  const others = grid.maxShape.map((_, i) => i).filter((i) => i !== growing);
  return chunkNumbers(grid, [growing, ...others]);
}

/** Sorts what is wanted: what the index block itself has, and what it names. */
function inIndexBlock(cursor: Cursor, array: ArrayShape, numbers: Iterable<Numbered>) {
  const { format, indexElements } = array;
  const { blocks, superBlocks } = indexBlockShape(array);
  const shapes = superBlocksOf(array);
  const here: Numbered[] = [];
  const blockItems = new Map<number, { elements: number; items: Numbered[] }>();
  const superItems = new Map<number, { shape: SuperBlockShape; items: Map<number, Numbered[]> }>();
  const elementsAt = cursor.at;
  const pointersAt = elementsAt + indexElements * format.bytes;
  for (const [number, index] of numbers) {
    if (number < indexElements) {
      here.push([number, index]);
      continue;
    }
    const found = elementPlace(shapes, number - indexElements);
    if (!found) throw cursor.bad('is too short for its dataset');
    const { shape, block, within } = found;
    if (shape.firstBlock < blocks) {
      groupOf(blockItems, shape.firstBlock + block, () => ({ elements: shape.blockElements, items: [] })).items.push([within, index]);
    } else {
      const nth = shape.nth - superBlocks.skipped;
      if (nth >= superBlocks.count) throw cursor.bad('is too short for its dataset');
      const items = groupOf(superItems, nth, () => ({ shape, items: new Map() }));
      groupOf(items.items, block, (): Numbered[] => []).push([within, index]);
    }
  }
  const { offsetBytes } = cursor.sizes;
  const pointer = (nth: number): number | undefined => {
    cursor.at = pointersAt + nth * offsetBytes;
    return cursor.address();
  };
  const direct = [...blockItems].map(([nth, block]): DataBlock => ({ at: pointer(nth), ...block }));
  const behind = [...superItems].map(([nth, items]): WantedSuperBlock => ({ at: pointer(blocks + nth), ...items }));
  return { places: readElements(cursor, elementsAt, format, here), direct, behind };
}

/** Finds chunks by their extensible array. */
export async function extensibleArrayChunks(walk: Walk, grid: ChunkGrid, wanted: WantedChunks): Promise<ChunkPlace[]> {
  if (grid.index.at === undefined) return [];
  const { array, blockAt } = await readHeader(walk, grid.index.at, grid.chunkBytes);
  if (blockAt === undefined) return [];
  const { offsetBytes } = walk.sizes;
  const { blocks, superBlocks } = indexBlockShape(array);
  const sizeBytes =
    6 + offsetBytes + array.indexElements * array.format.bytes + (blocks + superBlocks.count) * offsetBytes + CHECKSUM_BYTES;
  const cursor = await walk.open(blockAt, sizeBytes, 'index block of an extensible array', { signature: 'EAIB' });
  cursor.skip(2 + offsetBytes);
  const numberOf = numberOfChunk(grid);
  const numbers = Array.from(wanted, (index): Numbered => [numberOf(index), index]);
  const { places, direct, behind } = inIndexBlock(cursor, array, numbers);
  if (direct.some(({ elements }) => elements > array.pageElements)) throw cursor.bad('names a data block that is too long');
  const [near, far] = await Promise.all([
    readDataBlocks(walk, array, direct),
    dataBlocksOf(walk, array, behind).then((named) => readDataBlocks(walk, array, named)),
  ]);
  return [...places, ...near, ...far];
}
