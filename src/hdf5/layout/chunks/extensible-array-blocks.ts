/**
 * Super blocks and data blocks of an extensible array (VII.D).
 *
 * @module
 */
import type { ChunkPlace } from '../types.ts';
import type { Walk } from '../walk.ts';
import { readElements } from './element.ts';
import type { ArrayShape, SuperBlockShape } from './extensible-array-shape.ts';
import { inPages, type Numbered } from './numbered.ts';

const CHECKSUM_BYTES = 4;

/** A data block, and what is wanted of it. */
export interface DataBlock {
  /** Undefined: none of its chunks were written. */
  readonly at: number | undefined;
  readonly elements: number;
  readonly items: readonly Numbered[];
  /** Whether a page was ever written; for blocks that have pages. */
  readonly isWritten?: (page: number) => boolean;
}

/** Signature, version, kind, address of the header, place in the array. */
const headBytes = (walk: Walk, { maxBits }: ArrayShape): number => 6 + walk.sizes.offsetBytes + Math.ceil(maxBits / 8);

/** A super block, and what is wanted of it by data block. */
export interface WantedSuperBlock {
  /** Undefined: none of its chunks were written. */
  readonly at: number | undefined;
  readonly shape: SuperBlockShape;
  readonly items: ReadonlyMap<number, readonly Numbered[]>;
}

/** Reads super blocks: the data blocks of what is wanted. */
export async function dataBlocksOf(walk: Walk, array: ArrayShape, wanted: readonly WantedSuperBlock[]): Promise<DataBlock[]> {
  const { offsetBytes } = walk.sizes;
  const bitsAt = headBytes(walk, array);
  const read = async ({ at, shape, items }: WantedSuperBlock): Promise<DataBlock[]> => {
    if (at === undefined) return [];
    const { blocks, blockElements } = shape;
    const pages = blockElements > array.pageElements ? blockElements / array.pageElements : 0;
    // as many bytes for each data block as its pages need, but the bits follow one another all the same
    const pointersAt = bitsAt + blocks * Math.ceil(pages / 8);
    const sizeBytes = pointersAt + blocks * offsetBytes + CHECKSUM_BYTES;
    const exact = wanted.length > 1;
    const cursor = await walk.open(at, sizeBytes, 'super block of an extensible array', { signature: 'EASB', exact });
    return [...items].map(([block, numbers]) => {
      cursor.at = pointersAt + block * offsetBytes;
      const isWritten = (page: number): boolean => {
        const bit = block * pages + page;
        return (cursor.bytes[bitsAt + Math.floor(bit / 8)]! & (0x80 >> (bit % 8))) !== 0;
      };
      return { at: cursor.address(), elements: blockElements, items: numbers, ...(pages && { isWritten }) };
    });
  };
  return (await Promise.all(wanted.map(read))).flat();
}

/** Reads what is wanted of data blocks. */
export async function readDataBlocks(walk: Walk, array: ArrayShape, blocks: readonly DataBlock[]): Promise<ChunkPlace[]> {
  const { format, pageElements } = array;
  const what = 'data block of an extensible array';
  const elementsAt = headBytes(walk, array);
  const whole = async (at: number, { elements, items }: DataBlock): Promise<ChunkPlace[]> => {
    const sizeBytes = elementsAt + elements * format.bytes + CHECKSUM_BYTES;
    const cursor = await walk.open(at, sizeBytes, what, { signature: 'EADB', exact: blocks.length > 1 });
    return readElements(cursor, elementsAt, format, items);
  };
  const paged = async (at: number, items: readonly Numbered[], isWritten: (page: number) => boolean): Promise<ChunkPlace[]> => {
    const pages = [...inPages(items, pageElements)].filter(([page]) => isWritten(page));
    const pagesAt = elementsAt + CHECKSUM_BYTES;
    const pageBytes = pageElements * format.bytes + CHECKSUM_BYTES;
    const [places] = await Promise.all([
      Promise.all(
        pages.map(async ([page, inPage]) => {
          const cursor = await walk.open(at + pagesAt + page * pageBytes, pageBytes, `page of a ${what}`, { exact: true });
          return readElements(cursor, 0, format, inPage);
        }),
      ),
      // the library reads it before the pages
      walk.open(at, pagesAt, what, { signature: 'EADB', exact: true }),
    ]);
    return places.flat();
  };
  const read = async (block: DataBlock): Promise<ChunkPlace[]> => {
    const { at, items, isWritten } = block;
    if (at === undefined) return [];
    return isWritten ? paged(at, items, isWritten) : whole(at, block);
  };
  return (await Promise.all(blocks.map(read))).flat();
}
