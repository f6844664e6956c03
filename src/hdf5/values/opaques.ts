/**
 * Opaque values.
 *
 * @module
 */
import { entry, type Reader } from './reader.ts';

/** The reader of opaque values: the bytes of each, in a buffer of their own. */
export function opaqueReader(sizeBytes: number): Reader {
  return {
    width: 1,
    read({ bytes }, at, stride, count) {
      return Array.from({ length: count }, (_, i) => bytes.slice(at + i * stride, at + i * stride + sizeBytes));
    },
    cell: entry,
  };
}
