/**
 * What the checks of codecs share.
 *
 * @module
 */
import type { CompressOptions, DecompressOptions, Encoding } from '../../src/codecs.ts';

/** A leaf entry of a codec. */
export interface CodecEntry {
  compress(bytes: Uint8Array, options?: CompressOptions): Promise<Uint8Array>;
  decompress(bytes: Uint8Array, options?: DecompressOptions): Promise<Uint8Array>;
  compressStream(options?: CompressOptions): TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>;
  decompressStream(options?: DecompressOptions): TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>;
}

/** What differs between them. */
export interface CodecTraits {
  encoding: Encoding;
  codec: CodecEntry;
  /** Levels to be tried, quick ones. */
  levels: readonly number[];
  wrongLevels: readonly number[];
  /** Whether a changed bit may never pass for the content. */
  checked: boolean;
  /** Whether several, one behind the other, are one input. */
  joins: boolean;
  /** What may stand behind the data besides more of them. */
  padding?: Uint8Array;
}

/** Bytes of a text. */
export const utf8 = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);
