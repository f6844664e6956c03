// The whole client in real module workers: this file is their script too, by what its URL asks for.
import { CloudError, isCloudError } from '../../src/index.ts';
import { connectClient, serveClient, type RemoteClient, type RemoteClientOptions, type WorkerPort } from '../../src/worker.ts';
import { noise } from '../conformance/noise.ts';
import { workerStoreSuite } from '../conformance/worker-store-suite.ts';
import { env, need } from '../env.ts';
import { equal, ok, rejects, sameBytes, test } from '../harness.ts';

const role = new URL(import.meta.url).search;
const start = (): Worker => new Worker(new URL('?serves', import.meta.url), { type: 'module' });

let shared: WorkerPort | undefined;
/** One worker for all checks of the suites: without `terminate`, so that a client that is closed leaves it alone. */
function sharedWorker(): WorkerPort {
  if (!shared) {
    const worker = start();
    shared = {
      postMessage: worker.postMessage.bind(worker),
      addEventListener: worker.addEventListener.bind(worker),
      removeEventListener: worker.removeEventListener.bind(worker),
    } as WorkerPort;
  }
  return shared;
}

async function withWorker(act: (client: RemoteClient, worker: Worker) => Promise<void>, init?: RemoteClientOptions): Promise<void> {
  const worker = start();
  const client = await connectClient(worker, init);
  try {
    await act(client, worker);
  } finally {
    await client.close();
  }
}

if (role === '?serves') serveClient();
// a worker starts workers as its page does
else if (env().worker)
  test('the client in a worker of a worker', () => withWorker(async (client) => void (await client.store('mem://b').put('a', 'x'))));
else {
  workerStoreSuite('worker', sharedWorker);

  test('a worker that is ended by others rejects what waits and what comes', () =>
    withWorker(async (client, worker) => {
      const store = client.store('mem://bucket');
      await store.put('a', noise(2_000_000));
      const stream = (await store.get('a'))!.stream().getReader();
      ok((await stream.read()).value, 'a chunk');
      const standing = new ReadableStream<Uint8Array>({
        pull: () => {
          worker.terminate();
          return new Promise(() => {});
        },
      });
      await rejects(store.put('b', standing), 'Network');
      await rejects(store.head('a'), 'Network');
      // what was asked for ahead may have come
      const rest = async (): Promise<void> => {
        while (!(await stream.read()).done);
      };
      await rejects(rest(), 'Network');
    }));

  test('a worker that is ended as soon as it is connected is noticed', async () => {
    for (let i = 0; i < 10; i++) {
      const worker = start();
      const client = await connectClient(worker);
      worker.terminate();
      await rejects(client.store('mem://bucket').head('a'), 'Network');
      await client.close();
    }
  });

  test('a client is closed also when its worker was ended just now', async () => {
    const worker = start();
    const client = await connectClient(worker);
    await client.store('mem://bucket').put('a', 'x');
    worker.terminate();
    await client.close();
    await rejects(client.store('mem://bucket').head('a'), 'InvalidArgument');
  });

  test('a script that is not there, and an abort of the wait for one', async () => {
    await rejects(connectClient(new Worker(new URL('./none-such.js', import.meta.url), { type: 'module' })), 'Network');
    const { port1 } = new MessageChannel();
    const controller = new AbortController();
    const connecting = connectClient(port1, {}, { signal: controller.signal });
    const reason = new Error('enough');
    controller.abort(reason);
    await rejects(connecting, (error) => error === reason);
  });

  test('errors keep what they are, and files are written as they are', () => {
    const { endpoint, region, accessKeyId, secretAccessKey, bucket } = need('versitygw');
    return withWorker(
      async (client) => {
        const error = await rejects<CloudError>(client.store(`s3://${bucket}-none-such`).put('a', 'x'), 'NotFound');
        ok(error instanceof CloudError && isCloudError(error, 'NotFound'), 'its class');
        equal([error.status, error.providerCode, error.operation], [404, 'NoSuchBucket', 'put']);
        ok(error.url?.includes('none-such'), error.url);
        const bytes = noise(3_000_000);
        const store = client.store('mem://bucket');
        await store.put('file', new File([bytes], 'a.bin', { type: 'text/plain' }));
        const got = (await store.get('file'))!;
        equal(got.contentType, 'text/plain');
        sameBytes(await got.bytes(), bytes);
      },
      { endpoint, region, credentials: { accessKeyId, secretAccessKey } },
    );
  });
}
