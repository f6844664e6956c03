/**
 * Types and values of Zarr arrays in the terms of the HDF5 views. Format: Zarr versions 2 and 3, read by zarrita.
 *
 * @module
 */
import type { Chunk, DataType } from 'zarrita';
import type { Hdf5Type, Hdf5Values } from '../../hdf5.ts';

const ieee = {
  2: { signAt: 15, exponentAt: 10, exponentBits: 5, exponentBias: 15, mantissaBits: 10 },
  4: { signAt: 31, exponentAt: 23, exponentBits: 8, exponentBias: 127, mantissaBits: 23 },
  8: { signAt: 63, exponentAt: 52, exponentBits: 11, exponentBias: 1023, mantissaBits: 52 },
} as const;

/** What values of a type are; `sizeBytes` as they are stored. */
export function typeOf(dtype: DataType): Hdf5Type {
  const [, kind, bits] = /^(int|uint|float)(\d+)$/.exec(dtype) ?? [];
  const sizeBytes = Number(bits) / 8;
  const whole = { byteOrder: 'little', precisionBits: Number(bits), offsetBits: 0 } as const;
  if (kind === 'float')
    return { class: 'float', sizeBytes, ...whole, ...ieee[sizeBytes as keyof typeof ieee], mantissaAt: 0, normalisation: 'implied' };
  if (kind) return { class: 'integer', sizeBytes, ...whole, signed: kind === 'int' };
  if (dtype === 'bool') {
    const base = { class: 'integer', sizeBytes: 1, ...whole, precisionBits: 8, signed: false } as const;
    const members = [
      { name: 'false', value: 0 },
      { name: 'true', value: 1 },
    ];
    return { class: 'enum', sizeBytes: 1, base, members };
  }
  const length = Number(/^v2:[US](\d+)$/.exec(dtype)?.[1] ?? 16);
  return { class: 'string', sizeBytes: dtype.startsWith('v2:U') ? 4 * length : length, padding: 'null-padded', charset: 'utf-8' };
}

/** Values in rows, the last axis fastest, whatever the order that they are in. */
export function valuesOf({ data, shape, stride }: Chunk<DataType>): Hdf5Values {
  const size = shape.reduce((product, extent) => product * extent, 1);
  const flat = flatOf(data);
  let step = 1;
  const isInOrder = shape
    .map((_, i) => shape.length - 1 - i)
    .every((axis) => {
      const fits = shape[axis] === 1 || stride[axis] === step;
      step *= shape[axis]!;
      return fits;
    });
  if (isInOrder && flat.length === size) return flat as Hdf5Values;
  const make = flat.constructor as new (length: number) => Record<number, unknown>;
  const values = Array.isArray(flat) ? Array.from<unknown>({ length: size }) : new make(size);
  const index = shape.map(() => 0);
  for (let i = 0; i < size; i++) {
    values[i] = flat[index.reduce((at, place, axis) => at + place * stride[axis]!, 0)];
    for (let axis = shape.length - 1; axis >= 0 && ++index[axis]! === shape[axis]; axis--) index[axis] = 0;
  }
  return values as unknown as Hdf5Values;
}

/** zarrita has classes of its own for what no typed array holds. */
function flatOf(data: Chunk<DataType>['data']): ArrayLike<unknown> {
  if (Array.isArray(data)) return data;
  if (ArrayBuffer.isView(data)) return data as unknown as ArrayLike<unknown>;
  const given = data as unknown as Iterable<unknown>;
  const list = Array.from(given);
  return typeof list[0] === 'boolean' ? Uint8Array.from(list, Number) : list;
}
