/**
 * Where a handle is in its bytes, and what it reads there: bytes, or text (see text-cursor.ts).
 *
 * @module
 */
import { CloudError } from '../errors.ts';
import { concat } from '../util/bytes.ts';
import type { BufferedBytes } from './buffered-bytes.ts';

/** A place in a file. */
export interface Cursor<Data> {
  /** In bytes from the start. */
  position(): number;
  /** Go there; must also be told when bytes have changed, and from where on. */
  moveTo(position: number, changedFrom?: number): void;
  /** As many bytes or characters, fewer at the end. Moves behind them. */
  read(count: number): Promise<Data>;
  /** Up to a line end, which is included. Moves behind it. */
  readLine(): Promise<Data>;
  /** The bytes of data that is to be written at a place, and their count as the caller counts. Throws `InvalidArgument`. */
  toBytes(data: unknown, at: number): Promise<{ bytes: Uint8Array; count: number }>;
}

const LINE_FEED = 10;
const GLANCE_BYTES = 0x1000;

/** A cursor for bytes. */
export class ByteCursor implements Cursor<Uint8Array<ArrayBuffer>> {
  readonly #bytes: BufferedBytes;
  #at = 0;

  constructor(bytes: BufferedBytes) {
    this.#bytes = bytes;
  }

  position(): number {
    return this.#at;
  }

  moveTo(position: number): void {
    this.#at = position;
  }

  async read(count: number): Promise<Uint8Array<ArrayBuffer>> {
    const bytes = await this.#bytes.read(this.#at, this.#at + count);
    this.#at += bytes.length;
    return bytes;
  }

  async readLine(): Promise<Uint8Array<ArrayBuffer>> {
    const parts: Uint8Array[] = [];
    let at = this.#at;
    for (;;) {
      const view = await this.#bytes.view(at, GLANCE_BYTES);
      const end = view.indexOf(LINE_FEED) + 1;
      const part = view.slice(0, end || view.length);
      at += part.length;
      if (part.length) parts.push(part);
      if (end || !part.length) break;
    }
    this.#at = at;
    return concat(parts);
  }

  async toBytes(data: unknown): Promise<{ bytes: Uint8Array; count: number }> {
    let bytes: Uint8Array | undefined;
    if (ArrayBuffer.isView(data)) bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    else if (Object.prototype.toString.call(data) === '[object ArrayBuffer]') bytes = new Uint8Array(data as ArrayBuffer);
    if (!bytes) throw new CloudError('a binary handle writes bytes, not text or anything else', { code: 'InvalidArgument' });
    return { bytes, count: bytes.length };
  }
}
