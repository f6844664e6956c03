/**
 * Which block of an extensible array has an element (VII.D). Super block n has 2^⌊n/2⌋ data blocks of 2^⌊(n+1)/2⌋ times the least number of
 * elements. The index block names the data blocks of the first super blocks itself.
 *
 * @module
 */
import type { ElementFormat } from './element.ts';

/** What the header of an array says. */
export interface ArrayShape {
  readonly format: ElementFormat;
  /** The array has at most 2 to the power of these elements. */
  readonly maxBits: number;
  /** Elements that are in the index block itself. */
  readonly indexElements: number;
  /** Of the first data block; a power of 2. */
  readonly minElements: number;
  /** Data blocks of the first super block that is one; a power of 2. */
  readonly minPointers: number;
  /** Data blocks with more elements are cut into pages of so many. */
  readonly pageElements: number;
}

/** A super block's place in the array. */
export interface SuperBlockShape {
  readonly nth: number;
  readonly blocks: number;
  readonly blockElements: number;
  /** The number of its first data block in the array. */
  readonly firstBlock: number;
  readonly firstElement: number;
}

/** How many pointers to data blocks and to super blocks the index block has. */
export function indexBlockShape({ maxBits, minElements, minPointers }: ArrayShape): {
  blocks: number;
  superBlocks: { count: number; skipped: number };
} {
  const all = 1 + Math.max(0, maxBits - Math.log2(minElements));
  const skipped = 2 * Math.log2(minPointers);
  return { blocks: 2 * (minPointers - 1), superBlocks: { count: Math.max(0, all - skipped), skipped } };
}

/** The super blocks of an array, each with the number of its first element behind those of the index block. */
export function superBlocksOf({ maxBits, minElements }: ArrayShape): SuperBlockShape[] {
  const shapes: SuperBlockShape[] = [];
  let firstBlock = 0;
  let firstElement = 0;
  for (let nth = 0; firstElement < 2 ** maxBits && Number.isSafeInteger(firstElement); nth++) {
    const blocks = 2 ** Math.floor(nth / 2);
    const blockElements = 2 ** Math.floor((nth + 1) / 2) * minElements;
    shapes.push({ nth, blocks, blockElements, firstBlock, firstElement });
    firstBlock += blocks;
    firstElement += blocks * blockElements;
  }
  return shapes;
}

/**
 * Where an element is.
 *
 * @param element its number behind those of the index block
 * @returns undefined when the array ends before
 */
export function elementPlace(
  shapes: readonly SuperBlockShape[],
  element: number,
): { shape: SuperBlockShape; block: number; within: number } | undefined {
  const shape = shapes.find(({ firstElement, blocks, blockElements }) => element < firstElement + blocks * blockElements);
  if (!shape) return undefined;
  const inShape = element - shape.firstElement;
  const block = Math.floor(inShape / shape.blockElements);
  return { shape, block, within: inShape - block * shape.blockElements };
}
