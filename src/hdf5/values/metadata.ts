/**
 * What h5wasm tells of a type.
 *
 * @module
 */
import { Hdf5Error, UnsupportedTypeError } from '../errors.ts';
import { floatLayouts } from './float-layouts.ts';
import { checkedArray, checkedCompound, MOST_NESTED } from './checks.ts';
import type { Hdf5CompoundMember, Hdf5FloatType, Hdf5IntegerType, Hdf5ReferenceType, Hdf5Type } from './type.ts';

/** What h5wasm 0.10.3 tells of a type, as far as it is needed. */
export interface H5TypeMetadata {
  /** The class of the type, as HDF5 numbers them. */
  type: number;
  /** Bytes of one element in the library's memory. */
  size: number;
  signed: boolean;
  /** Whether the order of the whole is little: false too where there is none, or several. */
  littleEndian: boolean;
  /** Whether it is a text of any length. */
  vlen: boolean;
  cset?: number;
  strpad?: number;
  compound_type?: { members: (H5TypeMetadata & { name: string; offset: number })[] };
  array_type?: H5TypeMetadata & { shape: number[] | null };
  vlen_type?: H5TypeMetadata;
  enum_type?: { members: Record<string, number> };
  ref_type?: 'object' | 'region';
}

/** What it tells of a dataset or an attribute. */
export interface H5Metadata extends H5TypeMetadata {
  /** `null` where there are no values at all. */
  shape: number[] | null;
  /** The number of elements. */
  total_size: number;
}

const paddings = ['null-terminated', 'null-padded', 'space-padded'] as const;

/** HDF5's numbers of classes. */
const INTEGER = 0;
const FLOAT = 1;
const TIME = 2;
const STRING = 3;
const BITFIELD = 4;
const OPAQUE = 5;
const COMPOUND = 6;
const REFERENCE = 7;
const ENUM = 8;
const VLEN = 9;
const ARRAY = 10;
const COMPLEX = 11;

/**
 * The type as h5wasm tells it, with sizes as in its memory and byte orders as in the file. It tells less than the file: that all bits of a
 * whole number are used, that a float of 2 bytes is a float16 and one of 16 has the 80 bits of an x87, is assumed; values of enums are cut
 * to 32 bits; tags of opaque types are empty.
 *
 * @throws Hdf5Error it contradicts itself; UnsupportedTypeError a class, or a float's size, of which nothing is known
 */
export function typeOfMetadata(metadata: H5TypeMetadata): Hdf5Type {
  return typeOf(metadata, 0);
}

function typeOf(metadata: H5TypeMetadata, depth: number): Hdf5Type {
  const { type, size: sizeBytes, littleEndian, cset, strpad } = metadata;
  if (depth > MOST_NESTED) throw new Hdf5Error('A type is nested too deep');
  const byteOrder = littleEndian ? 'little' : 'big';
  const all = { precisionBits: sizeBytes * 8, offsetBits: 0 };
  switch (type) {
    case INTEGER:
      return integerOf(metadata);
    case FLOAT:
      return floatOf(sizeBytes, byteOrder);
    case TIME:
      return { class: 'time', sizeBytes, byteOrder, precisionBits: all.precisionBits };
    case STRING: {
      const text = { sizeBytes, padding: paddings[strpad ?? 0] ?? paddings[0], charset: cset === 0 ? 'ascii' : 'utf-8' } as const;
      if (!metadata.vlen) return { class: 'string', ...text };
      return { class: 'vlen-string', ...text, base: unitOf(littleEndian, text) };
    }
    case BITFIELD:
      return { class: 'bitfield', sizeBytes, byteOrder, ...all };
    case OPAQUE:
      return { class: 'opaque', sizeBytes, tag: '' };
    case COMPOUND:
      return checkedCompound({ class: 'compound', sizeBytes, members: membersOf(metadata, depth) });
    case REFERENCE:
      return referenceOf(metadata);
    case ENUM: {
      const members = Object.entries(metadata.enum_type?.members ?? {}).map(([name, value]) => ({
        name,
        value: sizeBytes > 4 ? BigInt(value) : value,
      }));
      return { class: 'enum', sizeBytes, base: integerOf(metadata), members };
    }
    case VLEN:
      return { class: 'vlen', sizeBytes, base: typeOf(given(metadata.vlen_type), depth + 1) };
    case ARRAY: {
      const base = given(metadata.array_type);
      return checkedArray({ class: 'array', sizeBytes, shape: base.shape ?? [], base: typeOf(base, depth + 1) });
    }
    case COMPLEX:
      return { class: 'complex', sizeBytes, base: floatOf(sizeBytes / 2, byteOrder) };
    default:
      throw new UnsupportedTypeError(`Types of class ${type}`);
  }
}

function given<T extends H5TypeMetadata>(metadata: T | undefined): T {
  if (!metadata) throw new Hdf5Error('Of a type it is not told what it is made of');
  return metadata;
}

function integerOf({ size, signed, littleEndian }: H5TypeMetadata): Hdf5IntegerType {
  const byteOrder = littleEndian ? 'little' : 'big';
  return { class: 'integer', sizeBytes: size, byteOrder, signed, precisionBits: size * 8, offsetBits: 0 };
}

function floatOf(sizeBytes: number, byteOrder: 'little' | 'big'): Hdf5FloatType {
  const { binary16, binary32, binary64, x87 } = floatLayouts;
  const layout = [binary16, binary32, binary64, x87].find((one) => one.sizeBytes === sizeBytes);
  if (!layout) throw new UnsupportedTypeError(`Floating-point numbers of ${sizeBytes} bytes`);
  return { class: 'float', byteOrder, ...layout };
}

/** What one byte of a text is: a number where an order of bytes is told, else a text. */
function unitOf(hasOrder: boolean, text: { padding: (typeof paddings)[number]; charset: 'ascii' | 'utf-8' }): Hdf5Type {
  if (hasOrder) return { class: 'integer', sizeBytes: 1, byteOrder: 'little', signed: false, precisionBits: 8, offsetBits: 0 };
  return { class: 'string', ...text, sizeBytes: 1 };
}

function membersOf({ compound_type: compound }: H5TypeMetadata, depth: number): Hdf5CompoundMember[] {
  return (compound?.members ?? []).map((member) => ({ name: member.name, offsetBytes: member.offset, type: typeOf(member, depth + 1) }));
}

/** References of HDF5 1.12 are larger, and h5wasm calls all of them regions. */
function referenceOf({ size: sizeBytes, ref_type: kind }: H5TypeMetadata): Hdf5ReferenceType {
  const revised = sizeBytes > 12;
  return { class: 'reference', sizeBytes, kind: revised ? 'any' : (kind ?? 'object'), revised };
}
