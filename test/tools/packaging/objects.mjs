// What is in the bucket, and what a project must find there.
import { readFileSync } from 'node:fs';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { s3Request } from '../../servers/s3-request.mjs';

/** A frame of one raw block (RFC 8878): this Node has no zstd of its own. */
function zstdStored(bytes) {
  const header = (1 | (bytes.length << 3)) >>> 0;
  return Buffer.concat([Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x20, bytes.length, header & 255, (header >> 8) & 255, header >> 16]), bytes]);
}

const text = 'Wer immer strebend sich bemüht, den können wir erlösen.';
const start = 700_001;
const body = Buffer.from(Uint8Array.from({ length: 1 << 20 }, (_, i) => (i * 31 + (i >> 8) * 7) & 255));
const encoders = { gzip: gzipSync, br: brotliCompressSync, zstd: zstdStored };

/** What a project that reads everything has found; of row 7 and 8 and columns 9, 10 and 11 of test/fixtures/front.h5 the values are row * 100 + column. */
export const expected = {
  range: body.subarray(start, start + 16).toString('hex'),
  ...Object.fromEntries(Object.keys(encoders).map((encoding) => [encoding, text])),
  hdf5: [709, 710, 711, 809, 810, 811],
  worker: [709, 710, 711, 809, 810, 811],
};

/**
 * Puts the objects.
 *
 * @param server versitygw, as env() tells of it
 * @param prefix of their keys, with a slash at its end
 * @returns the settings that projects are given
 */
export async function putObjects(server, prefix) {
  const put = async (name, bytes, headers = {}) => {
    const response = await s3Request(server, 'PUT', `${server.bucket}/${prefix}${name}`, '', bytes, headers);
    if (!response.ok) throw new Error(`PUT ${name}: ${response.status} ${await response.text()}`);
    await response.arrayBuffer();
  };
  await put('range.bin', body);
  await put('front.h5', readFileSync(new URL('../../fixtures/front.h5', import.meta.url)));
  for (const [encoding, encode] of Object.entries(encoders))
    await put(`text-${encoding}.txt`, encode(Buffer.from(text)), { 'content-encoding': encoding });
  const { endpoint, region, accessKeyId, secretAccessKey, bucket } = server;
  return { url: `s3://${bucket}/${prefix}`, endpoint, region, credentials: { accessKeyId, secretAccessKey }, start };
}
