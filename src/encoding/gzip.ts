/**
 * gzip (RFC 1952), by the runtime's own zlib or fflate.
 *
 * @module
 */
import { gunzip, gzip } from '#platform';
import { CloudError, isCloudError } from '../errors.ts';
import { defaultMaxOutputBytes, type Codec } from './codec.ts';

const wrap = (code: 'CompressionError' | 'DecompressionError', cause: unknown): Error =>
  isCloudError(cause) ? cause : new CloudError(code === 'CompressionError' ? 'gzip failed' : 'not whole gzip data', { code, cause });

/** The codec of `gzip`. */
export const gzipCodec: Codec = {
  async compress(bytes, { level } = {}) {
    if (level !== undefined && !(Number.isInteger(level) && level >= 0 && level <= 9)) {
      throw new CloudError('gzip levels are 0 to 9', { code: 'InvalidArgument' });
    }
    try {
      return await gzip(bytes, level);
    } catch (error) {
      throw wrap('CompressionError', error);
    }
  },
  async decompress(bytes, { maxOutputBytes = defaultMaxOutputBytes } = {}) {
    if (bytes.length === 0) throw new CloudError('zero bytes are not gzip data', { code: 'DecompressionError' });
    if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) throw new CloudError('not gzip data', { code: 'DecompressionError' });
    try {
      return await gunzip(bytes, maxOutputBytes);
    } catch (error) {
      throw wrap('DecompressionError', error);
    }
  },
};
