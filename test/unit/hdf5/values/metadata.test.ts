/** What h5wasm 0.10.3 told of datasets that h5py wrote. */
import { memoryTypeOf } from '../../../../src/hdf5/values/memory-type.ts';
import { typeOfMetadata, type H5TypeMetadata } from '../../../../src/hdf5/values/metadata.ts';
import type { Hdf5Type } from '../../../../src/hdf5/values/type.ts';
import { equal, rejects, test } from '../../../harness.ts';
import { array, boolean, compound, enumOf, float, integer, string, vlenString } from './types.ts';

/** As it told, without what is false. */
const told = (type: number, size: number, more: Partial<H5TypeMetadata> = {}): H5TypeMetadata => ({
  type,
  size,
  signed: false,
  vlen: false,
  littleEndian: false,
  ...more,
});
const littleEndian = true;
const signed = true;

const i1 = told(0, 1, { signed, littleEndian });
const i2be = told(0, 2, { signed });
const i4be = told(0, 4, { signed });
const f4 = told(1, 4, { littleEndian });
const f8 = told(1, 8, { littleEndian });
const text = told(3, 4, { cset: 1, strpad: 0, vlen: true, littleEndian });
const object = told(7, 8, { ref_type: 'object' });

const members = (...all: [name: string, offset: number, type: H5TypeMetadata][]): Partial<H5TypeMetadata> => ({
  compound_type: { members: all.map(([name, offset, type]) => ({ ...type, name, offset })) },
});

const wanted: [H5TypeMetadata, Hdf5Type][] = [
  [i1, integer('<i1')],
  [i4be, integer('>i4')],
  [told(0, 16, { signed, littleEndian }), integer('<i16')],
  [told(1, 2, { littleEndian }), float('binary16')],
  [f4, float('binary32')],
  [told(1, 8), float('binary64', 'big')],
  [told(1, 16, { littleEndian }), float('x87')],
  [told(2, 4, { littleEndian }), { class: 'time', sizeBytes: 4, byteOrder: 'little', precisionBits: 32 }],
  [told(3, 6, { cset: 1, strpad: 2 }), string(6, 'space-padded')],
  [told(3, 6, { cset: 0, strpad: 1 }), { class: 'string', sizeBytes: 6, padding: 'null-padded', charset: 'ascii' }],
  [text, vlenString(4)],
  [told(4, 2), { class: 'bitfield', sizeBytes: 2, byteOrder: 'big', precisionBits: 16, offsetBits: 0 }],
  [told(5, 2), { class: 'opaque', sizeBytes: 2, tag: '' }],
  [object, { class: 'reference', sizeBytes: 8, kind: 'object', revised: false }],
  [told(7, 12, { ref_type: 'region' }), { class: 'reference', sizeBytes: 12, kind: 'region', revised: false }],
  [told(7, 64, { ref_type: 'region' }), { class: 'reference', sizeBytes: 64, kind: 'any', revised: true }],
  [told(8, 1, { signed, littleEndian, enum_type: { members: { FALSE: 0, TRUE: 1 } } }), boolean],
  [told(8, 2, { signed, enum_type: { members: { RED: 1, NEG: -3 } } }), enumOf(integer('>i2'), { RED: 1, NEG: -3 })],
  [told(8, 8, { signed, littleEndian, enum_type: { members: { Z: 0 } } }), enumOf(integer('<i8'), { Z: 0n })],
  [told(9, 8, { signed, vlen_type: i4be }), { class: 'vlen', sizeBytes: 8, base: integer('>i4') }],
  [told(9, 8, { vlen_type: text, littleEndian }), { class: 'vlen', sizeBytes: 8, base: vlenString(4) }],
  [told(10, 12, { signed, array_type: { ...i2be, shape: [2, 3] } }), array([2, 3], integer('>i2'))],
  [
    told(10, 12, { signed, array_type: { ...told(10, 4, { signed, array_type: { ...i2be, shape: [2] } }), shape: [3] } }),
    array([3], array([2], integer('>i2'))),
  ],
  [told(11, 16), { class: 'complex', sizeBytes: 16, base: float('binary64', 'big') }],
  [
    told(6, 5, members(['a', 0, i4be], ['i', 4, i1])),
    compound([
      ['a', integer('>i4')],
      ['i', integer('<i1')],
    ]),
  ],
  [
    told(6, 8, { littleEndian, ...members(['r', 0, f4], ['i', 4, f4]) }),
    compound([
      ['r', float('binary32')],
      ['i', float('binary32')],
    ]),
  ],
  [
    told(6, 33, {
      littleEndian,
      ...members(
        ['a', 0, i1],
        ['s', 1, text],
        ['b', 5, f8],
        ['v', 13, told(9, 8, { signed, littleEndian, vlen_type: told(0, 2, { signed, littleEndian }) })],
        ['c', 21, told(0, 4, { signed, littleEndian })],
        ['ss', 25, told(10, 8, { littleEndian, array_type: { ...text, shape: [2] } })],
      ),
    }),
    compound([
      ['a', integer('<i1')],
      ['s', vlenString(4)],
      ['b', float('binary64')],
      ['v', { class: 'vlen', sizeBytes: 8, base: integer('<i2') }],
      ['c', integer('<i4')],
      ['ss', array([2], vlenString(4))],
    ]),
  ],
];

test('hdf5 types as h5wasm tells them', () => {
  for (const [metadata, type] of wanted) {
    equal(typeOfMetadata(metadata), type);
    equal(memoryTypeOf(type).sizeBytes, metadata.size, 'its size in memory');
  }
});

test('hdf5 types of which h5wasm tells too little, or what cannot be', async () => {
  for (const metadata of [told(1, 3), told(1, 1), told(11, 6), told(12, 4), told(-1, 4)])
    await rejects(() => typeOfMetadata(metadata), 'NotSupported');
  const broken = [
    told(6, 4),
    told(6, 4, members(['a', 2, i4be])),
    told(6, 4, members(['a', -2, i4be])),
    told(6, 8, members(['a', 0, i4be], ['b', 2, i4be])),
    told(6, 8, members(['a', 0, i4be], ['a', 4, i4be])),
    told(9, 8),
    told(10, 8),
    told(10, 8, { array_type: { ...i4be, shape: null } }),
    told(10, 8, { array_type: { ...i4be, shape: [3] } }),
  ];
  for (const metadata of broken) await rejects(() => typeOfMetadata(metadata), 'InvalidFile');
  let nested = i4be;
  for (let depth = 0; depth < 5000; depth++) nested = told(9, 8, { vlen_type: nested });
  await rejects(() => typeOfMetadata(nested), 'InvalidFile');
});
