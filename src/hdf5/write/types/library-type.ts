/**
 * Types that h5wasm 0.10.3 makes by itself.
 *
 * @module
 */
import type { Hdf5Type } from '../../values/type.ts';
import { hasLayout } from '../../values/float-layouts.ts';

/** What h5wasm is told of a type. */
export interface LibraryType {
  readonly type: number;
  readonly size: number;
  readonly signed: boolean;
  readonly vlen: boolean;
  readonly littleEndian: true;
  readonly compound_type?: { readonly nmembers: number; readonly members: readonly (LibraryType & { name: string; offset: number })[] };
}

/** HDF5's numbers of classes. */
const INTEGER = 0;
const FLOAT = 1;
const COMPOUND = 6;

/**
 * What h5wasm is told to make a type: of little-endian numbers, and compounds of such. It knows texts too, but fills them up with spaces, and
 * nothing of any other.
 *
 * @returns undefined where it does not make exactly this one
 */
export function libraryType(type: Hdf5Type): LibraryType | undefined {
  const { sizeBytes: size } = type;
  const base = { size, vlen: false, littleEndian: true } as const;
  if (type.class === 'integer') {
    const isPlain = type.byteOrder === 'little' && type.precisionBits === size * 8 && [1, 2, 4, 8].includes(size);
    return isPlain ? { ...base, type: INTEGER, signed: type.signed } : undefined;
  }
  if (type.class === 'float') {
    const isPlain = type.byteOrder === 'little' && (hasLayout(type, 'binary32') || hasLayout(type, 'binary64'));
    return isPlain ? { ...base, type: FLOAT, signed: true } : undefined;
  }
  if (type.class !== 'compound') return undefined;
  const members: (LibraryType & { name: string; offset: number })[] = [];
  for (const { name, offsetBytes: offset, type: its } of type.members) {
    const made = libraryType(its);
    if (!made) return undefined;
    members.push({ ...made, name, offset });
  }
  return { ...base, type: COMPOUND, signed: false, compound_type: { nmembers: members.length, members } };
}
