/**
 * How many elements values are.
 *
 * @module
 */
import { complexParts } from '../../values/complex.ts';
import type { Hdf5Type } from '../../values/type.ts';
import { shown, unfit } from './unfit.ts';
import { isRow, type Entries } from './writer.ts';

/** How many entries of a row one element of a type has. */
export function widthOf(type: Hdf5Type): number {
  if (complexParts(type)) return 2;
  return type.class === 'array' ? (type.sizeBytes / type.base.sizeBytes) * widthOf(type.base) : 1;
}

/**
 * How many elements of a type there are.
 *
 * @param width entries of an element
 * @throws CloudError `InvalidArgument` there is a part of one left, or columns differ in length
 */
export function countOf(entries: Entries, type: Hdf5Type, width: number = widthOf(type)): number {
  if (isRow(entries)) {
    const count = entries.length / width;
    if (!Number.isInteger(count)) throw unfit(`${entries.length} values are no elements of ${width} each`);
    return count;
  }
  const base = baseOf(type);
  if (base.class !== 'compound' || typeof entries !== 'object' || entries === null)
    throw unfit(`${shown(entries)} are no values of this type`);
  const counts = base.members.map(({ name, type: its }) => {
    const column = entries[name];
    if (column === undefined) throw unfit(`there is no column ${shown(name)}`);
    return countOf(column as Entries, its);
  });
  if (counts.some((count) => count !== counts[0])) throw unfit(`columns differ in length: ${counts.join(', ')}`);
  const count = counts[0]! / width;
  if (!Number.isInteger(count)) throw unfit(`${counts[0]} values are no elements of ${width} each`);
  return count;
}

const baseOf = (type: Hdf5Type): Hdf5Type => (type.class === 'array' ? baseOf(type.base) : type);
