/** How many requests, preflights and connections things cost: exact, so that a change that costs more is seen. */
import { Client, CloudFiles } from '../../../src/index.ts';
import { env } from '../../env.ts';
import { equal, ok, sameBytes, skip, test } from '../../harness.ts';
import { openScenario, pattern } from '../../servers/fixture/client.ts';

const names = (count: number): string[] => Array.from({ length: count }, (_, i) => `k/${String(i).padStart(5, '0')}`);

test('20 signed reads of 20 keys: 20 requests, no preflight, also with ranges and heads', async () => {
  const server = await openScenario('s3', { objects: names(20).map((key) => ({ key, text: key })) });
  const { endpoint, region, credentials, bucket } = server;
  const client = new Client({ endpoint, region, credentials });
  try {
    const files = new CloudFiles(`s3://${bucket}`, { client });
    const records = await files.get(names(20));
    ok(
      records.every((record) => record.verified),
      'all verified',
    );
    equal((await server.log()).counts.requests, 20);
    await files.get(names(20).map((path) => ({ path, start: 1, end: 3 })));
    for (const name of names(20)) equal(await files.size(name), name.length);
    await files.exists(names(20));
    const { counts, requests } = await server.log();
    equal(counts.preflights, 0);
    equal(counts.requests, 80);
    ok(requests.every((request) => request.signature === 'valid'));
    equal(client.stats().requests, 80);
  } finally {
    await client.close();
    await server.close();
  }
});

test('2,501 keys list in 3 requests, a missing key is 1', async () => {
  const server = await openScenario('s3', { objects: names(2501).map((key) => ({ key, text: '' })) });
  const { endpoint, region, credentials, bucket } = server;
  const client = new Client({ endpoint, region, credentials });
  try {
    const files = client.files(`s3://${bucket}`);
    const found: string[] = [];
    for await (const name of files.list()) found.push(name);
    equal(found, names(2501));
    equal((await server.log()).counts.requests, 3);
    equal(await files.get('missing'), null);
    equal((await server.log()).counts.requests, 4);
  } finally {
    await client.close();
    await server.close();
  }
});

test('20 requests one after the other open at most 2 connections', async () => {
  if (!/^(node|bun|deno)/.test(env().engine)) skip('a browser decides about its connections by itself');
  const server = await openScenario('s3', { objects: [{ key: 'a', pattern: { sizeBytes: 5000 } }] });
  const { endpoint, region, credentials, bucket } = server;
  const client = new Client({ endpoint, region, credentials });
  try {
    const store = client.store(`s3://${bucket}`);
    const etag = (await store.head('a'))!.etag!;
    for (let i = 0; i < 4; i++) {
      sameBytes(await (await store.get('a'))!.bytes(), pattern(5000));
      await store.head('a');
      await store.get('a', { ifNoneMatch: etag }).catch(() => {});
      equal(await store.get('missing'), null);
      await (await store.get('a'))![Symbol.asyncDispose](); // an unread body that is given up
    }
    const { counts } = await server.log();
    ok(counts.requests >= 20);
    ok(counts.connections <= 2, `${counts.connections} connections for ${counts.requests} requests`);
  } finally {
    await client.close();
    await server.close();
  }
});
