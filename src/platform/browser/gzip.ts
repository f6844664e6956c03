/**
 * gzip by the browser's own streams, which check length and checksum; fflate finds the members for them.
 *
 * @module
 */
import { CloudError, isCloudError } from '../../errors.ts';
import { ChunkList } from '../../util/chunk-list.ts';
import { chunksOf } from '../../util/streams.ts';
import type { NativeChunks, NativeCodec } from '../types.ts';

/** The browser's streams as a codec. What they say of members is not to be relied on in a stream, and they know one level. */
export const nativeGzip: NativeCodec = { decompress: gunzip, encodeUsual };

/** What is encoded at a time: the thread is kept no longer. */
const pieceBytes = 0x10000;

/** What is looked through for members at a time. */
const finderBytes = 0x1000;

const tooLarge = (): CloudError => new CloudError('more than may be decoded', { code: 'DecompressionError' });

async function* encodeUsual(source: AsyncIterable<Uint8Array>): NativeChunks {
  const transform = new CompressionStream('gzip');
  const writer = transform.writable.getWriter();
  const feed = async (): Promise<void> => {
    try {
      for await (const chunk of source) {
        for (let at = 0; at < chunk.length; at += pieceBytes) {
          // A copy: streams refuse shared memory, and nobody may change what waits.
          await writer.write(new Uint8Array(chunk.subarray(at, at + pieceBytes)));
        }
      }
      await writer.close();
    } catch (error) {
      // Whoever reads is told; the source's own error comes out there.
      await writer.abort(error);
    }
  };
  feed().catch(() => {});
  yield* chunksOf<Uint8Array<ArrayBuffer>>(transform.readable);
}

/** All members. Rejects with `DecompressionError`: not gzip, cut, wrong checksum, something behind the end, more than `maxOutputBytes`. */
async function gunzip(bytes: Uint8Array, maxOutputBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  try {
    try {
      return await through(new DecompressionStream('gzip'), bytes, maxOutputBytes);
    } catch (error) {
      if (isCloudError(error)) throw error;
      // Browsers take one member only: find where the others begin, and give each to the browser.
      const starts = await memberStarts(bytes, maxOutputBytes);
      if (starts.length === 1) throw error;
      const list = new ChunkList();
      for (const [i, start] of starts.entries()) {
        list.add(await through(new DecompressionStream('gzip'), bytes.subarray(start, starts[i + 1]), maxOutputBytes - list.sizeBytes));
      }
      return list.take();
    }
  } catch (cause) {
    if (isCloudError(cause)) throw cause;
    throw new CloudError('not whole gzip data', { code: 'DecompressionError', cause });
  }
}

async function through(transform: DecompressionStream, bytes: Uint8Array, maxBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  const writer = transform.writable.getWriter();
  // What is wrong with the bytes comes out at the reading end.
  writer.write(bytes as Uint8Array<ArrayBuffer>).catch(() => {});
  writer.close().catch(() => {});
  const reader = transform.readable.getReader();
  const list = new ChunkList();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return list.take();
    list.add(value);
    if (list.sizeBytes > maxBytes) {
      reader.cancel().catch(() => {});
      throw tooLarge();
    }
  }
}

/** Where members begin. It decodes all of them, so it ends at the limit too; in small pieces, for fflate holds what comes of one. */
async function memberStarts(bytes: Uint8Array, maxOutputBytes: number): Promise<number[]> {
  const { Gunzip } = await import('fflate');
  const starts = [0];
  let size = 0;
  const finder = new Gunzip((chunk) => {
    size += chunk.length;
  });
  finder.onmember = (offset) => void starts.push(offset);
  for (let at = 0; at < bytes.length; at += finderBytes) {
    finder.push(bytes.subarray(at, at + finderBytes));
    if (size > maxOutputBytes) throw tooLarge();
  }
  return starts;
}
