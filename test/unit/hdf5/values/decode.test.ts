/** Counts, whose memory values are in, and values of the lesser kinds. */
import { decode, scalarOf } from '../../../../src/hdf5/values/decode.ts';
import { Hdf5Reference } from '../../../../src/hdf5/values/reference.ts';
import type { Hdf5Type } from '../../../../src/hdf5/values/type.ts';
import { equal, ok, rejects, test } from '../../../harness.ts';
import { array, boolean, compound, enumOf, float, hex, integer, string } from './types.ts';

test('hdf5 values: more of them than there are bytes, and what is no count', async () => {
  const raw = new Uint8Array(16);
  for (const type of [integer('<i4'), float('binary32'), string(4), array([2], integer('<i2')), compound([['a', integer('<i4')]])]) {
    equal((decode(raw, type, 0) as { length?: number }).length, 0);
    decode(raw, type, 4);
    for (const count of [5, 2 ** 31, 2 ** 53, -1, 1.5, NaN, Infinity]) await rejects(() => decode(raw, type, count), 'InvalidFile');
  }
});

test('hdf5 values never share memory with what they are read from', () => {
  for (const type of [
    integer('<u1'),
    integer('>u2'),
    float('binary32'),
    float('binary16'),
    { class: 'opaque', sizeBytes: 4, tag: '' },
  ] as Hdf5Type[]) {
    const raw = Uint8Array.from({ length: 16 }, (_, i) => i);
    const before = JSON.stringify(decode(raw, type, 4));
    const values = decode(raw, type, 4);
    equal(
      [...raw],
      Array.from({ length: 16 }, (_, i) => i),
      'raw bytes are as they were',
    );
    raw.fill(0xaa);
    equal(JSON.stringify(values), before);
  }
});

test('hdf5 values are views of bytes that are given away, where these lie right', () => {
  const view = (raw: Uint8Array, type: Hdf5Type): boolean => (decode(raw, type, 2, { own: true }) as Uint8Array).buffer === raw.buffer;
  ok(view(new Uint8Array(16), float('binary64')), 'a view');
  ok(view(new Uint8Array(16), integer('>i2')), 'a view, turned around');
  ok(!view(new Uint8Array(17).subarray(1), float('binary64')), 'a copy where it has to be');
  equal(decode(hex('00 0001 0002').subarray(1), integer('>u2'), 2, { own: true }), Uint16Array.of(1, 2));
  equal(decode(hex('0000 0001 0002').subarray(2), integer('>u2'), 2, { own: true }), Uint16Array.of(1, 2));
  equal(
    decode(
      hex('0001 0002 0003 0004'),
      compound([
        ['a', integer('>u2')],
        ['b', array([1], integer('<u2'))],
      ]),
      2,
      { own: true },
    ),
    [
      { a: 1, b: Uint16Array.of(0x200) },
      { a: 3, b: Uint16Array.of(0x400) },
    ],
  );
});

test('hdf5 values of subclasses of Uint8Array', () => {
  class Odd extends Uint8Array<ArrayBuffer> {
    override slice(): Uint8Array<ArrayBuffer> {
      return this;
    }
  }
  const raw = new Odd(new ArrayBuffer(8));
  const values = decode(raw, integer('<u4'), 2) as Uint32Array;
  raw.fill(1);
  equal(values, Uint32Array.of(0, 0));
});

test('hdf5 enums and booleans', () => {
  const colour = enumOf(integer('>u2'), { RED: 1, BLUE: 258 });
  equal(decode(hex('0001 0102'), colour, 2), Uint16Array.of(1, 258));
  equal(scalarOf(decode(hex('0102'), colour, 1), colour), 258);
  equal(decode(hex('01 00'), boolean, 2), Int8Array.of(1, 0));
  equal(scalarOf(decode(hex('01'), boolean, 1), boolean), true);
  equal(scalarOf(decode(hex('00'), boolean, 1), boolean), false);
  const long = enumOf(integer('<i8'), { MIN: -(2n ** 63n) });
  equal(scalarOf(decode(hex('0000000000000080'), long, 1), long), -(2n ** 63n));
});

test('hdf5 references, opaque values and arrays', async () => {
  const reference = (kind: 'object' | 'region' | 'attribute' | 'any', sizeBytes: number, revised = false): Hdf5Type => ({
    class: 'reference',
    sizeBytes,
    kind,
    revised,
  });
  const [object, none] = decode(hex('2003000000000000 0000000000000000'), reference('object', 8), 2) as (Hdf5Reference | null)[];
  ok(object instanceof Hdf5Reference && object.kind === 'object', 'a reference to an object');
  equal(object.bytes, hex('2003000000000000'));
  equal(none, null);
  const region = scalarOf(decode(hex('280800000000000001000000'), reference('region', 12), 1), reference('region', 12)) as Hdf5Reference;
  equal([region.kind, region.bytes], ['region', hex('280800000000000001000000')]);

  // of a file whose addresses have 4 bytes
  const short = decode(hex('20030000'), reference('object', 4), 1) as Hdf5Reference[];
  equal(short[0]!.bytes, hex('2003000000000000'));
  const shortRegion = decode(hex('28080000 01000000'), reference('region', 8), 1) as Hdf5Reference[];
  equal(shortRegion[0]!.bytes, hex('280800000000000001000000'));

  const revised = new Uint8Array(128);
  revised[0] = 0x30;
  revised[36] = 2;
  const [token, empty] = decode(revised, reference('any', 64, true), 2) as (Hdf5Reference | null)[];
  equal([token!.kind, token!.bytes, empty], ['object', hex('3000000000000000'), null]);
  revised[36] = 3;
  await rejects(() => decode(revised, reference('any', 64, true), 1), 'NotSupported');
  await rejects(() => decode(new Uint8Array(18), reference('any', 18, true), 1), 'NotSupported');
  await rejects(() => decode(new Uint8Array(64), reference('attribute', 64, true), 1), 'NotSupported');

  equal(decode(hex('0102 0304'), { class: 'opaque', sizeBytes: 2, tag: 'x' }, 2), [hex('0102'), hex('0304')]);
  const grid = array([2, 2], integer('>u2'));
  equal(decode(hex('0001 0002 0003 0004'), grid, 1), Uint16Array.of(1, 2, 3, 4));
  equal(scalarOf(decode(hex('0001 0002 0003 0004'), grid, 1), grid), Uint16Array.of(1, 2, 3, 4));
  equal(decode(hex('01020304'), array([2], array([1], integer('<u1'))), 2), Uint8Array.of(1, 2, 3, 4));
});
