// Writing in processes of their own: what it takes of memory, and what is left of one that is killed.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { openDisk } from '../../src/platform/node/disk.ts';
import { equal, ok, skip, test } from '../harness.ts';
import { inFewEngines, need } from '../env.ts';
import { askH5py, inFolder } from './hdf5-h5py.ts';
import { runProgram, startProgram } from './run-program.ts';

test(
  'writing 200 MB in blocks of 4 MB takes little memory',
  () =>
    inFolder(async (folder) => {
      if ('Bun' in globalThis || 'Deno' in globalThis) skip('the bound is of Node');
      inFewEngines('200 MB');
      need('hdf5');
      const path = join(folder, 'a.h5');
      const said = JSON.parse(await runProgram('hdf5-write', { args: [path] })) as {
        peakBytes: number;
        heapBytes: number;
        sizeBytes: number;
      };
      ok(said.heapBytes <= 32 * 2 ** 20, `a heap of at most 32 MiB, was ${said.heapBytes / 2 ** 20}`);
      ok(said.peakBytes <= 300e6, `at most 300 MB, was ${Math.round(said.peakBytes / 1e6)} MB in Node ${process.versions.node}`);
      equal(await askH5py(path, "[f['x'].shape, float(f['x'][1024 * 49, 5]), float(f['x'][:, 7].sum())]"), [
        [51_200, 1024],
        49_005,
        1024 * (1000 * ((49 * 50) / 2) + 50 * 7),
      ]);
    }),
  { timeoutMs: 60_000 },
);

test(
  'a writer that is killed leaves nothing under the name, and what it leaves is hidden',
  () =>
    inFolder(async (folder) => {
      if (process.platform === 'win32') skip('processes are killed otherwise');
      inFewEngines('100 MB');
      const child = startProgram('hdf5-write', { args: [join(folder, 'a.h5'), 'wait'] });
      const ended = new Promise((resolve) => child.once('close', resolve));
      await new Promise<void>((resolve, reject) => {
        child.stdout.once('data', () => resolve());
        child.once('error', reject).once('close', () => reject(new Error('it ended')));
      });
      child.kill('SIGKILL');
      await ended;
      const left = readdirSync(folder);
      equal([left.length, left.every((name) => name.startsWith('.anyfile-'))], [1, true]);
      equal(await (await openDisk()).list(folder), []);
    }),
  { timeoutMs: 60_000 },
);
