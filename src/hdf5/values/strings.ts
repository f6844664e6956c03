/**
 * Texts.
 *
 * @module
 */
import { Hdf5Error } from '../errors.ts';
import { entry, type Reader } from './reader.ts';
import { packed } from './packed.ts';
import type { Heap } from './source.ts';
import type { Hdf5StringType } from './type.ts';

/** So much is decoded at a time: a part of a text may hold the whole of it in memory. */
const PIECE_BYTES = 0x4000;

/** A mark in front belongs to the text. */
const decoder = (): TextDecoder => new TextDecoder('utf-8', { ignoreBOM: true });

/** The reader of texts of a fixed size: to the first NUL; where there is none, without the spaces that fill them up. */
export function stringReader({ sizeBytes, padding }: Hdf5StringType): Reader {
  return {
    width: 1,
    read(source, at, stride, count) {
      // a view will do, for texts are copies
      const bytes = packed({ ...source, own: true }, at, stride, sizeBytes, count);
      const utf8 = decoder();
      const out: string[] = [];
      const several = Math.max(1, Math.floor(PIECE_BYTES / sizeBytes));
      for (let first = 0; first < count; first += several) {
        const last = Math.min(first + several, count);
        const start = first * sizeBytes;
        const text = last - first > 1 ? utf8.decode(bytes.subarray(start, last * sizeBytes)) : '';
        // one unit a byte: each text can be cut out of it
        const isPlain = text.length === (last - first) * sizeBytes;
        for (let i = first; i < last; i++) {
          const from = i * sizeBytes;
          const end = endOf(bytes, from, sizeBytes, padding === 'space-padded');
          out.push(isPlain ? text.slice(from - start, end - start) : utf8.decode(bytes.subarray(from, end)));
        }
      }
      return out;
    },
    cell: entry,
  };
}

/** Where a text ends. */
function endOf(bytes: Uint8Array, from: number, sizeBytes: number, isSpacePadded: boolean): number {
  const limit = from + sizeBytes;
  let end = from;
  while (end < limit && bytes[end] !== 0) end++;
  if (isSpacePadded && end === limit) while (end > from && bytes[end - 1] === 0x20) end--;
  return end;
}

/** The reader of texts of any length, which lie in the library's memory and end with a NUL. */
export function vlenStringReader(): Reader {
  return {
    width: 1,
    read({ view, heap }, at, stride, count) {
      const utf8 = decoder();
      const out: string[] = [];
      for (let i = 0; i < count; i++) out.push(textAt(heap!, view.getUint32(at + i * stride, true), utf8));
      return out;
    },
    cell: entry,
  };
}

function textAt(heap: Heap, at: number, utf8: TextDecoder): string {
  // nothing was written there
  if (at === 0) return '';
  heap.take(at, 1);
  const { bytes } = heap.source;
  const end = bytes.indexOf(0, at);
  if (end < 0) throw new Hdf5Error('A text does not end within the memory that it was read into');
  heap.take(at, end - at);
  return utf8.decode(bytes.subarray(at, end));
}
