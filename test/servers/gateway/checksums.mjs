/**
 * The checksums of S3: crc32, crc32c and crc64nvme by table (slicing by 8), sha1 and sha256 by Node.
 *
 * @module
 */
import { createHash } from 'node:crypto';

/** Reflected polynomials, high and low half. */
const POLYNOMIALS = { crc32: [0, 0xedb88320], crc32c: [0, 0x82f63b78], crc64nvme: [0x9a6c9329, 0xac4bc9b5] };
const tables = new Map();

/** The names of S3's algorithms, as in `x-amz-checksum-NAME`. */
export const ALGORITHMS = ['crc32', 'crc32c', 'crc64nvme', 'sha1', 'sha256'];

function tableOf(name) {
  let table = tables.get(name);
  if (table) return table;
  const [polyHigh, polyLow] = POLYNOMIALS[name];
  table = { high: new Uint32Array(2048), low: new Uint32Array(2048) };
  const { high, low } = table;
  for (let i = 0; i < 256; i++) {
    let [h, l] = [0, i];
    for (let bit = 0; bit < 8; bit++) {
      const odd = l & 1;
      l = ((l >>> 1) | (h << 31)) >>> 0;
      h >>>= 1;
      if (odd) [h, l] = [(h ^ polyHigh) >>> 0, (l ^ polyLow) >>> 0];
    }
    [high[i], low[i]] = [h, l];
  }
  for (let i = 256; i < 2048; i++) {
    const [h, l] = [high[i - 256], low[i - 256]];
    low[i] = ((l >>> 8) | (h << 24)) ^ low[l & 255];
    high[i] = (h >>> 8) ^ high[l & 255];
  }
  tables.set(name, table);
  return table;
}

function crc(name, bytes) {
  const { high, low } = tableOf(name);
  let [h, l] = [name === 'crc64nvme' ? -1 : 0, -1];
  let at = 0;
  for (; at + 8 <= bytes.length; at += 8) {
    const a = l ^ (bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24));
    const b = h ^ (bytes[at + 4] | (bytes[at + 5] << 8) | (bytes[at + 6] << 16) | (bytes[at + 7] << 24));
    const [i7, i6, i5, i4] = [1792 + (a & 255), 1536 + ((a >>> 8) & 255), 1280 + ((a >>> 16) & 255), 1024 + (a >>> 24)];
    const [i3, i2, i1, i0] = [768 + (b & 255), 512 + ((b >>> 8) & 255), 256 + ((b >>> 16) & 255), b >>> 24];
    l = low[i7] ^ low[i6] ^ low[i5] ^ low[i4] ^ low[i3] ^ low[i2] ^ low[i1] ^ low[i0];
    h = high[i7] ^ high[i6] ^ high[i5] ^ high[i4] ^ high[i3] ^ high[i2] ^ high[i1] ^ high[i0];
  }
  for (; at < bytes.length; at++) {
    const i = (l ^ bytes[at]) & 255;
    l = ((l >>> 8) | (h << 24)) ^ low[i];
    h = (h >>> 8) ^ high[i];
  }
  const out = Buffer.alloc(name === 'crc64nvme' ? 8 : 4);
  if (out.length === 8) out.writeUInt32BE(~h >>> 0, 0);
  out.writeUInt32BE(~l >>> 0, out.length - 4);
  return out;
}

/** The checksum's bytes, big-endian. */
export const checksum = (name, bytes) => (name in POLYNOMIALS ? crc(name, bytes) : createHash(name).update(bytes).digest());

/** The same as base64. */
export const checksumBase64 = (name, bytes) => checksum(name, bytes).toString('base64');
