// The whole client in threads of node:worker_threads, as Node, Bun and Deno have them, and in their web workers.
import { dirname, join } from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Worker as ThreadWorker } from 'node:worker_threads';
import { delay } from '../../src/util/abort.ts';
import { connectClient, serveClient, type RemoteClient, type WorkerPort } from '../../src/worker.ts';
import { noise } from '../conformance/noise.ts';
import { workerStoreSuite } from '../conformance/worker-store-suite.ts';
import { workerFile } from '../conformance/hdf5-worker-file.ts';
import { equal, ok, rejects, sameBytes, skip, test } from '../harness.ts';

// It is built beside the tests.
const script = pathToFileURL(join(dirname(process.argv[1] ?? ''), 'node', 'programs', 'client-worker.js'));

async function withThread(act: (client: RemoteClient, thread: ThreadWorker) => Promise<void>): Promise<void> {
  const thread = new ThreadWorker(script);
  const client = await connectClient(thread);
  try {
    await act(client, thread);
  } finally {
    await client.close();
  }
}

let shared: WorkerPort | undefined;
/** One thread for all checks of the suites: without `terminate`, so that a client that is closed leaves it alone. */
function sharedThread(): WorkerPort {
  if (!shared) {
    const thread = new ThreadWorker(script);
    thread.unref();
    shared = { postMessage: thread.postMessage.bind(thread), on: thread.on.bind(thread), off: thread.off.bind(thread) } as WorkerPort;
  }
  return shared;
}

workerStoreSuite('thread', sharedThread);

test('a thread that ends rejects what waits and what comes', async () => {
  for (const how of ['exit', 'throw', 'terminate']) {
    await withThread(async (client, thread) => {
      const store = client.store('mem://bucket');
      await store.put('a', noise(2_000_000));
      const stream = (await store.get('a'))!.stream().getReader();
      ok((await stream.read()).value, 'a chunk');
      let stopped = false;
      const standing: AsyncIterable<Uint8Array> = {
        [Symbol.asyncIterator]: () => ({
          next: () => {
            if (how === 'terminate') void thread.terminate();
            else thread.postMessage(how);
            return new Promise(() => {});
          },
          async return() {
            stopped = true;
            return { done: true, value: undefined };
          },
        }),
      };
      const { cause } = await rejects<Error>(store.put('b', standing), 'Network');
      if (how === 'throw') ok(cause instanceof TypeError && cause.message === 'in the worker', String(cause));
      ok(stopped, 'a body that was let go of');
      await rejects(store.head('a'), 'Network');
      // what was asked for ahead may have come
      const rest = async (): Promise<void> => {
        while (!(await stream.read()).done);
      };
      await rejects(rest(), 'Network');
      await rejects(client.stats(), 'Network');
      await rejects(client.openHdf5('mem://bucket/a'), 'Network');
    });
  }
});

test('Blobs of all sizes are written, and an HDF5 file is read by the same client', () =>
  withThread(async (client) => {
    const store = client.store('mem://bucket/folder');
    for (const size of [0, 100_000, 17_000_000]) {
      const bytes = noise(size, size);
      const put = await store.put('blob', new Blob([bytes], { type: 'text/csv' }));
      equal([put.sizeBytes, (await store.head('blob'))?.contentType], [size, 'text/csv']);
      sameBytes(await (await store.get('blob'))!.bytes(), bytes);
    }
    await store.put('scan.h5', await workerFile());
    const file = await client.openHdf5('mem://bucket/folder/scan.h5');
    equal(await (await file.dataset('/one')).read(), 42);
    await file.close();
  }));

test('opened objects that are dropped without a word are let go of when they are collected', async () => {
  if (process.versions['bun'] ?? process.versions['deno']) skip('there is no asking for a collection');
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  await withThread(async (client) => {
    const store = client.store('mem://bucket');
    await store.put('a', noise(1_000_000));
    const drop = async (): Promise<void> => {
      for (let i = 0; i < 5; i++) await store.get('a');
      await (await store.get('a'))!.stream().getReader().read();
      const kept = (await store.get('a'))!.stream();
      collect();
      await delay(20);
      equal(await new Response(kept).arrayBuffer().then(({ byteLength }) => byteLength), 1_000_000);
    };
    await drop();
    let { remoteBodies } = await client.inUse();
    for (let i = 0; i < 300 && remoteBodies > 0; i++) {
      collect();
      await delay(10);
      ({ remoteBodies } = await client.inUse());
    }
    equal(remoteBodies, 0);
  });
});

test('web workers of Bun and Deno', async () => {
  if (typeof Worker === 'undefined') skip('there are none here');
  const client = await connectClient(new Worker(script, { type: 'module' }));
  const files = client.files('mem://bucket');
  await files.put('a', 'hello');
  equal(new TextDecoder().decode((await files.get('a'))!), 'hello');
  await client.close();
});

test('serveClient in a main thread needs a port, and a client needs a worker', async () => {
  await rejects(() => serveClient(), 'InvalidArgument');
  await rejects(connectClient({} as never), 'InvalidArgument');
  await rejects(connectClient(new ThreadWorker(new URL('none-such.js', script))), 'Network');
});
