/**
 * gzip by the browser's own streams, which check length and checksum; fflate where these cannot.
 *
 * @module
 */
import { CloudError, isCloudError } from '../../errors.ts';
import { collect } from '../../util/streams.ts';

/** One member. `level` 0 to 9; the browser's choice when left out. */
export async function gzip(bytes: Uint8Array, level: number | undefined): Promise<Uint8Array<ArrayBuffer>> {
  if (level === undefined) return through(new CompressionStream('gzip'), bytes, Infinity);
  const { gzipSync } = await import('fflate');
  return gzipSync(bytes, { level: level as 6, mtime: 0 });
}

/** All members. Rejects with `DecompressionError`: not gzip, cut, wrong checksum, something behind the end, more than `maxOutputBytes`. */
export async function gunzip(bytes: Uint8Array, maxOutputBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  try {
    try {
      return await through(new DecompressionStream('gzip'), bytes, maxOutputBytes);
    } catch (error) {
      if (isCloudError(error)) throw error;
      // Browsers take one member only: find where the others begin, and give each to the browser.
      const starts = await memberStarts(bytes);
      if (starts.length === 1) throw error;
      let left = maxOutputBytes;
      let next = 0;
      return await collect(async () => {
        const start = starts[next++];
        if (start === undefined) return undefined;
        const member = await through(new DecompressionStream('gzip'), bytes.subarray(start, starts[next]), left);
        left -= member.length;
        return member;
      });
    }
  } catch (cause) {
    if (isCloudError(cause)) throw cause;
    throw new CloudError('not whole gzip data', { code: 'DecompressionError', cause });
  }
}

async function through(
  transform: CompressionStream | DecompressionStream,
  bytes: Uint8Array,
  maxBytes: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const writer = transform.writable.getWriter();
  // What is wrong with the bytes comes out at the reading end.
  writer.write(bytes as Uint8Array<ArrayBuffer>).catch(() => {});
  writer.close().catch(() => {});
  const reader = transform.readable.getReader();
  let size = 0;
  return collect(async () => {
    const { done, value } = await reader.read();
    if (done) return undefined;
    size += value.length;
    if (size > maxBytes) {
      reader.cancel().catch(() => {});
      throw new CloudError('more than may be decoded', { code: 'DecompressionError' });
    }
    return value;
  });
}

async function memberStarts(bytes: Uint8Array): Promise<number[]> {
  const { Gunzip } = await import('fflate');
  const starts = [0];
  const finder = new Gunzip(() => {});
  finder.onmember = (offset) => void starts.push(offset);
  finder.push(bytes);
  return starts;
}
