/**
 * brotli alone: `anyfile/codecs/brotli`.
 *
 * @example const bytes = await decompress(await compress(new TextEncoder().encode('hello'), { level: 6 }));
 *
 * @module
 */
import type { CompressOptions, DecompressOptions } from '../encoding/codec.ts';
import { brotliCodec, initBrotli } from '../encoding/brotli.ts';
import { transformStream, type ByteTransform } from '../encoding/transform.ts';
import type { WasmInit } from '../wasm/loader.ts';

export type { CompressOptions, DecompressOptions } from '../encoding/codec.ts';
export type { ByteTransform } from '../encoding/transform.ts';
export type { WasmInit } from '../wasm/loader.ts';

/** Encode bytes. `level` 0 to 11, default 5; InvalidArgument for another. */
export const compress = (bytes: Uint8Array, options?: CompressOptions): Promise<Uint8Array> => brotliCodec.compress(bytes, options);

/** Decode bytes. DecompressionError for anything but whole data that keep to the limits. */
export const decompress = (bytes: Uint8Array, options?: DecompressOptions): Promise<Uint8Array> => brotliCodec.decompress(bytes, options);

/** A stream that encodes what is written to it. InvalidArgument, at its reading end, for a level that there is not. */
export const compressStream = (options?: CompressOptions): ByteTransform =>
  transformStream((source) => brotliCodec.encode(source, options), options?.signal);

/** A stream that decodes what is written to it; its reading end fails with DecompressionError where the data prove to be wrong. */
export const decompressStream = (options?: DecompressOptions): ByteTransform =>
  transformStream((source) => brotliCodec.decode(source, options), options?.signal);

/**
 * Says where the WebAssembly comes from: `anyfile/wasm/brotli.wasm`. Of no effect in Node, Bun and Deno, which have brotli.
 *
 * @param source compiled, as bytes, or where it is
 */
export const init = (source: WasmInit): Promise<void> => initBrotli(source);
