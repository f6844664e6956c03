/** Types as files have them, in short. */
import { floatLayouts } from '../../../../src/hdf5/values/float-layouts.ts';
import type {
  Hdf5CompoundType,
  Hdf5EnumType,
  Hdf5FloatType,
  Hdf5IntegerType,
  Hdf5StringType,
  Hdf5Type,
  Hdf5VlenStringType,
} from '../../../../src/hdf5/values/type.ts';

type Order = 'little' | 'big';

/** A whole number, e.g. `integer('>i4')` or `integer('<u3', { offsetBits: 2, precisionBits: 7 })`. */
export function integer(text: string, bits: { offsetBits?: number; precisionBits?: number } = {}): Hdf5IntegerType {
  const sizeBytes = Number(text.slice(2));
  const byteOrder: Order = text.startsWith('>') ? 'big' : 'little';
  return { class: 'integer', sizeBytes, byteOrder, signed: text[1] === 'i', precisionBits: sizeBytes * 8, offsetBits: 0, ...bits };
}

/** A floating-point number of a layout that has a name. */
export function float(layout: keyof typeof floatLayouts, byteOrder: Hdf5FloatType['byteOrder'] = 'little'): Hdf5FloatType {
  return { class: 'float', byteOrder, ...floatLayouts[layout] };
}

/** A text of a fixed size. */
export function string(sizeBytes: number, padding: Hdf5StringType['padding'] = 'null-padded'): Hdf5StringType {
  return { class: 'string', sizeBytes, padding, charset: 'utf-8' };
}

/** Texts of any length, which h5py calls unsigned bytes. */
export function vlenString(sizeBytes = 16): Hdf5VlenStringType {
  return { class: 'vlen-string', sizeBytes, padding: 'null-terminated', charset: 'utf-8', base: integer('<u1') };
}

/** An enum. */
export function enumOf(base: Hdf5IntegerType, values: Record<string, number | bigint>): Hdf5EnumType {
  const members = Object.entries(values).map(([name, value]) => ({ name, value }));
  return { class: 'enum', sizeBytes: base.sizeBytes, base, members };
}

/** h5py's booleans. */
export const boolean: Hdf5EnumType = enumOf(integer('<i1'), { FALSE: 0, TRUE: 1 });

/** Members one behind the other, with `paddingBytes` in front of each and at the end. */
export function compound(members: readonly (readonly [name: string, type: Hdf5Type])[], paddingBytes = 0): Hdf5CompoundType {
  let at = paddingBytes;
  const placed = members.map(([name, type]) => {
    const offsetBytes = at;
    at += type.sizeBytes + paddingBytes;
    return { name, offsetBytes, type };
  });
  return { class: 'compound', sizeBytes: at, members: placed };
}

/** An array. */
export function array(shape: readonly number[], base: Hdf5Type): Hdf5Type {
  return { class: 'array', sizeBytes: shape.reduce((product, length) => product * length, base.sizeBytes), shape, base };
}

/** Bytes of hexadecimal digits; blanks are for the eye. */
export function hex(text: string): Uint8Array {
  const digits = text.replace(/\s/g, '');
  return Uint8Array.from({ length: digits.length / 2 }, (_, i) => parseInt(digits.slice(2 * i, 2 * i + 2), 16));
}
