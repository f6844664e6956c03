/**
 * Reading the fields of a structure one after the other, all little-endian, never behind its end.
 *
 * @module
 */
import { Hdf5Error } from '../errors.ts';
import type { FieldSizes } from './types.ts';

/** The bytes of one structure, and a place in them. */
export class Cursor {
  readonly bytes: Uint8Array;
  readonly sizes: FieldSizes;
  /** What this is, for errors. */
  readonly what: string;
  /** The next field begins here. */
  at = 0;
  readonly #view: DataView;

  /** @param what e.g. `fixed array header at 1024` */
  constructor(bytes: Uint8Array, sizes: FieldSizes, what: string) {
    this.bytes = bytes;
    this.sizes = sizes;
    this.what = what;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get left(): number {
    return this.bytes.length - this.at;
  }

  /** The error that says what is wrong with this structure. */
  bad(why: string): Hdf5Error {
    return new Hdf5Error(`HDF5 file: ${this.what} ${why}`);
  }

  /** Goes over fields, and gives where they began. */
  skip(count: number): number {
    const from = this.at;
    if (count > this.left) throw this.bad('ends too early');
    this.at = from + count;
    return from;
  }

  u8(): number {
    return this.bytes[this.skip(1)]!;
  }

  u16(): number {
    return this.#view.getUint16(this.skip(2), true);
  }

  u32(): number {
    return this.#view.getUint32(this.skip(4), true);
  }

  /** Up to 8 bytes. What JavaScript's numbers do not hold exactly is an error. */
  uint(width: number): number {
    const from = this.skip(width);
    let value = 0;
    for (let i = width - 1; i >= 0; i--) value = value * 256 + this.bytes[from + i]!;
    if (value > Number.MAX_SAFE_INTEGER) throw this.bad('has a number of more than 53 bits');
    return value;
  }

  /** A length. */
  length(): number {
    return this.uint(this.sizes.lengthBytes);
  }

  /** A length that may be without limit. */
  limit(): number {
    return this.#allOnes(this.sizes.lengthBytes) ? Infinity : this.length();
  }

  /** An address in the file; undefined when it is none. */
  address(): number | undefined {
    const { offsetBytes, baseAddress } = this.sizes;
    return this.#allOnes(offsetBytes) ? undefined : baseAddress + this.uint(offsetBytes);
  }

  /** An address that must be one. */
  place(): number {
    const at = this.address();
    if (at === undefined) throw this.bad('lacks an address');
    return at;
  }

  /** A view of the next bytes. */
  take(count: number): Uint8Array {
    const from = this.skip(count);
    return this.bytes.subarray(from, from + count);
  }

  /** Whether four characters come next; goes over them. */
  signature(text: string): boolean {
    const from = this.skip(4);
    return [0, 1, 2, 3].every((i) => this.bytes[from + i] === text.charCodeAt(i));
  }

  /** Goes over the version, which must be one of these. */
  version(...known: number[]): number {
    const version = this.u8();
    if (!known.includes(version)) throw this.bad(`is of version ${version}, which is not known`);
    return version;
  }

  /** Goes over a field of ones. */
  #allOnes(width: number): boolean {
    if (width > this.left) throw this.bad('ends too early');
    for (let i = 0; i < width; i++) if (this.bytes[this.at + i] !== 0xff) return false;
    this.at += width;
    return true;
  }
}
