// HDF5 in threads of node:worker_threads, as Node, Bun and Deno have them, and in their web workers.
import { dirname, join } from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { Worker as ThreadWorker } from 'node:worker_threads';
import type { Hdf5File } from '../../src/hdf5.ts';
import { connectHdf5, Hdf5Error, MissingFilterError, type RemoteHdf5, type RemoteHdf5File } from '../../src/worker.ts';
import { compareFile } from '../conformance/hdf5-compare.ts';
import { hdf5Url, oracleOf } from '../conformance/hdf5-oracle.ts';
import { memorySource } from '../conformance/hdf5-sources.ts';
import { SIDE, workerFile } from '../conformance/hdf5-worker-file.ts';
import { need } from '../env.ts';
import { equal, ok, rejects, skip, test } from '../harness.ts';

// It is built beside the tests.
const script = pathToFileURL(join(dirname(process.argv[1] ?? ''), 'node', 'programs', 'hdf5-worker.js'));
const image = Float32Array.from({ length: SIDE * SIDE }, (_, i) => i);

async function withThread(act: (remote: RemoteHdf5, thread: ThreadWorker) => Promise<void>): Promise<void> {
  const thread = new ThreadWorker(script, { workerData: 'watched' });
  const remote = connectHdf5(thread);
  try {
    await act(remote, thread);
  } finally {
    await remote.close();
  }
}

const asLocal = (file: RemoteHdf5File): Hdf5File => file as unknown as Hdf5File;

test('a thread reads what is given to it: bytes, a Blob, a source; values are given away', () =>
  withThread(async (remote, thread) => {
    const bytes = await workerFile();
    const source = memorySource(bytes);
    for (const input of [bytes, new Blob([bytes]), new File([bytes], 'scan.h5'), source]) {
      const file = await remote.openHdf5(input);
      equal(await (await file.dataset('/image')).read(), image);
      await file.close();
    }
    equal(source.closed, 1);
    const given = await new Promise((resolve) => {
      thread.on('message', (message: { given?: unknown }) => message.given && resolve(message.given));
      thread.postMessage('given');
    });
    equal(
      given,
      Array.from({ length: 4 }, () => [SIDE * SIDE * 4, 0]),
    );
  }));

test(
  'files of h5py in a thread: every object, attribute, value and slice; errors with their classes',
  async () => {
    need('hdf5');
    await withThread(async (remote) => {
      for (const name of ['types.h5', 'compound.h5', 'strings.h5']) {
        const file = await remote.openHdf5(hdf5Url(name));
        equal((await compareFile(asLocal(file), await oracleOf(name))).slice(0, 12), [], name);
        await file.close();
      }
      const plugins = async ({ file }: { file: string }): Promise<Uint8Array> =>
        new Uint8Array(await (await fetch(`${hdf5Url('plugins')}/${file}`)).arrayBuffer());
      for (const withPlugins of [false, true]) {
        const file = await remote.openHdf5(hdf5Url('plug.h5'), withPlugins ? { plugins } : {});
        const dataset = await file.dataset('/zstd');
        if (withPlugins) ok(((await dataset.read()) as { length: number }).length > 0, 'values');
        else {
          const error = await rejects<MissingFilterError>(dataset.read(), 'NotSupported');
          ok(error instanceof MissingFilterError && error instanceof Hdf5Error && error.filterId === 32015, error.message);
        }
        await file.close();
      }
    });
  },
  { timeoutMs: 60_000 },
);

test('an abort ends the work, and a thread that ends rejects what waits, with the reason', async () => {
  for (const how of ['exit', 'throw', 'terminate']) {
    await withThread(async (remote, thread) => {
      const bytes = await workerFile();
      const file = await remote.openHdf5(bytes);
      const controller = new AbortController();
      controller.abort(how);
      await rejects(file.keys('/', { signal: controller.signal }), (reason: unknown) => reason === how);
      const standing = memorySource(bytes, { before: () => new Promise(() => {}) });
      const opening = rejects<Error>(remote.openHdf5(standing), 'Network');
      await file.keys();
      if (how === 'terminate') await thread.terminate();
      else thread.postMessage(how);
      const { cause } = await opening;
      if (how === 'throw') ok(cause instanceof TypeError && cause.message === 'in the worker', String(cause));
      await rejects(file.keys(), 'Network');
    });
  }
});

test('web workers of Bun and Deno', async () => {
  if (typeof Worker === 'undefined') skip('there are none here');
  const worker = new Worker(script, { type: 'module' });
  const remote = connectHdf5(worker);
  const file = await remote.openHdf5(await workerFile());
  equal(await (await file.dataset('/image')).read(), image);
  await remote.close();
});

test('serveHdf5 in a main thread needs a port', async () => {
  const { serveHdf5 } = await import('../../src/worker.ts');
  await rejects(() => serveHdf5(), 'InvalidArgument');
});
