/**
 * What every type is held to, wherever it comes from, so that reading values needs no more than their count checked.
 *
 * @module
 */
import { Hdf5Error } from '../errors.ts';
import type { Hdf5ArrayType, Hdf5CompoundType, Hdf5FloatType } from './type.ts';

/** How deep types may lie in one another. */
export const MOST_NESTED = 32;

/** How many axes arrays may have: as many as HDF5 allows. */
export const MOST_AXES = 32;

/**
 * The same type.
 *
 * @throws Hdf5Error members have the same name, lie outside of the whole or in one another, or there are none
 */
export function checkedCompound(type: Hdf5CompoundType): Hdf5CompoundType {
  const { members, sizeBytes } = type;
  if (members.length === 0) throw new Hdf5Error('A compound has no members');
  if (new Set(members.map(({ name }) => name)).size < members.length) throw new Hdf5Error('Two members of a compound have the same name');
  let end = 0;
  for (const member of [...members].sort((a, b) => a.offsetBytes - b.offsetBytes)) {
    if (member.offsetBytes < end) throw new Hdf5Error('Members of a compound lie in one another');
    end = member.offsetBytes + member.type.sizeBytes;
  }
  if (end > sizeBytes) throw new Hdf5Error('A member lies outside of its compound');
  return type;
}

/**
 * The same type.
 *
 * @throws Hdf5Error its size is not that of its values, or an axis has none
 */
export function checkedArray(type: Hdf5ArrayType): Hdf5ArrayType {
  const { shape, base, sizeBytes } = type;
  if (shape.length === 0 || shape.length > MOST_AXES) throw new Hdf5Error(`An array of ${shape.length} axes`);
  if (shape.some((length) => !(Number.isSafeInteger(length) && length > 0))) throw new Hdf5Error('An axis of an array has no values');
  if (shape.reduce((product, length) => product * length, base.sizeBytes) !== sizeBytes)
    throw new Hdf5Error('An array has another size than its values');
  return type;
}

/**
 * Checks that bits are in a number.
 *
 * @param from the lowest of them
 * @throws Hdf5Error there are fewer, or there are none of them
 */
export function checkBits(sizeBytes: number, from: number, bits: number): void {
  if (bits < 1 || from + bits > sizeBytes * 8) throw new Hdf5Error('Bits of a number lie outside of it');
}

/**
 * The same type.
 *
 * @throws Hdf5Error parts lie outside of the number
 */
export function checkedFloat(type: Hdf5FloatType): Hdf5FloatType {
  const { sizeBytes, byteOrder } = type;
  checkBits(sizeBytes, type.offsetBits, type.precisionBits);
  checkBits(sizeBytes, type.signAt, 1);
  checkBits(sizeBytes, type.exponentAt, type.exponentBits);
  if (type.mantissaBits > 0) checkBits(sizeBytes, type.mantissaAt, type.mantissaBits);
  if (byteOrder === 'vax' && sizeBytes % 2) throw new Hdf5Error('A number in the order of a VAX has an odd size');
  return type;
}
