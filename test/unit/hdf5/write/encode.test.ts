/** Values into bytes and back, of all types that can be written. */
import fc from 'fast-check';
import { complexParts } from '../../../../src/hdf5/values/complex.ts';
import { decode } from '../../../../src/hdf5/values/decode.ts';
import { memoryTypeOf } from '../../../../src/hdf5/values/memory-type.ts';
import type { Hdf5Type } from '../../../../src/hdf5/values/type.ts';
import { encode } from '../../../../src/hdf5/write/encode/encode.ts';
import { shortBits } from '../../../../src/hdf5/write/encode/floats.ts';
import type { Entries } from '../../../../src/hdf5/write/encode/writer.ts';
import { typeOfDtype, type Hdf5Dtype } from '../../../../src/hdf5/write/types/dtype-text.ts';
import { env } from '../../../env.ts';
import { equal, rejects, sameBytes, test } from '../../../harness.ts';
import { entriesOfType, plain, types } from './any-type.ts';

/** Numbers from 0 to 1 that follow from a seed. */
function randoms(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Whether some complex number is none in name only: whatever is of `r` and `i` is read as one. */
const hasComplexName = (type: Hdf5Type): boolean => {
  if (complexParts(type)) return type.class === 'compound';
  if (type.class === 'compound') return type.members.some((member) => hasComplexName(member.type));
  return 'base' in type && hasComplexName(type.base);
};

function bytesOf(entries: Entries, type: Hdf5Type, count: number): Uint8Array {
  const out = encode(entries, type, 0, count);
  out.settle(0);
  return out.bytes.subarray(0, out.sizeBytes);
}

test('encode: what was written is read again, as records and as columns', () => {
  fc.assert(
    fc.property(types, fc.integer({ min: 0, max: 4 }), fc.integer(), (file, count, seed) => {
      fc.pre(!hasComplexName(file));
      const type = memoryTypeOf(file);
      const entries = entriesOfType(type, count, randoms(seed));
      const bytes = bytesOf(entries, type, count);
      const read = decode(bytes, type, count, { heap: bytes });
      equal(plain(read), plain(entries));
      // what is read can be written
      sameBytes(bytesOf(read, type, count), bytes);
      const columns = decode(bytes, type, count, { heap: bytes, as: 'columns' });
      const again = bytesOf(columns, type, count);
      equal(plain(decode(again, type, count, { heap: again })), plain(entries));
    }),
    { seed: env().seed, numRuns: 300 },
  );
});

test('encode: a part of the values', () => {
  const type = typeOfDtype({ a: '(2)<i2', b: 'string' });
  const columns = { a: [1, 2, 3, 4, 5, 6], b: ['x', 'y', 'z'] };
  const out = encode(columns, memoryTypeOf(type), 1, 2);
  out.settle(0);
  equal(plain(decode(out.bytes, memoryTypeOf(type), 2, { heap: out.bytes })), [
    { a: [3, 4], b: 'y' },
    { a: [5, 6], b: 'z' },
  ]);
});

test('encode: short floats are rounded to nearest, ties to even', () => {
  const half = { exponentBits: 5, mantissaBits: 10 };
  const cases: [number, number][] = [
    [0, 0],
    [-0, 0x8000],
    [1, 0x3c00],
    [-2, 0xc000],
    [65_504, 0x7bff],
    [65_519.99, 0x7bff],
    [65_520, 0x7c00],
    [1e300, 0x7c00],
    [Infinity, 0x7c00],
    [-Infinity, 0xfc00],
    [2 ** -24, 1],
    [2 ** -25, 0],
    [2 ** -25 * 1.0001, 1],
    [2 ** -14, 0x0400],
    [2 ** -14 - 2 ** -25, 0x0400],
    [2 ** -14 - 2 ** -24, 0x03ff],
    [1 + 2 ** -11, 0x3c00],
    [1 + 3 * 2 ** -11, 0x3c02],
    [1e-320, 0],
  ];
  for (const [value, bits] of cases) equal(shortBits(value, half), bits, String(value));
  equal(shortBits(NaN, half), 0x7e00);
  equal(shortBits(1, { exponentBits: 8, mantissaBits: 7 }), 0x3f80);
  equal(shortBits(3.4e38, { exponentBits: 8, mantissaBits: 7 }), 0x7f80);
  // every one of them as it is
  for (let bits = 0; bits < 0x7c00; bits++) {
    const [exponent, mantissa] = [bits >> 10, bits & 1023];
    const value = exponent ? (1024 + mantissa) * 2 ** (exponent - 25) : mantissa * 2 ** -24;
    if (shortBits(value, half) !== bits) equal(shortBits(value, half), bits, String(value));
  }
});

test('encode: what does not fit is refused', async () => {
  const bad: [unknown, Hdf5Dtype, RegExp][] = [
    [[1.5], '<i4', /no whole number/],
    [[128], '|i1', /no whole number of 1 bytes/],
    [[-1], '<u2', /without a sign/],
    [new Float64Array([300]), '|u1', /300/],
    [[2n ** 63n], '<i8', /9223372036854775808n/],
    [[2 ** 60], '<u8', /no whole number/],
    [['1'], '<i4', /"1"/],
    [[1n], '<f8', /1n is no number of floating point/],
    [[null], '<f4', /null/],
    [[true], '<f8', /true/],
    [['abc'], 'S2', /3 bytes, and 2 fit/],
    [['é'], 'S4', /ASCII/],
    [['a\0b'], 'string', /NUL/],
    [['\ud800'], 'string', /half a character/],
    [[1], 'string', /no text/],
    [[2.5], 'bool', /no whole number/],
    [['MAYBE'], 'bool', /no name/],
    [[{ x: 1 }], { x: '<f8', y: '<f8' }, /without y/],
    [[{ x: 1, z: 1 }], { x: '<f8' }, /no member "z"/],
    [[1], { x: '<f8' }, /no record/],
    [[{ x: [1, 2] }], { x: '(3)<f8' }, /3 values/],
    [{ x: [1], y: [] }, { x: '<f8', y: '<f8' }, /undefined/],
    [[new Uint8Array(3)], 'V2', /2 bytes/],
    [[5], 'vlen<i4>', /5/],
  ];
  for (const [values, dtype, message] of bad)
    await rejects(
      async () => encode(values as Entries, memoryTypeOf(typeOfDtype(dtype)), 0, 1),
      (error: Error & { code?: string }) => error.code === 'InvalidArgument' && message.test(error.message),
    );
  const longDouble = { ...(typeOfDtype('<f8') as object), sizeBytes: 16, precisionBits: 80 } as Hdf5Type;
  await rejects(
    async () => encode([1], longDouble, 0, 1),
    (error: Error) => error.name === 'UnsupportedTypeError',
  );
});

test('encode: typed arrays of other kinds are converted one by one', () => {
  const cases: [Entries, string, number[]][] = [
    [new Uint16Array([1, 65_535]), '<i4', [1, 65_535]],
    [new Int8Array([-1, 2]), '>i2', [-1, 2]],
    [new Uint8ClampedArray([255, 0]), '|u1', [255, 0]],
    [new Float64Array([1, -2]), '>f4', [1, -2]],
    [new BigInt64Array([5n, -6n]), '<i2', [5, -6]],
    [new Float32Array([0, 0.5, 1, 9]).subarray(1, 3), '<f4', [0.5, 1]],
  ];
  for (const [entries, dtype, want] of cases) {
    const type = memoryTypeOf(typeOfDtype(dtype));
    equal(plain(decode(bytesOf(entries, type, 2), type, 2)), want);
  }
});
