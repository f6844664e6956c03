// What reading 200 MB takes of memory: in a process of its own, in blocks.
import process from 'node:process';
import { hdf5Url, oracleOf } from '../conformance/hdf5-oracle.ts';
import { needLarge } from '../conformance/hdf5-suite.ts';
import { env } from '../env.ts';
import { equal, ok, skip, test } from '../harness.ts';
import { runProgram } from './run-program.ts';

const mB = 1e6;

for (const [name, path, limit, heap] of [
  // 239 MB in Node 20; 275 to 302 in Node 24, which lets more of what is not used any more pile up
  ['contig.h5', '/data', 300, 32],
  // 64 MiB of packed chunks are kept besides, and they are unpacked in the library's memory: 363 MB in Node 20, 400 to 425 in Node 26
  ['chunked.h5', '/entry/instrument/detector/img', 460, 48],
] as const) {
  test(
    `${name} in blocks of 10 MB`,
    async () => {
      if ('Bun' in globalThis || 'Deno' in globalThis) skip('the bound is of Node');
      needLarge();
      const most = env().engine === 'node' ? limit : Math.max(limit, 330);
      const said = await runProgram('hdf5-blocks', { args: [hdf5Url(name), path, String(10 * mB)] });
      const { digest, peakBytes, heapBytes } = JSON.parse(said) as { digest: string; peakBytes: number; heapBytes: number };
      const told = (await oracleOf(name)).objects[path];
      equal(digest, told && 'form' in told ? told.values : undefined, 'all values');
      ok(peakBytes <= most * mB, `at most ${most} MB, was ${Math.round(peakBytes / mB)} MB in Node ${process.versions.node}`);
      ok(heapBytes <= heap * 2 ** 20, `a heap of at most ${heap} MiB, was ${heapBytes / 2 ** 20}`);
    },
    { timeoutMs: 60_000 },
  );
}
