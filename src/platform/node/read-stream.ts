/**
 * Chunks as a stream of Node's.
 *
 * @module
 */
import { Readable } from 'node:stream';
import { onAbort } from '../../util/abort.ts';
import type { NodeReadable, NodeReadableOptions } from '../types.ts';

/**
 * A `Readable` over chunks that are asked for once somebody reads.
 *
 * @param open is given a signal that is aborted when the stream is destroyed
 */
export function createNodeReadable(
  open: (signal: AbortSignal) => AsyncIterable<Uint8Array>,
  { highWaterMark, encoding, signal }: NodeReadableOptions,
): NodeReadable {
  const life = new AbortController();
  let chunks: AsyncIterator<Uint8Array> | undefined;

  async function pull(stream: Readable): Promise<void> {
    chunks ??= open(life.signal)[Symbol.asyncIterator]();
    for (;;) {
      const { done, value } = await chunks.next();
      // an empty chunk would be the last that is asked for
      if (!done && value.length === 0) continue;
      stream.push(done ? null : value);
      return;
    }
  }

  /** Waits for what runs, which the abort ends; what that fails with is no news. */
  async function close(error: Error | null, done: (error: Error | null) => void): Promise<void> {
    try {
      await chunks?.return?.();
    } catch {
      // see above
    }
    done(error);
  }

  let off = (): void => {};
  const stream = new Readable({
    highWaterMark,
    encoding: encoding as BufferEncoding | undefined,
    read() {
      pull(this).catch((error: Error) => this.destroy(error));
    },
    destroy(error, callback) {
      off();
      life.abort(error ?? new DOMException('the stream was destroyed', 'AbortError'));
      void close(error, callback);
    },
  });
  off = onAbort(signal, () => stream.destroy(signal?.reason as Error));
  // its `pipe` takes streams alone, which cannot be said without Node's types
  return stream as unknown as NodeReadable;
}
