/**
 * How a request's body is handed to `fetch`: gathered where `fetch` cannot send a stream, else as a stream.
 *
 * @module
 */
import { CloudError } from '../errors.ts';
import type { HttpRequest } from '../types.ts';
import { abortable } from '../util/abort.ts';
import { bodyChunks } from '../util/body.ts';
import { gather, readableFrom } from '../util/streams.ts';

/** What a body needs of the request it belongs to. */
export interface OutgoingContext {
  signal: AbortSignal;
  /** Called when bytes have moved: the time-out begins anew. */
  touch(): void;
  /** Told of an error of the body itself, which `fetch` would wrap up. */
  onError(error: unknown): void;
}

/** Gives what `fetch` takes, and its length where `fetch` does not find it by itself. */
export type Outgoing = (
  body: NonNullable<HttpRequest['body']>,
  context: OutgoingContext,
) => Promise<{ body: BodyInit; sizeBytes?: number | undefined }>;

/** Longest stream that is gathered before it is sent. */
const maxGatherBytes = 0x10000000;

/**
 * For browsers, Deno, and a `fetch` of which nothing is known. Firefox sends a stream as the text "[object ReadableStream]", WebKit throws, Chromium wants HTTP/2, and Deno
 * leaves out its length. A file that was deleted is stored as empty by WebKit, and Firefox never settles: so both ends of a Blob are
 * looked at first.
 *
 * Rejects with NotSupported for a stream of more than 256 MiB, ObjectChanged or NotFound for a Blob that cannot be read any more.
 */
export const gathered: Outgoing = async (body, { signal, touch }) => {
  if (body instanceof Uint8Array) return { body: body as Uint8Array<ArrayBuffer> };
  if ('open' in body) {
    let size = body.sizeBytes ?? 0;
    const check = (): void => {
      if (size > maxGatherBytes) throw new CloudError(`a stream of more than ${maxGatherBytes} bytes`, { code: 'NotSupported' });
    };
    check();
    size = 0;
    const chunks = async function* (): AsyncGenerator<Uint8Array, void, undefined> {
      for await (const chunk of bodyChunks(body, { signal })) {
        touch();
        size += chunk.length;
        check();
        yield chunk;
      }
    };
    return { body: await gather(chunks(), body.sizeBytes) };
  }
  const changed = (code: 'ObjectChanged' | 'NotFound', cause?: unknown): CloudError =>
    new CloudError('the file to be sent has changed', { code, cause });
  const ends = Promise.all([body.slice(0, 1).arrayBuffer(), body.slice(-1).arrayBuffer()]);
  const read = await abortable(ends, signal).catch((error: Error) => {
    throw signal.aborted ? signal.reason : changed(error.name === 'NotFoundError' ? 'NotFound' : 'ObjectChanged', error);
  });
  if (read.some((end) => end.byteLength < Math.min(1, body.size))) throw changed('ObjectChanged');
  // A slice has no type: else `fetch` would make a Content-Type of it.
  return { body: body.slice() };
};

/** For Bun, whose `fetch` sends streams with their length; it sends an empty Content-Type with a Blob. */
export const streamed: Outgoing = async (body, { signal, touch, onError }) => {
  if (body instanceof Uint8Array) return { body: body as Uint8Array<ArrayBuffer> };
  const sizeBytes = 'open' in body ? body.sizeBytes : body.size;
  const chunks = (async function* () {
    let size = 0;
    try {
      for await (const chunk of bodyChunks(body, { signal })) {
        touch();
        size += chunk.length;
        yield chunk;
      }
      if (sizeBytes !== undefined && size !== sizeBytes)
        throw new CloudError(`the body has ${size} bytes, not ${sizeBytes}`, { code: 'InvalidArgument' });
    } catch (error) {
      onError(error);
      throw error;
    }
  })();
  return {
    body: readableFrom({ read: async () => (await chunks.next()).value || undefined, cancel: async () => void chunks.return() }),
    sizeBytes,
  };
};
