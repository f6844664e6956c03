import { Client } from '../../../src/client.ts';
import { openReader } from '../../../src/open/open-reader.ts';
import type { RequestEvent } from '../../../src/store/options.ts';
import { createRemoteSigner, type SignerDecision } from '../../../src/signer.ts';
import { need, uniqueName, type S3Server } from '../../env.ts';
import { equal, ok, rejects, sameBytes, test } from '../../harness.ts';

interface Page {
  client: Client;
  root: string;
  /** An address below `signed-write/`, and one below `signed-read/`. */
  write: string;
  read: string;
  requests: RequestEvent[];
  seen(): Promise<{ posts: number; decisions: SignerDecision[] }>;
}

/** A client without a key, whose signer is a server of its own, as a page's is. */
function page(options: { user?: string; short?: boolean } = {}): Page {
  const { user = 'ann', short = false } = options;
  const server: S3Server = need('versitygw');
  const { base } = need('signer');
  const token = uniqueName('signer');
  const url = `${base}sign/${token}${short ? '/short' : ''}`;
  const credentials = createRemoteSigner({ url, ...(user && { headers: { authorization: `Bearer ${user}` } }) });
  const requests: RequestEvent[] = [];
  const client = new Client({
    credentials,
    region: server.region,
    retry: { attempts: 1 },
    onRequest: (event) => void requests.push(event),
  });
  const root = `s3://${server.endpoint}/${server.bucket}`;
  return {
    client,
    root,
    write: `${root}/signed-write/${token}`,
    read: `${root}/signed-read/${token}`,
    requests,
    seen: async () => (await (await fetch(`${base}seen/${token}`)).json()) as { posts: number; decisions: SignerDecision[] },
  };
}

/** Objects below `signed-read/`, put there with the keys. */
async function fill(at: string, names: string[]): Promise<void> {
  const { accessKeyId, secretAccessKey, region } = need('versitygw');
  const client = new Client({ credentials: { accessKeyId, secretAccessKey }, region });
  for (const name of names) await client.store(at).put(name, `content of ${name}`, { contentType: 'text/plain' });
  await client.close();
}

test('a page without a key reads, in ranges and whole, and lists', async () => {
  const { client, read, seen } = page();
  await fill(read, ['a', 'b/c d', 'b/ü+']);
  const store = client.store(read);
  const names = ['a', 'b/c d', 'b/ü+'];
  const texts = await Promise.all(names.map(async (name) => (await store.get(name))?.text()));
  equal(
    texts,
    names.map((name) => `content of ${name}`),
  );
  equal((await seen()).posts, 1, 'three reads are one question');
  const range = await store.get('a', { range: { start: 8, end: 10 } });
  equal(await range?.text(), 'of');
  const { posts } = await seen();
  equal(await (await store.get('a', { range: { start: 0, end: 7 } }))?.text(), 'content');
  equal((await seen()).posts, posts, 'another range needs no other signature');
  equal((await store.head('a'))?.sizeBytes, 12);
  equal(await store.get('missing'), null);
  const keys: string[] = [];
  for await (const item of store.list()) for (const { key } of item.objects) keys.push(key);
  equal(keys, names);
  equal(
    await client
      .files(read)
      .get('a')
      .then((bytes) => new TextDecoder().decode(bytes!)),
    'content of a',
  );
  await client.close();
});

test('all ranges of a file need one signature', async () => {
  const { client, read, seen } = page();
  const bytes = new Uint8Array(400_000).map((_, i) => i * 5 + (i >> 10));
  const { accessKeyId, secretAccessKey, region } = need('versitygw');
  const owner = new Client({ credentials: { accessKeyId, secretAccessKey }, region });
  await owner.store(read).put('table.bin', bytes);
  const reader = await openReader(`${read}/table.bin`, { client, gapBytes: 0 });
  const spans = [250_000, 70_000, 399_000].map((start) => ({ start, end: start + 100 }));
  const parts = await reader.read(spans);
  for (const [i, { start, end }] of spans.entries()) sameBytes(parts[i], bytes.subarray(start, end));
  equal([reader.stats().requests, (await seen()).posts], [4, 1]);
  await Promise.all([client.close(), owner.close()]);
});

test('a page without a key writes, in one piece and in parts, replaces and deletes', async () => {
  const { client, write, requests, seen } = page();
  const store = client.store(write);
  await store.put('small', 'hello', { contentType: 'text/plain', metadata: { note: 'x y', owner: 'ann' } });
  const info = await store.head('small');
  equal([info?.contentType, info?.metadata], ['text/plain', { note: 'x y', owner: 'ann' }]);
  const bytes = new Uint8Array((5 << 20) + 999).map((_, i) => i * 7 + (i >> 12));
  const upload = await store.multipart!('large', { contentType: 'text/plain' });
  await upload.sendPart(1, bytes.subarray(0, 5 << 20));
  await upload.sendPart(2, bytes.subarray(5 << 20));
  equal(
    (await upload.listParts()).map(({ sizeBytes }) => sizeBytes),
    [5 << 20, 999],
  );
  await upload.complete();
  sameBytes(await (await store.get('large'))?.bytes(), bytes);
  await store.delete('small');
  equal(await store.head('small'), null);
  await store.delete('large');
  await (await store.multipart!('given-up')).abort();
  ok(
    requests.every(({ url }) => !url.includes('X-Amz')),
    'no signature in what is observed',
  );
  const operations = new Set((await seen()).decisions.map(({ operation, method }) => `${method} ${operation}`));
  for (const one of ['PUT write', 'POST write', 'GET read', 'HEAD read', 'DELETE delete']) ok(operations.has(one), one);
  await client.close();
});

test('what the signer refuses reaches no server', async () => {
  const { client, root, read, requests } = page();
  await fill(read, ['a', 'not-for-ann/a']);
  const refused: [Promise<unknown>, string][] = [
    [client.store(read).put('a', 'x'), 'PermissionDenied'],
    [client.store(read).delete('a'), 'PermissionDenied'],
    [client.store(root).get('elsewhere'), 'PermissionDenied'],
    [client.store(read).get('not-for-ann/a'), 'PermissionDenied'],
    [client.store(root).list()[Symbol.asyncIterator]().next(), 'PermissionDenied'],
  ];
  for (const [promise, code] of refused) await rejects(promise, code);
  equal(requests.length, 0);
  await client.close();
  const nobody = page({ user: '' });
  await rejects(nobody.client.store(nobody.read).get('a'), 'Unauthenticated');
  equal(nobody.requests.length, 0);
  await nobody.client.close();
});

test('a URL that ends is asked for anew before it does', async () => {
  const { client, read, seen } = page({ short: true });
  await fill(read, ['a']);
  const store = client.store(read);
  const until = Date.now() + 2_500;
  while (Date.now() < until) {
    equal(await (await store.get('a'))?.text(), 'content of a');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const { posts } = await seen();
  ok(posts >= 2, `more than one question, ${posts}`);
  await client.close();
});
