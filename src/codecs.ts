/**
 * Encodings, both ways, whole buffers and streams: `anyfile/codecs`. Each codec is loaded on first use.
 *
 * @module
 */
import { loadCodec, type CompressOptions, type DecompressOptions } from './encoding/codec.ts';
import { levelOf } from './encoding/levels.ts';
import { parseEncoding, type Encoding, type EncodingOption } from './encoding/names.ts';
import { transformStream, type ByteTransform } from './encoding/transform.ts';
import type { WasmInit } from './wasm/loader.ts';

export type { CompressOptions, DecompressOptions } from './encoding/codec.ts';
export type { Encoding, EncodingOption } from './encoding/names.ts';
export type { ByteTransform } from './encoding/transform.ts';
export type { WasmInit } from './wasm/loader.ts';

// as cloud-files has it, these do not mind the case of letters
const nameOf = (encoding: EncodingOption): Encoding | null =>
  parseEncoding(typeof encoding === 'string' ? (encoding.toLowerCase() as EncodingOption) : encoding);

/**
 * Encode bytes; `none` gives them back.
 *
 * @param options.level gzip 0 to 12, br 0 to 11, zstd up to 22, bz2 1 to 9, xz 0 to 9; of gzip in pages and workerd above 256 MiB, or where
 * WebAssembly is barred, 0 stores and any other is the platform's one level. @default 9 for gzip and bz2, br 5, zstd 3, xz 6
 * @throws CloudError `InvalidArgument` for an unknown encoding or level
 * @example const stored = await compress(bytes, 'gzip', { level: 9 });
 */
export async function compress(bytes: Uint8Array, encoding: EncodingOption, options: CompressOptions = {}): Promise<Uint8Array> {
  const name = nameOf(encoding);
  if (!name) return bytes;
  levelOf(name, options.level);
  return (await loadCodec(name)).compress(bytes, options);
}

/**
 * Decode bytes; `none` gives them back.
 *
 * @throws CloudError `DecompressionError` for anything but whole, well-formed data that keeps to the limits; never less than all of it
 * @example const bytes = await decompress(stored, 'zstd', { maxOutputBytes: 1e8 });
 */
export async function decompress(bytes: Uint8Array, encoding: EncodingOption, options: DecompressOptions = {}): Promise<Uint8Array> {
  const name = nameOf(encoding);
  return name ? (await loadCodec(name)).decompress(bytes, options) : bytes;
}

/**
 * A stream that encodes what is written to it; `none` passes it through.
 *
 * @param options.level as of {@link compress}; but gzip in pages, workers and workerd is the platform's own stream, which knows one level:
 * 0 stores, any other is the platform's
 * @param options.signal aborts both ends
 * @throws CloudError `InvalidArgument`, at once, for an unknown encoding or level
 * @example await readable.pipeThrough(compressStream('zstd')).pipeTo(writable);
 */
export function compressStream(encoding: EncodingOption, options: CompressOptions = {}): ByteTransform {
  const name = nameOf(encoding);
  if (!name) return new TransformStream();
  levelOf(name, options.level);
  return transformStream(async function* (source) {
    yield* (await loadCodec(name)).encode(source, options);
  }, options.signal);
}

/**
 * A stream that decodes what is written to it; `none` passes it through. Its reading end fails with `DecompressionError` as soon as
 * the data prove to be cut, damaged, followed by something else or beyond a limit: only when it has ended all was well.
 *
 * @param options.maxOutputBytes most bytes. @default any
 * @param options.signal aborts both ends
 * @example const text = response.body.pipeThrough(decompressStream('br')).pipeThrough(new TextDecoderStream());
 */
export function decompressStream(encoding: EncodingOption, options: DecompressOptions = {}): ByteTransform {
  const name = nameOf(encoding);
  if (!name) return new TransformStream();
  return transformStream(async function* (source) {
    yield* (await loadCodec(name)).decode(source, options);
  }, options.signal);
}

/** How to go from one encoding to another. */
export interface TranscodeOptions extends CompressOptions, DecompressOptions {}

/**
 * From one encoding to another. Bytes of equal encodings are given back as they are, whatever the level.
 *
 * @throws CloudError as {@link decompress} and {@link compress}
 * @example const stored = await transcode(bytes, 'gzip', 'zstd', { level: 19 });
 */
export async function transcode(
  bytes: Uint8Array,
  from: EncodingOption,
  to: EncodingOption,
  options: TranscodeOptions = {},
): Promise<Uint8Array> {
  const [source, target] = [nameOf(from), nameOf(to)];
  if (target) levelOf(target, options.level);
  return source === target ? bytes : compress(await decompress(bytes, source, options), target, options);
}

/**
 * The same of a stream.
 *
 * @example await readable.pipeThrough(transcodeStream('gzip', 'zstd')).pipeTo(writable);
 */
export function transcodeStream(from: EncodingOption, to: EncodingOption, options: TranscodeOptions = {}): ByteTransform {
  const [source, target] = [nameOf(from), nameOf(to)];
  if (source === target) return new TransformStream();
  if (!target) return decompressStream(source, options);
  if (!source) return compressStream(target, options);
  levelOf(target, options.level);
  return transformStream(async function* (chunks) {
    const decoder = await loadCodec(source);
    const encoder = await loadCodec(target);
    yield* encoder.encode(decoder.decode(chunks, options), options);
  }, options.signal);
}

/** Where the WebAssembly of each codec comes from, for runtimes that make no code of text: modules of `anyfile/wasm/*.wasm`. */
export type CodecSources = Partial<Record<Encoding, WasmInit>>;

const inits: Readonly<Record<Encoding, (source: WasmInit) => Promise<void>>> = {
  gzip: async (source) => (await import('./wasm/gzip.ts')).gzipCode.init(source),
  br: async (source) => (await import('./encoding/brotli.ts')).initBrotli(source),
  zstd: async (source) => (await import('./wasm/zstd.ts')).initZstd(source),
  bz2: async (source) => (await import('./wasm/bzip2.ts')).bzip2Code.init(source),
  xz: async (source) => (await import('./wasm/xz.ts')).xzCode.init(source),
};

/**
 * Says where the code of codecs comes from. Needed in workerd, which makes no code of text, and where bundlers are to keep modules apart;
 * must be awaited before the codec is used for the first time.
 *
 * @example
 * import zstd from 'anyfile/wasm/zstd.wasm';
 * await init({ zstd: { module: zstd } });
 */
export async function init(sources: CodecSources): Promise<void> {
  for (const [name, source] of Object.entries(sources)) {
    const encoding = nameOf(name as Encoding);
    if (encoding && source) await inits[encoding](source);
  }
}
