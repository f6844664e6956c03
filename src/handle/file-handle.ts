/**
 * An open file, as Python's `open` gives one, with promises.
 *
 * @module
 */
import { CloudError, isCloudError, type ErrorCode } from '../errors.ts';
import type { DiskEdit } from '../platform/types.ts';
import { asyncDispose } from '../util/dispose.ts';
import { createSerial, type Serial } from '../util/serial.ts';
import { BufferedBytes, type HandleSource } from './buffered-bytes.ts';
import { ByteCursor, type Cursor } from './cursor.ts';
import { parseOpenMode, type DataOf, type OpenMode } from './modes.ts';
import { parseNewline } from './newlines.ts';
import { TextCursor } from './text-cursor.ts';
import { findEncoding } from './text-codec.ts';

export type { HandleSource } from './buffered-bytes.ts';

/** What a place is counted from; the numbers are Python's. */
export type Whence = 'start' | 'current' | 'end' | 0 | 1 | 2;

/** How a handle is made. */
export interface HandleOptions<Mode extends string = string> {
  /** See {@link parseOpenMode}. */
  mode: Mode;
  /** Of text, see `findEncoding`; in binary mode that of `readText()` alone. @default 'utf-8' */
  encoding?: string | undefined;
  /** Line ends of text, see `Newline`. @default null */
  newline?: string | null | undefined;
  /** For messages. */
  name?: string | undefined;
  /** Keeps what was written, at `close()`; the working copy has everything by then. @default `edit.commit()` */
  save?: ((edit: DiskEdit) => Promise<void>) | undefined;
  /** Called once, after all else: `saved` also for a handle that only reads. */
  onClose?: ((outcome: 'saved' | 'discarded') => Promise<void>) | undefined;
}

/**
 * An open file. Calls run one after another in the order made, also when nobody waits for them; a text handle reads and writes strings
 * and counts characters (code points), a binary one bytes. What is written is seen by others when the handle is closed, and not at all
 * when it is aborted or any call on it failed.
 *
 * @example
 * const file = openHandle({ edit: await disk.edit('/log.txt', { from: 'file' }) }, { mode: 'a' });
 * await file.write('one more line\n');
 * await file.close();
 */
export class FileHandle<Data extends string | Uint8Array = string | Uint8Array<ArrayBuffer>> {
  /** As it was given. */
  readonly mode: string;
  /** What was opened, for messages; may be `''`. */
  readonly name: string;
  /** `await using` closes it, or aborts it when a call on it failed. */
  declare readonly [Symbol.asyncDispose]: () => Promise<void>;
  readonly #mode: OpenMode;
  readonly #source: HandleSource;
  readonly #options: HandleOptions;
  readonly #bytes: BufferedBytes;
  readonly #cursor: Cursor<string | Uint8Array>;
  readonly #serial: Serial = createSerial();
  #failure: { error: unknown } | undefined;
  #ending: Promise<void> | undefined;

  /** Use {@link openHandle}. */
  constructor(source: HandleSource, options: HandleOptions) {
    const mode = parseOpenMode(options.mode);
    const { binary, access, modifies } = mode;
    if (modifies && !('edit' in source)) throw refuse('InvalidArgument', `mode ${options.mode} needs a working copy`);
    const encoding = findEncoding(options.encoding ?? 'utf-8');
    const newline = parseNewline(options.newline);
    if (binary && newline !== null) throw refuse('InvalidArgument', 'a binary mode has no newline');
    if (!binary && modifies && !encoding.writable) throw refuse('NotSupported', `${encoding.name} can only be read`);
    this.mode = options.mode;
    this.name = options.name ?? '';
    this.#mode = mode;
    this.#source = source;
    this.#options = options;
    this.#bytes = new BufferedBytes(source);
    this.#cursor = binary ? new ByteCursor(this.#bytes) : new TextCursor(this.#bytes, encoding, newline);
    if (access === 'a') this.#cursor.moveTo(this.#bytes.sizeBytes);
    // not a method: WebKit has no Symbol.asyncDispose to name one by
    Object.defineProperty(this, asyncDispose, { value: () => this.#end('dispose') });
  }

  /** Whether `close()` or `abort()` was called. */
  get closed(): boolean {
    return this.#ending !== undefined;
  }

  /**
   * Read from here.
   *
   * @param count of characters or bytes; fewer come at the end of the file, none means that it is reached. All that is left when absent
   *   or negative
   */
  read(count?: number): Promise<Data> {
    return this.#run('read', async () => {
      this.#needRead();
      if (count !== undefined && count !== null && !Number.isSafeInteger(count))
        throw refuse('InvalidArgument', 'a count is a whole number');
      return this.#cursor.read(count === undefined || count === null || count < 0 ? Infinity : count) as Promise<Data>;
    });
  }

  /** All that is left, as text; of a binary handle decoded, with its line ends as they are. */
  readText(): Promise<string> {
    return this.#run('read', async () => {
      this.#needRead();
      if (!this.#mode.binary) return this.#cursor.read(Infinity) as Promise<string>;
      const text = new TextCursor(this.#bytes, findEncoding(this.#options.encoding ?? 'utf-8'), '');
      text.moveTo(this.#cursor.position());
      const rest = await text.read(Infinity);
      this.#cursor.moveTo(text.position());
      return rest;
    });
  }

  /** One line with its line end (of a binary handle `\n`), which the last may lack; empty at the end. */
  readLine(): Promise<Data> {
    return this.#run('read', async () => {
      this.#needRead();
      return this.#cursor.readLine() as Promise<Data>;
    });
  }

  /** The lines from here on, as {@link readLine} gives them. */
  async *lines(): AsyncGenerator<Data, void, undefined> {
    for (let line = await this.readLine(); line.length; line = await this.readLine()) yield line;
  }

  /** `for await (const line of file)`. */
  [Symbol.asyncIterator](): AsyncGenerator<Data, void, undefined> {
    return this.lines();
  }

  /**
   * Write here, in append mode always at the end. Bytes must stay as they are until it has settled.
   *
   * @returns how many characters or bytes
   */
  write(data: Data extends string ? string : Uint8Array | ArrayBuffer): Promise<number> {
    return this.#run('write', async () => {
      this.#needWrite();
      const at = this.#mode.access === 'a' ? this.#bytes.sizeBytes : this.#cursor.position();
      const { bytes, count } = await this.#cursor.toBytes(data, at);
      await this.#bytes.write(at, bytes);
      this.#cursor.moveTo(at + bytes.length, at);
      return count;
    });
  }

  /**
   * Go to another place.
   *
   * @param offset in bytes; of text only what `tell()` gave, and from the current place or the end only 0
   * @returns the new place
   */
  seek(offset: number, whence: Whence = 'start'): Promise<number> {
    return this.#run('seek', async () => {
      if (!Number.isSafeInteger(offset)) throw refuse('InvalidArgument', 'a place is a whole number of bytes');
      const bases = { start: 0, current: this.#cursor.position(), end: this.#bytes.sizeBytes };
      const from = { 0: 'start', 1: 'current', 2: 'end' }[whence as 0 | 1 | 2] ?? whence;
      const base = Object.hasOwn(bases, from) ? bases[from as keyof typeof bases] : undefined;
      if (base === undefined) throw refuse('InvalidArgument', "whence is 'start', 'current' or 'end'");
      if (!this.#mode.binary && from !== 'start' && offset)
        throw refuse('InvalidArgument', `text cannot be sought by ${offset} from its ${from}`);
      const to = base + offset;
      if (to < 0) throw refuse('InvalidArgument', 'there is nothing before the start');
      if (to !== this.#cursor.position()) this.#cursor.moveTo(to);
      return to;
    });
  }

  /** This place, in bytes from the start. */
  tell(): Promise<number> {
    return this.#run('tell', async () => this.#cursor.position());
  }

  /**
   * Cut the file, or lengthen it with zeros; the place stays.
   *
   * @param sizeBytes this place when absent
   * @returns the new size in bytes
   */
  truncate(sizeBytes?: number): Promise<number> {
    return this.#run('truncate', async () => {
      this.#needWrite();
      const at = this.#cursor.position();
      const size = sizeBytes ?? at;
      if (!Number.isSafeInteger(size) || size < 0) throw refuse('InvalidArgument', 'a size is a whole number of bytes, from 0');
      await this.#bytes.truncate(size);
      this.#cursor.moveTo(at, size);
      return size;
    });
  }

  /** Wait for all calls, and empty the buffer into the working copy. Others see it after `close()` only. */
  flush(): Promise<void> {
    return this.#run('flush', () => this.#bytes.flush());
  }

  /**
   * Keep what was written and end the handle. Rejects, and throws all of it away, when that fails or an earlier call on the handle did.
   * A second call only waits.
   */
  close(): Promise<void> {
    return this.#end('close');
  }

  /** End the handle and throw away what was written. */
  abort(): Promise<void> {
    return this.#end('abort');
  }

  #run<T>(operation: string, task: () => Promise<T>): Promise<T> {
    const { closed } = this;
    const run = this.#serial(async () => {
      if (closed) throw refuse('InvalidArgument', `${operation} on a closed file`);
      try {
        return await task();
      } catch (error) {
        this.#failure ??= { error };
        throw error;
      }
    });
    // Whoever does not wait for a call is told of its failure by close().
    run.catch(() => {});
    return run;
  }

  #end(how: 'close' | 'abort' | 'dispose'): Promise<void> {
    // Who called first is told how it went.
    if (this.#ending) return this.#ending.catch(() => {});
    this.#ending = this.#serial(async () => {
      const failed = this.#failure && this.#mode.modifies;
      const keep = how !== 'abort' && !failed;
      try {
        if (keep) await this.#keep();
      } catch (error) {
        await this.#release('discarded').catch(() => {});
        throw error;
      }
      await this.#release(keep ? 'saved' : 'discarded');
      if (failed && how === 'close') throw lost(this.#failure?.error);
    });
    return this.#ending;
  }

  async #keep(): Promise<void> {
    if (!this.#mode.modifies || !('edit' in this.#source)) return;
    const { edit } = this.#source;
    await this.#bytes.flush();
    await (this.#options.save ? this.#options.save(edit) : edit.commit());
  }

  async #release(outcome: 'saved' | 'discarded'): Promise<void> {
    await release(this.#source);
    await this.#options.onClose?.(outcome);
  }

  #needRead(): void {
    if (this.#mode.access !== 'r' && !this.#mode.update) throw refuse('NotSupported', `not readable: the mode is ${this.mode}`);
  }

  #needWrite(): void {
    if (!this.#mode.modifies) throw refuse('NotSupported', `not writable: the mode is ${this.mode}`);
  }
}

/**
 * Make a handle of a file that is open for reading, or of a working copy: for every mode but `r` alone. The handle ends what it is made
 * of, also when it cannot be made.
 *
 * @throws CloudError `InvalidArgument` for a mode or newline that is none, `NotSupported` for an encoding
 */
export function openHandle<const Mode extends string>(source: HandleSource, options: HandleOptions<Mode>): FileHandle<DataOf<Mode>> {
  try {
    return new FileHandle<DataOf<Mode>>(source, options);
  } catch (error) {
    release(source).catch(() => {});
    throw error;
  }
}

const release = (source: HandleSource): Promise<void> => ('edit' in source ? source.edit.discard() : source.file.close());

const refuse = (code: ErrorCode, message: string): CloudError => new CloudError(message, { code, operation: 'open' });

function lost(cause: unknown): CloudError {
  const code = isCloudError(cause) ? cause.code : 'InvalidArgument';
  return new CloudError('nothing was saved, because an earlier call on this file failed', { code, operation: 'open', cause });
}
