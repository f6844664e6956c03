/** Compounds as records and as columns, with all that their members may be. */
import { decode, scalarOf } from '../../../../src/hdf5/values/decode.ts';
import type { Hdf5Columns, Hdf5Record } from '../../../../src/hdf5/values/type.ts';
import { equal, ok, test } from '../../../harness.ts';
import { TestHeap } from './memory.ts';
import { concat } from '../../../../src/util/bytes.ts';
import { array, boolean, compound, enumOf, float, hex, integer, string, vlenString } from './types.ts';

test('hdf5 compounds of all kinds of members', () => {
  const heap = new TestHeap();
  const type = compound(
    [
      ['byte', integer('<i1')],
      ['long', integer('>u8')],
      ['half', float('binary16')],
      ['pair', array([2], integer('>i2'))],
      ['text', string(3)],
      ['any', vlenString(4)],
      ['colour', enumOf(integer('<u1'), { RED: 0, GREEN: 1 })],
      ['flag', boolean],
      [
        'z',
        compound([
          ['r', float('binary32')],
          ['i', float('binary32')],
        ]),
      ],
      ['raw', { class: 'opaque', sizeBytes: 2, tag: '' }],
      [
        'inner',
        compound([
          ['a', integer('<u1')],
          ['b', compound([['c', integer('<u2')]])],
        ]),
      ],
      [
        'many',
        array(
          [2],
          compound([
            ['x', integer('<u1')],
            ['s', vlenString(4)],
          ]),
        ),
      ],
    ],
    1,
  );
  const element = (n: number): Uint8Array => {
    const parts = [
      Uint8Array.of(-n & 255),
      hex(`00000000000000 0${n}`),
      hex('003c'),
      hex(`000${n} fffe`),
      hex('6162 00'),
      heap.text(`text ${n}`),
      Uint8Array.of(n),
      Uint8Array.of(n % 2),
      hex('0000803f 000000c0'),
      Uint8Array.of(n, 255),
      Uint8Array.of(n, 1, 2),
      Uint8Array.of(n),
      heap.text('p'),
      Uint8Array.of(n + 1),
      heap.text('q'),
    ];
    // all but the two elements of the array have a byte in front
    return concat([...parts.flatMap((part, i) => (i > 11 ? [part] : [Uint8Array.of(0xee), part])), Uint8Array.of(0xee)]);
  };
  const raw = concat([element(1), element(2)]);
  equal(raw.length, 2 * type.sizeBytes);
  const record = (n: number): Hdf5Record => ({
    byte: -n,
    long: BigInt(n),
    half: 1,
    pair: Int16Array.of(n, -2),
    text: 'ab',
    any: `text ${n}`,
    colour: n,
    flag: n % 2 === 1,
    z: Float32Array.of(1, -2),
    raw: Uint8Array.of(n, 255),
    inner: { a: n, b: { c: 0x201 } },
    many: [
      { x: n, s: 'p' },
      { x: n + 1, s: 'q' },
    ],
  });
  const records = decode(raw, type, 2, { heap: heap.bytes });
  equal(records, [record(1), record(2)]);
  equal(scalarOf(records, type), record(1));
  const columns = decode(raw, type, 2, { heap: heap.bytes, as: 'columns' });
  equal(columns, {
    byte: Int8Array.of(-1, -2),
    long: BigUint64Array.of(1n, 2n),
    half: Float32Array.of(1, 1),
    pair: Int16Array.of(1, -2, 2, -2),
    text: ['ab', 'ab'],
    any: ['text 1', 'text 2'],
    colour: Uint8Array.of(1, 2),
    flag: Int8Array.of(1, 0),
    z: Float32Array.of(1, -2, 1, -2),
    raw: [Uint8Array.of(1, 255), Uint8Array.of(2, 255)],
    inner: { a: Uint8Array.of(1, 2), b: { c: Uint16Array.of(0x201, 0x201) } },
    many: { x: Uint8Array.of(1, 2, 2, 3), s: ['p', 'q', 'p', 'q'] },
  });
  equal(
    Object.keys(columns),
    type.members.map(({ name }) => name),
  );
});

test('hdf5 compounds: one record of columns is a record', () => {
  const type = compound([
    ['a', integer('<u1')],
    ['inner', compound([['flag', boolean]])],
    ['v', array([2], integer('<u1'))],
  ]);
  const columns = decode(hex('07 01 0203'), type, 1, { as: 'columns' });
  equal(scalarOf(columns, type), { a: 7, inner: { flag: true }, v: Uint8Array.of(2, 3) });
});

test('hdf5 compounds: names that objects have', () => {
  const type = compound([
    ['__proto__', integer('<u1')],
    ['constructor', integer('<u1')],
    ['1', integer('<u1')],
    ['', integer('<u1')],
  ]);
  const [record] = decode(hex('01 02 03 04'), type, 1) as Hdf5Record[];
  equal(Object.entries(record!).sort(), [
    ['', 4],
    ['1', 3],
    ['__proto__', 1],
    ['constructor', 2],
  ]);
  const columns = decode(hex('01 02 03 04'), type, 1, { as: 'columns' }) as Hdf5Columns;
  ok(Object.getPrototypeOf(columns) === Object.prototype, 'an ordinary object');
  equal(Object.hasOwn(columns, '__proto__'), true);
  equal(Object.entries(scalarOf(columns, type) as Hdf5Record).sort(), Object.entries(record!).sort());
});

test('hdf5 complex numbers, by their class and as compounds', () => {
  const z = compound([
    ['r', float('binary64', 'big')],
    ['i', float('binary64', 'big')],
  ]);
  const raw = hex('3ff0000000000000 4000000000000000 bff0000000000000 c000000000000000');
  equal(decode(raw, z, 2), Float64Array.of(1, 2, -1, -2));
  equal(decode(raw, { class: 'complex', sizeBytes: 16, base: float('binary64', 'big') }, 2), Float64Array.of(1, 2, -1, -2));
  equal(scalarOf(decode(raw, z, 1), z), Float64Array.of(1, 2));
  const half = compound([
    ['r', float('binary16')],
    ['i', float('binary16')],
  ]);
  equal(decode(hex('003c 00c0'), half, 1), Float32Array.of(1, -2));
  // the parts apart from one another
  const apart = compound(
    [
      ['r', float('binary32')],
      ['i', float('binary32')],
    ],
    1,
  );
  equal(decode(hex('00 0000803f 00 00000040 00 00 000080bf 00 000000c0 00'), apart, 2), Float32Array.of(1, 2, -1, -2));
  const turned = {
    ...apart,
    members: [
      { ...apart.members[0]!, offsetBytes: 6 },
      { ...apart.members[1]!, offsetBytes: 1 },
    ],
  };
  equal(decode(hex('00 0000803f 00 00000040 00'), turned, 1), Float32Array.of(2, 1));
  // not quite complex numbers
  for (const members of [
    [
      ['i', float('binary32')],
      ['r', float('binary32')],
    ],
    [
      ['r', float('binary32')],
      ['i', float('binary32', 'big')],
    ],
    [
      ['r', integer('<i4')],
      ['i', integer('<i4')],
    ],
  ] as const)
    equal(decode(new Uint8Array(8), compound(members), 1), [{ r: 0, i: 0 }]);
});
