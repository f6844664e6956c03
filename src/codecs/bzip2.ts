/**
 * bzip2 alone: `anyfile/codecs/bzip2`.
 *
 * @example const bytes = await decompress(await compress(new TextEncoder().encode('hello'), { level: 6 }));
 *
 * @module
 */
import type { CompressOptions, DecompressOptions } from '../encoding/codec.ts';
import { bzip2Codec } from '../encoding/bzip2.ts';
import { transformStream, type ByteTransform } from '../encoding/transform.ts';
import { bzip2Code } from '../wasm/bzip2.ts';
import type { WasmInit } from '../wasm/loader.ts';

export type { CompressOptions, DecompressOptions } from '../encoding/codec.ts';
export type { ByteTransform } from '../encoding/transform.ts';
export type { WasmInit } from '../wasm/loader.ts';

/** Encode bytes. `level` 1 to 9, default 9; InvalidArgument for another. */
export const compress = (bytes: Uint8Array, options?: CompressOptions): Promise<Uint8Array> => bzip2Codec.compress(bytes, options);

/** Decode bytes. DecompressionError for anything but whole data that keep to the limits. */
export const decompress = (bytes: Uint8Array, options?: DecompressOptions): Promise<Uint8Array> => bzip2Codec.decompress(bytes, options);

/** A stream that encodes what is written to it. InvalidArgument, at its reading end, for a level that there is not. */
export const compressStream = (options?: CompressOptions): ByteTransform =>
  transformStream((source) => bzip2Codec.encode(source, options), options?.signal);

/** A stream that decodes what is written to it; its reading end fails with DecompressionError where the data prove to be wrong. */
export const decompressStream = (options?: DecompressOptions): ByteTransform =>
  transformStream((source) => bzip2Codec.decode(source, options), options?.signal);

/**
 * Says where the WebAssembly comes from: `anyfile/wasm/bzip2.wasm`. Must be called before the first use.
 *
 * @param source compiled, as bytes, or where it is
 */
export const init = async (source: WasmInit): Promise<void> => bzip2Code.init(source);
