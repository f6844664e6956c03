/**
 * References, as the library hands them out.
 *
 * @module
 */
import { Hdf5Error, UnsupportedTypeError } from '../errors.ts';
import { entry, type Reader } from './reader.ts';
import { Hdf5Reference } from './reference.ts';
import type { Hdf5ReferenceType } from './type.ts';

/** A reference of HDF5 1.12 in the library's memory: the object's token, then pointers and the file, then its kind. */
const REVISED_BYTES = 64;
const REVISED_KIND_AT = 36;
const REVISED_OBJECT = 2;

/** An object's address, which is what a token holds first, and the index of a region. */
const ADDRESS_BYTES = 8;
const INDEX_BYTES = 4;

/**
 * The reader of references; `null` where nothing was written.
 *
 * @throws UnsupportedTypeError regions and attributes by references of HDF5 1.12
 */
export function referenceReader({ kind, revised, sizeBytes }: Hdf5ReferenceType): Reader {
  if (kind === 'attribute') throw new UnsupportedTypeError('References to attributes');
  if (revised && sizeBytes !== REVISED_BYTES) throw new UnsupportedTypeError('References of HDF5 1.12 as they are in the file');
  return {
    width: 1,
    read({ bytes }, at, stride, count) {
      const out: (Hdf5Reference | null)[] = [];
      for (let i = 0; i < count; i++) {
        const start = at + i * stride;
        const one = bytes.slice(start, start + sizeBytes);
        if (one.every((byte) => byte === 0)) out.push(null);
        else if (!revised) out.push(kind === 'region' ? regionOf(one) : objectOf(one));
        else out.push(revisedObject(one));
      }
      return out;
    },
    cell: entry,
  };
}

/** Files may have shorter addresses than the library. */
function objectOf(bytes: Uint8Array): Hdf5Reference {
  const address = new Uint8Array(ADDRESS_BYTES);
  address.set(bytes.subarray(0, ADDRESS_BYTES));
  return new Hdf5Reference('object', address);
}

function regionOf(bytes: Uint8Array): Hdf5Reference {
  const region = new Uint8Array(ADDRESS_BYTES + INDEX_BYTES);
  region.set(bytes.subarray(0, -INDEX_BYTES).subarray(0, ADDRESS_BYTES));
  region.set(bytes.subarray(-INDEX_BYTES), ADDRESS_BYTES);
  return new Hdf5Reference('region', region);
}

function revisedObject(bytes: Uint8Array): Hdf5Reference | null {
  const kind = bytes[REVISED_KIND_AT]!;
  const address = bytes.slice(0, ADDRESS_BYTES);
  if (kind > 4) throw new Hdf5Error('A reference is of no known kind');
  if (kind !== REVISED_OBJECT) throw new UnsupportedTypeError('References of HDF5 1.12 to regions and attributes');
  return address.every((byte) => byte === 0) ? null : new Hdf5Reference('object', address);
}
