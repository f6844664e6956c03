/**
 * The datatype message of a type; the other way round of `values/datatype-message.ts`. Source: the HDF5 File Format Specification, version 4.0,
 * section IV.A.2.d.
 *
 * @module
 */
import { UnsupportedTypeError } from '../../errors.ts';
import type { Hdf5FloatType, Hdf5Type } from '../../values/type.ts';

/** Numbers of classes. */
const classes = {
  integer: 0,
  float: 1,
  time: 2,
  string: 3,
  bitfield: 4,
  opaque: 5,
  compound: 6,
  reference: 7,
  enum: 8,
  vlen: 9,
  'vlen-string': 9,
  array: 10,
  complex: 11,
} as const;

const paddings = { 'null-terminated': 0, 'null-padded': 1, 'space-padded': 2 } as const;
const charsets = { ascii: 0, 'utf-8': 1 } as const;
const references = { object: 0, region: 1 } as const;

/** The version that packs names and places; the simplest classes are the same in all. */
const SIMPLE = 1;
const PACKED = 3;
/** Brought complex numbers. */
const COMPLEX = 5;

const encoder = (): TextEncoder => new TextEncoder();

/** Little-endian. */
function bytesOf(value: number | bigint, size: number): number[] {
  const bytes: number[] = [];
  for (let rest = BigInt.asUintN(64, BigInt(value)), left = size; left > 0; left--, rest >>= 8n) bytes.push(Number(rest & 0xffn));
  return bytes;
}

const head = (type: Hdf5Type, version: number, flags: number): number[] => [
  version * 16 + classes[type.class],
  ...bytesOf(flags, 3),
  ...bytesOf(type.sizeBytes, 4),
];

const orderFlag = (order: string): number => (order === 'big' ? 1 : 0);

function floatMessage(type: Hdf5FloatType): number[] {
  const { byteOrder, signAt, normalisation } = type;
  const order = byteOrder === 'vax' ? 0x41 : orderFlag(byteOrder);
  const flags = order + { none: 0, set: 1, implied: 2 }[normalisation] * 16 + signAt * 256;
  return [
    ...head(type, byteOrder === 'vax' ? PACKED : SIMPLE, flags),
    ...bytesOf(type.offsetBits, 2),
    ...bytesOf(type.precisionBits, 2),
    type.exponentAt,
    type.exponentBits,
    type.mantissaAt,
    type.mantissaBits,
    ...bytesOf(type.exponentBias, 4),
  ];
}

const nameOf = (name: string): number[] => [...encoder().encode(name), 0];

function message(type: Hdf5Type): number[] {
  switch (type.class) {
    case 'integer': {
      const flags = orderFlag(type.byteOrder) + (type.signed ? 8 : 0);
      return [...head(type, SIMPLE, flags), ...bytesOf(type.offsetBits, 2), ...bytesOf(type.precisionBits, 2)];
    }
    case 'bitfield':
      return [...head(type, SIMPLE, orderFlag(type.byteOrder)), ...bytesOf(type.offsetBits, 2), ...bytesOf(type.precisionBits, 2)];
    case 'time':
      return [...head(type, SIMPLE, orderFlag(type.byteOrder)), ...bytesOf(type.precisionBits, 2)];
    case 'float':
      return floatMessage(type);
    case 'string':
      return head(type, SIMPLE, paddings[type.padding] + charsets[type.charset] * 16);
    case 'opaque': {
      const tag = encoder().encode(type.tag);
      // filled up to a multiple of 8, and so is its length told
      const padded = [...tag, ...bytesOf(0, (8 - (tag.length % 8)) % 8)];
      return [...head(type, SIMPLE, padded.length), ...padded];
    }
    case 'compound': {
      const size = type.sizeBytes < 0x100 ? 1 : type.sizeBytes < 0x1_0000 ? 2 : type.sizeBytes < 0x100_0000 ? 3 : 4;
      const members = type.members.flatMap((member) => [
        ...nameOf(member.name),
        ...bytesOf(member.offsetBytes, size),
        ...message(member.type),
      ]);
      return [...head(type, PACKED, type.members.length), ...members];
    }
    case 'reference':
      if (type.kind !== 'object' && type.kind !== 'region') break;
      return head(type, SIMPLE, references[type.kind]);
    case 'enum': {
      const names = type.members.flatMap(({ name }) => nameOf(name));
      const values = type.members.flatMap(({ value }) => {
        const bytes = bytesOf(value, type.sizeBytes);
        return type.base.byteOrder === 'big' ? bytes.reverse() : bytes;
      });
      return [...head(type, PACKED, type.members.length), ...message(type.base), ...names, ...values];
    }
    case 'vlen':
      return [...head(type, SIMPLE, 0), ...message(type.base)];
    case 'vlen-string':
      return [...head(type, SIMPLE, 1 + paddings[type.padding] * 16 + charsets[type.charset] * 256), ...message(type.base)];
    case 'array':
      return [...head(type, PACKED, 0), type.shape.length, ...type.shape.flatMap((extent) => bytesOf(extent, 4)), ...message(type.base)];
    case 'complex':
      return [...head(type, COMPLEX, 1), ...message(type.base)];
  }
  throw new UnsupportedTypeError('references of HDF5 1.12 cannot be written');
}

/**
 * The datatype message of a type.
 *
 * @param type as the file has it
 * @throws UnsupportedTypeError it cannot be told
 */
export const datatypeMessage = (type: Hdf5Type): Uint8Array => Uint8Array.from(message(type));
