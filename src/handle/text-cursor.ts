/**
 * Reading and writing a file as text. A place is always a number of bytes, also between two characters that were decoded together.
 *
 * @module
 */
import { CloudError } from '../errors.ts';
import { concat } from '../util/bytes.ts';
import type { BufferedBytes } from './buffered-bytes.ts';
import type { Cursor } from './cursor.ts';
import { asRead, asWritten, charsEnd, countChars, lineEnd, type Newline } from './newlines.ts';
import { HEAD_BYTES, type TextCodec, type TextEncoding } from './text-codec.ts';

/** More than any character has: what is decoded is never empty before the end. */
const LEAST_BYTES = 64;

/** Text that was decoded together and not yet given out. It ends between two characters and never within `\r\n`. */
interface Chunk {
  text: string;
  bytes: Uint8Array;
  /** What is given out: up to this index; where that is in the file was last told for `knownIndex`. */
  index: number;
  knownIndex: number;
  knownAt: number;
  codec: TextCodec;
}

/** A cursor for text. */
export class TextCursor implements Cursor<string> {
  readonly #bytes: BufferedBytes;
  readonly #encoding: TextEncoding;
  readonly #newline: Newline;
  #at = 0;
  #chunk: Chunk | undefined;
  #style: ReturnType<TextEncoding['of']> | undefined;

  constructor(bytes: BufferedBytes, encoding: TextEncoding, newline: Newline) {
    this.#bytes = bytes;
    this.#encoding = encoding;
    this.#newline = newline;
  }

  position(): number {
    const chunk = this.#chunk;
    if (!chunk) return this.#at;
    const { text, bytes, index, knownIndex, codec } = chunk;
    if (index > knownIndex) {
      const from = chunk.knownAt - this.#at;
      chunk.knownAt += codec.sizeOf(text.slice(knownIndex, index), () => bytes.subarray(from));
      chunk.knownIndex = index;
    }
    return chunk.knownAt;
  }

  moveTo(position: number, changedFrom: number = Infinity): void {
    this.#at = position;
    this.#chunk = undefined;
    if (changedFrom < HEAD_BYTES) this.#style = undefined;
  }

  async read(count: number): Promise<string> {
    const parts: string[] = [];
    for (let left = count; left > 0;) {
      const chunk = await this.#next();
      if (!chunk) break;
      const { end, chars } =
        left < Infinity ? charsEnd(chunk.text, chunk.index, left, this.#newline) : { end: chunk.text.length, chars: 0 };
      parts.push(chunk.text.slice(chunk.index, end));
      chunk.index = end;
      left -= chars;
    }
    return asRead(parts.join(''), this.#newline);
  }

  async readLine(): Promise<string> {
    const parts: string[] = [];
    for (let end = -1; end < 0;) {
      const chunk = await this.#next();
      if (!chunk) break;
      end = lineEnd(chunk.text, chunk.index, this.#newline);
      const until = end < 0 ? chunk.text.length : end;
      parts.push(chunk.text.slice(chunk.index, until));
      chunk.index = until;
    }
    return asRead(parts.join(''), this.#newline);
  }

  async toBytes(data: unknown, at: number): Promise<{ bytes: Uint8Array; count: number }> {
    if (typeof data !== 'string')
      throw new CloudError('a text handle writes text, not bytes or anything else', { code: 'InvalidArgument' });
    const { codec, mark } = await this.#written(at);
    // Characters that cannot be written are told by their place in what was given, not in what is made of it.
    const plain = codec.encode?.(data);
    if (!plain || !codec.encode) throw new CloudError(`${this.#encoding.name} can only be read`, { code: 'NotSupported' });
    const lines = asWritten(data, this.#newline);
    const bytes = lines === data ? plain : codec.encode(lines);
    return { bytes: at === 0 && mark.length && data ? concat([mark, bytes]) : bytes, count: countChars(data) };
  }

  /** The codec and mark for a place: a file without a beginning is made as new ones are. */
  async #written(at: number): Promise<ReturnType<TextEncoding['of']>> {
    const style = await this.#read();
    // What overwrites the beginning of a file without a mark gives it one.
    return at === 0 && !style.mark.length ? this.#encoding.of(new Uint8Array()) : style;
  }

  async #read(): Promise<ReturnType<TextEncoding['of']>> {
    const { marked } = this.#encoding;
    this.#style ??= this.#encoding.of(marked ? (await this.#bytes.view(0, HEAD_BYTES)).slice(0, HEAD_BYTES) : new Uint8Array());
    return this.#style;
  }

  /** The chunk that has the next character; none at the end. */
  async #next(): Promise<Chunk | undefined> {
    const old = this.#chunk;
    if (old && old.index < old.text.length) return old;
    let at = this.position();
    const { codec, mark } = await this.#read();
    // A mark is not text; who goes right into it reads what follows it.
    at = Math.max(at, mark.length);
    const view = await this.#bytes.view(at, LEAST_BYTES);
    if (!view.length) return undefined;
    const last = at + view.length >= this.#bytes.sizeBytes;
    const decoded = codec.decode(view, at, last);
    const text = !last && decoded.text.endsWith('\r') ? decoded.text.slice(0, -1) : decoded.text;
    this.#at = at;
    this.#chunk = { text, bytes: view, index: 0, knownIndex: 0, knownAt: at, codec };
    return this.#chunk;
  }
}
