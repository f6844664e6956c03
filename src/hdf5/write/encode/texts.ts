/**
 * Texts.
 *
 * @module
 */
import { UNENCODABLE } from '../../../url/key.ts';
import type { Hdf5StringType, Hdf5VlenStringType } from '../../values/type.ts';
import { shown, unfit } from './unfit.ts';
import { isRow, type Entries, type Writer } from './writer.ts';

function encoded(value: unknown, charset: 'ascii' | 'utf-8', encoder: TextEncoder): Uint8Array {
  if (typeof value !== 'string') throw unfit(`${shown(value)} is no text`);
  if (value.includes('\0')) throw unfit(`${shown(value)} holds a NUL, with which texts in HDF5 end`);
  if (UNENCODABLE.test(value)) throw unfit(`${shown(value)} has half a character, which no encoding has`);
  const bytes = encoder.encode(value);
  if (charset === 'ascii' && bytes.length !== value.length)
    throw unfit(`${shown(value)} is more than ASCII: give a type whose \`charset\` is 'utf-8', or 'string'`);
  return bytes;
}

const rowOf = (entries: Entries): ArrayLike<unknown> => {
  if (!isRow(entries)) throw unfit('texts are written from an array');
  return entries;
};

/** The writer of texts of a fixed number of bytes. What does not fit is refused, not cut. */
export function stringWriter({ sizeBytes, padding, charset }: Hdf5StringType): Writer {
  const most = padding === 'null-terminated' ? sizeBytes - 1 : sizeBytes;
  return {
    width: 1,
    write(out, at, stride, entries, first, count) {
      const row = rowOf(entries);
      const encoder = new TextEncoder();
      for (let i = 0; i < count; i++) {
        const value = row[first + i];
        const bytes = encoded(value, charset, encoder);
        if (bytes.length > most) throw unfit(`${shown(value)} has ${bytes.length} bytes, and ${most} fit`);
        const from = at + i * stride;
        if (padding === 'space-padded') {
          if (bytes.at(-1) === 0x20) throw unfit(`${shown(value)} ends with a space, which would not be read again`);
          out.bytes.fill(0x20, from, from + sizeBytes);
        }
        out.bytes.set(bytes, from);
      }
    },
  };
}

/** The writer of texts of any length: a pointer to each, with a NUL behind. */
export function vlenStringWriter({ charset }: Hdf5VlenStringType): Writer {
  return {
    width: 1,
    write(out, at, stride, entries, first, count) {
      const row = rowOf(entries);
      const encoder = new TextEncoder();
      for (let i = 0; i < count; i++) {
        const bytes = encoded(row[first + i], charset, encoder);
        const to = out.reserve(bytes.length + 1);
        out.bytes.set(bytes, to);
        out.point(at + i * stride, to);
      }
    },
  };
}
