/**
 * The elements of fixed and extensible arrays: where a chunk is and, when it is filtered, how large (VII.C and VII.D).
 *
 * @module
 */
import type { Cursor } from '../cursor.ts';
import type { ChunkPlace } from '../types.ts';
import type { Numbered } from './numbered.ts';

const MASK_BYTES = 4;

/** How elements are written. */
export interface ElementFormat {
  readonly bytes: number;
  readonly filtered: boolean;
  /** Of a chunk that is not filtered. */
  readonly chunkBytes: number;
}

/** Reads the kind and the width of elements from an array's header. */
export function elementFormat(cursor: Cursor, chunkBytes: number): ElementFormat {
  const client = cursor.u8();
  const bytes = cursor.u8();
  const sizeWidth = bytes - cursor.sizes.offsetBytes - MASK_BYTES;
  if (client > 1 || (client ? sizeWidth < 1 || sizeWidth > 8 : bytes !== cursor.sizes.offsetBytes))
    throw cursor.bad('has elements that are not of chunks');
  return { bytes, filtered: client === 1, chunkBytes };
}

/** Reads one element; undefined when the chunk was never written. */
function readElement(cursor: Cursor, format: ElementFormat, index: readonly number[]): ChunkPlace | undefined {
  const at = cursor.address();
  if (at === undefined) return undefined;
  if (!format.filtered) return { index, at, sizeBytes: format.chunkBytes, filterMask: 0 };
  const sizeBytes = cursor.uint(format.bytes - cursor.sizes.offsetBytes - MASK_BYTES);
  return sizeBytes ? { index, at, sizeBytes, filterMask: cursor.u32() } : undefined;
}

/** Reads elements: the places of those chunks that were written. */
export function readElements(cursor: Cursor, firstAt: number, format: ElementFormat, numbers: readonly Numbered[]): ChunkPlace[] {
  const places: ChunkPlace[] = [];
  for (const [number, index] of numbers) {
    cursor.at = firstAt + number * format.bytes;
    const place = readElement(cursor, format, index);
    if (place) places.push(place);
  }
  return places;
}
