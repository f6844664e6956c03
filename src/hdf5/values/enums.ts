/**
 * Enums.
 *
 * @module
 */
import { integerReader } from './integers.ts';
import type { Reader } from './reader.ts';
import type { Hdf5EnumType, Hdf5Type } from './type.ts';

/** Whether it is what h5py writes for booleans. */
export function isBoolean(type: Hdf5Type): type is Hdf5EnumType {
  if (type.class !== 'enum' || type.members.length !== 2) return false;
  const values = new Map(type.members.map(({ name, value }) => [name, Number(value)]));
  return values.get('FALSE') === 0 && values.get('TRUE') === 1;
}

/** The reader of enums: numbers in columns, alone a boolean where it is one. */
export function enumReader(type: Hdf5EnumType): Reader {
  const numbers = integerReader(type.base);
  if (!isBoolean(type)) return numbers;
  return { ...numbers, cell: (column, index) => Boolean(numbers.cell(column, index)) };
}
