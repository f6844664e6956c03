// Writes one file and tells what that took: node writing-side.mjs JOB, with the job as JSON; one line of JSON comes out.
import { statSync, writeFileSync } from 'node:fs';
import process from 'node:process';
import { ready, File } from 'h5wasm';

const { way, module, path, blocks, rowsOfBlock, columns } = JSON.parse(process.argv[2]);
const block = new Float32Array(rowsOfBlock * columns).map((_, i) => Math.sin(i));

/** What was made in memory, without a copy of it. */
async function toDisk(file) {
  const { FS } = await ready;
  file.close();
  const { contents, usedBytes } = FS.lookupPath('made.h5').node;
  writeFileSync(path, contents.subarray(0, usedBytes));
}

const ways = {
  /** Each block is behind the ones before when the next one is asked for. */
  async anyfile({ openHdf5 }) {
    const file = await openHdf5(path, { mode: 'w' });
    const data = await file.createDataset('/data', {
      dtype: '<f4',
      shape: [0, columns],
      maxShape: [null, columns],
      chunks: [rowsOfBlock, columns],
    });
    for (let i = 0; i < blocks; i++) await data.append(block);
    await file.close();
  },
  async 'h5wasm, blocks'() {
    const file = new File('made.h5', 'w');
    const shape = [rowsOfBlock, columns];
    const data = file.create_dataset({ name: 'data', data: block, shape, dtype: '<f4', maxshape: [null, columns], chunks: shape });
    for (let i = 1; i < blocks; i++) {
      data.resize([(i + 1) * rowsOfBlock, columns]);
      data.write_slice([[i * rowsOfBlock, (i + 1) * rowsOfBlock], []], block);
    }
    await toDisk(file);
  },
  async 'h5wasm, one piece'() {
    const all = new Float32Array(block.length * blocks);
    for (let i = 0; i < blocks; i++) all.set(block, i * block.length);
    const file = new File('made.h5', 'w');
    file.create_dataset({ name: 'data', data: all, shape: [rowsOfBlock * blocks, columns], dtype: '<f4' });
    await toDisk(file);
  },
};

let told;
try {
  const made = await import(module);
  const library = await ready;
  const start = performance.now();
  await ways[way](made);
  const ms = performance.now() - start;
  const { size } = statSync(path);
  if (size < block.byteLength * blocks) throw new Error(`only ${size} bytes were written`);
  told = { rate: 1000 / ms, ms, heapBytes: library.HEAPU8.length, residentBytes: process.resourceUsage().maxRSS * 1024 };
} catch (error) {
  told = { error: String(error?.stack ?? error) };
}
process.stdout.write(`${JSON.stringify(told)}\n`);
process.exit();
