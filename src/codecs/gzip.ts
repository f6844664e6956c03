/**
 * gzip alone: `anyfile/codecs/gzip`.
 *
 * @example const bytes = await decompress(await compress(new TextEncoder().encode('hello'), { level: 6 }));
 *
 * @module
 */
import type { CompressOptions, DecompressOptions } from '../encoding/codec.ts';
import { gzipCodec } from '../encoding/gzip.ts';
import { transformStream, type ByteTransform } from '../encoding/transform.ts';
import { gzipCode } from '../wasm/gzip.ts';
import type { WasmInit } from '../wasm/loader.ts';

export type { CompressOptions, DecompressOptions } from '../encoding/codec.ts';
export type { ByteTransform } from '../encoding/transform.ts';
export type { WasmInit } from '../wasm/loader.ts';

/**
 * Encode bytes. `level` 0 to 12, default 9; InvalidArgument for another. In pages and workerd, above 256 MiB or where WebAssembly is barred,
 * 0 stores and any other is the platform's one level.
 */
export const compress = (bytes: Uint8Array, options?: CompressOptions): Promise<Uint8Array> => gzipCodec.compress(bytes, options);

/** Decode bytes. DecompressionError for anything but whole data that keep to the limits. */
export const decompress = (bytes: Uint8Array, options?: DecompressOptions): Promise<Uint8Array> => gzipCodec.decompress(bytes, options);

/**
 * A stream that encodes what is written to it. InvalidArgument, at its reading end, for a level that there is not. In pages, workers and
 * workerd it is the platform's own, which knows one level: 0 stores, any other is the platform's.
 */
export const compressStream = (options?: CompressOptions): ByteTransform =>
  transformStream((source) => gzipCodec.encode(source, options), options?.signal);

/** A stream that decodes what is written to it; its reading end fails with DecompressionError where the data prove to be wrong. */
export const decompressStream = (options?: DecompressOptions): ByteTransform =>
  transformStream((source) => gzipCodec.decode(source, options), options?.signal);

/**
 * Says where the WebAssembly comes from: `anyfile/wasm/gzip.wasm`. Must be called before the first use.
 *
 * @param source compiled, as bytes, or where it is
 */
export const init = async (source: WasmInit): Promise<void> => gzipCode.init(source);
