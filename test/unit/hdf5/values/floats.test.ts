/** Floating-point numbers of all layouts, against arithmetic that is exact. */
import fc from 'fast-check';
import { decode } from '../../../../src/hdf5/values/decode.ts';
import { floatAt } from '../../../../src/hdf5/values/float-bits.ts';
import { sourceOf } from '../../../../src/hdf5/values/source.ts';
import type { Hdf5FloatType } from '../../../../src/hdf5/values/type.ts';
import { env } from '../../../env.ts';
import { equal, ok, rejects, test } from '../../../harness.ts';
import { float, hex } from './types.ts';

const settings = { seed: env().seed, numRuns: 2000 };

/** The first pattern that became another number than wanted. */
function firstWrong(got: ArrayLike<number>, want: (i: number) => number): string | undefined {
  for (let i = 0; i < got.length; i++) if (!Object.is(got[i], want(i))) return `${i}: ${got[i]}, expected ${want(i)}`;
  return undefined;
}

/** All numbers of 16 bits, little-endian. */
const shorts = (): Uint8Array => new Uint8Array(Uint8Array.from({ length: 131_072 }, (_, i) => (i & 1 ? (i >> 9) & 255 : (i >> 1) & 255)));

/** Turns each pair of bytes around. */
const swapped = (bytes: Uint8Array): Uint8Array => bytes.map((_, i) => bytes[i ^ 1]!);

/** What bits mean by IEEE 754, with implied highest bit. */
function meaning(bits: number, exponentBits: number, mantissaBits: number): number {
  const sign = bits >> (exponentBits + mantissaBits) ? -1 : 1;
  const exponent = (bits >> mantissaBits) & (2 ** exponentBits - 1);
  const mantissa = bits & (2 ** mantissaBits - 1);
  const bias = 2 ** (exponentBits - 1) - 1;
  if (exponent === 2 ** exponentBits - 1) return mantissa ? NaN : sign * Infinity;
  if (exponent === 0) return sign * mantissa * 2 ** (1 - bias - mantissaBits);
  return sign * (1 + mantissa / 2 ** mantissaBits) * 2 ** (exponent - bias);
}

for (const [layout, exponentBits, mantissaBits] of [
  ['binary16', 5, 10],
  ['bfloat16', 8, 7],
] as const)
  test(`hdf5 ${layout}: all patterns, in both orders and by their bits`, () => {
    const want = (bits: number): number => meaning(bits, exponentBits, mantissaBits);
    const little = decode(shorts(), float(layout), 65_536);
    ok(little instanceof Float32Array, 'a Float32Array');
    equal(firstWrong(little, want), undefined);
    equal(firstWrong(decode(swapped(shorts()), float(layout, 'big'), 65_536) as Float32Array, want), undefined);
    const at = floatAt(float(layout));
    const source = sourceOf(shorts());
    equal(
      firstWrong(
        Array.from({ length: 65_536 }, (_, i) => at(source, 2 * i)),
        want,
      ),
      undefined,
    );
  });

test('hdf5 floats: the way for any bits agrees with the machine for its own', () => {
  const single = floatAt(float('binary32', 'big'));
  const double = floatAt(float('binary64'));
  const bytes = new Uint8Array(8);
  const view = new DataView(bytes.buffer);
  const source = sourceOf(bytes);
  fc.assert(
    fc.property(fc.oneof(fc.double(), fc.float(), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })), (number) => {
      if (typeof number === 'bigint') view.setBigUint64(0, number, true);
      else view.setFloat64(0, number, true);
      ok(Object.is(double(source, 0), view.getFloat64(0, true)), 'the same double');
      ok(Object.is(single(source, 0), view.getFloat32(0)), 'the same float');
      equal(
        firstWrong(decode(bytes, float('binary32', 'big'), 2) as Float32Array, (i) => view.getFloat32(4 * i)),
        undefined,
      );
      equal(
        firstWrong(decode(bytes, float('binary64', 'big'), 1) as Float64Array, () => view.getFloat64(0)),
        undefined,
      );
    }),
    settings,
  );
});

/** 2 to a power that doubles have. */
function powerOf2(power: number): number {
  const view = new DataView(new ArrayBuffer(8));
  view.setBigUint64(0, power < -1022 ? 1n << BigInt(power + 1074) : BigInt(power + 1023) << 52n);
  return view.getFloat64(0);
}

/** significand · 2^power, rounded to nearest, ties to even. */
function rounded(significand: bigint, power: number): number {
  if (significand === 0n) return 0;
  const last = Math.max(power + significand.toString(2).length - 53, -1074);
  if (last > 971) return Infinity;
  if (power >= last) return Number(significand << BigInt(power - last)) * powerOf2(last);
  const cut = BigInt(last - power);
  const kept = significand >> cut;
  const twice = (significand - (kept << cut)) * 2n;
  const one = 1n << cut;
  const up = twice > one || (twice === one && kept % 2n === 1n);
  return Number(kept + (up ? 1n : 0n)) * powerOf2(last);
}

/** A number by its layout, with whole numbers of any length. */
function exact(bits: bigint, type: Hdf5FloatType): number {
  const field = (at: number, length: number): bigint => (bits >> BigInt(at)) % (1n << BigInt(length));
  const sign = field(type.signAt, 1) ? -1 : 1;
  const exponent = Number(field(type.exponentAt, type.exponentBits));
  const mantissa = field(type.mantissaAt, type.mantissaBits);
  const isImplied = type.normalisation === 'implied';
  if (exponent === 2 ** type.exponentBits - 1) {
    const tells = isImplied ? mantissa : mantissa % (1n << BigInt(type.mantissaBits - 1));
    return tells ? NaN : sign * Infinity;
  }
  const power = exponent - type.exponentBias + 1 - type.mantissaBits;
  if (!isImplied || exponent === 0) return sign * rounded(mantissa, power);
  return sign * rounded(mantissa + (1n << BigInt(type.mantissaBits)), power - 1);
}

/** Exponents at all ends of what doubles hold, by what they mean. */
const powers = fc.oneof(
  fc.integer({ min: -1140, max: -1010 }),
  fc.integer({ min: 1015, max: 1030 }),
  fc.integer({ min: -64, max: 64 }),
  fc.integer({ min: -16_383, max: 16_384 }),
);

/**
 * A power and a mantissa of `bits`, of which a double has the upper 52, or fewer below the normal numbers: often just half
 * of what comes behind them, with or without a bit somewhere further down, or nothing but ones.
 */
const numbers = (bits: number): fc.Arbitrary<[power: number, mantissa: bigint]> =>
  fc
    .record({
      power: powers,
      any: fc.bigInt({ min: 0n, max: 2n ** BigInt(bits) - 1n }),
      further: fc.nat(bits),
      kind: fc.constantFrom('any', 'half', 'more', 'ones', 'zero'),
    })
    .map(({ power, any, further, kind }) => {
      const half = Math.min(bits - 53 + Math.max(0, -1022 - power), bits - 1);
      const upper = (any >> BigInt(half + 1)) << BigInt(half + 1);
      const tie = upper + (1n << BigInt(half));
      const mantissas = { any, half: tie, more: tie + (1n << BigInt(further % half)), ones: tie - 1n, zero: 0n };
      return [power, mantissas[kind]];
    });

for (const layout of ['binary128', 'x87'] as const)
  for (const order of ['little', 'big'] as const)
    test(`hdf5 ${layout}, ${order}-endian: rounded to nearest, ties to even`, () => {
      const type = float(layout, order);
      fc.assert(
        fc.property(numbers(layout === 'x87' ? 63 : 112), fc.boolean(), fc.boolean(), ([power, mantissa], isNegative, isNormal) => {
          const fitting = layout === 'x87' && isNormal ? mantissa | (2n ** 63n) : mantissa;
          const exponent = BigInt(power + 16_383) << BigInt(type.exponentAt);
          const bits = fitting | exponent | (isNegative ? 1n << BigInt(type.signAt) : 0n);
          const bytes = hex(bits.toString(16).padStart(32, '0'));
          const [got] = decode(order === 'big' ? bytes : bytes.reverse(), type, 1) as Float64Array;
          const want = exact(bits, type);
          ok(Object.is(got, want), `${bits.toString(16)}: ${want}, not ${got}`);
        }),
        settings,
      );
    });

test('hdf5 floats: long ones that are known', () => {
  const known: [layout: 'binary128' | 'x87', digits: string, number: number][] = [
    ['binary128', '4000 921fb54442d18469898cc51701b8', Math.PI],
    ['binary128', '3ffd 5555555555555555555555555555', 1 / 3],
    ['binary128', 'bfff 0000000000000000000000000000', -1],
    ['binary128', '3fff 0000000000000800000000000000', 1],
    ['binary128', '3fff 0000000000000800000000000001', 1 + Number.EPSILON],
    ['binary128', '43fe ffffffffffffffffffffffffffff', Infinity],
    ['binary128', '43fe fffffffffffff7ffffffffffffff', Number.MAX_VALUE],
    ['binary128', '3bcd 0000000000000000000000000000', Number.MIN_VALUE],
    ['binary128', '3bcc 0000000000000000000000000000', 0],
    ['binary128', '3bcc 0000000000000000000000000001', Number.MIN_VALUE],
    ['binary128', 'ffff 0000000000000000000000000000', -Infinity],
    ['binary128', '7fff 8000000000000000000000000000', NaN],
    ['binary128', '8000 0000000000000000000000000001', -0],
    ['x87', '000000000000 4000 c90fdaa22168c235', Math.PI],
    ['x87', '000000000000 3ffd aaaaaaaaaaaaaaab', 1 / 3],
    ['x87', '000000000000 3fff 8000000000000400', 1],
    ['x87', '000000000000 3fff 8000000000000c00', 1 + 2 * Number.EPSILON],
    ['x87', '000000000000 bc0c c000000000000000', -1.5 * powerOf2(-1011)],
    ['x87', '000000000000 7fff 8000000000000000', Infinity],
    ['x87', '000000000000 ffff c000000000000000', NaN],
    // bytes behind the number say nothing
    ['x87', 'deadbeef0102 3fff 8000000000000000', 1],
  ];
  for (const [layout, digits, number] of known) {
    const [got] = decode(hex(digits), float(layout, 'big'), 1) as Float64Array;
    ok(Object.is(got, number), `${digits}: ${number}, not ${got}`);
  }
});

test('hdf5 floats: any other layout', () => {
  const layouts = fc
    .record({ exponentBits: fc.integer({ min: 1, max: 16 }), mantissaBits: fc.nat(120), offsetBits: fc.nat(9), isImplied: fc.boolean() })
    .filter(({ mantissaBits, isImplied }) => isImplied || mantissaBits > 0)
    .chain((parts) =>
      fc.record({
        parts: fc.constant(parts),
        exponentBias: fc.nat(2 ** parts.exponentBits),
        spareBits: fc.nat(9),
        order: fc.constantFrom('little' as const, 'big' as const, 'vax' as const),
        isSignLow: fc.boolean(),
      }),
    );
  fc.assert(
    fc.property(layouts, fc.bigInt({ min: 0n, max: 2n ** 160n - 1n }), ({ parts, exponentBias, spareBits, order, isSignLow }, any) => {
      const { exponentBits, mantissaBits, offsetBits, isImplied } = parts;
      const precisionBits = 1 + exponentBits + mantissaBits;
      const sizeBytes = 2 * Math.ceil((offsetBits + precisionBits + spareBits) / 16);
      const type: Hdf5FloatType = {
        class: 'float',
        sizeBytes,
        byteOrder: order,
        precisionBits,
        offsetBits,
        signAt: isSignLow ? offsetBits : offsetBits + precisionBits - 1,
        exponentAt: offsetBits + mantissaBits + (isSignLow ? 1 : 0),
        exponentBits,
        exponentBias,
        mantissaAt: offsetBits + (isSignLow ? 1 : 0),
        mantissaBits,
        normalisation: isImplied ? 'implied' : 'none',
      };
      const bits = any % (1n << BigInt(sizeBytes * 8));
      const highestFirst = hex(bits.toString(16).padStart(sizeBytes * 2, '0'));
      const lowestFirst = highestFirst.slice().reverse();
      const words = lowestFirst.map((_, i) => highestFirst[i ^ 1]!);
      const raw = { little: lowestFirst, big: highestFirst, vax: words }[order];
      const [got] = decode(raw, type, 1) as Float64Array;
      const want = exact(bits, type);
      ok(Object.is(got, want), `${bits.toString(16)}: ${want}, not ${got}`);
    }),
    settings,
  );
});

test('hdf5 floats: exponents beyond all formats are refused', async () => {
  const type: Hdf5FloatType = { ...float('binary64'), exponentBits: 40, mantissaBits: 12, exponentAt: 12 };
  await rejects(() => decode(new Uint8Array(8), type, 1), 'NotSupported');
});
