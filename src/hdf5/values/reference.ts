/**
 * References.
 *
 * @module
 */

/**
 * What points to an object of the file, or to a region of a dataset. `file.dereference` finds what it points to.
 *
 * @example
 * const [first] = await file.dataset('/refs').read()
 * if (first) console.log((await file.dereference(first)).path)
 */
export class Hdf5Reference {
  readonly kind: 'object' | 'region';
  /** As HDF5's library knows it; a copy of its own. */
  readonly bytes: Uint8Array<ArrayBuffer>;

  /**
   * @param bytes what the library knows it by: of an object its address, of 8 bytes; of a region the heap's address and an index, of 12
   */
  constructor(kind: 'object' | 'region', bytes: Uint8Array<ArrayBuffer>) {
    this.kind = kind;
    this.bytes = bytes;
  }
}
