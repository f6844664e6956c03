/**
 * gzip alone: `anyfile/codecs/gzip`.
 *
 * @example const bytes = await decompress(await compress(new TextEncoder().encode('hello'), { level: 6 }));
 *
 * @module
 */
import { gzipCodec } from '../encoding/gzip.ts';

/** Encode bytes. `level` 0 to 9, default: the runtime's own, which is 6 in zlib. InvalidArgument for another. */
export const compress = (bytes: Uint8Array, options?: { level?: number | undefined }): Promise<Uint8Array> =>
  gzipCodec.compress(bytes, options);

/** Decode bytes, all members. DecompressionError for anything else. */
export const decompress = (bytes: Uint8Array, options?: { maxOutputBytes?: number | undefined }): Promise<Uint8Array> =>
  gzipCodec.decompress(bytes, options);
