/**
 * Codecs behind one interface, each loaded on first use.
 *
 * @module
 */
import { CloudError } from '../errors.ts';
import type { Encoding } from './names.ts';

/** One encoding, both ways. */
export interface Codec {
  /** InvalidArgument for a level out of range. */
  compress(bytes: Uint8Array, options?: { level?: number | undefined }): Promise<Uint8Array<ArrayBuffer>>;
  /** DecompressionError when the bytes are not of this encoding, go on behind their end, or grow beyond `maxOutputBytes`. */
  decompress(bytes: Uint8Array, options?: { maxOutputBytes?: number | undefined }): Promise<Uint8Array<ArrayBuffer>>;
}

/** Most that a decoded body may hold, when nothing else is said. */
export const defaultMaxOutputBytes = 0x1_0000_0000;

/** Load a codec. NotSupported for those that this version does not carry. */
export async function loadCodec(encoding: Encoding): Promise<Codec> {
  if (encoding === 'gzip') return (await import('./gzip.ts')).gzipCodec;
  throw new CloudError(`this version has no codec for ${encoding}`, { code: 'NotSupported' });
}
