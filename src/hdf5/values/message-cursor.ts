/**
 * Reading one message of a file, byte after byte.
 *
 * @module
 */
import { Hdf5Error } from '../errors.ts';

/** A place in a message. What reads behind the end throws Hdf5Error. */
export class MessageCursor {
  readonly bytes: Uint8Array;
  readonly #view: DataView;
  /** The next byte. */
  at: number;

  constructor(bytes: Uint8Array, at: number) {
    this.bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.at = at;
  }

  /** Goes on by `sizeBytes`; says where they began. */
  skip(sizeBytes: number): number {
    const start = this.at;
    if (!(start >= 0 && start + sizeBytes <= this.bytes.length)) throw new Hdf5Error('A datatype ends too early');
    this.at = start + sizeBytes;
    return start;
  }

  u8(): number {
    return this.#view.getUint8(this.skip(1));
  }

  u16(): number {
    return this.#view.getUint16(this.skip(2), true);
  }

  u32(): number {
    return this.#view.getUint32(this.skip(4), true);
  }

  /** A number of 1 to 4 bytes, the lowest first. */
  uint(sizeBytes: number): number {
    const start = this.skip(sizeBytes);
    let value = 0;
    for (let k = sizeBytes - 1; k >= 0; k--) value = value * 256 + this.bytes[start + k]!;
    return value;
  }

  /** A text that ends with a NUL; text and NUL take a multiple of `multiple` bytes. */
  text(multiple: number): string {
    const start = this.at;
    const end = this.bytes.indexOf(0, start);
    if (end < 0) throw new Hdf5Error('A name in a datatype does not end');
    this.skip(Math.ceil((end + 1 - start) / multiple) * multiple);
    return textOf(this.bytes.subarray(start, end));
  }

  /** A text of `sizeBytes`, to its first NUL. */
  fixedText(sizeBytes: number): string {
    const start = this.skip(sizeBytes);
    const bytes = this.bytes.subarray(start, this.at);
    const end = bytes.indexOf(0);
    return textOf(end < 0 ? bytes : bytes.subarray(0, end));
  }
}

const textOf = (bytes: Uint8Array): string => new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
