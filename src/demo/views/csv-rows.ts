/**
 * The records of a CSV file, read on from its beginning as far as they are wanted.
 *
 * @module
 */
import { CloudError } from '../../index.ts';
import { separatorOf } from '../csv.ts';
import { isGzip } from '../read-file.ts';
import { CsvParser } from './csv-parser.ts';
import type { FileSource } from './file-source.ts';

/** What is read at once. */
const windowBytes = 262_144;
/** Records that a page should hold. */
const mostRows = 200_000;
/** A record longer than this is a quote that nobody closed. */
const mostPending = 8_000_000;

/** How its bytes become text: by the mark at its beginning, as UTF-8, or, where it is none, as most programs of old wrote it. */
function decoderFor(bytes: Uint8Array, isLast: boolean): TextDecoder {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le');
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder('utf-16be');
  try {
    // the window may end inside of a character
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: !isLast });
    return new TextDecoder('utf-8');
  } catch {
    return new TextDecoder('windows-1252');
  }
}

/** Records of a file that are here, and the way to more. */
export class CsvRows {
  /** The first record: the names of the columns. */
  head: readonly string[] = [];
  /** All records behind it that were read. */
  readonly rows: string[][] = [];
  /** Nothing more comes. */
  done = false;
  /** There is more, but no room for it. */
  isFull = false;
  readonly #source: FileSource;
  #at = 0;
  #decoder: TextDecoder | undefined;
  #parser: CsvParser | undefined;
  #hasHead = false;

  /** @param source what is read */
  constructor(source: FileSource) {
    this.#source = source;
  }

  /**
   * Read on until at least one more record is here, or there is none.
   *
   * @throws CloudError what reads throw; `NotSupported` for gzip, which has no places to begin at
   */
  async more(signal: AbortSignal): Promise<void> {
    const before = this.rows.length;
    while (!this.done && !this.isFull && this.rows.length === before) await this.#window(signal);
  }

  async #window(signal: AbortSignal): Promise<void> {
    const bytes = await this.#source.read(this.#at, this.#at + windowBytes, signal);
    if (this.#at === 0 && isGzip(bytes)) throw new CloudError('compressed: only all of it can be shown', { code: 'NotSupported' });
    this.#at += bytes.length;
    const isLast = bytes.length === 0 || this.#at >= this.#source.sizeBytes;
    const text = (this.#decoder ??= decoderFor(bytes, isLast)).decode(bytes, { stream: !isLast });
    this.#parser ??= new CsvParser(separatorOf(text));
    this.#add(this.#parser.push(text));
    if (this.#parser.pending > mostPending)
      throw new CloudError('a record does not end: is there a quote that is not closed?', { code: 'InvalidArgument' });
    if (isLast) this.#add(this.#parser.end());
    this.done = isLast;
  }

  #add(found: string[][]): void {
    if (!this.#hasHead && found.length > 0) {
      this.head = found.shift()!;
      this.#hasHead = true;
    }
    for (const row of found.slice(0, mostRows - this.rows.length)) this.rows.push(row);
    this.isFull = this.rows.length >= mostRows;
  }
}
