/**
 * gzip by zlib, off the main thread.
 *
 * @module
 */
import * as zlib from 'node:zlib';
import { constants } from 'node:buffer';
import { CloudError } from '../../errors.ts';

type Done = (error: Error | null, result: Buffer) => void;

/** One member. `level` 0 to 9, zlib's default (6) when left out. */
export function gzip(bytes: Uint8Array, level: number | undefined): Promise<Uint8Array<ArrayBuffer>> {
  return run((done) => zlib.gzip(bytes, level === undefined ? {} : { level }, done));
}

/** All members. Rejects with `DecompressionError`: not gzip, cut, wrong checksum, something behind the end, more than `maxOutputBytes`. */
export async function gunzip(bytes: Uint8Array, maxOutputBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  try {
    let consumed = 0;
    const options = { maxOutputLength: Math.min(Math.max(maxOutputBytes, 1), constants.MAX_LENGTH), info: true };
    const out = await run((done) =>
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

async function run(start: (done: Done) => void): Promise<Uint8Array<ArrayBuffer>> {
  const result = await new Promise<Buffer>((resolve, reject) => start((error, buffer) => (error ? reject(error) : resolve(buffer))));
  // A small Buffer shares its memory with others.
  if (result.byteLength < result.buffer.byteLength) return new Uint8Array(result);
  return new Uint8Array(result.buffer as ArrayBuffer, 0, result.byteLength);
}
