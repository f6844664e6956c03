/**
 * Fill values (IV.A.2.e: the old message; IV.A.2.f: versions 1 to 3).
 *
 * @module
 */
import type { Cursor } from '../cursor.ts';
import type { FillValue } from '../types.ts';

const value = (cursor: Cursor): Uint8Array | undefined => {
  const sizeBytes = cursor.u32();
  return sizeBytes ? cursor.take(sizeBytes).slice() : undefined;
};

/** Reads a message of type 4, which is a value only. */
export function readOldFillValue(cursor: Cursor): FillValue {
  return { defined: true, bytes: value(cursor) };
}

/** Reads a message of type 5. */
export function readFillValue(cursor: Cursor): FillValue {
  const version = cursor.version(1, 2, 3);
  if (version === 3) {
    const flags = cursor.u8();
    return { defined: (flags & 0x10) === 0, bytes: flags & 0x20 ? value(cursor) : undefined };
  }
  // when space is taken, and when it is filled
  cursor.skip(2);
  const defined = cursor.u8() !== 0;
  return { defined, bytes: defined ? value(cursor) : undefined };
}
