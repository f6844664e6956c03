/**
 * Values in a row, however they are given.
 *
 * @module
 */
import { MOST_AXES } from '../../values/checks.ts';
import { complexParts } from '../../values/complex.ts';
import { Hdf5Reference } from '../../values/reference.ts';
import type { Hdf5Type } from '../../values/type.ts';
import { countOf, widthOf } from '../encode/count.ts';
import { tagOf } from '../encode/numbers.ts';
import { shown, unfit } from '../encode/unfit.ts';
import { isRow, type Entries } from '../encode/writer.ts';

/** What can be given: one value, values in a row (also rows of rows), a record, records in a row, or columns by name. */
export type Hdf5Data =
  | number
  | bigint
  | boolean
  | string
  | null
  | ArrayBufferView
  | Hdf5Reference
  | readonly unknown[]
  | { readonly [member: string]: unknown };

/** Values in a row, and how many along each axis. */
export interface Laid {
  readonly entries: Entries;
  /** `[]`: one value. */
  readonly shape: readonly number[];
}

/** Classes whose values may be rows or records themselves. */
const nesting = new Set<string>(['vlen', 'compound', 'reference', 'opaque']);

/**
 * Lays values in a row: one value is a row of one, rows of rows are laid one behind the other.
 *
 * @param type what they are, where it is told: rows within sequences and records are left as they are
 * @throws CloudError `InvalidArgument`
 */
export function layOut(data: Hdf5Data, type?: Hdf5Type): Laid {
  if (data === null || data === undefined)
    throw unfit('there is nothing to write; datasets and attributes without a dataspace are read, but cannot be made');
  const { class: kind } = type ?? {};
  if (isRow(data)) {
    const isOne = (kind === 'opaque' && tagOf(data) === 'Uint8Array') || (kind === 'vlen' && data.length > 0 && !isRow(data[0]));
    return isOne ? { entries: [data], shape: [] } : layRow(data, type);
  }
  if (ArrayBuffer.isView(data)) throw unfit(`a ${tagOf(data)} has no values: give a typed array`);
  if (typeof data !== 'object' || kind === 'reference' || data instanceof Hdf5Reference) return { entries: [data], shape: [] };
  // columns by name, where each of them is a row; else one record
  const values = Object.values(data);
  if (values.length === 0 || !values.every(isRow)) return { entries: [data], shape: [] };
  return { entries: data, shape: [values[0]!.length] };
}

function layRow(row: ArrayLike<unknown>, type: Hdf5Type | undefined): Laid {
  const isNested = type ? isRow(row[0]) && !(nesting.has(type.class) && !complexParts(type)) : Array.isArray(row[0]);
  if (!isNested) return { entries: row, shape: [row.length] };
  const rows = Array.from(row, (one) => layOut(one as Hdf5Data, type));
  const { shape } = rows[0]!;
  if (!rows.every((one) => one.shape.length === shape.length && one.shape.every((extent, axis) => extent === shape[axis])))
    throw unfit("rows differ in length: give a type, as 'vlen<f8>', or rows of one length");
  return { entries: rows.flatMap((one) => Array.from(one.entries as ArrayLike<unknown>)), shape: [rows.length, ...shape] };
}

/**
 * How many elements there are along each axis.
 *
 * @param wanted what is told of it
 * @throws CloudError `InvalidArgument` there are more values, or fewer
 */
export function shapeOf({ entries, shape }: Laid, type: Hdf5Type, wanted?: readonly number[]): number[] {
  const count = countOf(entries, type);
  if (wanted) {
    const size = checkedShape(wanted).reduce((product, extent) => product * extent, 1);
    if (size !== count) throw unfit(`${count} values for a shape of ${size}: [${wanted.join(', ')}]`);
    return [...wanted];
  }
  if (!isRow(entries)) return [count];
  // the last axes are within the elements
  const width = widthOf(type);
  const left = [...shape];
  for (let inner = 1; inner < width && left.length > 0;) {
    const extent = left.pop()!;
    if (inner * extent > width) left.push((inner * extent) / width);
    inner *= extent;
  }
  return left;
}

/** The same shape. @throws CloudError `InvalidArgument` it has no whole numbers, or more than 32 axes */
export function checkedShape(shape: readonly number[]): readonly number[] {
  if (Array.isArray(shape) && shape.length <= MOST_AXES && shape.every((extent) => Number.isSafeInteger(extent) && extent >= 0))
    return shape;
  throw unfit(`a shape is up to ${MOST_AXES} whole numbers, not ${shown(shape)}`);
}
