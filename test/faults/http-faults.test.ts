/** Plain web servers: ranges, revalidation, redirects and what must not follow them. */
import { sendsLikeAPage } from '#platform';
import { Client } from '../../src/index.ts';
import { env } from '../env.ts';
import { equal, ok, rejects, sameBytes, skip, test } from '../harness.ts';
import { openScenario, pattern, type HttpFile } from '../servers/fixture/client.ts';

type HttpScenario = Awaited<ReturnType<typeof openScenario<'http'>>>;
const isPage = (): boolean => !/^(node|bun|deno)/.test(env().engine);

async function withWeb(files: Record<string, HttpFile>, use: (client: Client, server: HttpScenario) => Promise<void>): Promise<void> {
  const server = await openScenario('http', { files });
  const client = new Client({ retry: { minDelayMs: 5 } });
  try {
    await use(client, server);
  } finally {
    await client.close();
    await server.close();
  }
}

const bytes = { pattern: { sizeBytes: 50_000 } };

test('read, range, head and a missing file', () =>
  withWeb({ '/d/a b.bin': bytes }, async (client, server) => {
    const store = client.store(`${server.endpoint}/d`);
    sameBytes(await (await store.get('a b.bin'))!.bytes(), pattern(50_000));
    sameBytes(await (await store.get('a b.bin', { range: { start: 100, end: 200 } }))!.bytes(), pattern(50_000).slice(100, 200));
    equal((await store.head('a b.bin'))!.sizeBytes, 50_000);
    equal(await store.get('nothing'), null);
    await rejects(store.put('x', 'y'), 'NotSupported');
    await rejects(store.get('../x'), 'InvalidArgument');
  }));

test('a size without HEAD: signed URLs are good for GET alone', () =>
  withWeb({ '/a': { ...bytes, headStatus: 403 } }, async (client, server) => {
    equal((await client.store(server.endpoint).head('a'))!.sizeBytes, 50_000);
  }));

test('revalidation by ETag is NotModified', () =>
  withWeb({ '/a': bytes }, async (client, server) => {
    const store = client.store(server.endpoint);
    const { etag } = (await store.head('a'))!;
    await rejects(store.get('a', { ifNoneMatch: etag! }), 'NotModified');
    await rejects(store.get('a', { ifMatch: '"other"' }), 'PreconditionFailed');
  }));

test('a server without ranges gives small files and refuses large ones', () =>
  withWeb(
    { '/small': { ...bytes, ranges: false }, '/large': { pattern: { sizeBytes: 3_000_000 }, ranges: false } },
    async (client, server) => {
      const store = client.store(server.endpoint);
      sameBytes(await (await store.get('small', { range: { start: 5, end: 9 } }))!.bytes(), pattern(50_000).slice(5, 9));
      await rejects(store.get('large', { range: { start: 5, end: 9 } }), 'RangeNotSupported');
    },
  ));

test('stored bytes of a gzip answer, or the word that they are not', () =>
  withWeb(
    { '/z': { text: 'hello hello hello hello hello hello hello', gzip: true, headers: { 'content-encoding': 'gzip' } } },
    async (client, server) => {
      const result = (await client.store(server.endpoint).get('z'))!;
      const got = await result.bytes();
      if (result.decoded) {
        equal(new TextDecoder().decode(got), 'hello hello hello hello hello hello hello');
        equal(result.verified, false);
      } else equal([...got.subarray(0, 2)], [0x1f, 0x8b]);
      equal(new TextDecoder().decode((await client.files(server.endpoint).get('z'))!), 'hello hello hello hello hello hello hello');
    },
  ));

test('credentials stay with their host, whatever it redirects to: a page, which cannot leave them behind, follows to nowhere', async () => {
  const basic = { user: 'me', password: 'canary-password' };
  const moved = (to: 'endpoint' | 'base2'): HttpFile => ({ redirect: { status: 302, to, path: '/b' } });
  const server = await openScenario('http', { files: { '/a': moved('base2'), '/same': moved('endpoint'), '/b': bytes } });
  try {
    for (const credentials of [
      { http: basic },
      { http: async () => basic },
      { http: { getRequestHeaders: async () => ({ 'x-token': 'canary' }) } },
    ]) {
      const client = new Client({ credentials, retry: { attempts: 2, minDelayMs: 5 } });
      const store = client.store(server.endpoint);
      // a page is asked for leave first, and the answer to that may be a refusal too
      const refused = (e: unknown): boolean => ['Redirected', 'Network', 'CorsOrNetwork'].includes((e as { code: string }).code);
      for (const key of ['a', 'same']) {
        if (sendsLikeAPage) await rejects(store.get(key), refused);
        else sameBytes(await (await store.get(key))!.bytes(), pattern(50_000));
      }
      await client.close();
    }
    const there = (await server.log()).requests.filter((r) => r.origin === 2);
    equal(there.length, sendsLikeAPage ? 0 : 3);
    ok(
      !there.some(({ headerNames }) => headerNames.some((name) => /^(authorization|x-)/.test(name))),
      'no credentials at the other origin',
    );
    await server.update({ clearLog: true });
    const client = new Client({ credentials: { http: () => 'anonymous' as const } });
    for (const key of ['a', 'same']) sameBytes(await (await client.store(server.endpoint).get(key))!.bytes(), pattern(50_000));
    await client.close();
    const second = (await server.log()).requests.filter((r) => r.origin === 2 && r.method === 'GET');
    equal(second.length, 1);
    ok(!second[0]!.headerNames.some((name) => /^(authorization|x-amz-|x-goog-)/.test(name)), 'no credentials at the other origin');
  } finally {
    await server.close();
  }
});

test('signed S3 requests follow no redirect to another origin', async () => {
  const server = await openScenario('s3', {
    objects: [{ key: 'a', text: 'x' }],
    faults: [{ match: { method: 'GET', origin: 1 }, fault: { type: 'redirect', status: 302, to: 'base2' } }],
  });
  const client = new Client({
    endpoint: server.endpoint,
    region: server.region,
    credentials: server.credentials,
    retry: { attempts: 2, minDelayMs: 5 },
  });
  try {
    await rejects(client.store(`s3://${server.bucket}`).get('a'), (e) =>
      ['Redirected', 'Network', 'CorsOrNetwork'].includes((e as { code: string }).code),
    );
    equal((await server.log()).requests.filter((r) => r.origin === 2).length, 0);
  } finally {
    await client.close();
    await server.close();
  }
});

test('basic authentication', async () => {
  if (isPage()) skip('a page would be asked for leave for the header; covered by the fixture in Node');
  const server = await openScenario('http', { files: { '/a': { ...bytes, basic: { user: 'me', password: 'pw' } } } });
  const client = new Client({ credentials: { http: { user: 'me', password: 'pw' } } });
  try {
    sameBytes(await (await client.store(server.endpoint).get('a'))!.bytes(), pattern(50_000));
    await rejects(new Client({ credentials: 'anonymous' }).store(server.endpoint).get('a'), 'Unauthenticated');
  } finally {
    await client.close();
    await server.close();
  }
});

test('a function gives credentials for the web where a map says so', async () => {
  if (isPage()) skip('a page would be asked for leave for the header');
  const basic = { user: 'me', password: 'pw' };
  const server = await openScenario('http', { files: { '/a': { ...bytes, basic } } });
  const host = new URL(server.endpoint).host;
  for (const credentials of [{ http: () => basic }, { [`http://${host}`]: async () => basic }]) {
    const client = new Client({ credentials });
    sameBytes(await (await client.store(server.endpoint).get('a'))!.bytes(), pattern(50_000));
    await client.close();
  }
  await server.close();
});

test('what opens a bucket is not sent to a web server', async () => {
  const server = await openScenario('http', { files: { '/a': bytes } });
  const bearer = { accessToken: 'canary' };
  for (const credentials of [bearer, { accessKeyId: 'a', secretAccessKey: 'canary' }, () => bearer, async () => bearer]) {
    const client = new Client({ credentials });
    sameBytes(await (await client.store(server.endpoint).get('a'))!.bytes(), pattern(50_000));
    await client.close();
  }
  ok((await server.log()).requests.every((r) => r.auth === 'none' && !r.headerNames.includes('authorization')));
  await server.close();
});
