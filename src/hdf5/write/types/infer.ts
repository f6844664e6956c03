/**
 * What type values have that nobody has told.
 *
 * @module
 */
import { Hdf5Reference } from '../../values/reference.ts';
import type { Hdf5Type } from '../../values/type.ts';
import { tagOf } from '../encode/numbers.ts';
import { shown, unfit } from '../encode/unfit.ts';
import { isRow, type Entries } from '../encode/writer.ts';
import { booleanType, compoundType, floatType, integerType, referenceType, textType, vlenType } from './make.ts';

const arrayTypes: Record<string, Hdf5Type> = {
  Int8Array: integerType(true, 1),
  Uint8Array: integerType(false, 1),
  Uint8ClampedArray: integerType(false, 1),
  Int16Array: integerType(true, 2),
  Uint16Array: integerType(false, 2),
  Int32Array: integerType(true, 4),
  Uint32Array: integerType(false, 4),
  BigInt64Array: integerType(true, 8),
  BigUint64Array: integerType(false, 8),
  Float16Array: floatType('binary16'),
  Float32Array: floatType('binary32'),
  Float64Array: floatType('binary64'),
};

/** Of a typed array. Buffer and other subclasses say that they are what they extend. */
const typeOfArray = (values: ArrayBufferView): Hdf5Type | undefined => {
  const tag = tagOf(values);
  return Object.hasOwn(arrayTypes, tag) ? arrayTypes[tag] : undefined;
};

const MOST_BYTES = 2n ** 63n;

/**
 * The type of values in a row: that of a typed array; `<f8` for numbers, `<i8` for bigints (`<u8` where one does not fit), `bool`, `string`; a compound for
 * records and columns; sequences for rows that were left as they are.
 *
 * @throws CloudError `InvalidArgument`
 */
export function inferType(entries: Entries): Hdf5Type {
  if (!isRow(entries)) return compoundType(Object.entries(entries).map(([name, column]) => [name, inferType(column as Entries)] as const));
  const known = ArrayBuffer.isView(entries) && typeOfArray(entries);
  if (known) return known;
  const row: readonly unknown[] = Array.from(entries);
  if (row.length === 0) throw unfit('an empty array does not tell its type: give `dtype`');
  const kinds = [...new Set(row.map((value) => (value === null ? 'null' : typeof value)))];
  if (kinds.length > 1) throw unfit(`values of several kinds: ${kinds.join(', ')}`);
  const [first] = row;
  if (typeof first === 'number') return floatType('binary64');
  if (typeof first === 'boolean') return booleanType;
  if (typeof first === 'string') return textType;
  if (typeof first === 'bigint') return integerType(!(row as readonly bigint[]).some((value) => value >= MOST_BYTES), 8);
  if (typeof first === 'object' && first !== null) return inferObjects(row as readonly object[]);
  throw unfit(`${shown(first)} has no type in HDF5`);
}

/** Of sequences or records. */
function inferObjects(row: readonly object[]): Hdf5Type {
  const [first] = row;
  if (isRow(first)) return vlenType(inferType((row.find((one) => isRow(one) && one.length > 0) as Entries | undefined) ?? first));
  if (first instanceof Hdf5Reference && first.kind === 'object') return referenceType;
  const names = Object.keys(first!);
  if (names.length === 0) throw unfit(`${shown(first)} has no members`);
  return compoundType(names.map((name) => [name, inferType(row.map((record) => (record as Record<string, unknown>)[name]))] as const));
}
