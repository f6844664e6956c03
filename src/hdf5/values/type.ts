/**
 * Types of HDF5 values, and what values of each are in JavaScript. Types only, no code. Source: the HDF5 File Format Specification, version
 * 4.0, section IV.A.2.d, *The Datatype Message*.
 *
 * @module
 */
import type { Hdf5Reference } from './reference.ts';

/** How the bytes of a number follow one another; `vax`: words of 16 bits, the highest first, each with its lowest byte first. */
export type Hdf5ByteOrder = 'little' | 'big' | 'vax';

/** Whole numbers. Bits are numbered from the lowest. */
export interface Hdf5IntegerType {
  readonly class: 'integer';
  /** Bytes of one value. */
  readonly sizeBytes: number;
  readonly byteOrder: 'little' | 'big';
  /** Whether the highest used bit is the sign, in two's complement. */
  readonly signed: boolean;
  /** How many bits are used; the others are padding. */
  readonly precisionBits: number;
  /** The lowest used bit. */
  readonly offsetBits: number;
}

/** Floating-point numbers of any layout. Bits are numbered from the lowest. */
export interface Hdf5FloatType {
  readonly class: 'float';
  readonly sizeBytes: number;
  readonly byteOrder: Hdf5ByteOrder;
  readonly precisionBits: number;
  readonly offsetBits: number;
  /** The bit of the sign. */
  readonly signAt: number;
  /** The lowest bit of the exponent. */
  readonly exponentAt: number;
  readonly exponentBits: number;
  readonly exponentBias: number;
  /** The lowest bit of the mantissa. */
  readonly mantissaAt: number;
  readonly mantissaBits: number;
  /** The mantissa's highest bit: `implied` is 1 and not stored, `set` is 1 and stored, `none` is stored and may be 0. */
  readonly normalisation: 'none' | 'set' | 'implied';
}

/** Dates and times: whole numbers, by custom seconds since 1970. */
export interface Hdf5TimeType {
  readonly class: 'time';
  readonly sizeBytes: number;
  readonly byteOrder: 'little' | 'big';
  readonly precisionBits: number;
}

/** Texts of a fixed number of bytes. */
export interface Hdf5StringType {
  readonly class: 'string';
  readonly sizeBytes: number;
  readonly padding: 'null-terminated' | 'null-padded' | 'space-padded';
  readonly charset: 'ascii' | 'utf-8';
}

/** Texts of any length. */
export interface Hdf5VlenStringType {
  readonly class: 'vlen-string';
  /** Bytes of what stands for one text: 16 in most files, 4 in the library's memory. */
  readonly sizeBytes: number;
  readonly padding: 'null-terminated' | 'null-padded' | 'space-padded';
  readonly charset: 'ascii' | 'utf-8';
  /** Of what one byte of the text is said to be. */
  readonly base: Hdf5Type;
}

/** Bits, read as an unsigned whole number. */
export interface Hdf5BitfieldType {
  readonly class: 'bitfield';
  readonly sizeBytes: number;
  readonly byteOrder: 'little' | 'big';
  readonly precisionBits: number;
  readonly offsetBits: number;
}

/** Bytes of which HDF5 knows nothing. */
export interface Hdf5OpaqueType {
  readonly class: 'opaque';
  readonly sizeBytes: number;
  /** What they are said to be; empty when nothing is said. */
  readonly tag: string;
}

/** One member of a compound. */
export interface Hdf5CompoundMember {
  readonly name: string;
  /** Where it begins in an element. */
  readonly offsetBytes: number;
  readonly type: Hdf5Type;
}

/** Several values of different types. */
export interface Hdf5CompoundType {
  readonly class: 'compound';
  readonly sizeBytes: number;
  /** At least one; names differ, places do not overlap. */
  readonly members: readonly Hdf5CompoundMember[];
}

/** Complex numbers as HDF5 2.0 has them: real part, imaginary part. */
export interface Hdf5ComplexType {
  readonly class: 'complex';
  readonly sizeBytes: number;
  /** Of one part. */
  readonly base: Hdf5FloatType;
}

/** What points to an object, to a selection of a dataset's elements, or to an attribute. */
export interface Hdf5ReferenceType {
  readonly class: 'reference';
  readonly sizeBytes: number;
  /** `any`: each value says it itself. */
  readonly kind: 'object' | 'region' | 'attribute' | 'any';
  /** Whether it is one of those that HDF5 1.12 brought, which may point into other files. */
  readonly revised: boolean;
}

/** One name of an enum. */
export interface Hdf5EnumMember {
  readonly name: string;
  /** A bigint where the base type has more than 4 bytes. */
  readonly value: number | bigint;
}

/** Whole numbers that have names. */
export interface Hdf5EnumType {
  readonly class: 'enum';
  readonly sizeBytes: number;
  readonly base: Hdf5IntegerType;
  readonly members: readonly Hdf5EnumMember[];
}

/** A fixed number of values of one type. */
export interface Hdf5ArrayType {
  readonly class: 'array';
  readonly sizeBytes: number;
  /** Values along each axis, the last one running fastest. */
  readonly shape: readonly number[];
  readonly base: Hdf5Type;
}

/** Any number of values of one type. */
export interface Hdf5VlenType {
  readonly class: 'vlen';
  /** Bytes of what stands for one sequence: 16 in most files, 8 in the library's memory. */
  readonly sizeBytes: number;
  readonly base: Hdf5Type;
}

/**
 * The type of a dataset's elements or of an attribute. `class` tells which it is.
 *
 * @example
 * const { type } = await file.dataset('/table')
 * if (type.class === 'compound') console.log(type.members.map((member) => member.name))
 */
export type Hdf5Type =
  | Hdf5IntegerType
  | Hdf5FloatType
  | Hdf5TimeType
  | Hdf5StringType
  | Hdf5VlenStringType
  | Hdf5BitfieldType
  | Hdf5OpaqueType
  | Hdf5CompoundType
  | Hdf5ComplexType
  | Hdf5ReferenceType
  | Hdf5EnumType
  | Hdf5ArrayType
  | Hdf5VlenType;

/** Numbers, one after the other. */
export type Hdf5Numbers =
  | Int8Array<ArrayBuffer>
  | Uint8Array<ArrayBuffer>
  | Int16Array<ArrayBuffer>
  | Uint16Array<ArrayBuffer>
  | Int32Array<ArrayBuffer>
  | Uint32Array<ArrayBuffer>
  | BigInt64Array<ArrayBuffer>
  | BigUint64Array<ArrayBuffer>
  | Float32Array<ArrayBuffer>
  | Float64Array<ArrayBuffer>;

/** One element of a compound: its members by name, in the order of the type. */
export interface Hdf5Record {
  [member: string]: Hdf5Value;
}

/** All elements of a compound: by name, the values that they have there. */
export interface Hdf5Columns {
  [member: string]: Hdf5Values;
}

/**
 * Values of several elements, flat, the last axis running fastest.
 *
 * - Whole numbers, enums, bits and times of up to 4 bytes: the typed array that holds them (3 bytes in one of 4); of 5 to 8 bytes:
 *   `BigInt64Array` or `BigUint64Array`; longer: `bigint[]`.
 * - Floats: `Float32Array` where it holds each value exactly (float16 and bfloat16 too), else `Float64Array`, rounded to nearest, ties to
 *   even.
 * - Complex numbers: one such array, real and imaginary parts in turn.
 * - Texts: `string[]`, to the first NUL; bytes that are not UTF-8 are U+FFFD.
 * - Opaque values: `Uint8Array[]`. References: {@link Hdf5Reference}, `null` where they point nowhere.
 * - Compounds: {@link Hdf5Record} each, or {@link Hdf5Columns} on request.
 * - Arrays: the values of all of them, flat. Sequences of any length: the values of each of them.
 */
export type Hdf5Values =
  | Hdf5Numbers
  | bigint[]
  | string[]
  | Uint8Array<ArrayBuffer>[]
  | (Hdf5Reference | null)[]
  | Hdf5Record[]
  | Hdf5Columns
  | Hdf5Values[];

/**
 * The value of one element: as in {@link Hdf5Values}, one of them. Arrays and complex numbers are a flat array of their own; h5py's `bool`,
 * an enum of `FALSE` and `TRUE`, is a boolean. `null`: a reference that points nowhere, or a dataset or an attribute without values.
 */
export type Hdf5Value = number | bigint | boolean | string | null | Hdf5Reference | Hdf5Record | Hdf5Values;
