/**
 * Encodings, whole buffers, both ways: `anyfile/codecs`. Each codec is loaded on first use.
 *
 * @module
 */
import { loadCodec } from './encoding/codec.ts';
import { parseEncoding, type EncodingOption } from './encoding/names.ts';

export type { Encoding, EncodingOption } from './encoding/names.ts';

/** Encode bytes; `none` gives them back. InvalidArgument for an unknown encoding or level; NotSupported for one not carried. */
export async function compress(bytes: Uint8Array, encoding: EncodingOption, options: { level?: number | undefined } = {}): Promise<Uint8Array> {
  const name = parseEncoding(encoding);
  return name ? (await loadCodec(name)).compress(bytes, options) : bytes;
}

/** Decode bytes. DecompressionError for anything but whole, well-formed data of at most `maxOutputBytes` (4 GiB) decoded. */
export async function decompress(bytes: Uint8Array, encoding: EncodingOption, options: { maxOutputBytes?: number | undefined } = {}): Promise<Uint8Array> {
  const name = parseEncoding(encoding);
  return name ? (await loadCodec(name)).decompress(bytes, options) : bytes;
}
