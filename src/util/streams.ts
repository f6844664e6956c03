/**
 * Bytes between pulled sources, web streams and iterables.
 *
 * @module
 */
import type { ByteSource, HttpBody } from '../types.ts';

/** A stream that reads from the source only when it is asked to: nothing is read ahead. Cancelling it cancels the source. */
export function readableFrom(source: Pick<ByteSource, 'read' | 'cancel'>): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      async pull(controller) {
        const chunk = await source.read();
        if (chunk) controller.enqueue(chunk as Uint8Array<ArrayBuffer>);
        else controller.close();
      },
      cancel: (reason) => source.cancel(reason),
    },
    { highWaterMark: 0 },
  );
}

/** Bytes as the one chunk of a sequence. */
export async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  yield bytes;
}

/** The chunks of a stream, where streams cannot be iterated too (WebKit). Leaving the loop early cancels the stream. */
export async function* chunksOf<T>(stream: ReadableStream<T>): AsyncGenerator<T, void, undefined> {
  const reader = stream.getReader();
  let ended = false;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) {
        ended = true;
        return;
      }
      yield value;
    }
  } catch (error) {
    ended = true;
    throw error;
  } finally {
    if (!ended) await reader.cancel();
    reader.releaseLock();
  }
}

/**
 * The same bytes in larger pieces. Each is in the one buffer that the next will be in, so it is done with before the next is asked for; a chunk that
 * is as large comes as it is.
 */
export async function* inBlocks(chunks: AsyncIterable<Uint8Array>, blockBytes: number): AsyncGenerator<Uint8Array, void, undefined> {
  let block: Uint8Array | undefined;
  let filled = 0;
  for await (const chunk of chunks) {
    let at = 0;
    while (at < chunk.length) {
      if (filled === 0 && chunk.length - at >= blockBytes) {
        yield at === 0 ? chunk : chunk.subarray(at);
        break;
      }
      block ??= new Uint8Array(blockBytes);
      const take = Math.min(chunk.length - at, blockBytes - filled);
      block.set(chunk.subarray(at, at + take), filled);
      at += take;
      filled += take;
      if (filled < blockBytes) continue;
      yield block;
      filled = 0;
    }
  }
  if (block && filled > 0) yield block.subarray(0, filled);
}

const growthBytes = 0x4000000;
/** Filled at a time, so that it can be looked at while the next comes. */
const stretchBytes = 0x100000;

/**
 * Calls `read` until it gives `undefined` and puts the chunks into one array that owns its buffer.
 *
 * @param sizeHint the size if known, in bytes: spares copies when right, does no harm when wrong
 * @param into is filled instead of a new array where it has that size, and comes to have all
 * @param readInto spares the chunks where the size is known
 */
export async function collect(
  read: () => Promise<Uint8Array | undefined>,
  sizeHint = 0,
  into?: Uint8Array<ArrayBuffer>,
  readInto?: HttpBody['readInto'],
): Promise<Uint8Array<ArrayBuffer>> {
  let out: Uint8Array<ArrayBuffer>;
  let size = 0;
  let chunk: Uint8Array | undefined;
  if (readInto && sizeHint > 0 && sizeHint <= growthBytes) {
    out = into?.length === sizeHint ? into : new Uint8Array(sizeHint);
    for (let came = 1; came > 0 && size < sizeHint; size += came) came = await readInto(out.subarray(size, size + stretchBytes));
    chunk = await read();
  } else {
    const first = await read();
    chunk = first && (await read());
    if (!chunk) return whole(first);
    size = first!.length;
    // A wrong hint must not ask for more memory than there is: it is believed up to 64 MiB, then up to eight times what has come.
    const fits = into?.length === sizeHint && size + chunk.length <= sizeHint;
    out = fits ? into : new Uint8Array(Math.max(size + chunk.length, Math.min(sizeHint, growthBytes)));
    out.set(first!);
  }
  for (; chunk; chunk = await read()) {
    const need = size + chunk.length;
    if (need > out.length) {
      const grown = new Uint8Array(Math.max(need, Math.min(sizeHint, out.length * 8), Math.min(out.length * 2, out.length + growthBytes)));
      grown.set(out.subarray(0, size));
      out = grown;
    }
    out.set(chunk, size);
    size = need;
  }
  return size === out.length ? out : out.slice(0, size);
}

function whole(bytes: Uint8Array = new Uint8Array()): Uint8Array<ArrayBuffer> {
  const owns = bytes.byteLength === bytes.buffer.byteLength && bytes.buffer instanceof ArrayBuffer;
  return (owns ? bytes : bytes.slice()) as Uint8Array<ArrayBuffer>;
}

/**
 * All chunks in one array.
 *
 * @param sizeHint the size if known, in bytes
 */
export function gather(chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>, sizeHint = 0): Promise<Uint8Array<ArrayBuffer>> {
  const iterator = Symbol.asyncIterator in chunks ? chunks[Symbol.asyncIterator]() : chunks[Symbol.iterator]();
  let first = true;
  return collect(async () => {
    const { value, done } = await iterator.next();
    if (done) return undefined;
    // The first chunk is kept until the second is there, and its producer may fill the same buffer again.
    const chunk = first ? value.slice() : value;
    first = false;
    return chunk;
  }, sizeHint);
}
