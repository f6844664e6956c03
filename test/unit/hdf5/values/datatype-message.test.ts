/** Datatype messages as files have them. */
import { parseDatatype } from '../../../../src/hdf5/values/datatype-message.ts';
import type { Hdf5Type } from '../../../../src/hdf5/values/type.ts';
import { concat } from '../../../../src/util/bytes.ts';
import { equal, test } from '../../../harness.ts';
import { messages } from './messages.ts';
import { array, boolean, compound, enumOf, float, hex, integer, string, vlenString } from './types.ts';

const table = compound([
  ['id', integer('<i4')],
  ['pos', array([3], float('binary64'))],
  ['name', string(10)],
  [
    'z',
    compound([
      ['r', float('binary32')],
      ['i', float('binary32')],
    ]),
  ],
]);
const ascii = <T extends Hdf5Type>(type: T): T => ({
  ...type,
  ...('charset' in type && { charset: 'ascii' }),
  ...(type.class === 'compound' && { members: type.members.map((member) => ({ ...member, type: ascii(member.type) })) }),
});

const wanted: Record<keyof typeof messages, Hdf5Type> = {
  i8: integer('<i8'),
  u4be: integer('>u4', { offsetBits: 5, precisionBits: 12 }),
  f2: float('binary16'),
  f8be: float('binary64', 'big'),
  bfloat16: float('bfloat16'),
  longDouble: float('x87'),
  binary128be: float('binary128', 'big'),
  padded: {
    class: 'float',
    sizeBytes: 8,
    byteOrder: 'little',
    precisionBits: 40,
    offsetBits: 4,
    signAt: 35,
    exponentAt: 30,
    exponentBits: 5,
    exponentBias: 15,
    mantissaAt: 12,
    mantissaBits: 18,
    normalisation: 'implied',
  },
  time: { class: 'time', sizeBytes: 4, byteOrder: 'big', precisionBits: 32 },
  fixed: ascii(string(8)),
  fixedUtf8Spaces: string(6, 'space-padded'),
  bits: { class: 'bitfield', sizeBytes: 2, byteOrder: 'big', precisionBits: 16, offsetBits: 0 },
  opaque: { class: 'opaque', sizeBytes: 2, tag: '' },
  tagged: { class: 'opaque', sizeBytes: 8, tag: 'NUMPY:<M8[s]' },
  compound: ascii(table),
  compound3: ascii(table),
  object: { class: 'reference', sizeBytes: 8, kind: 'object', revised: false },
  region: { class: 'reference', sizeBytes: 12, kind: 'region', revised: false },
  revised: { class: 'reference', sizeBytes: 18, kind: 'any', revised: true },
  enum: enumOf(integer('>i2'), { GREEN: 258, NEG: -3, RED: 1 }),
  enum3: enumOf(integer('<i8'), { MAX: 2n ** 63n - 1n, MIN: -(2n ** 63n), Z: 0n }),
  boolean3: boolean,
  text: vlenString(),
  vlen: { class: 'vlen', sizeBytes: 16, base: integer('>i4') },
  vlenOfTexts: { class: 'vlen', sizeBytes: 16, base: vlenString() },
  array: array([2, 3], integer('>i2')),
  array3: array([2, 3], integer('>i2')),
  complex: { class: 'complex', sizeBytes: 16, base: float('binary64', 'big') },
};

test('hdf5 datatype messages of h5py', () => {
  for (const [name, type] of Object.entries(wanted)) {
    const message = hex(messages[name as keyof typeof messages]);
    equal(parseDatatype(message), { type, end: message.length }, name);
  }
});

test('hdf5 datatype messages amid other bytes', () => {
  const message = hex(messages.compound);
  const around = concat([hex('ffffff'), message, hex('ff')]);
  equal(parseDatatype(around, 3), { type: wanted.compound, end: 3 + message.length });
  equal(parseDatatype(around.subarray(3)), { type: wanted.compound, end: message.length });
});

test('hdf5 datatype messages of version 1 have arrays as members', () => {
  // as HDF5 before 1.4 wrote them: axes, reserved, permutation, reserved, four lengths
  const message = hex(`16010000 0c000000
    706f730000000000 00000000 02000000 00000000 00000000 02000000 03000000 00000000 00000000 10080000 02000000 00001000`);
  equal(parseDatatype(message).type, compound([['pos', array([2, 3], integer('<i2'))]]));
});

test('hdf5 datatype messages: offsets of members are as long as the compound needs', () => {
  for (const [size, bytes] of [
    [0xff, 1],
    [0x100, 2],
    [0xffff, 2],
    [0x1_0000, 3],
    [0xff_ffff, 3],
    [0x100_0000, 4],
  ] as const) {
    const little = (value: number, length: number): string =>
      Array.from({ length }, (_, k) => (Math.floor(value / 256 ** k) % 256).toString(16).padStart(2, '0')).join('');
    const message = hex(`36010000 ${little(size, 4)} 6100 ${little(size - 2, bytes)} 10080000 02000000 00001000`);
    const type: Hdf5Type = { class: 'compound', sizeBytes: size, members: [{ name: 'a', offsetBytes: size - 2, type: integer('<i2') }] };
    equal(parseDatatype(message), { type, end: message.length });
  }
});

test('hdf5 datatype messages: names of any letters', () => {
  const type = parseDatatype(hex('36020000 02000000 c3a9e6bca2 00 00 10080000 01000000 00000800 00 01 10080000 01000000 00000800')).type;
  equal(
    type,
    compound([
      ['é漢', integer('<i1')],
      ['', integer('<i1')],
    ]),
  );
});
