/**
 * Types from a few letters, as numpy and h5py have them.
 *
 * @module
 */
import { CloudError } from '../../../errors.ts';
import { UnsupportedTypeError } from '../../errors.ts';
import { checkedArray, checkedCompound } from '../../values/checks.ts';
import type { Hdf5Type } from '../../values/type.ts';
import { arrayType, booleanType, complexType, compoundType, floatType, integerType, referenceType, textType, vlenType } from './make.ts';

/**
 * What values are: in letters, or in full as a dataset's `type` tells it; for compounds by member.
 *
 * - `|i1` `|u1` `<i2` `<u2` `<i4` `<u4` `<i8` `<u8`, `<f2` `<f4` `<f8`, `bfloat16`, complex `<c8` `<c16`; `>` instead of `<` is big-endian, nothing is
 *   little-endian; also as `int32`, `float64` …
 * - `string`: texts of any length; `S8`: texts of up to 8 bytes of ASCII; `bool`; `V2`: opaque values of 2 bytes; `reference`
 * - `(3,2)<f8`: arrays of 3 times 2; `vlen<i4>`: sequences of any length
 */
export type Hdf5Dtype = string | Hdf5Type | { readonly [member: string]: Hdf5Dtype };

const longNames: Record<string, string> = { int: 'i', uint: 'u', float: 'f', complex: 'c' };
const floatNames = { 2: 'binary16', 4: 'binary32', 8: 'binary64' } as const;
const named: Record<string, Hdf5Type> = {
  string: textType,
  bool: booleanType,
  bfloat16: floatType('bfloat16'),
  '>bfloat16': floatType('bfloat16', 'big'),
  reference: referenceType,
};

const unknown = (text: string): CloudError =>
  new CloudError(
    `there is no type ${JSON.stringify(text)}: types are '<f4', '>i2', '|u1', 'bool', 'string', 'S8', '(3,2)<f8', 'vlen<i4>' …`,
    {
      code: 'InvalidArgument',
      operation: 'write',
    },
  );

/**
 * The type that is meant.
 *
 * @throws CloudError `InvalidArgument`; UnsupportedTypeError a type that exists, and cannot be written
 * @example typeOfDtype('<f4')
 */
export function typeOfDtype(dtype: Hdf5Dtype): Hdf5Type {
  if (typeof dtype === 'string') return typeOfText(dtype);
  if (typeof dtype !== 'object' || dtype === null) throw unknown(String(dtype));
  if ('class' in dtype && typeof (dtype as { sizeBytes?: unknown }).sizeBytes === 'number') return dtype as Hdf5Type;
  const members = Object.entries(dtype as Record<string, Hdf5Dtype>);
  if (members.length === 0) throw new CloudError('a compound needs members', { code: 'InvalidArgument', operation: 'write' });
  return checkedCompound(compoundType(members.map(([name, its]) => [name, typeOfDtype(its)] as const)));
}

function typeOfText(text: string): Hdf5Type {
  const array = /^\(([\d, ]+)\)(.+)$/.exec(text);
  if (array) {
    const shape = array[1]!.split(',').filter((part) => part.trim() !== '');
    return checkedArray(arrayType(shape.map(Number), typeOfText(array[2]!)));
  }
  const vlen = /^vlen<(.+)>$/.exec(text);
  // dtypeOf leaves the sign out, and with it that of little-endian numbers
  if (vlen) return vlenType(typeOfText(vlen[1]!));
  if (Object.hasOwn(named, text)) return named[text]!;
  const bytes = /^([SV])(\d+)$/.exec(text);
  if (bytes) {
    const sizeBytes = Number(bytes[2]);
    if (!(sizeBytes > 0 && sizeBytes < 2 ** 31)) throw unknown(text);
    return bytes[1] === 'V'
      ? { class: 'opaque', sizeBytes, tag: '' }
      : { class: 'string', sizeBytes, padding: 'null-padded', charset: 'ascii' };
  }
  return numberOf(text);
}

function numberOf(text: string): Hdf5Type {
  const long = /^(u?int|float|complex)(\d+)$/.exec(text);
  const [, sign, kind, digits] =
    (long ? /()([iufc])(\d+)/ : /^([<>|=]?)([iufc])(\d+)$/).exec(long ? `${longNames[long[1]!]}${Number(long[2]) / 8}` : text) ?? [];
  const order = sign === '>' ? 'big' : 'little';
  const size = Number(digits);
  if ((kind === 'i' || kind === 'u') && [1, 2, 4, 8].includes(size)) return integerType(kind === 'i', size, order);
  if (kind === 'f' && (size === 2 || size === 4 || size === 8)) return floatType(floatNames[size], order);
  if (kind === 'c' && (size === 8 || size === 16)) return complexType(floatType(size === 8 ? 'binary32' : 'binary64', order));
  if (/^(>?(float|complex)\d+|[<>]?[fc]\d+|time\d+|enum|compound|region-reference|attribute-reference)/.test(text))
    throw new UnsupportedTypeError(
      `'${text}' cannot be written from its name alone: give the type in full, where it can be written at all`,
    );
  throw unknown(text);
}
