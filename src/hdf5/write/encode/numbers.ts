/**
 * Whole numbers, bits, times and enums.
 *
 * @module
 */
import { UnsupportedTypeError } from '../../errors.ts';
import { nativeOrder } from '../../values/byte-order.ts';
import type { Hdf5EnumType, Hdf5IntegerType } from '../../values/type.ts';
import { shown, unfit } from './unfit.ts';
import { isRow, type Entries, type Writer } from './writer.ts';

type Numbers = Pick<Hdf5IntegerType, 'sizeBytes' | 'byteOrder' | 'signed'>;

/** The typed array that holds such numbers as they are. */
const arrayNames: Record<string, string> = {
  i1: 'Int8Array',
  u1: 'Uint8Array',
  i2: 'Int16Array',
  u2: 'Uint16Array',
  i4: 'Int32Array',
  u4: 'Uint32Array',
  i8: 'BigInt64Array',
  u8: 'BigUint64Array',
};

/** What class an object says that it is of; also one of another realm. */
export const tagOf = (value: unknown): string => Object.prototype.toString.call(value).slice(8, -1);

/** The bytes of a typed array's entries. */
export function bytesOf(entries: ArrayBufferView, sizeBytes: number, first: number, count: number): Uint8Array {
  return new Uint8Array(entries.buffer, entries.byteOffset + first * sizeBytes, count * sizeBytes);
}

/** Whether entries lie in memory as the type says. */
export function isAsStored(
  entries: Entries,
  name: string | undefined,
  { byteOrder, sizeBytes }: Pick<Numbers, 'byteOrder' | 'sizeBytes'>,
): boolean {
  return ArrayBuffer.isView(entries) && tagOf(entries) === name && (sizeBytes === 1 || byteOrder === nativeOrder);
}

/** The writer of whole numbers that use all of their bits. */
export function integerWriter(type: Hdf5IntegerType): Writer {
  const { sizeBytes, signed, byteOrder, precisionBits, offsetBits } = type;
  if (precisionBits !== sizeBytes * 8 || offsetBits !== 0)
    throw new UnsupportedTypeError('whole numbers that do not use all of their bits cannot be written');
  return numbersWriter({ sizeBytes, signed, byteOrder });
}

/** The writer of bits and times: whole numbers without a sign. */
export const unsignedWriter = ({ sizeBytes, byteOrder }: Pick<Numbers, 'sizeBytes' | 'byteOrder'>): Writer =>
  numbersWriter({ sizeBytes, byteOrder, signed: false });

/** @param toNumber makes a number of other values, where they have one */
function numbersWriter(type: Numbers, toNumber: (value: unknown) => unknown = (value) => value): Writer {
  const { sizeBytes, signed, byteOrder } = type;
  const name = arrayNames[`${signed ? 'i' : 'u'}${sizeBytes}`];
  if (!name) throw new UnsupportedTypeError(`whole numbers of ${sizeBytes} bytes cannot be written`);
  const isLittle = byteOrder === 'little';
  const bits = sizeBytes * 8;
  const least = signed ? -(2 ** (bits - 1)) : 0;
  const most = signed ? 2 ** (bits - 1) - 1 : 2 ** bits - 1;
  const refuse = (value: unknown) => unfit(`${shown(value)} is no whole number of ${sizeBytes} bytes${signed ? '' : ' without a sign'}`);
  const small = (value: unknown): number => {
    const number = typeof value === 'bigint' ? Number(value) : value;
    if (typeof number !== 'number' || !Number.isInteger(number) || number < least || number > most) throw refuse(value);
    return number;
  };
  const large = (value: unknown): bigint => {
    const number = typeof value === 'number' && Number.isSafeInteger(value) ? BigInt(value) : value;
    if (typeof number !== 'bigint' || (signed ? BigInt.asIntN : BigInt.asUintN)(64, number) !== number) throw refuse(value);
    return number;
  };
  const put = (view: DataView, at: number, value: unknown): void => {
    switch (sizeBytes) {
      case 1:
        return view.setUint8(at, small(value));
      case 2:
        return view.setUint16(at, small(value), isLittle);
      case 4:
        return view.setUint32(at, small(value), isLittle);
      default:
        return view.setBigUint64(at, BigInt.asUintN(64, large(value)), isLittle);
    }
  };
  return {
    width: 1,
    write(out, at, stride, entries, first, count) {
      if (stride === sizeBytes && isAsStored(entries, name, type)) {
        out.bytes.set(bytesOf(entries as unknown as ArrayBufferView, sizeBytes, first, count), at);
        return;
      }
      if (!isRow(entries)) throw unfit('whole numbers are written from an array');
      for (let i = 0; i < count; i++) put(out.view, at + i * stride, toNumber(entries[first + i]));
    },
  };
}

/** The writer of enums: numbers, names, and for a number 0 or 1 a boolean. */
export function enumWriter({ base, members }: Hdf5EnumType): Writer {
  const values = new Map(members.map(({ name, value }) => [name, value]));
  return numbersWriter(base, (value) => {
    if (typeof value === 'boolean') return Number(value);
    if (typeof value !== 'string') return value;
    const known = values.get(value);
    if (known === undefined) throw unfit(`${shown(value)} is no name of this enum`);
    return known;
  });
}
