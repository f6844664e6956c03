/**
 * What the library does not tell of a type, from the file's own words.
 *
 * @module
 */
import { UnsupportedTypeError } from '../errors.ts';
import { parseDatatype } from '../values/datatype-message.ts';
import type { Hdf5Type } from '../values/type.ts';

/** The types of which values of a type are made; none for those that are one value. */
function partsOf(type: Hdf5Type): readonly Hdf5Type[] {
  if (type.class === 'compound') return type.members.map((member) => member.type);
  return type.class === 'array' || type.class === 'vlen' || type.class === 'complex' ? [type.base] : [];
}

/** Whether some value of it holds memory of the library: pointers, and references of HDF5 1.12, which hold their file. */
export const hasPointers = (type: Hdf5Type): boolean =>
  type.class === 'vlen' || type.class === 'vlen-string' || (type.class === 'reference' && type.revised) || partsOf(type).some(hasPointers);

/** Whether the library tells too little of it: the bits of short and long floats, of numbers that do not fill their bytes, values of enums. */
function isInexact(type: Hdf5Type): boolean {
  const { sizeBytes } = type;
  if (type.class === 'float') return sizeBytes !== 4 && sizeBytes !== 8;
  if (type.class === 'integer') return ![1, 2, 4, 8].includes(sizeBytes);
  if (type.class === 'enum') return sizeBytes > 4;
  return partsOf(type).some(isInexact);
}

/** The most bytes that h5wasm has room for when it asks for the value of an enum's name: more would go over what is beside it. */
const ENUM_BYTES = 8;

/** Whether the library may be asked about it. */
const isSafe = (type: Hdf5Type): boolean => (type.class !== 'enum' || type.sizeBytes <= ENUM_BYTES) && partsOf(type).every(isSafe);

/** The type that a datatype message says, if the library may be asked about it. @throws UnsupportedTypeError, Hdf5Error */
export function safeType(message: Uint8Array): Hdf5Type {
  const { type } = parseDatatype(message);
  if (!isSafe(type)) throw new UnsupportedTypeError(`enums of more than ${ENUM_BYTES} bytes`);
  return type;
}

/**
 * The type as the file says it, where that is known and is of the same kind as what the library says.
 *
 * @param exact what the file says; absent when that is not known
 * @throws UnsupportedTypeError the library does not tell enough, and the file's words are not to be had
 */
export function exactType(told: Hdf5Type, exact: Hdf5Type | undefined): Hdf5Type {
  if (exact && (exact.class === told.class || isSameKind(exact, told))) return exact;
  if (isInexact(told)) throw new UnsupportedTypeError('what bits the numbers here are made of is not known');
  return told;
}

/** Complex numbers are compounds to the library. */
const isSameKind = (exact: Hdf5Type, told: Hdf5Type): boolean =>
  [exact.class, told.class].every((name) => name === 'complex' || name === 'compound');
