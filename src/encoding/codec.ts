/**
 * Codecs behind one interface, each loaded on first use.
 *
 * @module
 */
import type { AbortOptions } from '../types.ts';
import type { Encoding } from './names.ts';

/** How to compress. */
export interface CompressOptions extends AbortOptions {
  /**
   * gzip 0 to 12, br 0 to 11, zstd to 22, bz2 1 to 9, xz 0 to 9.
   *
   * Streams of gzip end at 9. In pages, workers and workerd they are the platform's `CompressionStream`, which knows one level: 0 stores,
   * any other is the platform's own. The same holds there for whole buffers above 256 MiB or where WebAssembly is barred.
   *
   * @default 9 for gzip and bz2, 5 for br, 3 for zstd, 6 for xz
   */
  level?: number | undefined;
}

/** How much decoding may give; the smaller one holds. */
export interface DecompressOptions extends AbortOptions {
  /**
   * Most bytes of output. What decoding works with comes on top: the window that the data ask for, as far as there was output, so that it is
   * never more than the output; of xz at most 80 MiB in all, of zstd 128 MiB. Data that ask for more are refused. A whole that came in pieces is put
   * together at the end, once it is known to be within this, and is there twice for that moment.
   *
   * @default 4 GiB; of streams any
   */
  maxOutputBytes?: number | undefined;
  /** Most bytes for each encoded one; in a stream, for each that was read so far. @default any */
  maxRatio?: number | undefined;
}

/** Chunks of bytes in order. Whoever stops early lets the source go. */
export type Chunks = AsyncIterable<Uint8Array>;

/** Chunks that are made as they are asked for, each with a buffer of its own. */
export type MadeChunks = AsyncGenerator<Uint8Array<ArrayBuffer>, void, undefined>;

/** One encoding, both ways. */
export interface Codec {
  /** InvalidArgument for a level out of range. */
  compress(bytes: Uint8Array, options?: CompressOptions): Promise<Uint8Array<ArrayBuffer>>;
  /** DecompressionError when the bytes are not of this encoding, go on behind their end, or grow beyond what is allowed. */
  decompress(bytes: Uint8Array, options?: DecompressOptions): Promise<Uint8Array<ArrayBuffer>>;
  /** The same of a stream. */
  encode(source: Chunks, options?: CompressOptions): MadeChunks;
  /** The same of a stream: what comes before a fault is given, then it fails. */
  decode(source: Chunks, options?: DecompressOptions): MadeChunks;
}

/** Most that a decoded body may hold, when nothing else is said. */
export const defaultMaxOutputBytes = 0x1_0000_0000;

const loaders: Readonly<Record<Encoding, () => Promise<Codec>>> = {
  gzip: async () => (await import('./gzip.ts')).gzipCodec,
  br: async () => (await import('./brotli.ts')).brotliCodec,
  zstd: async () => (await import('./zstd.ts')).zstdCodec,
  bz2: async () => (await import('./bzip2.ts')).bzip2Codec,
  xz: async () => (await import('./xz.ts')).xzCodec,
};

/** Load a codec. */
export const loadCodec = (encoding: Encoding): Promise<Codec> => loaders[encoding]();
