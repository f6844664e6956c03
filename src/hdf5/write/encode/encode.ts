/**
 * From values to bytes, as the library takes them; the other way round of `values/decode.ts`, of the same values.
 *
 * @module
 */
import { UnsupportedTypeError } from '../../errors.ts';
import { complexParts } from '../../values/complex.ts';
import type { Hdf5OpaqueType, Hdf5ReferenceType, Hdf5Type } from '../../values/type.ts';
import { arrayWriter, compoundWriter, vlenWriter } from './compounds.ts';
import { complexWriter, floatWriter } from './floats.ts';
import { enumWriter, integerWriter, unsignedWriter } from './numbers.ts';
import { createOut, type Out } from './out.ts';
import { stringWriter, vlenStringWriter } from './texts.ts';
import { shown, unfit } from './unfit.ts';
import { isRow, type Compile, type Entries, type Writer } from './writer.ts';

/**
 * Makes what puts values of a type.
 *
 * @param type as in the library's memory
 * @throws UnsupportedTypeError values of it cannot be written
 */
export const compile: Compile = (type: Hdf5Type): Writer => {
  const parts = complexParts(type);
  if (parts) return complexWriter(parts);
  switch (type.class) {
    case 'integer':
      return integerWriter(type);
    case 'bitfield':
    case 'time':
      return unsignedWriter(type);
    case 'float':
      return floatWriter(type);
    case 'enum':
      return enumWriter(type);
    case 'string':
      return stringWriter(type);
    case 'vlen-string':
      return vlenStringWriter(type);
    case 'opaque':
    case 'reference':
      return bytesWriter(type);
    case 'array':
      return arrayWriter(type, compile(type.base));
    case 'vlen':
      return vlenWriter(type, compile(type.base));
    case 'compound':
      return compoundWriter(type, compile);
    case 'complex':
      // complexParts knows all of them
      throw new UnsupportedTypeError('complex numbers of that kind cannot be written');
  }
};

/** The writer of opaque values and references, which are bytes; a reference to nothing is `null`. */
function bytesWriter(type: Hdf5OpaqueType | Hdf5ReferenceType): Writer {
  const { sizeBytes } = type;
  if (type.class === 'reference' && type.revised) throw new UnsupportedTypeError('references of HDF5 1.12 cannot be written');
  return {
    width: 1,
    write(out, at, stride, entries, first, count) {
      if (!isRow(entries)) throw unfit('these values are written from an array');
      for (let i = 0; i < count; i++) {
        const value = entries[first + i];
        const bytes = type.class === 'reference' ? (value as { bytes?: unknown } | null)?.bytes : value;
        if (value === null && type.class === 'reference') out.bytes.fill(0, at + i * stride, at + i * stride + sizeBytes);
        else if (bytes instanceof Uint8Array && bytes.length === sizeBytes) out.bytes.set(bytes, at + i * stride);
        else throw unfit(`${shown(value)} is no value of ${sizeBytes} bytes`);
      }
    },
  };
}

/**
 * The bytes of elements, and behind them what they point to; {@link Out.settle} is still to be called.
 *
 * @param type as in the library's memory
 * @param first which element is the first one
 * @throws CloudError `InvalidArgument`; UnsupportedTypeError
 */
export function encode(entries: Entries, type: Hdf5Type, first: number, count: number): Out {
  const out = createOut(count * type.sizeBytes);
  compile(type).write(out, 0, type.sizeBytes, entries, first, count);
  return out;
}
