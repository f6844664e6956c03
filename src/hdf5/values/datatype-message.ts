/**
 * Datatype messages. Source: the HDF5 File Format Specification, version 4.0, section IV.A.2.d, *The Datatype Message*; complex numbers,
 * class 11 of version 5, are those of HDF5 2.0.
 *
 * @module
 */
import { Hdf5Error, UnsupportedTypeError } from '../errors.ts';
import { checkBits, checkedArray, checkedCompound, checkedFloat, MOST_AXES, MOST_NESTED } from './checks.ts';
import { integerReader } from './integers.ts';
import { MessageCursor } from './message-cursor.ts';
import { sourceOf } from './source.ts';
import type {
  Hdf5ArrayType,
  Hdf5CompoundMember,
  Hdf5EnumMember,
  Hdf5FloatType,
  Hdf5IntegerType,
  Hdf5ReferenceType,
  Hdf5Type,
} from './type.ts';

/** What all messages begin with. */
interface Head {
  version: number;
  /** The 24 bits whose meaning is the class's. */
  flags: number;
  sizeBytes: number;
}

type ParseClass = (cursor: MessageCursor, head: Head, depth: number) => Hdf5Type;

const NEWEST_VERSION = 5;

/** Since that version names are not padded, and offsets are as short as they can be. */
const PACKED_VERSION = 3;

const paddings = ['null-terminated', 'null-padded', 'space-padded'] as const;
const normalisations = ['none', 'set', 'implied'] as const;

/** By class. */
const parsers: readonly ParseClass[] = [
  integerOf,
  floatOf,
  (cursor, { flags, sizeBytes }) => {
    const precisionBits = cursor.u16();
    checkBits(sizeBytes, 0, precisionBits);
    return { class: 'time', sizeBytes, byteOrder: orderOf(flags), precisionBits };
  },
  (_, { flags, sizeBytes }) => ({ class: 'string', sizeBytes, ...textOf(flags, flags >>> 4) }),
  (cursor, { flags, sizeBytes }) => ({ class: 'bitfield', sizeBytes, byteOrder: orderOf(flags), ...bitsOf(cursor, sizeBytes) }),
  (cursor, { flags, sizeBytes }) => ({ class: 'opaque', sizeBytes, tag: cursor.fixedText(flags & 0xff) }),
  compoundOf,
  (_, head) => referenceOf(head),
  enumOf,
  (cursor, { flags, sizeBytes }, depth) => {
    const base = parse(cursor, depth + 1);
    const kind = flags & 0xf;
    if (kind > 1) throw new UnsupportedTypeError(`Values of variable length of kind ${kind}`);
    return kind === 0 ? { class: 'vlen', sizeBytes, base } : { class: 'vlen-string', sizeBytes, ...textOf(flags >>> 4, flags >>> 8), base };
  },
  arrayOf,
  (cursor, { flags, sizeBytes }, depth) => {
    const base = parse(cursor, depth + 1);
    // of what the format leaves room for there is only: both parts of one type, real and imaginary
    if (!(flags & 1) || (flags & 6) !== 0 || base.class !== 'float') throw new UnsupportedTypeError('Complex numbers of that kind');
    if (sizeBytes !== 2 * base.sizeBytes) throw new Hdf5Error('A complex number has another size than its parts');
    return { class: 'complex', sizeBytes, base };
  },
];

/**
 * The type that a datatype message says, of versions 1 to 5.
 *
 * @param bytes the message, without the header that messages have
 * @param at where it begins in them
 * @returns the type, and where the message ends
 * @throws Hdf5Error it contradicts the format; UnsupportedTypeError of a version or a class that the format did not have
 */
export function parseDatatype(bytes: Uint8Array, at = 0): { type: Hdf5Type; end: number } {
  const cursor = new MessageCursor(bytes, at);
  return { type: parse(cursor, 0), end: cursor.at };
}

function parse(cursor: MessageCursor, depth: number): Hdf5Type {
  if (depth > MOST_NESTED) throw new Hdf5Error('A type is nested too deep');
  const first = cursor.u8();
  const version = first >>> 4;
  const head: Head = { version, flags: cursor.uint(3), sizeBytes: cursor.u32() };
  if (version < 1) throw new Hdf5Error('A datatype has no version');
  if (version > NEWEST_VERSION) throw new UnsupportedTypeError(`Datatypes of version ${version}`);
  if (head.sizeBytes === 0) throw new Hdf5Error('A type whose values have no bytes');
  const parseClass = parsers[first & 0xf];
  if (!parseClass) throw new UnsupportedTypeError(`Datatypes of class ${first & 0xf}`);
  return parseClass(cursor, head, depth);
}

const orderOf = (flags: number): 'little' | 'big' => (flags & 1 ? 'big' : 'little');

function bitsOf(cursor: MessageCursor, sizeBytes: number): { offsetBits: number; precisionBits: number } {
  const offsetBits = cursor.u16();
  const precisionBits = cursor.u16();
  checkBits(sizeBytes, offsetBits, precisionBits);
  return { offsetBits, precisionBits };
}

function textOf(padding: number, charset: number): { padding: (typeof paddings)[number]; charset: 'ascii' | 'utf-8' } {
  return { padding: paddings[padding & 0xf] ?? 'null-terminated', charset: (charset & 0xf) === 0 ? 'ascii' : 'utf-8' };
}

function integerOf(cursor: MessageCursor, { flags, sizeBytes }: Head): Hdf5IntegerType {
  return { class: 'integer', sizeBytes, byteOrder: orderOf(flags), signed: (flags & 8) !== 0, ...bitsOf(cursor, sizeBytes) };
}

function floatOf(cursor: MessageCursor, { flags, sizeBytes }: Head): Hdf5FloatType {
  const isVax = (flags & 0x40) !== 0;
  const normalisation = normalisations[(flags >>> 4) & 3];
  if (!normalisation) throw new Hdf5Error('A floating-point number is normalised in no known way');
  const { offsetBits, precisionBits } = bitsOf(cursor, sizeBytes);
  const [exponentAt, exponentBits, mantissaAt, mantissaBits] = [cursor.u8(), cursor.u8(), cursor.u8(), cursor.u8()];
  return checkedFloat({
    class: 'float',
    sizeBytes,
    byteOrder: isVax ? 'vax' : orderOf(flags),
    precisionBits,
    offsetBits,
    signAt: (flags >>> 8) & 0xff,
    exponentAt,
    exponentBits,
    exponentBias: cursor.u32(),
    mantissaAt,
    mantissaBits,
    normalisation,
  });
}

function compoundOf(cursor: MessageCursor, { version, flags, sizeBytes }: Head, depth: number): Hdf5Type {
  const offsetBytes = sizeBytes < 0x100 ? 1 : sizeBytes < 0x1_0000 ? 2 : sizeBytes < 0x100_0000 ? 3 : 4;
  const members: Hdf5CompoundMember[] = [];
  for (let left = flags & 0xffff; left > 0; left--) {
    const name = cursor.text(version < PACKED_VERSION ? 8 : 1);
    const at = cursor.uint(version < PACKED_VERSION ? 4 : offsetBytes);
    const shape = version === 1 ? memberShape(cursor) : [];
    const type = parse(cursor, depth + 1);
    members.push({ name, offsetBytes: at, type: shape.length > 0 ? arrayType(shape, type) : type });
  }
  return checkedCompound({ class: 'compound', sizeBytes, members });
}

/** Version 1 has arrays as members only: how many axes, three reserved bytes, a permutation, four reserved bytes, four lengths. */
function memberShape(cursor: MessageCursor): number[] {
  const axes = cursor.u8();
  if (axes > 4) throw new Hdf5Error(`A member of ${axes} axes`);
  cursor.skip(11);
  return [cursor.u32(), cursor.u32(), cursor.u32(), cursor.u32()].slice(0, axes);
}

function arrayType(shape: readonly number[], base: Hdf5Type): Hdf5ArrayType {
  return checkedArray({ class: 'array', sizeBytes: shape.reduce((product, length) => product * length, base.sizeBytes), shape, base });
}

/** Version 2 has three reserved bytes behind the number of axes, and a permutation behind their lengths. */
function arrayOf(cursor: MessageCursor, { version, sizeBytes }: Head, depth: number): Hdf5Type {
  const axes = cursor.u8();
  if (axes > MOST_AXES) throw new Hdf5Error(`An array of ${axes} axes`);
  if (version < PACKED_VERSION) cursor.skip(3);
  const shape = Array.from({ length: axes }, () => cursor.u32());
  if (version < PACKED_VERSION) cursor.skip(4 * axes);
  return checkedArray({ class: 'array', sizeBytes, shape, base: parse(cursor, depth + 1) });
}

/** The kinds of HDF5 1.12 are of one type; of each value the library knows what it points to. */
function referenceOf({ flags, sizeBytes }: Head): Hdf5ReferenceType {
  const kind = (['object', 'region', 'any', 'region', 'attribute'] as const)[flags & 0xf];
  if (!kind) throw new UnsupportedTypeError(`References of kind ${flags & 0xf}`);
  return { class: 'reference', sizeBytes, kind, revised: (flags & 0xf) > 1 };
}

function enumOf(cursor: MessageCursor, { version, flags, sizeBytes }: Head, depth: number): Hdf5Type {
  const base = parse(cursor, depth + 1);
  if (base.class !== 'integer' || base.sizeBytes !== sizeBytes) throw new Hdf5Error('An enum is of no whole numbers');
  const names: string[] = [];
  for (let left = flags & 0xffff; left > 0; left--) names.push(cursor.text(version < PACKED_VERSION ? 8 : 1));
  const start = cursor.skip(names.length * sizeBytes);
  const values = integerReader(base).read(sourceOf(cursor.bytes), start, sizeBytes, names.length) as ArrayLike<number | bigint>;
  const members = names.map((name, i): Hdf5EnumMember => ({ name, value: values[i]! }));
  return { class: 'enum', sizeBytes, base, members };
}
