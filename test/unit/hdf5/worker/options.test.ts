// Options that go to the worker, and functions among them that are called in the page.
import { Client, type CloudError } from '../../../../src/index.ts';
import type { RemoteOpenOptions } from '../../../../src/worker.ts';
import { workerFile } from '../../../conformance/hdf5-worker-file.ts';
import { equal, ok, rejects, test } from '../../../harness.ts';
import { withRig } from './rig.ts';

const url = 's3://https://s3.example.test/bucket/a.h5';

/** Serves the file to whoever asks, in the worker, and tells who that is. */
function server(bytes: Uint8Array<ArrayBuffer>): { fetch: typeof fetch; callers: Set<string> } {
  const callers = new Set<string>();
  return {
    callers,
    async fetch(input, init) {
      const request = new Request(input, init);
      const said = `${request.headers.get('authorization') ?? ''}${decodeURIComponent(request.url)}`;
      callers.add(/(?:Credential=)([\w]+)/.exec(said)?.[1] ?? 'nobody');
      const [, from, to] = /bytes=(\d+)-(\d+)/.exec(request.headers.get('range') ?? '') ?? [];
      const end = Math.min(Number(to) + 1, bytes.length);
      const headers = {
        'content-range': `bytes ${from}-${end - 1}/${bytes.length}`,
        etag: '"1"',
        'content-length': String(end - Number(from)),
      };
      return new Response(bytes.slice(Number(from), end), { status: 206, headers });
    },
  };
}

test('credentials are plain, or asked for in the page, also one bucket each', async () => {
  const { fetch, callers } = server(await workerFile());
  const keys = (accessKeyId: string): { accessKeyId: string; secretAccessKey: string } => ({ accessKeyId, secretAccessKey: 'x' });
  const asked: unknown[] = [];
  const ways: Record<string, RemoteOpenOptions> = {
    plain: { credentials: keys('plain') },
    provider: {
      credentials: async ({ signal, ...request }) => {
        asked.push([request, signal === undefined || signal instanceof AbortSignal]);
        return keys('provider');
      },
    },
    bucket: { credentials: { 's3://bucket': () => keys('bucket'), s3: keys('wrong') } },
    client: { client: new Client({ credentials: keys('client') }) },
    nobody: { credentials: 'anonymous' },
  };
  await withRig(
    async ({ remote }) => {
      for (const [name, options] of Object.entries(ways)) {
        callers.clear();
        const file = await remote.openHdf5(url, options);
        equal(await (await file.dataset('/one')).read(), 42, name);
        equal([...callers], [name]);
        await file.close();
      }
    },
    { fetch },
  );
  equal(asked, [[{ url: 's3://https://s3.example.test/bucket', method: 'GET', bucket: 'bucket' }, true]]);
});

test('a signer elsewhere is asked through the page', async () => {
  const { fetch, callers } = server(await workerFile());
  class Signer {
    #name = 'signer';
    async sign({ url: unsigned, signal }: { url: string; signal?: AbortSignal | undefined }): Promise<{ url: string }> {
      ok(signal === undefined || signal instanceof AbortSignal, 'a signal');
      return { url: `${unsigned}?X-Amz-Credential=${this.#name}` };
    }
  }
  await withRig(
    async ({ remote }) => {
      const file = await remote.openHdf5(url, { credentials: new Signer() });
      equal(await (await file.dataset('/one')).read(), 42);
      equal([...callers], ['signer']);
    },
    { fetch },
  );
});

test('what a provider throws is thrown to who waits, as the error that it was', async () => {
  const { fetch } = server(await workerFile());
  const refused = new Error('signed out');
  await withRig(
    async ({ remote }) => {
      const credentials = async (): Promise<never> => Promise.reject(refused);
      const error = await rejects<CloudError>(remote.openHdf5(url, { credentials }), 'Unauthenticated');
      ok(error.cause === refused, 'the very error');
    },
    { fetch },
  );
});

test('the page is told of requests and of what is odd', async () => {
  const { fetch } = server(await workerFile());
  const requests: string[] = [];
  const warnings: CloudError[] = [];
  await withRig(
    async ({ remote }) => {
      const file = await remote.openHdf5(url, {
        credentials: 'anonymous',
        onRequest: ({ method, status }) => requests.push(`${method} ${status}`),
        onWarning: (warning) => warnings.push(warning),
      });
      await file.close();
      ok(requests.length > 0 && requests.every((one) => one === 'GET 206'), requests.join());
    },
    // no strong validator: a warning
    { fetch: async (...args) => withoutEtag(await fetch(...args)) },
  );
  ok(warnings.length === 1 && warnings[0]!.name === 'CloudError' && warnings[0]!.message, 'a warning');
});

function withoutEtag({ body, status, headers }: Response): Response {
  headers.delete('etag');
  headers.set('last-modified', 'Sat, 01 Jan 2000 00:00:00 GMT');
  return new Response(body, { status, headers });
}

test('functions that cannot be called from a worker are refused by name', () =>
  withRig(async ({ remote }) => {
    const bytes = await workerFile();
    const odd = { fetch: globalThis.fetch, clock: Date.now, cache: { blockBytes: () => 1 }, region: () => 'x', plan: () => true };
    for (const [name, value] of Object.entries(odd)) {
      const error = await rejects<CloudError>(remote.openHdf5(bytes, { [name]: value }), 'InvalidArgument');
      ok(error.message.startsWith(name), error.message);
    }
    await rejects(remote.openHdf5(bytes, { client: new Client({ fetch: globalThis.fetch }) }), 'InvalidArgument');
    await rejects(remote.openHdf5(bytes, { pageBytes: 1 }), 'InvalidArgument');
    await rejects(remote.openHdf5(bytes, { mode: 'x' as 'r' }), 'InvalidArgument');
  }));

test("a client of the worker's script serves who brings none", async () => {
  const one = server(await workerFile());
  const client = new Client({ fetch: one.fetch, credentials: { accessKeyId: 'shared', secretAccessKey: 'x' } });
  const other = server(await workerFile());
  await withRig(
    async ({ remote }) => {
      await (await remote.openHdf5(url, { plan: false })).close();
      equal([[...one.callers], [...other.callers]], [['shared'], []]);
      await (await remote.openHdf5(url, { credentials: 'anonymous' })).close();
      equal([[...one.callers], [...other.callers]], [['shared'], ['nobody']]);
    },
    { client, fetch: other.fetch },
  );
  await client.close();
});
