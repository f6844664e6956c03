/** GCS: tokens, resumable sessions, rewrites and stored bytes, against a server that verifies each of them. */
import { Client, CloudFiles } from '../../src/index.ts';
import { equal, ok, rejects, sameBytes, test } from '../harness.ts';
import { openScenario, pattern, type ScenarioOptions } from '../servers/fixture/client.ts';

type GcsScenario = Awaited<ReturnType<typeof openScenario<'gcs'>>>;

async function withGcs(
  options: Partial<ScenarioOptions['gcs']>,
  use: (client: Client, server: GcsScenario, url: string) => Promise<void>,
): Promise<void> {
  const server = await openScenario('gcs', options);
  const client = new Client({
    endpoint: server.endpoint,
    credentials: server.serviceAccount,
    retry: { minDelayMs: 5 },
    timeouts: { idleMs: 500 },
  });
  try {
    await use(client, server, `gs://${server.bucket}`);
  } finally {
    await client.close();
    await server.close();
  }
}

test('one token exchange serves many writes and reads', () =>
  withGcs({}, async (client, server, url) => {
    const files = new CloudFiles(url, { client });
    await files.puts(Array.from({ length: 20 }, (_, i) => [`f${i}`, `text ${i}`] as const));
    const records = await files.get(Array.from({ length: 20 }, (_, i) => `f${i}`));
    equal(new TextDecoder().decode(records[7]!.content!), 'text 7');
    ok(
      records.every((record) => record.verified),
      'verified by crc32c or md5',
    );
    equal((await server.log()).counts.tokenExchanges, 1);
  }));

test('a token that the server refuses is exchanged anew, once', () =>
  withGcs({}, async (client, server, url) => {
    const store = client.store(url);
    await store.put('a', 'one');
    await server.update({ revokeTokens: true });
    await store.put('a', 'two');
    equal(new TextDecoder().decode((await server.object('a'))!), 'two');
    equal((await server.log()).counts.tokenExchanges, 2);
  }));

test('a token is refreshed before it expires', () =>
  withGcs({ tokenTtlMs: 61_000 }, async (client, server, url) => {
    const store = client.store(url);
    await store.put('a', 'one');
    // within the margin of a minute it is not used any more
    await new Promise((resolve) => setTimeout(resolve, 1500));
    await Promise.all([store.put('b', 'two'), store.put('c', 'three'), store.put('d', 'four')]);
    const { counts } = await server.log();
    equal(counts.tokenExchanges, 2);
    equal(counts.refused, 0);
  }));

test('a large body goes up in a session, is taken up again where the server has it, and holds its checksum', () =>
  withGcs(
    {
      faults: [
        { match: { method: 'PUT', query: 'upload_id', nth: 1 }, fault: { type: 'partialUpload', bytes: 5_000_000 } },
        { match: { method: 'PUT', query: 'upload_id', nth: 4 }, fault: { type: 'status', status: 503 } },
      ],
    },
    async (client, server, url) => {
      const bytes = pattern(20 * 1024 * 1024 + 12_345);
      async function* chunks(): AsyncGenerator<Uint8Array> {
        for (let at = 0; at < bytes.length; at += 700_001) yield bytes.slice(at, at + 700_001);
      }
      const put = await client.store(url).put('big', chunks(), { contentType: 'text/x-big', metadata: { a: 'b c' } });
      equal(put.sizeBytes, bytes.length);
      sameBytes(await server.object('big'), bytes);
      const info = (await client.store(url).head('big'))!;
      equal([info.contentType, info.metadata], ['text/x-big', { a: 'b c' }]);
    },
  ));

test('bytes that change on the way up are refused', () =>
  withGcs({ faults: [{ match: { method: 'POST' }, fault: { type: 'corruptUpload' } }] }, async (client, server, url) => {
    await rejects(client.store(url).put('a', 'hello'), () => true);
    equal(await server.object('a'), null);
  }));

test('a copy that takes many calls is one copy', () =>
  withGcs(
    { rewriteBytesPerCall: 1_000_000, objects: [{ key: 'a', pattern: { sizeBytes: 3_500_000 }, metadata: { m: '1' } }] },
    async (client, server, url) => {
      ok(await client.store(url).copy!('a', 'b'));
      sameBytes(await server.object('b'), pattern(3_500_000));
      equal((await client.store(url).head('b'))!.metadata, { m: '1' });
      equal(await client.store(url).copy!('missing', 'c'), null);
    },
  ));

test('429 and 503 are tried again, 403 is not', () =>
  withGcs(
    {
      objects: [{ key: 'a', text: 'x' }],
      faults: [
        { match: { method: 'GET', nth: 1 }, fault: { type: 'status', status: 429 } },
        { match: { method: 'GET', nth: 2 }, fault: { type: 'status', status: 503 } },
      ],
    },
    async (client, server, url) => {
      equal(await (await client.store(url).get('a'))!.text(), 'x');
      await server.update({ faults: [{ match: {}, fault: { type: 'status', status: 403 } }], clearLog: true });
      await rejects(client.store(url).get('a'), 'PermissionDenied');
      equal((await server.log()).counts.requests, 1);
    },
  ));
