/**
 * The data layout message (IV.A.2.i, versions 1 to 5): where the values of a dataset are.
 *
 * @module
 */
import type { Cursor } from '../cursor.ts';
import type { ChunkIndex } from '../types.ts';
import { readNewChunks } from './new-chunks.ts';

/** Chunks, with the bytes of an element as the last dimension. */
export interface ChunkedStorage {
  readonly kind: 'chunked';
  readonly dims: readonly number[];
  readonly index: ChunkIndex;
  readonly plainEdges: boolean;
}

/** Where values are. `sizeBytes` is absent where the message does not tell. */
export type Storage =
  | { readonly kind: 'compact'; readonly compact: Uint8Array }
  | { readonly kind: 'contiguous'; readonly at?: number | undefined; readonly sizeBytes?: number | undefined }
  | { readonly kind: 'virtual' }
  | ChunkedStorage;

const CLASSES = ['compact', 'contiguous', 'chunked', 'virtual'] as const;

const classOf = (cursor: Cursor): Storage['kind'] => {
  const kind = CLASSES[cursor.u8()];
  if (!kind) throw cursor.bad('is of a class that is not known');
  return kind;
};

/** Dimensions of 4 bytes. */
const dimensions = (cursor: Cursor, rank: number): number[] => Array.from({ length: rank }, () => cursor.u32());

const oldChunks = (cursor: Cursor, rank: number, at: number | undefined): Storage => ({
  kind: 'chunked',
  dims: dimensions(cursor, rank),
  index: { kind: 'btree-1', at },
  plainEdges: false,
});

/** Versions 1 and 2. */
function readOldest(cursor: Cursor): Storage {
  const rank = cursor.u8();
  const kind = classOf(cursor);
  cursor.skip(5);
  if (kind === 'virtual') throw cursor.bad('is of a class that its version has not');
  const at = kind === 'compact' ? undefined : cursor.address();
  if (kind === 'chunked') return oldChunks(cursor, rank, at);
  // 32 bits are too few for the size of contiguous ones, so the dataspace tells it
  cursor.skip(4 * rank);
  return kind === 'contiguous' ? { kind, at } : { kind, compact: cursor.take(cursor.u32()).slice() };
}

/** Reads the message. */
export function readDataLayout(cursor: Cursor): Storage {
  const version = cursor.version(1, 2, 3, 4, 5);
  if (version < 3) return readOldest(cursor);
  const kind = classOf(cursor);
  switch (kind) {
    case 'compact':
      return { kind, compact: cursor.take(cursor.u16()).slice() };
    case 'contiguous':
      return { kind, at: cursor.address(), sizeBytes: cursor.length() };
    case 'virtual':
      return { kind };
    case 'chunked': {
      if (version > 3) return readNewChunks(cursor);
      const rank = cursor.u8();
      return oldChunks(cursor, rank, cursor.address());
    }
  }
}
