/**
 * Reads a dataset of an HDF5 file in blocks: hdf5-blocks URL PATH BLOCK_BYTES. Prints `{ digest, peakBytes, heapBytes }`: the digest of all bytes in
 * a row, the most memory that this process had, and what the library's memory has grown to.
 */
import { createHash } from 'node:crypto';
import process from 'node:process';
import { openHdf5 } from '../../../src/hdf5.ts';
import { loadLibrary } from '../../../src/hdf5/library/load.ts';
import { peakBytes } from '../peak-bytes.ts';

const [url = '', path = '', maxBytes = ''] = process.argv.slice(2);
const hash = createHash('sha256');
const file = await openHdf5(url);
let length = 0;
for await (const { values } of (await file.dataset(path)).blocks({ maxBytes: Number(maxBytes) })) {
  const { buffer, byteOffset, byteLength } = values as Float32Array<ArrayBuffer>;
  hash.update(new Uint8Array(buffer, byteOffset, byteLength));
  length += byteLength;
}
await file.close();
const { HEAPU8 } = await loadLibrary();
const digest = `sha256:${length}:${hash.digest('hex')}`;
console.log(JSON.stringify({ digest, peakBytes: peakBytes(), heapBytes: HEAPU8.length }));
