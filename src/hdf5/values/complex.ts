/**
 * Complex numbers: those of HDF5 2.0, and the compounds that stood for them before.
 *
 * @module
 */
import { floatReader } from './floats.ts';
import { entries, type Reader } from './reader.ts';
import type { Hdf5FloatType, Hdf5Type } from './type.ts';

/** The parts of a complex number. */
export interface ComplexParts {
  /** What each of them is. */
  base: Hdf5FloatType;
  realAt: number;
  imaginaryAt: number;
}

/** The parts of a type whose values are complex numbers, by its class or as h5py writes them: a compound of equal floats `r` and `i`. */
export function complexParts(type: Hdf5Type): ComplexParts | undefined {
  if (type.class === 'complex') return { base: type.base, realAt: 0, imaginaryAt: type.base.sizeBytes };
  if (type.class !== 'compound' || type.members.length !== 2) return undefined;
  const [real, imaginary] = type.members;
  if (real!.name !== 'r' || imaginary!.name !== 'i' || real!.type.class !== 'float' || imaginary!.type.class !== 'float') return undefined;
  if (!isSameFloat(real!.type, imaginary!.type)) return undefined;
  return { base: real!.type, realAt: real!.offsetBytes, imaginaryAt: imaginary!.offsetBytes };
}

const isSameFloat = (one: Hdf5FloatType, other: Hdf5FloatType): boolean =>
  (Object.keys(one) as (keyof Hdf5FloatType)[]).every((field) => one[field] === other[field]);

/** The reader of complex numbers: real and imaginary parts in turn. */
export function complexReader({ base, realAt, imaginaryAt }: ComplexParts): Reader {
  const part = floatReader(base);
  const size = base.sizeBytes;
  return {
    width: 2,
    read(source, at, stride, count) {
      if (imaginaryAt === realAt + size && (stride === 2 * size || count < 2)) return part.read(source, at + realAt, size, 2 * count);
      const real = part.read(source, at + realAt, stride, count) as Float32Array<ArrayBuffer> | Float64Array<ArrayBuffer>;
      const imaginary = part.read(source, at + imaginaryAt, stride, count) as typeof real;
      const out = real instanceof Float32Array ? new Float32Array(2 * count) : new Float64Array(2 * count);
      for (let i = 0; i < count; i++) {
        out[2 * i] = real[i]!;
        out[2 * i + 1] = imaginary[i]!;
      }
      return out;
    },
    cell: (column, index) => entries(column, index, 2),
  };
}
