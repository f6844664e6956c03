/**
 * Codecs as web streams: a pair of ends around chunks that are made as they are asked for. A TransformStream of its own would have to
 * give all that comes of one chunk at once, however much that is; here nothing is made before somebody reads.
 *
 * @module
 */
import { CloudError } from '../errors.ts';
import { onAbort } from '../util/abort.ts';
import type { Chunks, MadeChunks } from './codec.ts';

/** A stream of bytes into another one. */
export type ByteTransform = TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>;

function bytesOf(chunk: unknown): Uint8Array {
  if (chunk instanceof Uint8Array) return chunk;
  if (ArrayBuffer.isView(chunk)) return new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  if (Object.prototype.toString.call(chunk).slice(8, -1) === 'ArrayBuffer') return new Uint8Array(chunk as ArrayBuffer);
  throw new CloudError('a stream of something else than bytes', { code: 'InvalidArgument' });
}

/**
 * A stream that gives what `run` makes of what is written to it.
 *
 * An error of `run` comes out at both ends, and so does `signal.reason`. Cancelling the reading end or aborting the writing one lets go
 * of everything.
 */
export function transformStream(run: (source: Chunks) => MadeChunks, signal?: AbortSignal): ByteTransform {
  const inlet = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>();
  const reader = inlet.readable.getReader();
  let stopped: { reason: unknown } | undefined;
  let off = (): void => {};
  // Ends the writing side: what waits there is rejected with the reason.
  const stop = (reason: unknown): void => {
    off();
    stopped ??= { reason };
    reader.cancel(reason).catch(() => {});
  };
  async function* source(): AsyncGenerator<Uint8Array, void, undefined> {
    for (;;) {
      const { done, value } = await reader.read();
      if (stopped) throw stopped.reason;
      if (done) return;
      yield bytesOf(value);
    }
  }
  const made = run(source());
  const readable = new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      start(controller) {
        off = onAbort(signal, () => {
          stop(signal?.reason);
          controller.error(signal?.reason);
          made.return().catch(() => {});
        });
      },
      async pull(controller) {
        try {
          for (;;) {
            const { done, value } = await made.next();
            if (stopped) return;
            if (done) {
              off();
              controller.close();
              return;
            }
            if (!value.length) continue;
            controller.enqueue(value);
            return;
          }
        } catch (error) {
          if (stopped) return;
          stop(error);
          throw error;
        }
      },
      async cancel(reason) {
        stop(reason);
        await made.return().catch(() => {});
      },
    },
    { highWaterMark: 0 },
  );
  return { readable, writable: inlet.writable };
}
