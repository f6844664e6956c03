/**
 * gzip (RFC 1952): whole buffers by libdeflate, streams by the runtime's own zlib; in pages by CompressionStream, which knows one level,
 * and decoded by fflate. Where WebAssembly is barred these take buffers too.
 *
 * @module
 */
import { nativeCodec } from '#platform';
import { CloudError, isCloudError } from '../errors.ts';
import { concat } from '../util/bytes.ts';
import { gunzipWhole, gzipWhole } from '../wasm/gzip.ts';
import type { Chunks, Codec, MadeChunks } from './codec.ts';
import { createCodec } from './engine.ts';
import { levelOf } from './levels.ts';

/**
 * With another thread at hand, what is larger is left to it: libdeflate works in this one. It takes two thirds of zlib's time, but twice what zlib
 * costs this thread from 64 KiB on, and twenty times from 1 MiB on; decoding is as fast either way.
 */
const smallBytes = { compress: 0x10000, decompress: 0x80000 };

/** Most that libdeflate takes at a time, which needs the input and the output in memory a second time. */
const wholeBytes = 0x10000000;

/** zlib ends at 9. */
const plainLevel = (level: number | undefined): number => Math.min(levelOf('gzip', level), 9);

/** What libdeflate makes, or undefined where WebAssembly is barred. */
async function unlessBarred<T>(made: Promise<T>): Promise<T | undefined> {
  try {
    return await made;
  } catch (error) {
    if (isCloudError(error, 'NotSupported')) return undefined;
    throw error;
  }
}

async function compressWhole(bytes: Uint8Array, level: number): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const native = await nativeCodec('gzip');
  if (native?.compress && level <= 9 && bytes.length > smallBytes.compress) return native.compress(bytes, level);
  const made = bytes.length <= wholeBytes ? await unlessBarred(gzipWhole(bytes, level)) : undefined;
  return made ?? native?.compress?.(bytes, plainLevel(level));
}

async function decompressWhole(bytes: Uint8Array, maxOutputBytes: number): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const native = await nativeCodec('gzip');
  // A browser has streams alone for this, which take one member and cost more than libdeflate.
  const most = native?.compress ? smallBytes.decompress : wholeBytes;
  const made = bytes.length <= most ? await unlessBarred(gunzipWhole(bytes, maxOutputBytes)) : undefined;
  if (!made) return native?.decompress?.(bytes, maxOutputBytes);
  if (made.taken === bytes.length) return made.out;
  const rest = await native?.decompress?.(bytes.subarray(made.taken), maxOutputBytes - made.out.length);
  return rest && (made.out.length ? concat([made.out, rest]) : rest);
}

async function encode(source: Chunks, level: number | undefined): Promise<MadeChunks> {
  const native = await nativeCodec('gzip');
  if (native?.encode) return native.encode(source, plainLevel(level));
  if (level === 0) return (await import('./gzip-stored.ts')).gzipStored(source);
  if (native?.encodeUsual) return native.encodeUsual(source);
  throw new CloudError('gzip: nothing here encodes streams', { code: 'NotSupported' });
}

async function decode(source: Chunks): Promise<MadeChunks> {
  const native = await nativeCodec('gzip');
  return native?.decode ? native.decode(source) : (await import('./gzip-plain.ts')).gunzipPlain(source);
}

/** The codec of `gzip`. */
export const gzipCodec: Codec = /* @__PURE__ */ createCodec({ encoding: 'gzip', compressWhole, decompressWhole, encode, decode });
