/**
 * Floating-point numbers.
 *
 * @module
 */
import { UnsupportedTypeError } from '../errors.ts';
import { fitsFloat32, floatAt } from './float-bits.ts';
import { hasLayout } from './float-layouts.ts';
import { numbersReader, readNumbers } from './numbers.ts';
import { entry, type Reader } from './reader.ts';
import type { Hdf5FloatType } from './type.ts';

/** Larger exponents are of no format that exists. */
const MOST_EXPONENT_BITS = 30;

/**
 * The reader of floating-point numbers.
 *
 * @throws UnsupportedTypeError the exponent has more bits than any format's
 */
export function floatReader(type: Hdf5FloatType): Reader {
  const { byteOrder, exponentBits } = type;
  if (byteOrder !== 'vax') {
    if (hasLayout(type, 'binary32')) return numbersReader(Float32Array, byteOrder);
    if (hasLayout(type, 'binary64')) return numbersReader(Float64Array, byteOrder);
    if (hasLayout(type, 'binary16')) return shortReader(byteOrder, widenHalf);
    if (hasLayout(type, 'bfloat16')) return shortReader(byteOrder, (bits) => bits << 16);
  }
  if (exponentBits > MOST_EXPONENT_BITS) throw new UnsupportedTypeError(`Floating-point numbers with exponents of ${exponentBits} bits`);
  const numberAt = floatAt(type);
  const kind = fitsFloat32(type) ? Float32Array : Float64Array;
  return {
    width: 1,
    read(source, at, stride, count) {
      const out = new kind(count);
      for (let i = 0; i < count; i++) out[i] = numberAt(source, at + i * stride);
      return out;
    },
    cell: entry,
  };
}

/** Numbers of 16 bits, by what makes the 32 bits of a float of each. */
function shortReader(order: 'little' | 'big', widen: (bits: number) => number): Reader {
  return {
    width: 1,
    read(source, at, stride, count) {
      const shorts = readNumbers(Uint16Array, order, source, at, stride, count);
      const out = new Float32Array(count);
      const bits = new Uint32Array(out.buffer);
      for (let i = 0; i < count; i++) bits[i] = widen(shorts[i]!);
      return out;
    },
    cell: entry,
  };
}

/** The bits of the float that equals a float16. */
function widenHalf(half: number): number {
  const sign = (half & 0x8000) << 16;
  const exponent = (half >>> 10) & 0x1f;
  const mantissa = half & 0x3ff;
  if (exponent === 0x1f) return sign | 0x7f80_0000 | (mantissa << 13);
  if (exponent > 0) return sign | ((exponent + 112) << 23) | (mantissa << 13);
  if (mantissa === 0) return sign;
  // below the normal numbers: the highest set bit becomes the implied one
  const shift = Math.clz32(mantissa) - 21;
  return sign | ((113 - shift) << 23) | (((mantissa << shift) & 0x3ff) << 13);
}
