/**
 * The filter pipeline message (IV.A.2.l, versions 1 and 2).
 *
 * @module
 */
import { decodeUtf8 } from '../../../util/utf8.ts';
import type { Cursor } from '../cursor.ts';
import type { FilterStep } from '../types.ts';

/** Filters below have no name in version 2. */
const FIRST_NAMED = 256;

/** The text before the first NUL. */
const textOf = (bytes: Uint8Array): string => {
  const end = bytes.indexOf(0);
  return decodeUtf8(end < 0 ? bytes : bytes.subarray(0, end));
};

function readStep(cursor: Cursor, version: number): FilterStep {
  const id = cursor.u16();
  const nameBytes = version === 1 || id >= FIRST_NAMED ? cursor.u16() : 0;
  const flags = cursor.u16();
  const count = cursor.u16();
  // in version 1 the length of the name counts its padding
  const name = textOf(cursor.take(version === 1 ? Math.ceil(nameBytes / 8) * 8 : nameBytes));
  const values = Array.from({ length: count }, () => cursor.u32());
  if (version === 1 && count % 2) cursor.skip(4);
  return { id, ...(name && { name }), flags, values };
}

/** Reads the steps that chunks pass through, in the order of writing. */
export function readFilters(cursor: Cursor): FilterStep[] {
  const version = cursor.version(1, 2);
  const count = cursor.u8();
  if (version === 1) cursor.skip(6);
  return Array.from({ length: count }, () => readStep(cursor, version));
}
