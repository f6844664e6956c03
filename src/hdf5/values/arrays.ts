/**
 * Arrays within elements.
 *
 * @module
 */
import { packed } from './packed.ts';
import { entries, type Reader } from './reader.ts';
import { sourceOf } from './source.ts';
import type { Hdf5ArrayType } from './type.ts';

/** The reader of arrays: the values of all of them, flat. */
export function arrayReader({ sizeBytes, base }: Hdf5ArrayType, of: Reader): Reader {
  const each = sizeBytes / base.sizeBytes;
  const width = each * of.width;
  return {
    width,
    read(source, at, stride, count) {
      if (stride === sizeBytes || count < 2) return of.read(source, at, base.sizeBytes, count * each);
      const bytes = packed(source, at, stride, sizeBytes, count);
      return of.read(sourceOf(bytes, { own: true, heap: source.heap }), 0, base.sizeBytes, count * each);
    },
    cell: (column, index) => entries(column, index, width),
  };
}
