/**
 * Types in a few letters.
 *
 * @module
 */
import { complexParts } from './complex.ts';
import { isBoolean } from './enums.ts';
import { hasLayout } from './float-layouts.ts';
import type { Hdf5FloatType, Hdf5Type } from './type.ts';

/**
 * A type in a few letters, as numpy has them where it has them: `<i4`, `>u2`, `|u1` (bits too), `<f2`, `<f8`, `<c16`, `S8` (texts of 8
 * bytes), `V2` (opaque), `(3,2)<f8` (arrays); else `string`, `bool`, `enum`, `compound`, `bfloat16`, `float128` (all of 16 bytes),
 * `time64`, `reference`, `region-reference`, `attribute-reference`, `vlen<i4>`; other floats by their bits, as `float8_e4m3`. What has no
 * sign for its order is little-endian, or has `>` or `vax:` in front.
 *
 * @example dtypeOf({ class: 'integer', sizeBytes: 4, byteOrder: 'little', signed: true, precisionBits: 32, offsetBits: 0 }) // '<i4'
 */
export function dtypeOf(type: Hdf5Type): string {
  const parts = complexParts(type);
  if (parts) return complexName(dtypeOf(parts.base));
  switch (type.class) {
    case 'integer':
      return `${signOf(type)}${type.signed ? 'i' : 'u'}${type.sizeBytes}`;
    case 'bitfield':
      return `${signOf(type)}u${type.sizeBytes}`;
    case 'float':
      return floatName(type);
    case 'time':
      return `${type.byteOrder === 'big' ? '>' : ''}time${type.sizeBytes * 8}`;
    case 'string':
      return `S${type.sizeBytes}`;
    case 'vlen-string':
      return 'string';
    case 'opaque':
      return `V${type.sizeBytes}`;
    case 'reference':
      return type.kind === 'object' || type.kind === 'any' ? 'reference' : `${type.kind}-reference`;
    case 'enum':
      return isBoolean(type) ? 'bool' : 'enum';
    case 'array':
      return `(${type.shape.join(',')})${dtypeOf(type.base)}`;
    case 'vlen':
      // a sign would look like a bracket
      return `vlen<${dtypeOf(type.base).replace(/^[<|]/, '')}>`;
    case 'compound':
    case 'complex':
      return type.class;
  }
}

function signOf({ sizeBytes, byteOrder }: { sizeBytes: number; byteOrder: 'little' | 'big' }): string {
  if (sizeBytes === 1) return '|';
  return byteOrder === 'little' ? '<' : '>';
}

function floatName(type: Hdf5FloatType): string {
  const { sizeBytes, byteOrder, exponentBits, mantissaBits } = type;
  if (byteOrder !== 'vax' && (['binary16', 'binary32', 'binary64'] as const).some((name) => hasLayout(type, name)))
    return `${byteOrder === 'little' ? '<' : '>'}f${sizeBytes}`;
  const before = { little: '', big: sizeBytes > 1 ? '>' : '', vax: 'vax:' }[byteOrder];
  if (hasLayout(type, 'bfloat16')) return `${before}bfloat16`;
  if (sizeBytes > 8) return `${before}float${sizeBytes * 8}`;
  return `${before}float${sizeBytes * 8}_e${exponentBits}m${mantissaBits}`;
}

/** Two of the parts' type in one. */
function complexName(part: string): string {
  const known = /^([<>]f|>?float)(\d+)$/.exec(part);
  if (!known) return `complex<${part}>`;
  return `${known[1]!.replace('float', 'complex').replace('f', 'c')}${2 * Number(known[2])}`;
}
