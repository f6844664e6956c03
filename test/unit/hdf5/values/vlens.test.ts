/** Sequences of any length, and what lies in them. */
import { decode, scalarOf } from '../../../../src/hdf5/values/decode.ts';
import type { Hdf5Type } from '../../../../src/hdf5/values/type.ts';
import { concat } from '../../../../src/util/bytes.ts';
import { equal, rejects, test } from '../../../harness.ts';
import { TestHeap, words } from './memory.ts';
import { array, boolean, compound, float, hex, integer, vlenString } from './types.ts';

const vlen = (base: Hdf5Type): Hdf5Type => ({ class: 'vlen', sizeBytes: 8, base });

test('hdf5 sequences of numbers', () => {
  const heap = new TestHeap();
  const raw = concat([heap.sequence(2, hex('0100 0200')), heap.sequence(0, hex('')), heap.sequence(1, hex('ffff'))]);
  const type = vlen(integer('<i2'));
  equal(decode(raw, type, 3, { heap: heap.bytes }), [Int16Array.of(1, 2), Int16Array.of(), Int16Array.of(-1)]);
  equal(decode(raw, type, 2, { heap: heap.bytes, as: 'columns' }), [Int16Array.of(1, 2), Int16Array.of()]);
  const swapped = concat([heap.sequence(2, hex('3ff0000000000000 4000000000000000'))]);
  const got = decode(swapped, vlen(float('binary64', 'big')), 1, { heap: heap.bytes });
  equal(got, [Float64Array.of(1, 2)]);
  equal(scalarOf(got, vlen(float('binary64', 'big'))), Float64Array.of(1, 2));
});

test('hdf5 sequences: what is read shares no memory with the heap', () => {
  const heap = new TestHeap();
  const raw = heap.sequence(8, hex('0102030405060708'));
  const [values] = decode(raw, vlen(integer('<u1')), 1, { heap: heap.bytes, own: true }) as [Uint8Array];
  heap.bytes.fill(0);
  equal(values, hex('0102030405060708'));
});

test('hdf5 sequences of texts, of sequences, of arrays, of compounds and of booleans', () => {
  const heap = new TestHeap();
  const texts = concat([heap.text('one'), heap.text('zwei')]);
  equal(decode(heap.sequence(2, texts), vlen(vlenString(4)), 1, { heap: heap.bytes }), [['one', 'zwei']]);

  const inner = concat([heap.sequence(2, hex('01 02')), heap.sequence(1, hex('03'))]);
  equal(decode(heap.sequence(2, inner), vlen(vlen(integer('<u1'))), 1, { heap: heap.bytes }), [[Uint8Array.of(1, 2), Uint8Array.of(3)]]);

  const pairs = heap.sequence(2, hex('01 02 03 04'));
  equal(decode(pairs, vlen(array([2], integer('<u1'))), 1, { heap: heap.bytes }), [Uint8Array.of(1, 2, 3, 4)]);

  const member = compound([
    ['n', integer('>u2')],
    ['s', vlenString(4)],
    ['v', vlen(integer('<i1'))],
  ]);
  const elements = concat([
    hex('0102'),
    heap.text('a'),
    heap.sequence(1, hex('ff')),
    hex('0304'),
    heap.text(''),
    heap.sequence(0, hex('')),
  ]);
  const outer = heap.sequence(2, elements);
  equal(decode(outer, vlen(member), 1, { heap: heap.bytes }), [
    [
      { n: 0x102, s: 'a', v: Int8Array.of(-1) },
      { n: 0x304, s: '', v: Int8Array.of() },
    ],
  ]);
  equal(decode(outer, vlen(member), 1, { heap: heap.bytes, as: 'columns' }), [
    { n: Uint16Array.of(0x102, 0x304), s: ['a', ''], v: [Int8Array.of(-1), Int8Array.of()] },
  ]);

  equal(decode(heap.sequence(2, hex('00 01')), vlen(boolean), 1, { heap: heap.bytes }), [Int8Array.of(0, 1)]);
});

test('hdf5 sequences outside of the memory', async () => {
  const heap = new Uint8Array(64);
  const read = (base: Hdf5Type, ...elements: number[]): unknown => decode(words(...elements), vlen(base), elements.length / 2, { heap });
  equal(read(integer('<u4'), 2, 56, 0, 0xffff_ffff), [Uint32Array.of(0, 0), Uint32Array.of()]);
  for (const [length, at] of [
    [3, 56],
    [1, 61],
    [1, 64],
    [0xffff_ffff, 8],
    [1, 0xffff_ffff],
    [1, 0],
  ] as const) {
    const error = await rejects(() => read(integer('<u4'), length, at), 'InvalidFile');
    equal(error.cause, undefined, 'what lies outside was not tried');
  }
  // two sequences of one memory do not lie in one another
  await rejects(() => read(integer('<u4'), 10, 8, 10, 8), 'InvalidFile');
  await rejects(() => read(vlen(integer('<u4')), 8, 0), 'InvalidFile');
  await rejects(() => decode(new Uint8Array(8), vlen(integer('<u4')), 1), 'NotSupported');
  await rejects(() => decode(new Uint8Array(16), { class: 'vlen', sizeBytes: 16, base: integer('<u4') }, 1, { heap }), 'NotSupported');
});

test('hdf5 sequences that hold themselves end', async () => {
  // an element at 8 that says: one element, at 8
  const heap = concat([new Uint8Array(8), words(1, 8), new Uint8Array(48)]);
  let type: Hdf5Type = integer('<u1');
  for (let depth = 0; depth < 30; depth++) type = vlen(type);
  await rejects(() => decode(words(1, 8), type, 1, { heap }), 'InvalidFile');
});
