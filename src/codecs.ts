/**
 * Encodings, whole buffers, both ways: `anyfile/codecs`. Each codec is loaded on first use.
 *
 * @module
 */
import { defaultMaxOutputBytes, loadCodec } from './encoding/codec.ts';
import { parseEncoding, type Encoding, type EncodingOption } from './encoding/names.ts';
import { CloudError } from './errors.ts';

export type { Encoding, EncodingOption } from './encoding/names.ts';

/** How much decoding may give; the smaller one holds. */
export interface DecompressOptions {
  /** Most bytes. @default 4 GiB */
  maxOutputBytes?: number | undefined;
  /** Most bytes for each encoded one. @default any */
  maxRatio?: number | undefined;
}

// as cloud-files has it, these two do not mind the case of letters
const nameOf = (encoding: EncodingOption): Encoding | null =>
  parseEncoding(typeof encoding === 'string' ? (encoding.toLowerCase() as EncodingOption) : encoding);

/**
 * Encode bytes; `none` gives them back.
 *
 * @param options.level gzip: 0 to 9. @default the runtime's own, which is 6 in zlib
 * @throws CloudError `InvalidArgument` for an unknown encoding or level; `NotSupported` for an encoding that is not carried
 * @example const stored = await compress(bytes, 'gzip', { level: 9 });
 */
export async function compress(
  bytes: Uint8Array,
  encoding: EncodingOption,
  options: { level?: number | undefined } = {},
): Promise<Uint8Array> {
  const name = nameOf(encoding);
  return name ? (await loadCodec(name)).compress(bytes, options) : bytes;
}

/**
 * Decode bytes; `none` gives them back.
 *
 * @throws CloudError `DecompressionError` for anything but whole, well-formed data that keeps to the limits; never less than all of it
 */
export async function decompress(bytes: Uint8Array, encoding: EncodingOption, options: DecompressOptions = {}): Promise<Uint8Array> {
  const name = nameOf(encoding);
  if (!name) return bytes;
  if (bytes.length === 0) throw new CloudError(`zero bytes are not ${name} data`, { code: 'DecompressionError' });
  const { maxOutputBytes = defaultMaxOutputBytes, maxRatio = Infinity } = options;
  return (await loadCodec(name)).decompress(bytes, { maxOutputBytes: Math.min(maxOutputBytes, Math.floor(bytes.length * maxRatio)) });
}
