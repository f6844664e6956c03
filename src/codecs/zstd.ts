/**
 * zstd alone: `anyfile/codecs/zstd`.
 *
 * @example const bytes = await decompress(await compress(new TextEncoder().encode('hello'), { level: 6 }));
 *
 * @module
 */
import type { CompressOptions, DecompressOptions } from '../encoding/codec.ts';
import { zstdCodec } from '../encoding/zstd.ts';
import { transformStream, type ByteTransform } from '../encoding/transform.ts';
import { initZstd } from '../wasm/zstd.ts';
import type { WasmInit } from '../wasm/loader.ts';

export type { CompressOptions, DecompressOptions } from '../encoding/codec.ts';
export type { ByteTransform } from '../encoding/transform.ts';
export type { WasmInit } from '../wasm/loader.ts';

/** Encode bytes. `level` up to 22, default 3; InvalidArgument for another. */
export const compress = (bytes: Uint8Array, options?: CompressOptions): Promise<Uint8Array> => zstdCodec.compress(bytes, options);

/** Decode bytes. DecompressionError for anything but whole data that keep to the limits. */
export const decompress = (bytes: Uint8Array, options?: DecompressOptions): Promise<Uint8Array> => zstdCodec.decompress(bytes, options);

/** A stream that encodes what is written to it. InvalidArgument, at its reading end, for a level that there is not. */
export const compressStream = (options?: CompressOptions): ByteTransform =>
  transformStream((source) => zstdCodec.encode(source, options), options?.signal);

/** A stream that decodes what is written to it; its reading end fails with DecompressionError where the data prove to be wrong. */
export const decompressStream = (options?: DecompressOptions): ByteTransform =>
  transformStream((source) => zstdCodec.decode(source, options), options?.signal);

/**
 * Says where the WebAssembly comes from: `anyfile/wasm/zstd.wasm`, which works both ways, or `zstd-decode.wasm`, which only decodes. Must be called before the first use.
 *
 * @param source compiled, as bytes, or where it is
 */
export const init = async (source: WasmInit): Promise<void> => initZstd(source);
