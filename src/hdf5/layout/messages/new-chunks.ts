/**
 * Chunks in the data layout message of versions 4 and 5 (IV.A.2.i). Version 5 is written alike; what differs is how wide the sizes of
 * filtered chunks are in the indexes, and those tell it themselves.
 *
 * @module
 */
import type { Cursor } from '../cursor.ts';
import type { ChunkIndex } from '../types.ts';
import type { ChunkedStorage } from './data-layout.ts';

const PLAIN_EDGES = 0x01;
const SINGLE_FILTERED = 0x02;
const KINDS = [undefined, 'single', 'implicit', 'fixed-array', 'extensible-array', 'btree-2'] as const;
/** Parameters of each index that its own header tells again. */
const PARAMETER_BYTES = { single: 0, implicit: 0, 'fixed-array': 1, 'extensible-array': 5, 'btree-2': 6 } as const;

/** Reads what follows the class. */
export function readNewChunks(cursor: Cursor): ChunkedStorage {
  const flags = cursor.u8();
  const rank = cursor.u8();
  const width = cursor.u8();
  if (width < 1 || width > 8) throw cursor.bad(`has dimensions of ${width} bytes`);
  const dims = Array.from({ length: rank }, () => cursor.uint(width));
  const kind = KINDS[cursor.u8()];
  if (!kind) throw cursor.bad('has an index that is not known');
  cursor.skip(PARAMETER_BYTES[kind]);
  let single: ChunkIndex['single'];
  if (kind === 'single' && flags & SINGLE_FILTERED) single = { sizeBytes: cursor.length(), filterMask: cursor.u32() };
  return { kind: 'chunked', dims, index: { kind, at: cursor.address(), single }, plainEdges: (flags & PLAIN_EDGES) !== 0 };
}
