/**
 * Values of HDF5 files as plain ones, whatever their type was, and their texts.
 *
 * @module
 */
import { Hdf5Reference, type Hdf5Type, type Hdf5Value, type Hdf5Values } from '../hdf5.ts';

/** A complex number. */
export class Complex {
  readonly real: number;
  readonly imaginary: number;

  constructor(real: number, imaginary: number) {
    this.real = real;
    this.imaginary = imaginary;
  }
}

/** Numbers, texts, lists and records. */
export type Plain = number | bigint | boolean | string | null | Complex | readonly Plain[] | PlainRecord;

/** One element of a compound. */
export interface PlainRecord {
  readonly [member: string]: Plain;
}

/** What a reference is told by. */
export type NameOf = (reference: Hdf5Reference) => string;

const MOST_EXACT_DIGITS = 16;

/** A number of four bytes with as many digits as it needs: 0.1 and not 0.10000000149011612. */
function short(value: number): number {
  if (Number.isInteger(value) || Math.fround(value) !== value) return value;
  for (let digits = 6; digits < 9; digits++) {
    const rounded = Number(value.toPrecision(digits));
    if (Math.fround(rounded) === value) return rounded;
  }
  return Number(value.toPrecision(9));
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex');

const product = (numbers: readonly number[]): number => numbers.reduce((all, number) => all * number, 1);

/** How many entries of `values` an element takes. */
function widthOf(type: Hdf5Type, values: Hdf5Values): number {
  if (type.class === 'array') return product(type.shape) * widthOf(type.base, values);
  // h5py's complex numbers are compounds, and come as numbers
  return type.class === 'complex' || (type.class === 'compound' && ArrayBuffer.isView(values)) ? 2 : 1;
}

/** Some entries of values, which are flat. */
type Flat = ArrayLike<Hdf5Value>;

function nested(shape: readonly number[], element: (i: number) => Plain, from = 0): Plain {
  const [extent, ...rest] = shape;
  if (extent === undefined) return element(from);
  const each = product(rest);
  return Array.from({ length: extent }, (_, i) => nested(rest, element, from + i * each));
}

/** One element of a dataset's values. */
export function plainElement(type: Hdf5Type, values: Hdf5Values, i: number, nameOf: NameOf): Plain {
  const flat = values as unknown as Flat;
  if (type.class === 'array') return nested(type.shape, (k) => plainElement(type.base, values, i * product(type.shape) + k, nameOf));
  if (widthOf(type, values) === 2) {
    const part = (at: number): number => (values instanceof Float32Array ? short(values[at]!) : (flat[at] as number));
    return new Complex(part(2 * i), part(2 * i + 1));
  }
  return plainValue(type, flat[i]!, nameOf);
}

function enumName({ members }: Extract<Hdf5Type, { class: 'enum' }>, value: number | bigint): Plain {
  const name = members.find((member) => member.value === value)?.name;
  if (members.length === 2 && /^(TRUE|FALSE)$/.test(name ?? '')) return name === 'TRUE';
  return name ?? value;
}

/** A value of a type: of a member of a record, or of a scalar dataset. */
export function plainValue(type: Hdf5Type, value: Hdf5Value, nameOf: NameOf): Plain {
  if (value === null) return null;
  switch (type.class) {
    case 'float':
      return type.sizeBytes <= 4 ? short(value as number) : (value as number);
    case 'enum':
      return typeof value === 'boolean' ? value : enumName(type, value as number | bigint);
    case 'array':
    case 'complex':
      return plainElement(type, value as Hdf5Values, 0, nameOf);
    case 'vlen': {
      const values = value as Hdf5Values & Flat;
      return Array.from({ length: values.length / widthOf(type.base, values) }, (_, i) => plainElement(type.base, values, i, nameOf));
    }
    case 'compound': {
      if (ArrayBuffer.isView(value)) return plainElement(type, value, 0, nameOf);
      const record = value as Record<string, Hdf5Value>;
      return Object.fromEntries(type.members.map((member) => [member.name, plainValue(member.type, record[member.name]!, nameOf)]));
    }
    case 'opaque':
      return hex(value as Uint8Array);
    case 'reference':
      return nameOf(value as Hdf5Reference);
    case 'integer':
    case 'time':
    case 'string':
    case 'vlen-string':
    case 'bitfield':
      return value as Plain;
  }
}

/** A value of which no type is known: an attribute's. */
export function plainOf(value: Hdf5Value | Hdf5Values, nameOf: NameOf): Plain {
  if (typeof value === 'number') return String(value).replace(/\D/g, '').length >= MOST_EXACT_DIGITS ? short(value) : value;
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Hdf5Reference) return nameOf(value);
  if (value instanceof Float32Array) return Array.from(value, short);
  if (ArrayBuffer.isView(value)) return Array.from(value as ArrayLike<number | bigint>);
  if (Array.isArray(value)) return (value as (Hdf5Value | Hdf5Values)[]).map((one) => plainOf(one, nameOf));
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, plainOf(inner, nameOf)]));
}

/** All references in a value. */
export function* referencesIn(value: unknown): Generator<Hdf5Reference, void, undefined> {
  if (value instanceof Hdf5Reference) yield value;
  else if (typeof value === 'object' && value !== null && !ArrayBuffer.isView(value))
    for (const inner of Object.values(value)) yield* referencesIn(inner);
}

/** What tells one reference from another, and stands for those that are not followed. */
export const keyOf = ({ kind, bytes }: Hdf5Reference): string => `${kind}:${hex(bytes)}`;
