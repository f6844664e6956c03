/**
 * Writes 200 MB into an HDF5 file, 4 MB at a time: hdf5-write PATH [wait]. Prints `{ peakBytes, heapBytes, sizeBytes }`: the most memory that this
 * process had, and what the library's memory has grown to. With `wait` it prints a line after half of it, and waits until it is killed.
 */
import process from 'node:process';
import { loadLibrary } from '../../../src/hdf5/library/load.ts';
import { openForWriting } from '../../../src/hdf5/write/open.ts';
import { peakBytes } from '../peak-bytes.ts';

const [path, waits] = process.argv.slice(2);
const file = await openForWriting(path!, { mode: 'w' });
const rows = await file.createDataset('/x', { dtype: '<f4', shape: [0, 1024], maxShape: [null, 1024], chunks: [64, 1024] });
for (let block = 0; block < 50; block++) {
  await rows.append(Float32Array.from({ length: 1024 * 1024 }, (_, i) => block * 1000 + (i % 1024)));
  if (waits && block === 24) {
    await file.flush();
    console.log('half');
    await new Promise(() => setInterval(() => {}, 1000));
  }
}
const published = await file.close();
const { HEAPU8 } = await loadLibrary();
console.log(JSON.stringify({ peakBytes: peakBytes(), heapBytes: HEAPU8.length, sizeBytes: published!.sizeBytes }));
