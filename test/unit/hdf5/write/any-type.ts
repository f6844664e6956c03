/** Types and values of them, at random. */
import fc from 'fast-check';
import { arrayType, booleanType, compoundType, floatType, integerType, textType, vlenType } from '../../../../src/hdf5/write/types/make.ts';
import { complexParts } from '../../../../src/hdf5/values/complex.ts';
import { shortBits } from '../../../../src/hdf5/write/encode/floats.ts';
import type { Hdf5FloatType, Hdf5Type } from '../../../../src/hdf5/values/type.ts';

const orders = fc.constantFrom<'little' | 'big'>('little', 'big');
const sizes = fc.constantFrom(1, 2, 4, 8);
const names = fc.uniqueArray(fc.constantFrom('x', 'y', 'index', 'größe', 'a b', 'r', 'i'), { minLength: 1, maxLength: 4 });

/** Types that can be written, one in another. */
export const types: fc.Arbitrary<Hdf5Type> = fc.letrec<{ type: Hdf5Type }>((tie) => ({
  type: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.tuple(fc.boolean(), sizes, orders).map(([signed, size, order]) => integerType(signed, size, size === 1 ? 'little' : order)),
    fc.tuple(fc.constantFrom('binary16', 'binary32', 'binary64', 'bfloat16'), orders).map(([name, order]) => floatType(name, order)),
    fc.constant(booleanType),
    fc.constant(textType),
    fc
      .tuple(
        fc.integer({ min: 1, max: 9 }),
        fc.constantFrom('null-padded', 'null-terminated', 'space-padded'),
        fc.constantFrom('ascii', 'utf-8'),
      )
      .map(([size, padding, charset]): Hdf5Type => ({ class: 'string', sizeBytes: size + 1, padding, charset })),
    fc.integer({ min: 1, max: 9 }).map((sizeBytes): Hdf5Type => ({ class: 'opaque', sizeBytes, tag: '' })),
    fc
      .tuple(fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 2 }), tie('type'))
      .map(([shape, base]) => arrayType(shape, base)),
    tie('type').map(vlenType),
    fc
      .tuple(names, fc.array(tie('type'), { minLength: 4, maxLength: 4 }))
      .map(([its, four]) => compoundType(its.map((name, i) => [name, four[i]!] as const))),
    fc.tuple(fc.constantFrom('binary32', 'binary64'), orders).map(([name, order]): Hdf5Type => {
      const base = floatType(name, order);
      return { class: 'complex', sizeBytes: 2 * base.sizeBytes, base };
    }),
  ),
})).type;

const letters = ['a', 'Z', ' ', 'é', '漢', '🎈'];

/** A number that a layout holds exactly. */
function exact(type: Hdf5FloatType, value: number): number {
  if (type.sizeBytes === 8) return value;
  if (type.sizeBytes === 4) return Math.fround(value);
  const bits = shortBits(value, type);
  const exponent = (bits >> type.mantissaBits) & (2 ** type.exponentBits - 1);
  const mantissa = bits & (2 ** type.mantissaBits - 1);
  const size = exponent
    ? (2 ** type.mantissaBits + mantissa) * 2 ** (exponent - type.exponentBias - type.mantissaBits)
    : mantissa * 2 ** (1 - type.exponentBias - type.mantissaBits);
  return bits & 0x8000 ? -size : size;
}

/**
 * Entries of elements, as `decode` gives them.
 *
 * @param next gives numbers from 0 to 1
 */
export function entriesOfType(type: Hdf5Type, count: number, next: () => number): unknown[] {
  const each = <T>(make: () => T): T[] => Array.from({ length: count }, make);
  const text = (most: number, charset: string): string => {
    let made = '';
    for (let length = Math.floor(next() * 6); length > 0; length--) {
      const letter = letters[Math.floor(next() * (charset === 'ascii' ? 2 : letters.length))]!;
      if (new TextEncoder().encode(made + letter).length <= most) made += letter;
    }
    return made;
  };
  const float = (its: Hdf5FloatType): number => exact(its, (next() - 0.5) * 2 ** Math.floor(next() * 30 - 15));
  switch (type.class) {
    case 'integer': {
      const bits = BigInt(type.sizeBytes * 8);
      return each(() => {
        const random = BigInt(Math.floor(next() * 2 ** 32)) * 2n ** 32n + BigInt(Math.floor(next() * 2 ** 32));
        const value = type.signed ? BigInt.asIntN(Number(bits), random) : BigInt.asUintN(Number(bits), random);
        return type.sizeBytes === 8 ? value : Number(value);
      });
    }
    case 'float':
      return each(() => float(type));
    case 'enum':
      return each(() => Math.floor(next() * 2));
    case 'string':
      return each(() => text(type.sizeBytes - 1, type.charset).trimEnd());
    case 'vlen-string':
      return each(() => text(99, 'utf-8'));
    case 'opaque':
      return each(() => Uint8Array.from({ length: type.sizeBytes }, () => next() * 256));
    case 'array':
      return entriesOfType(type.base, (count * type.sizeBytes) / type.base.sizeBytes, next);
    case 'vlen':
      return each(() => entriesOfType(type.base, Math.floor(next() * 3), next));
    case 'complex':
      return Array.from({ length: 2 * count }, () => float(type.base));
    case 'compound':
      return each(() => {
        const record: [string, unknown][] = type.members.map((member) => {
          const entries = entriesOfType(member.type, 1, next);
          return [member.name, entries.length === 1 && !isWide(member.type) ? entries[0] : entries];
        });
        return Object.fromEntries(record);
      });
    case 'bitfield':
    case 'reference':
    case 'time':
      throw new Error(`no values of ${type.class}`);
  }
}

const isWide = (type: Hdf5Type): boolean => type.class === 'array' || complexParts(type) !== undefined;

/** Values as plain arrays, numbers and texts, to be compared. */
export function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'boolean') return Number(value);
  if (Object.is(value, -0)) return 0;
  if (ArrayBuffer.isView(value)) return Array.from(value as unknown as ArrayLike<unknown>, plain);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, its]) => [name, plain(its)]));
}
