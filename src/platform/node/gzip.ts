/**
 * gzip by zlib, off the main thread.
 *
 * @module
 */
import * as zlib from 'node:zlib';
import { constants } from 'node:buffer';
import { CloudError } from '../../errors.ts';
import { called } from './zlib-call.ts';

/** One member. `level` 0 to 9. */
export const gzip = (bytes: Uint8Array, level: number): Promise<Uint8Array<ArrayBuffer>> =>
  called((done) => zlib.gzip(bytes, { level }, done));

/** All members. Rejects with `DecompressionError`: not gzip, cut, wrong checksum, something behind the end, more than `maxOutputBytes`. */
export async function gunzip(bytes: Uint8Array, maxOutputBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  try {
    let consumed = 0;
    const options = { maxOutputLength: Math.min(Math.max(maxOutputBytes, 1), constants.MAX_LENGTH), info: true };
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
