/**
 * From a type to its reader.
 *
 * @module
 */
import { UnsupportedTypeError } from '../errors.ts';
import { arrayReader } from './arrays.ts';
import { complexParts, complexReader } from './complex.ts';
import { columnsReader, recordsReader } from './compounds.ts';
import { enumReader } from './enums.ts';
import { floatReader } from './floats.ts';
import { integerReader } from './integers.ts';
import { opaqueReader } from './opaques.ts';
import type { Compile, Reader } from './reader.ts';
import { referenceReader } from './references.ts';
import { stringReader, vlenStringReader } from './strings.ts';
import type { Hdf5Type } from './type.ts';
import { vlenReader } from './vlens.ts';

/** Bytes of a text's pointer in the library's memory. */
export const POINTER_BYTES = 4;
/** Bytes of a sequence's length and pointer there. */
export const SEQUENCE_BYTES: number = 2 * POINTER_BYTES;

/**
 * What makes the readers of types.
 *
 * @param hasHeap whether the library's memory is there for what points to it
 * @returns throws UnsupportedTypeError for types whose values cannot be had
 */
export function compilerOf(as: 'records' | 'columns', hasHeap: boolean): Compile {
  const pointing = (what: string, type: Hdf5Type, sizeBytes: number, make: () => Reader): Reader => {
    if (type.sizeBytes === sizeBytes && hasHeap) return make();
    throw new UnsupportedTypeError(`${what} of any length, of which there is no more than where the file has them`);
  };
  const compile: Compile = (type) => {
    const parts = complexParts(type);
    if (parts) return complexReader(parts);
    switch (type.class) {
      case 'integer':
      case 'bitfield':
      case 'time':
        return integerReader(type);
      case 'float':
        return floatReader(type);
      case 'enum':
        return enumReader(type);
      case 'string':
        return stringReader(type);
      case 'vlen-string':
        return pointing('Texts', type, POINTER_BYTES, vlenStringReader);
      case 'opaque':
        return opaqueReader(type.sizeBytes);
      case 'reference':
        return referenceReader(type);
      case 'array':
        return arrayReader(type, compile(type.base));
      case 'vlen':
        return pointing('Sequences', type, SEQUENCE_BYTES, () => vlenReader(type.base, compile(type.base)));
      case 'compound':
        return as === 'columns' ? columnsReader(type, compile) : recordsReader(type, compile);
      case 'complex':
        throw new UnsupportedTypeError('Complex numbers of that kind');
    }
  };
  return compile;
}
