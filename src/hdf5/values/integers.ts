/**
 * Whole numbers of any size, with padding of bits at either end.
 *
 * @module
 */
import { nativeOrder, placesOf } from './byte-order.ts';
import { numbersReader, readNumbers, type NumbersClass } from './numbers.ts';
import { entry, type Reader } from './reader.ts';
import type { Source } from './source.ts';
import type { Hdf5BitfieldType, Hdf5IntegerType, Hdf5Numbers, Hdf5TimeType } from './type.ts';

/** All types that are whole numbers. */
export type WholeType = Hdf5IntegerType | Hdf5BitfieldType | Hdf5TimeType;

/** What a whole number is made of. */
interface Whole {
  sizeBytes: number;
  order: 'little' | 'big';
  signed: boolean;
  bits: number;
  from: number;
}

type Narrow =
  | Int8Array<ArrayBuffer>
  | Uint8Array<ArrayBuffer>
  | Int16Array<ArrayBuffer>
  | Uint16Array<ArrayBuffer>
  | Int32Array<ArrayBuffer>;
type Wide = BigInt64Array<ArrayBuffer> | BigUint64Array<ArrayBuffer>;

/** Signed and unsigned arrays by the bytes of their numbers. */
const arrays: Record<number, readonly [signed: NumbersClass, unsigned: NumbersClass]> = {
  1: [Int8Array, Uint8Array],
  2: [Int16Array, Uint16Array],
  4: [Int32Array, Uint32Array],
  8: [BigInt64Array, BigUint64Array],
};

function wholeOf(type: WholeType): Whole {
  return {
    sizeBytes: type.sizeBytes,
    order: type.byteOrder,
    // a time before 1970 is negative
    signed: type.class === 'time' || (type.class === 'integer' && type.signed),
    bits: type.precisionBits,
    from: 'offsetBits' in type ? type.offsetBits : 0,
  };
}

/** The reader of whole numbers. */
export function integerReader(type: WholeType): Reader {
  const whole = wholeOf(type);
  const { sizeBytes, order, signed, bits, from } = whole;
  if (sizeBytes > 8) return { width: 1, read: (...at) => readLong(whole, ...at), cell: entry };
  const holdsBytes = sizeBytes < 3 ? sizeBytes : sizeBytes < 5 ? 4 : 8;
  const kind = arrays[holdsBytes]![signed ? 0 : 1];
  const isPadded = bits < holdsBytes * 8 || from > 0;
  if (holdsBytes === sizeBytes && !isPadded) return numbersReader(kind, order);
  return {
    width: 1,
    read(source, at, stride, count) {
      const numbers =
        holdsBytes === sizeBytes ? readNumbers(kind, order, source, at, stride, count) : readOdd(kind, whole, source, at, stride, count);
      if (holdsBytes === 8) cutWide(numbers as Wide, whole);
      else cutNarrow(numbers as Narrow, whole);
      return numbers;
    },
    cell: entry,
  };
}

/** Numbers of 3, 5, 6 or 7 bytes, into the low bytes of larger ones. */
function readOdd(
  kind: NumbersClass,
  { sizeBytes, order }: Whole,
  { bytes }: Source,
  at: number,
  stride: number,
  count: number,
): Hdf5Numbers {
  const size = kind.BYTES_PER_ELEMENT;
  const out = new Uint8Array(size * count);
  const from = placesOf(order, sizeBytes);
  const to = placesOf(nativeOrder, size);
  for (let k = 0; k < sizeBytes; k++)
    for (let i = 0, f = at + from[k]!, t = to[k]!; i < count; i++, f += stride, t += size) out[t] = bytes[f]!;
  return new kind(out.buffer, 0, count);
}

/** Leave the used bits only, and spread the sign. */
function cutNarrow(numbers: Narrow, { signed, bits, from }: Whole): void {
  const up = 32 - from - bits;
  const down = 32 - bits;
  if (signed) for (let i = 0; i < numbers.length; i++) numbers[i] = (numbers[i]! << up) >> down;
  else for (let i = 0; i < numbers.length; i++) numbers[i] = (numbers[i]! << up) >>> down;
}

function cutWide(numbers: Wide, { signed, bits, from }: Whole): void {
  const down = BigInt(from);
  const cut = signed ? BigInt.asIntN : BigInt.asUintN;
  for (let i = 0; i < numbers.length; i++) numbers[i] = cut(bits, numbers[i]! >> down);
}

/** Numbers of more than 8 bytes. */
function readLong({ sizeBytes, order, signed, bits, from }: Whole, { bytes }: Source, at: number, stride: number, count: number): bigint[] {
  const cut = signed ? BigInt.asIntN : BigInt.asUintN;
  const used = Math.ceil((from + bits) / 8);
  const out: bigint[] = [];
  for (let i = 0; i < count; i++) {
    const start = at + i * stride;
    let digits = '';
    for (let k = used - 1; k >= 0; k--)
      digits += bytes[start + (order === 'little' ? k : sizeBytes - 1 - k)]!.toString(16).padStart(2, '0');
    out.push(cut(bits, BigInt(`0x${digits}`) >> BigInt(from)));
  }
  return out;
}
