/**
 * Types that are made here.
 *
 * @module
 */
import { floatLayouts } from '../../values/float-layouts.ts';
import type {
  Hdf5ArrayType,
  Hdf5CompoundType,
  Hdf5EnumType,
  Hdf5FloatType,
  Hdf5IntegerType,
  Hdf5ReferenceType,
  Hdf5Type,
  Hdf5VlenStringType,
  Hdf5VlenType,
} from '../../values/type.ts';

/** Bytes of what stands in a file for a text or a sequence of any length. */
export const FILE_POINTER_BYTES = 16;

/** Whole numbers that use all of their bits. */
export const integerType = (signed: boolean, sizeBytes: number, byteOrder: 'little' | 'big' = 'little'): Hdf5IntegerType => ({
  class: 'integer',
  sizeBytes,
  byteOrder,
  signed,
  precisionBits: sizeBytes * 8,
  offsetBits: 0,
});

/** Floating-point numbers of a known layout. */
export const floatType = (
  name: 'binary16' | 'binary32' | 'binary64' | 'bfloat16',
  byteOrder: 'little' | 'big' = 'little',
): Hdf5FloatType => ({ class: 'float', byteOrder, ...floatLayouts[name] });

/** h5py's booleans. */
export const booleanType: Hdf5EnumType = {
  class: 'enum',
  sizeBytes: 1,
  base: integerType(true, 1),
  members: [
    { name: 'FALSE', value: 0 },
    { name: 'TRUE', value: 1 },
  ],
};

/** Texts of any length, in UTF-8. */
export const textType: Hdf5VlenStringType = {
  class: 'vlen-string',
  sizeBytes: FILE_POINTER_BYTES,
  padding: 'null-terminated',
  charset: 'utf-8',
  base: integerType(false, 1),
};

/** References to objects. */
export const referenceType: Hdf5ReferenceType = { class: 'reference', sizeBytes: 8, kind: 'object', revised: false };

/** Members one behind the other. */
export function compoundType(members: readonly (readonly [name: string, type: Hdf5Type])[]): Hdf5CompoundType {
  let sizeBytes = 0;
  const placed = members.map(([name, type]) => {
    const offsetBytes = sizeBytes;
    sizeBytes += type.sizeBytes;
    return { name, offsetBytes, type };
  });
  return { class: 'compound', sizeBytes, members: placed };
}

/** Complex numbers as h5py has them: compounds of `r` and `i`. */
export const complexType = (part: Hdf5FloatType): Hdf5CompoundType =>
  compoundType([
    ['r', part],
    ['i', part],
  ]);

/** A fixed number of values. */
export const arrayType = (shape: readonly number[], base: Hdf5Type): Hdf5ArrayType => ({
  class: 'array',
  sizeBytes: shape.reduce((product, extent) => product * extent, base.sizeBytes),
  shape,
  base,
});

/** Any number of values. */
export const vlenType = (base: Hdf5Type): Hdf5VlenType => ({ class: 'vlen', sizeBytes: FILE_POINTER_BYTES, base });
