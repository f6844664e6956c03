/**
 * Floating-point numbers of any layout, to JavaScript's.
 *
 * A value is significand · 2^(exponent − bias + 1 − width of the significand). The significand's highest bit may be implied; an exponent of
 * zero then means that it is 0 and the exponent is 1. An exponent of ones is infinity, or NaN where some further bit is set.
 * This is how HDF5 converts.
 *
 * @module
 */
import { nativeOrder, placesOf } from './byte-order.ts';
import type { Source } from './source.ts';
import type { Hdf5FloatType } from './type.ts';

/** Where the high and the low half of a double are. */
const HIGH = /* @__PURE__ */ (() => (nativeOrder === 'little' ? 1 : 0))();
const LOW = 1 - HIGH;

/** Whether a `Float32Array` holds each value of the layout exactly. */
export function fitsFloat32({ mantissaBits, exponentBits, exponentBias, normalisation }: Hdf5FloatType): boolean {
  const significandBits = mantissaBits + (normalisation === 'implied' ? 1 : 0);
  return significandBits <= 24 && 2 ** exponentBits - 2 - exponentBias <= 127 && 1 - exponentBias - mantissaBits >= -149;
}

/**
 * Makes what reads one number.
 *
 * @returns what reads the number at a byte of a source, rounded to nearest, ties to even
 */
export function floatAt(type: Hdf5FloatType): (source: Source, at: number) => number {
  const { sizeBytes, signAt, exponentAt, exponentBits, exponentBias, mantissaAt, mantissaBits } = type;
  const isImplied = type.normalisation === 'implied';
  const usedBits = Math.max(signAt + 1, exponentAt + exponentBits, mantissaAt + mantissaBits);
  const places = placesOf(type.byteOrder, sizeBytes, Math.ceil(usedBits / 8));
  const ones = 2 ** exponentBits - 1;
  // the number's bytes, the lowest first, and room behind so that 40 bits can be read anywhere
  const bytes = new Uint8Array(places.length + 8);
  const view = new DataView(bytes.buffer);
  const result = new Float64Array(1);
  const halves = new Uint32Array(result.buffer);

  /** 32 bits from a bit on; above the number there are zeros. */
  const bitsAt = (bit: number): number => {
    const byte = bit >>> 3;
    const shift = bit & 7;
    const low = view.getUint32(byte, true) >>> shift;
    return shift ? (low | (bytes[byte + 4]! << (32 - shift))) >>> 0 : low;
  };

  /** 32 bits of the mantissa from its bit `bit` on, which may be negative; zeros around it. */
  const mantissaFrom = (bit: number): number => {
    const left = mantissaBits - bit;
    // without a bit of its own it may be said to be anywhere
    if (left <= 0 || bit <= -32 || mantissaBits === 0) return 0;
    const found = bit < 0 ? bitsAt(mantissaAt) << -bit : bitsAt(mantissaAt + bit);
    return left < 32 ? found & (2 ** left - 1) : found >>> 0;
  };

  /** The mantissa's highest bit that is set, or -1. */
  const highestBit = (): number => {
    for (let bit = mantissaBits - 32; bit > -32; bit -= 32) {
      const word = mantissaFrom(bit);
      if (word) return bit + 31 - Math.clz32(word);
    }
    return -1;
  };

  const isInfinite = (): boolean => {
    const top = highestBit();
    if (top < 0) return true;
    if (isImplied) return false;
    // the highest bit is stored, and says nothing here
    for (let bit = mantissaBits - 33; bit > -32; bit -= 32) if (mantissaFrom(bit)) return false;
    return true;
  };

  return (source, at) => {
    for (let k = 0; k < places.length; k++) bytes[k] = source.bytes[at + places[k]!]!;
    const isNegative = ((bytes[signAt >>> 3]! >> (signAt & 7)) & 1) === 1;
    const exponent = bitsAt(exponentAt) & ones;
    if (exponent === ones) return isInfinite() ? (isNegative ? -Infinity : Infinity) : NaN;
    const hasImplied = isImplied && exponent > 0;
    const top = hasImplied ? mantissaBits : highestBit();
    if (top < 0) return isNegative ? -0 : 0;
    const power = hasImplied ? exponent - exponentBias : exponent - exponentBias + 1 - mantissaBits + top;
    // 64 bits from the highest one that is set, and whether there are more
    let high = mantissaFrom(top - 31);
    if (hasImplied) high = (high | 0x8000_0000) >>> 0;
    let isInexact = false;
    for (let bit = top - 95; bit > -32 && !isInexact; bit -= 32) isInexact = mantissaFrom(bit) !== 0;
    roundToDouble(halves, isNegative, high, mantissaFrom(top - 63), isInexact, power);
    return result[0]!;
  };
}

/**
 * Round 1.… · 2^power to a double.
 *
 * @param halves receives the double's two halves
 * @param high the significand's upper 32 bits, the highest of them set
 * @param low the next 32 bits
 * @param isInexact whether some further bit is set
 */
function roundToDouble(halves: Uint32Array, isNegative: boolean, high: number, low: number, isInexact: boolean, power: number): void {
  let exponent = power + 1023;
  let rest = isInexact;
  // below the normal numbers the last bits go first
  for (let shift = Math.min(1 - exponent, 65); shift > 0; shift -= 31) {
    const by = Math.min(shift, 31);
    rest ||= (low & (2 ** by - 1)) !== 0;
    low = ((low >>> by) | (high << (32 - by))) >>> 0;
    high >>>= by;
    exponent = 1;
  }
  let kept = (high << 21) | (low >>> 11);
  let keptHigh = high >>> 11;
  const cut = low & 0x7ff;
  if (cut > 0x400 || (cut === 0x400 && (rest || (kept & 1) === 1))) {
    kept = (kept + 1) | 0;
    if (kept === 0) keptHigh++;
  }
  // the significand's highest bit, and what rounding carries, count up the exponent
  let top = (exponent - 1) * 0x10_0000 + keptHigh;
  if (top >= 0x7ff0_0000) {
    top = 0x7ff0_0000;
    kept = 0;
  }
  halves[HIGH] = isNegative ? top + 0x8000_0000 : top;
  halves[LOW] = kept;
}
