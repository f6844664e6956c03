// A client over a port: errors, functions of the caller, what is copied and what is given away, and who may call what.
import { CloudError, isCloudError, openDataset, openReader, uploadFile, CloudPath } from '../../../src/index.ts';
import { connectLink } from '../../../src/rpc/connect-link.ts';
import { connectClient, type RemoteClientOptions } from '../../../src/worker.ts';
import { PROTOCOL } from '../../../src/worker/messages.ts';
import { workerFile } from '../../conformance/hdf5-worker-file.ts';
import { noise } from '../../conformance/noise.ts';
import { inFewEngines } from '../../env.ts';
import { equal, ok, rejects, sameBytes, test } from '../../harness.ts';
import { openScenario } from '../../servers/fixture/client.ts';
import { idle, usedAtLast, withRig } from './rig.ts';

const keys = { accessKeyId: 'a', secretAccessKey: 'x' };
const endpoint = 'https://s3.example.test';
const retry = { attempts: 1 };

/** A bucket of its own at the fixture server. */
async function withBucket(act: (url: string, init: RemoteClientOptions) => Promise<void>): Promise<void> {
  const { endpoint: at, bucket, region, credentials, close } = await openScenario('s3', {});
  await act(`s3://${bucket}`, { endpoint: at, region, credentials, retry: { minDelayMs: 20 } });
  await close();
}

test('errors keep class, code, status, address, operation and cause', async () => {
  const failed = new TypeError('no network');
  const answers: (() => Promise<Response>)[] = [
    async () => new Response('<Error><Code>NoSuchBucket</Code></Error>', { status: 404, headers: { 'x-amz-request-id': 'R1' } }),
    () => Promise.reject(failed),
  ];
  const options = { fetch: () => answers.shift()!() };
  await withRig(
    async ({ client }) => {
      const store = client.store('s3://bucket');
      const missing = await rejects<CloudError>(store.put('key', 'x'), 'NotFound');
      ok(missing instanceof CloudError && isCloudError(missing, 'NotFound'), 'the class and the guard');
      equal([missing.status, missing.operation, missing.requestId, missing.providerCode], [404, 'put', 'R1', 'NoSuchBucket']);
      ok(missing.url?.startsWith(endpoint) && !missing.url.includes('?'), missing.url);
      const lost = await rejects<CloudError>(store.put('key', 'x'), (error) => isCloudError(error));
      const { name, message, code } = lost.cause as Error & { code: string };
      equal([name, message, code, lost.code], ['TypeError', 'no network', 'TypeError', 'Network']);
      equal(await usedAtLast(client), idle);
    },
    { init: { endpoint, region: 'eu-central-1', credentials: keys, retry }, options },
  );
});

test('functions of the caller are called here, and what they throw comes back as it is', async () => {
  const asked: string[] = [];
  const reasons: Error[] = [new DOMException('signed out', 'NotAllowedError'), new RangeError('odd')];
  const credentials = ({ bucket, signal }: { bucket: string; signal?: AbortSignal | undefined }): typeof keys => {
    asked.push(`${bucket} ${signal instanceof AbortSignal}`);
    const reason = reasons[asked.length - 1];
    if (reason) throw reason;
    return keys;
  };
  let requests = 0;
  await withRig(
    async ({ client }) => {
      const store = client.store('s3://bucket');
      for (const reason of reasons) {
        const error = await rejects<Error>(store.head('a'), (e: unknown) => e === reason || (e as Error).cause === reason);
        ok(error === reason || isCloudError(error), 'an error of anyfile, or the very reason');
      }
      equal(await store.head('a'), null);
      equal([asked, requests], [['bucket true', 'bucket true', 'bucket true'], 1]);
    },
    {
      init: { endpoint, region: 'eu-central-1', credentials, retry, onRequest: () => void requests++ },
      options: { fetch: async () => new Response(null, { status: 404 }) },
    },
  );
});

test('what cannot be sent is refused by name', async () => {
  const { port1, port2 } = new MessageChannel();
  for (const name of ['fetch', 'clock'] as const) {
    const error = await rejects<CloudError>(connectClient(port1, { [name]: () => 0 }), 'InvalidArgument');
    ok(error.message.startsWith(`${name} cannot be given`) && error.message.includes('serveClient'), error.message);
  }
  port1.close();
  port2.close();
  await withRig(async ({ client }) => {
    await rejects(client.store('mem://b').put('a', 'x', { metadata: { m: (() => {}) as never } }), 'InvalidArgument');
    equal(await client.store('mem://b').head('a'), null);
  });
});

test('bytes of the caller stay, views go alone, what was read is given away', () =>
  withRig(async ({ client, toPage, toWorker }) => {
    const store = client.store('mem://bucket');
    const large = noise(3_000_000);
    const view = large.subarray(1_000_000, 2_000_000);
    await store.put('whole', large);
    await store.put('view', view);
    await store.put(
      'stream',
      (async function* () {
        yield large;
        yield view;
      })(),
    );
    equal([large.byteLength, view.byteLength], [3_000_000, 1_000_000]);
    ok(
      toWorker.given.every(({ buffer, sizeBytes }) => buffer !== large.buffer && sizeBytes === 1_000_000),
      'nothing but copies of the view',
    );
    sameBytes(await (await store.get('whole'))!.bytes(), large);
    sameBytes(await (await store.get('view'))!.bytes(), view);
    equal((await store.head('stream'))!.sizeBytes, 4_000_000);
    equal(
      toPage.given.map(({ sizeBytes, buffer }) => [sizeBytes, buffer.byteLength]),
      [
        [3_000_000, 0],
        [1_000_000, 0],
      ],
    );
  }));

test('a cached object is still there after it was given away', () =>
  withBucket((url, init) =>
    withRig(
      async ({ client }) => {
        const bytes = noise(300_000);
        const store = client.store(url);
        await store.put('a', bytes);
        for (let round = 0; round < 3; round++) {
          sameBytes(await (await store.get('a'))!.bytes(), bytes);
          sameBytes(await new Response((await store.get('a'))!.stream()).arrayBuffer(), bytes);
          sameBytes(await (await store.get('a', { range: { start: 70_000, end: 200_000 } }))!.bytes(), bytes.subarray(70_000, 200_000));
        }
        const stats = await client.cacheStats();
        ok(stats.hits >= 6, `answered by the cache, ${stats.hits}`);
        ok((await client.stats()).requests > 0, 'requests');
        ok((await client.clearCache()) > 0, 'values that went');
        equal((await client.cacheStats()).entries, 0);
      },
      { init: { ...init, cache: { container: 'memory', freshness: 'immutable' } } },
    ),
  ));

test('only what is offered can be called', async () => {
  await withRig(async ({ page }) => {
    const about = { protocol: PROTOCOL, operation: 'x', handlers: new Map(), onEnd() {} };
    const { peer } = connectLink(page, about);
    await peer.call('open', { options: ['fields', []] });
    const place = { url: 'mem://b', location: { format: 'precomputed', protocol: 'mem', bucket: 'b', path: '', host: null, alias: null } };
    for (const name of ['constructor', '__proto__', 'toString', 'get', 'url', ''])
      await rejects(peer.call('plain', { place, name, args: ['a'], options: {} }), 'NotSupported');
    for (const name of ['constructor', '__proto__', 'storeAt', 'context']) await rejects(peer.call(name, {}), 'NotSupported');
    equal(await peer.call('plain', { place, name: 'head', args: ['a'], options: {} }), null);
    peer.end(new Error('done'));
  });
});

test('parts, a rewrite and uploads that are under way', () => {
  inFewEngines('parts have 5 MiB at least');
  return withBucket((url, init) =>
    withRig(
      async ({ client }) => {
        const store = client.store(`${url}/folder`);
        const part = noise(5 << 20);
        const upload = await store.multipart!('parts', { metadata: { m: '1' } });
        equal([upload.key, upload.inOrder], ['parts', false]);
        const sent = await upload.sendPart(1, part);
        equal([part.byteLength, sent.sent, sent.sizeBytes], [part.length, true, part.length]);
        const open: string[] = [];
        for await (const page of store.listUploads!()) open.push(...page.map(({ key, id }) => `${key} ${id}`));
        equal(open, [`parts ${upload.id}`]);
        await upload.sendPart(2, part.subarray(0, 1000));
        equal(
          (await upload.listParts()).map(({ sizeBytes }) => sizeBytes),
          [part.length, 1000],
        );
        const { etag } = await upload.complete();
        await upload.abort();
        await rejects(upload.listParts(), 'InvalidArgument');
        const head = (await store.head('parts'))!;
        equal([head.sizeBytes, head.metadata], [part.length + 1000, { m: '1' }]);

        const changed = noise(1000, 7);
        const whole = new Uint8Array([...part, ...changed]);
        const content = {
          sizeBytes: whole.length,
          changed: [{ start: part.length, end: whole.length }],
          read: async (start: number, end: number) => whole.slice(start, end),
        };
        await rejects(store.rewrite!('parts', content, { ifMatch: '"other"' }), 'PreconditionFailed');
        await store.rewrite!('parts', content, { ifMatch: etag! });
        sameBytes(await (await store.get('parts'))!.bytes(), whole);

        await uploadFile(store, 'file', new Blob([whole]), { partBytes: 5 << 20 }).done;
        sameBytes(await (await store.get('file'))!.bytes(), whole);

        const stopped = await store.multipart!('stopped');
        await stopped.abort();
        equal(await usedAtLast(client), idle);
      },
      { init },
    ),
  );
});

test('what takes a client takes this one: readers, paths, datasets', () =>
  withRig(async ({ client }) => {
    const files = client.files('mem://bucket/folder');
    await files.put('a.csv', 'one,two', { compress: 'gzip' });
    equal(new TextDecoder().decode((await files.get('a.csv'))!), 'one,two');
    const bytes = noise(200_000);
    await files.put('data.bin', bytes);
    const reader = await openReader('mem://bucket/folder/data.bin', { client });
    sameBytes((await reader.read([{ start: 5, end: 100_005 }]))[0], bytes.subarray(5, 100_005));
    await reader.close();
    const names: string[] = [];
    for await (const path of new CloudPath('mem://bucket/folder', { client }).iterdir()) names.push(path.name);
    equal(names.sort(), ['a.csv.gz', 'data.bin']);
    equal((await openDataset('mem://bucket/folder', { client })).files.size, 2);
    equal((await client.dataset('mem://bucket/folder')).files.size, 2);
    equal((await client.datafile('mem://bucket/folder/data.bin')).sizeBytes, 200_000);
    ok((await client.diagnose('mem://bucket/folder')).length > 0, 'checks');
  }));

test('HDF5 files are read by the same client, through the same port', () =>
  withRig(async ({ client }) => {
    await client.store('mem://bucket').put('scan.h5', await workerFile());
    const file = await client.openHdf5('mem://bucket/scan.h5');
    equal(await (await file.dataset('/one')).read(), 42);
    await file.close();
    await client.close();
    await rejects(client.openHdf5('mem://bucket/scan.h5'), 'InvalidArgument');
    await rejects(client.store('mem://bucket').head('scan.h5'), 'InvalidArgument');
  }));
