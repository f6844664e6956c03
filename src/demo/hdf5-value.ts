/**
 * Values of HDF5 files as text, and as numbers that can be drawn.
 *
 * @module
 */
import type { Hdf5Columns, Hdf5Type, Hdf5Values } from '../hdf5.ts';
import { Hdf5Reference } from '../worker.ts';
import type { ArrayDataset } from './array-file.ts';
import { numberText } from './number-text.ts';

const mostEntries = 24;

/** Any value as a text of no great length. */
export function valueText(value: unknown): string {
  if (value === null || value === undefined) return 'none';
  if (typeof value === 'string') return value;
  if (value instanceof Hdf5Reference) return `reference to ${value.kind === 'object' ? 'an object' : 'a region'}`;
  if (typeof value === 'number') return numberText(value);
  if (typeof value === 'object') {
    const isList = Array.isArray(value) || ArrayBuffer.isView(value);
    const entries = isList ? Array.from(value as ArrayLike<unknown>) : Object.entries(value);
    const shown = entries
      .slice(0, mostEntries)
      .map((entry) => (isList ? quoted(entry) : `${(entry as [string])[0]}: ${quoted((entry as [string, unknown])[1])}`));
    if (entries.length > mostEntries) shown.push(`… ${entries.length} in all`);
    return isList ? `[${shown.join(', ')}]` : `{${shown.join(', ')}}`;
  }
  return typeof value === 'bigint' || typeof value === 'boolean' ? String(value) : 'unknown';
}

const quoted = (value: unknown): string => (typeof value === 'string' ? JSON.stringify(value) : valueText(value));

/** What of each element is drawn. */
export interface Part {
  readonly name: string;
  /** Numbers, one for each element. */
  take(values: Hdf5Values): ArrayLike<number>;
}

/** Whether values are numbers. */
export const isNumeric = (type: Hdf5Type): boolean => /^(integer|float|enum|bitfield|time)$/.test(type.class);

const numbers = (values: Hdf5Values): ArrayLike<number> =>
  ArrayBuffer.isView(values) && !(values instanceof BigInt64Array || values instanceof BigUint64Array)
    ? values
    : Float64Array.from(values as ArrayLike<number | bigint>, Number);

/** Of interleaved real and imaginary parts. */
const complex = (of: (real: number, imaginary: number) => number) => (values: Hdf5Values) => {
  const flat = values as Float64Array;
  return Float64Array.from({ length: flat.length / 2 }, (_, i) => of(flat[2 * i]!, flat[2 * i + 1]!));
};

/** The parts of a dataset's elements that can be drawn, the first one unless said; none for texts and the like. */
export function partsOf({ type, dtype }: ArrayDataset): Part[] {
  if (/c(8|16)$|^complex\d/.test(dtype) && dtype !== 'compound')
    return [
      { name: 'absolute value', take: complex(Math.hypot) },
      { name: 'real part', take: complex((real) => real) },
      { name: 'imaginary part', take: complex((_, imaginary) => imaginary) },
    ];
  if (isNumeric(type)) return [{ name: 'value', take: numbers }];
  if (type.class !== 'compound') return [];
  return type.members
    .filter((member) => isNumeric(member.type))
    .map(({ name }) => ({ name, take: (values) => numbers((values as unknown as Record<string, Hdf5Values>)[name]!) }));
}

/** Whether values come as pairs of real and imaginary parts: so do those of h5py, whose type is a compound. */
const isComplex = (type: Hdf5Type, values: Hdf5Values): boolean =>
  type.class === 'complex' || (type.class === 'compound' && ArrayBuffer.isView(values));

function widthOf(type: Hdf5Type, values: Hdf5Values): number {
  if (type.class === 'array') return type.shape.reduce((product, extent) => product * extent, widthOf(type.base, values));
  return isComplex(type, values) ? 2 : 1;
}

/** One element as text. */
export function elementText(type: Hdf5Type, values: Hdf5Values, i: number): string {
  const width = widthOf(type, values);
  const flat = values as ArrayLike<unknown> & { slice(from: number, to: number): unknown };
  if (type.class === 'array') return valueText(flat.slice(i * width, (i + 1) * width));
  if (width === 2) return `${valueText(flat[2 * i])} + ${valueText(flat[2 * i + 1])} i`;
  if (type.class === 'compound' && !Array.isArray(values)) {
    const columns = values as Hdf5Columns;
    return `{${type.members.map(({ name, type: its }) => `${name}: ${elementText(its, columns[name]!, i)}`).join(', ')}}`;
  }
  const value = flat[i];
  if (type.class === 'enum') return type.members.find((member) => member.value === value)?.name ?? String(value);
  return valueText(value);
}
