/** What the library makes of types in memory. That it does was seen with h5wasm 0.10.3 and files by h5py. */
import { memoryTypeOf } from '../../../../src/hdf5/values/memory-type.ts';
import type { Hdf5CompoundType, Hdf5Type } from '../../../../src/hdf5/values/type.ts';
import { equal, test } from '../../../harness.ts';
import { array, compound, enumOf, float, integer, string, vlenString } from './types.ts';

const vlen = (base: Hdf5Type, sizeBytes = 16): Hdf5Type => ({ class: 'vlen', sizeBytes, base });
const object: Hdf5Type = { class: 'reference', sizeBytes: 8, kind: 'object', revised: false };

test('hdf5 types in memory: numbers are little-endian', () => {
  equal(memoryTypeOf(integer('>i4')), integer('<i4'));
  equal(memoryTypeOf(integer('<u2')), integer('<u2'));
  equal(memoryTypeOf(float('binary16', 'big')), float('binary16'));
  equal(memoryTypeOf(float('binary32', 'vax')), float('binary32'));
  equal(memoryTypeOf(array([2, 3], integer('>u2'))), array([2, 3], integer('<u2')));
  equal(memoryTypeOf({ class: 'complex', sizeBytes: 8, base: float('binary32', 'big') }), {
    class: 'complex',
    sizeBytes: 8,
    base: float('binary32'),
  });
  equal(memoryTypeOf(string(3)), string(3));
});

test('hdf5 types in memory: what points somewhere is a pointer', () => {
  equal(memoryTypeOf(vlenString()), vlenString(4));
  equal(memoryTypeOf(vlen(integer('>i4'))), vlen(integer('<i4'), 8));
  equal(memoryTypeOf(vlen(vlenString())), vlen(vlenString(4), 8));
  equal(memoryTypeOf(array([3], vlenString())), array([3], vlenString(4)));
  equal(memoryTypeOf({ ...object, sizeBytes: 4 }), object);
  equal(memoryTypeOf({ ...object, kind: 'region', sizeBytes: 8 }), { ...object, kind: 'region', sizeBytes: 12 });
  equal(memoryTypeOf({ ...object, kind: 'any', revised: true, sizeBytes: 24 }), { ...object, kind: 'any', revised: true, sizeBytes: 64 });
  // what is so already stays so
  for (const type of [
    vlenString(4),
    vlen(integer('<i4'), 8),
    compound([
      ['s', vlenString(4)],
      ['n', integer('<u1')],
    ]),
  ])
    equal(memoryTypeOf(type), type);
});

test('hdf5 types in memory: members move up, in the order of their places', () => {
  const type = compound(
    [
      ['a', integer('<i4')],
      ['s', vlenString()],
      ['b', integer('<i2')],
      ['v', vlen(array([2], vlenString()))],
      ['c', integer('<u1')],
    ],
    2,
  );
  const moved = memoryTypeOf(type) as Hdf5CompoundType;
  equal(
    moved.members.map(({ name, offsetBytes }) => [name, offsetBytes]),
    [
      ['a', 2],
      ['s', 8],
      ['b', 14],
      ['v', 18],
      ['c', 28],
    ],
  );
  equal(moved.sizeBytes, type.sizeBytes - 12 - 8);
  const [first, second] = compound([
    ['s', vlenString()],
    ['n', integer('<i4')],
  ]).members;
  const turned = { class: 'compound', sizeBytes: 20, members: [second!, first!] } as const;
  equal(
    memoryTypeOf(turned),
    compound([
      ['s', vlenString(4)],
      ['n', integer('<i4')],
    ]),
  );
});

test('hdf5 types in memory: compounds are little-endian when they were big throughout', () => {
  const pair = (one: Hdf5Type, other: Hdf5Type): Hdf5Type =>
    compound([
      ['a', one],
      ['b', other],
    ]);
  equal(memoryTypeOf(pair(integer('>i4'), float('binary64', 'big'))), pair(integer('<i4'), float('binary64')));
  equal(memoryTypeOf(pair(integer('>i4'), string(3))), pair(integer('<i4'), string(3)));
  equal(memoryTypeOf(pair(integer('>i4'), pair(string(2), integer('>i2')))), pair(integer('<i4'), pair(string(2), integer('<i2'))));
  const mixed = pair(integer('>i4'), integer('<i1'));
  equal(memoryTypeOf(mixed), mixed, 'one byte has an order, too');
  equal(memoryTypeOf(array([2], mixed)), array([2], mixed));
  equal(memoryTypeOf(pair(integer('>i4'), mixed)), pair(integer('>i4'), mixed));
  equal(memoryTypeOf(pair(integer('>i4'), vlenString())), pair(integer('>i4'), vlenString(4)), 'so have the bytes of texts');
});

test('hdf5 types in memory: enums stay as they are, and what is behind them in a compound', () => {
  const colour = enumOf(integer('>u2'), { RED: 1 });
  equal(memoryTypeOf(colour), colour);
  equal(memoryTypeOf(array([2], colour)), array([2], colour));
  equal(
    memoryTypeOf(
      compound([
        ['a', integer('>i4')],
        ['e', colour],
        ['b', integer('>i4')],
      ]),
    ),
    compound([
      ['a', integer('<i4')],
      ['e', colour],
      ['b', integer('>i4')],
    ]),
  );
  const behindArray = (order: '<' | '>'): Hdf5Type =>
    compound([
      ['a', integer(`${order}i4`)],
      ['e', array([2], colour)],
      ['b', integer(`${order}i4`)],
    ]);
  equal(memoryTypeOf(behindArray('>')), behindArray('<'));
});
