/**
 * gzip by zlib, off the main thread.
 *
 * @module
 */
import * as zlib from 'node:zlib';
import { constants } from 'node:buffer';
import { CloudError } from '../../errors.ts';
import { called } from './zlib-call.ts';

// zlib goes to its thread and back for each chunk of output: with Node's own 16 KiB that takes longer than the work itself.
const leastChunkBytes = 0x10000;
const mostChunkBytes = 0x400000;

const chunkSizeFor = (outputBytes: number): number => Math.min(Math.max(outputBytes, leastChunkBytes), mostChunkBytes);

/** One member. `level` 0 to 9. */
export const gzip = (bytes: Uint8Array, level: number): Promise<Uint8Array<ArrayBuffer>> =>
  // Room for all that zlib can make of them.
  called((done) => zlib.gzip(bytes, { level, chunkSize: chunkSizeFor(bytes.length + (bytes.length >> 10) + 64) }, done));

/** The size of a lone member, as its end tells; nothing hangs on whether it is true. */
function toldBytes(bytes: Uint8Array): number {
  const end = bytes.length;
  return end < 4 ? 0 : new DataView(bytes.buffer, bytes.byteOffset + end - 4, 4).getUint32(0, true);
}

/** All members. Rejects with `DecompressionError`: not gzip, cut, wrong checksum, something behind the end, more than `maxOutputBytes`. */
export async function gunzip(bytes: Uint8Array, maxOutputBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  try {
    let consumed = 0;
    const maxOutputLength = Math.min(Math.max(maxOutputBytes, 1), constants.MAX_LENGTH);
    // A chunk that is just full is the result as it is.
    const options = { maxOutputLength, chunkSize: chunkSizeFor(Math.min(toldBytes(bytes), maxOutputLength)), info: true };
    const out = await called((done) =>
      zlib.gunzip(bytes, options, (error, result) => {
        // With `info` there comes the engine too, which tells how much it took: zlib lets padding behind the end pass.
        const { buffer, engine } = (result ?? {}) as unknown as { buffer: Buffer; engine?: { bytesWritten: number } };
        consumed = engine?.bytesWritten ?? bytes.length;
        done(error, buffer);
      }),
    );
    if (consumed !== bytes.length) throw new Error('data behind the end');
    if (out.length > maxOutputBytes) throw new RangeError('too large');
    return out;
  } catch (cause) {
    throw new CloudError('not whole gzip data, or more than may be decoded', { code: 'DecompressionError', cause });
  }
}
