/**
 * Sequences of any length.
 *
 * @module
 */
import { Hdf5Error } from '../errors.ts';
import { entry, type Reader } from './reader.ts';
import type { Hdf5Type, Hdf5Values } from './type.ts';

/** The reader of sequences, which lie in the library's memory: an element is their length and where they are, of 4 bytes each. */
export function vlenReader(base: Hdf5Type, of: Reader): Reader {
  return {
    width: 1,
    read({ view, heap }, at, stride, count) {
      const out: Hdf5Values[] = [];
      for (let i = 0; i < count; i++) {
        const length = view.getUint32(at + i * stride, true);
        const start = view.getUint32(at + i * stride + 4, true);
        if (length > 0 && start === 0) throw new Hdf5Error('A sequence of values is nowhere');
        heap!.take(length && start, length * base.sizeBytes);
        out.push(of.read(heap!.source, length && start, base.sizeBytes, length));
      }
      return out;
    },
    cell: entry,
  };
}
