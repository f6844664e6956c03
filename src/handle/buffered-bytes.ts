/**
 * A file's bytes through two buffers: small reads and small writes next to one another cost one call of the disk for 64 KiB.
 *
 * @module
 */
import { CloudError } from '../errors.ts';
import type { DiskEdit, DiskFile } from '../platform/types.ts';
import { concat } from '../util/bytes.ts';
import { gather } from '../util/streams.ts';

/** What is read, or worked on. */
export type HandleSource = { file: DiskFile } | { edit: DiskEdit };

const BUFFER_BYTES = 0x10000;

/** The bytes of one source. Calls must not overlap. */
export class BufferedBytes {
  readonly #file: DiskFile | undefined;
  readonly #edit: DiskEdit | undefined;
  /** What was read last. */
  #window: Uint8Array = new Uint8Array();
  #windowAt = 0;
  /** What is not yet in the working copy; never longer than the buffer. */
  #pending: Uint8Array<ArrayBuffer> | undefined;
  #pendingAt = 0;
  #pendingBytes = 0;

  constructor(source: HandleSource) {
    this.#file = 'file' in source ? source.file : undefined;
    this.#edit = 'edit' in source ? source.edit : undefined;
  }

  /** With what is only in the buffer yet. */
  get sizeBytes(): number {
    const size = this.#edit?.sizeBytes ?? this.#file?.sizeBytes ?? 0;
    return this.#pendingBytes ? Math.max(size, this.#pendingAt + this.#pendingBytes) : size;
  }

  /** From `at`, at least as many bytes as asked for unless the file ends, and more when they are there. A view of what never changes. */
  async view(at: number, atLeast: number): Promise<Uint8Array> {
    const end = Math.min(at + atLeast, this.sizeBytes);
    if (at >= end) return new Uint8Array();
    if (at < this.#windowAt || end > this.#windowAt + this.#window.length) {
      this.#window = await this.#load(at, Math.max(end, at + BUFFER_BYTES));
      this.#windowAt = at;
    }
    return this.#window.subarray(at - this.#windowAt);
  }

  /** The bytes `[start, end)` in an array of their own, fewer where the file ends. */
  async read(start: number, end: number): Promise<Uint8Array<ArrayBuffer>> {
    const until = Math.min(end, this.sizeBytes);
    if (start >= until) return new Uint8Array();
    if (until - start < BUFFER_BYTES) return (await this.view(start, until - start)).slice(0, until - start);
    return this.#load(start, until);
  }

  /** Put bytes at a place. They are copied, or written when it returns. */
  async write(at: number, bytes: Uint8Array): Promise<void> {
    this.#window = new Uint8Array();
    if (this.#pendingBytes && (at !== this.#pendingAt + this.#pendingBytes || this.#pendingBytes + bytes.length > BUFFER_BYTES))
      await this.flush();
    if (bytes.length >= BUFFER_BYTES) return this.#target.write(at, bytes);
    if (!bytes.length) return undefined;
    this.#pending ??= new Uint8Array(BUFFER_BYTES);
    if (!this.#pendingBytes) this.#pendingAt = at;
    this.#pending.set(bytes, this.#pendingBytes);
    this.#pendingBytes += bytes.length;
    return undefined;
  }

  /** Give the working copy what it lacks. */
  async flush(): Promise<void> {
    if (!this.#pendingBytes || !this.#pending) return;
    await this.#target.write(this.#pendingAt, this.#pending.subarray(0, this.#pendingBytes));
    this.#pendingBytes = 0;
  }

  async truncate(sizeBytes: number): Promise<void> {
    await this.flush();
    this.#window = new Uint8Array();
    await this.#target.truncate(sizeBytes);
  }

  async #load(start: number, end: number): Promise<Uint8Array<ArrayBuffer>> {
    await this.flush();
    const until = Math.min(end, this.sizeBytes);
    if (this.#edit) return this.#edit.read(start, until);
    return this.#file ? gather(this.#file.read(start, until), until - start) : concat([]);
  }

  get #target(): DiskEdit {
    if (!this.#edit) throw new CloudError('not writable', { code: 'NotSupported' });
    return this.#edit;
  }
}
