/**
 * Objects, listings and uploads that a page has open in a worker.
 *
 * @module
 */
import { ownBytes } from '../rpc/own-bytes.ts';
import type { GetResult, MultipartUpload } from '../types.ts';
import { onAbort, type LinkedSignal } from '../util/abort.ts';
import { asyncDispose } from '../util/dispose.ts';
import type { Kept } from './kept.ts';
import type { PostedBytes } from './messages.ts';

/** Does something whose end ends what it is done with. */
async function under<T>(link: LinkedSignal, signal: AbortSignal, act: () => Promise<T>): Promise<T> {
  const off = onAbort(signal, () => link.abort(signal.reason));
  try {
    return await act();
  } finally {
    off();
  }
}

/** An opened object. */
export class ServedResult implements Kept {
  readonly #result: GetResult;
  readonly #link: LinkedSignal;
  #reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>> | undefined;

  constructor(result: GetResult, link: LinkedSignal) {
    this.#result = result;
    this.#link = link;
  }

  /** The next bytes, ready to be given away; `null` at the end. */
  pull(signal: AbortSignal): Promise<PostedBytes> {
    return under(this.#link, signal, async () => {
      this.#reader ??= this.#result.stream().getReader();
      const { value } = await this.#reader.read();
      return this.#told(value);
    });
  }

  /** All of them. */
  bytes(signal: AbortSignal): Promise<PostedBytes> {
    return under(this.#link, signal, async () => this.#told(await this.#result.bytes()));
  }

  release(reason: unknown): void {
    if (reason !== undefined) this.#link.abort(reason);
    const ended = this.#reader ? this.#reader.cancel(reason) : this.#result[asyncDispose]();
    Promise.resolve(ended).catch(() => {});
  }

  #told(bytes: Uint8Array<ArrayBuffer> | undefined): PostedBytes {
    const { verified, decoded } = this.#result;
    return { bytes: bytes ? ownBytes(bytes) : null, verified, decoded };
  }
}

/** A listing. */
export class ServedPages<T> implements Kept {
  readonly #pages: AsyncIterator<T>;
  readonly #link: LinkedSignal;

  constructor(pages: AsyncIterable<T>, link: LinkedSignal) {
    this.#pages = pages[Symbol.asyncIterator]();
    this.#link = link;
  }

  /** The next page, `null` behind the last. */
  next(signal: AbortSignal): Promise<T | null> {
    return under(this.#link, signal, async () => {
      const { done, value } = await this.#pages.next();
      return done ? null : value;
    });
  }

  release(reason: unknown): void {
    if (reason !== undefined) this.#link.abort(reason);
    this.#pages.return?.().catch(() => {});
  }
}

/** An upload in parts: what was begun stays at the store until it is completed or aborted there. */
export class ServedUpload implements Kept {
  readonly upload: MultipartUpload;

  constructor(upload: MultipartUpload) {
    this.upload = upload;
  }

  release(): void {}
}
