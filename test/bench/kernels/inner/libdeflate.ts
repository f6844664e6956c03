// libdeflate itself: in Node the codec leaves large buffers to zlib's threads.
import { gunzipWhole, gzipWhole } from '../../../../src/wasm/gzip.ts';

export const compress = gzipWhole;
export const decompress = async (bytes: Uint8Array): Promise<Uint8Array> => (await gunzipWhole(bytes, Infinity)).out;
