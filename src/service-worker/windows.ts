/**
 * A body that is fetched a window at a time, and no window before it is wanted.
 *
 * @module
 */
import { CloudError } from '../errors.ts';
import { linkSignals } from '../util/abort.ts';
import { discard, versionOf, type Upstream } from './upstream.ts';

/** What a body is cut by. */
export interface WindowsOptions {
  /** Of the first answer: all others must be of the same. */
  readonly version: string;
  readonly sizeBytes: number;
  readonly windowBytes: number;
  readonly signal: AbortSignal;
}

/**
 * The whole object as a stream.
 *
 * @param first the answer to the first window
 * @returns errors with `ObjectChanged`, with `Truncated` when a window has fewer bytes than it must, and with what a request rejects with
 */
export function windowed(upstream: Upstream, first: Response, options: WindowsOptions): ReadableStream<Uint8Array<ArrayBuffer>> {
  const { version, sizeBytes, windowBytes, signal } = options;
  const linked = linkSignals(signal);
  let reader = first.body?.getReader();
  let at = 0;

  async function next(): Promise<void> {
    const response = await upstream.send('GET', `bytes=${at}-${Math.min(at + windowBytes, sizeBytes) - 1}`, linked.signal);
    if (response.status !== 206 || versionOf(response) !== version) {
      discard(response);
      throw new CloudError('the object became another version while it was read', { code: 'ObjectChanged' });
    }
    reader = response.body?.getReader();
  }

  return new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      async pull(controller) {
        try {
          const start = at;
          let isNew = false;
          while (at === start && at < sizeBytes) {
            const chunk = await reader?.read();
            if (chunk?.value?.length) {
              at += chunk.value.length;
              controller.enqueue(chunk.value);
            } else if (!chunk || chunk.done) {
              if (isNew) throw new CloudError('a window has fewer bytes than it must', { code: 'Truncated' });
              await next();
              isNew = true;
            }
          }
          if (at < sizeBytes) return;
          controller.close();
        } catch (error) {
          controller.error(error);
        }
        linked.unlink();
      },
      async cancel(reason) {
        linked.unlink();
        linked.abort(reason);
        await reader?.cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
}
