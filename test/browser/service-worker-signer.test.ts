// Mounts that the app's own server signs for: what the handler of the worker asks it, in a page, with the real signer and versitygw.
import type { MountSigner } from '../../src/service-worker.ts';
import { createMountList } from '../../src/service-worker/mounts.ts';
import { equal, ok, rejects, sameBytes, test } from '../harness.ts';
import { pattern } from '../servers/fixture/client.ts';
import { handlerHere, signedFolder, withMount, type SignedFolder } from './service-worker-rig.ts';

const content = pattern(100_000);
const headers = { authorization: 'Bearer ann' };

interface Rig extends SignedFolder {
  /** Answers for a key of the mount: the status, and the code of a refusal. */
  get(key: string, range?: string): Promise<[status: number, code?: string]>;
  url(key: string): string;
  close(): Promise<void>;
}

/** A mount with a signer of two seconds' signatures, or of another address. */
async function withSigner(signer: Partial<MountSigner>, use: (rig: Rig) => Promise<void>): Promise<void> {
  const folder = signedFolder(true);
  const ask = handlerHere({ askTimeoutMs: 500 });
  await withMount({ ...folder.source, signer: { url: folder.signerUrl, headers, ...signer } }, ({ url, close }) =>
    use({
      ...folder,
      url,
      close,
      async get(key, range) {
        const response = (await ask(url(key), range ? { range } : {}))!;
        if (!response.ok) return [response.status, ((await response.json()) as { code: string }).code];
        sameBytes(await response.arrayBuffer(), range ? content.subarray(0, 10) : content);
        return [response.status];
      },
    }),
  );
}

test('requests of one turn are one question; a signature that ended is asked for anew', () =>
  withSigner({}, async ({ get, put, seen }) => {
    const keys = Array.from({ length: 12 }, (_, i) => `k ${i}`);
    await Promise.all(keys.map((key) => put(key, content)));
    equal(
      await Promise.all(keys.map((key) => get(key, 'bytes=0-9'))),
      keys.map(() => [206]),
    );
    const { posts, decisions } = await seen();
    equal(
      [posts, new Set(decisions.map(({ method, operation, identity }) => `${method} ${operation} ${identity}`))],
      [1, new Set(['GET read ann'])],
    );
    equal(decisions.length, keys.length);
    // longer than the two seconds that any of them is good for
    await new Promise((resolve) => void setTimeout(resolve, 2100));
    equal(await get('k 0'), [200]);
    equal((await seen()).posts, 2);
  }));

test('a signer that refuses is asked once for each request, and its words are not repeated', () =>
  withSigner({}, async ({ get, seen }) => {
    const keys = ['not-for-ann/a', 'not-for-ann/b', 'not-for-ann/c'];
    equal(
      await Promise.all(keys.map((key) => get(key))),
      keys.map(() => [403, 'PermissionDenied']),
    );
    equal((await seen()).posts, 1);
    equal(await get('not-for-ann/a'), [403, 'PermissionDenied']);
    equal((await seen()).posts, 2);
  }));

test('who is not logged in is 401; the login is asked for each time, and may fail', async () => {
  let calls = 0;
  const logins: (() => Record<string, string>)[] = [
    () => ({}),
    () => {
      throw new Error('logged out');
    },
    () => headers,
  ];
  const login = async (): Promise<Record<string, string>> => logins[calls++]!();
  await withSigner({ headers: login }, async ({ get, put, seen }) => {
    await put('a', content);
    equal(await get('a'), [401, 'Unauthenticated']);
    equal([calls, (await seen()).posts], [1, 1]);
    equal(await get('a'), [401, 'Unauthenticated']);
    equal([calls, (await seen()).posts], [2, 1], 'nothing is sent without a login');
    equal(await Promise.all([get('a'), get('a')]), [[200], [200]]);
    equal([calls, (await seen()).posts], [3, 2]);
  });
  await withSigner({ headers: undefined }, async ({ get }) => equal(await get('a'), [401, 'Unauthenticated']));
});

test('a signer that is not there, or is none, is 502', async () => {
  await withSigner({ url: 'http://127.0.0.1:1/sign', attempts: 1 }, async ({ get }) => equal(await get('a'), [502, 'Network']));
  await withSigner({ url: '/__env.json' }, async ({ get }) => equal(await get('a'), [502, 'InvalidResponse']));
});

test('a worker that has no driver for signers says so; when a mount is closed nobody is asked', () =>
  withSigner({}, async ({ url, seen, get, put, close }) => {
    equal((await handlerHere({ drivers: [] })(url('a')))?.status, 501);
    await put('a', content);
    equal(await get('a'), [200]);
    await close();
    equal(await get('a'), [401, 'Unauthenticated']);
    equal((await seen()).posts, 1);
  }));

test('neither the record of a mount nor the disk holds the login', async () => {
  const heard: unknown[] = [];
  const channel = new BroadcastChannel('anyfile:mounts');
  channel.onmessage = ({ data }) => heard.push(data);
  const before = await indexedDB.databases();
  try {
    await withSigner({}, async ({ get, put }) => {
      await put('a', content);
      equal(await get('a'), [200]);
    });
    const records = heard.filter((message) => (message as { type: string }).type === 'mount');
    ok(records.length === 1 && !JSON.stringify(records).includes(headers.authorization), JSON.stringify(records));
    ok(!/[?&]X-Amz/i.test(JSON.stringify(heard)), 'no signature in a message');
    equal(await indexedDB.databases(), before);
  } finally {
    channel.close();
  }
});

test('what no mount with a signer can be is refused with a code', async () => {
  const list = createMountList('/anyfile/');
  const signer = { url: '/sign' };
  const credentials = { accessKeyId: 'I', secretAccessKey: 'S' };
  await rejects(list.add({ url: 's3://b', signer, credentials }), 'InvalidArgument');
  await rejects(list.add({ url: 's3://b', signer: { url: 'http://elsewhere.example/sign' } }), 'InvalidArgument');
  for (const url of ['https://elsewhere.example/data/', 'gs://b']) await rejects(list.add({ url, signer }), 'NotSupported');
  await rejects(list.add({ url: 's3://b', signer }, { persist: 'day-key' }), 'NotSupported');
  const reason = new Error('enough');
  equal(await rejects(list.add({ url: 's3://b', signer }, { signal: AbortSignal.abort(reason) }), () => true), reason);
});
