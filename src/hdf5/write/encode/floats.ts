/**
 * Floating-point and complex numbers.
 *
 * @module
 */
import { UnsupportedTypeError } from '../../errors.ts';
import type { ComplexParts } from '../../values/complex.ts';
import { hasLayout } from '../../values/float-layouts.ts';
import type { Hdf5FloatType } from '../../values/type.ts';
import { bytesOf, isAsStored } from './numbers.ts';
import { shown, unfit } from './unfit.ts';
import { isRow, type Writer } from './writer.ts';

const arrayNames: Record<number, string> = { 2: 'Float16Array', 4: 'Float32Array', 8: 'Float64Array' };

/**
 * The bits of a number in 16, rounded to nearest, ties to even; what is too large is infinite.
 *
 * @example shortBits(1, { exponentBits: 5, mantissaBits: 10 }) // 0x3c00
 */
export function shortBits(value: number, { exponentBits, mantissaBits }: Pick<Hdf5FloatType, 'exponentBits' | 'mantissaBits'>): number {
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const infinite = (2 ** exponentBits - 1) * 2 ** mantissaBits;
  if (Number.isNaN(value)) return infinite + 2 ** (mantissaBits - 1);
  const size = Math.abs(value);
  if (size === Infinity) return sign + infinite;
  const least = 2 - 2 ** (exponentBits - 1);
  // the exponent of the number itself, or of the smallest that has one
  let exponent = Math.max(Math.floor(Math.log2(size)), least);
  // near a power of two the logarithm is rounded over it
  if (exponent > least && size < 2 ** exponent) exponent--;
  else if (size >= 2 ** (exponent + 1)) exponent++;
  const scaled = size / 2 ** (exponent - mantissaBits);
  const whole = Math.floor(scaled);
  const rest = scaled - whole;
  const rounded = rest > 0.5 || (rest === 0.5 && whole % 2 === 1) ? whole + 1 : whole;
  return sign + Math.min((exponent - least) * 2 ** mantissaBits + rounded, infinite);
}

/** The writer of floating-point numbers. */
export function floatWriter(type: Hdf5FloatType): Writer {
  const { sizeBytes, byteOrder } = type;
  const known = (['binary16', 'bfloat16', 'binary32', 'binary64'] as const).find((name) => hasLayout(type, name));
  if (!known || byteOrder === 'vax')
    throw new UnsupportedTypeError(`floating-point numbers of ${sizeBytes} bytes and this layout cannot be written`);
  const isLittle = byteOrder === 'little';
  const name = known === 'bfloat16' ? undefined : arrayNames[sizeBytes];
  const put = (view: DataView, at: number, value: number): void => {
    if (sizeBytes === 8) view.setFloat64(at, value, isLittle);
    else if (sizeBytes === 4) view.setFloat32(at, value, isLittle);
    else view.setUint16(at, shortBits(value, type), isLittle);
  };
  return {
    width: 1,
    write(out, at, stride, entries, first, count) {
      if (stride === sizeBytes && isAsStored(entries, name, { byteOrder, sizeBytes })) {
        out.bytes.set(bytesOf(entries as unknown as ArrayBufferView, sizeBytes, first, count), at);
        return;
      }
      if (!isRow(entries)) throw unfit('numbers are written from an array');
      for (let i = 0; i < count; i++) {
        const value = entries[first + i];
        if (typeof value !== 'number') throw unfit(`${shown(value)} is no number${typeof value === 'bigint' ? ' of floating point' : ''}`);
        put(out.view, at + i * stride, value);
      }
    },
  };
}

/** The writer of complex numbers, from real and imaginary parts in turn. */
export function complexWriter({ base, realAt, imaginaryAt }: ComplexParts): Writer {
  const part = floatWriter(base);
  return {
    width: 2,
    isWide: true,
    write(out, at, stride, entries, first, count) {
      if (imaginaryAt === realAt + base.sizeBytes && stride === 2 * base.sizeBytes)
        return part.write(out, at + realAt, base.sizeBytes, entries, 2 * first, 2 * count);
      for (let i = 0; i < count; i++) {
        part.write(out, at + i * stride + realAt, base.sizeBytes, entries, 2 * (first + i), 1);
        part.write(out, at + i * stride + imaginaryAt, base.sizeBytes, entries, 2 * (first + i) + 1, 1);
      }
    },
  };
}
