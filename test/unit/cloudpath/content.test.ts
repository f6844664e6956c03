import { Client, CloudPath } from '../../../src/index.ts';
import { asyncDispose } from '../../../src/util/dispose.ts';
import { equal, ok, rejects, sameBytes, test } from '../../harness.ts';
import { openScenario } from '../../servers/fixture/client.ts';
import { everywhere, inRooms, withRoom } from './rooms.ts';

const named =
  (name: string) =>
  (error: unknown): boolean =>
    error instanceof Error && error.name === name;

inRooms('texts and bytes', everywhere, async (room) => {
  const { root, store } = room;
  const path = root.join('sub', 'naïve.txt');
  equal(await path.writeText('zwölf 😀\r\nx'), 10);
  equal([await path.readText({ newline: '' }), await path.readText()], ['zwölf 😀\r\nx', 'zwölf 😀\nx']);
  equal(await path.writeBytes(new Uint8Array([1, 2, 3])), 3);
  sameBytes(await path.readBytes(), new Uint8Array([1, 2, 3]));
  sameBytes(await (await store.get('sub/naïve.txt'))!.bytes(), new Uint8Array([1, 2, 3]));
  const handle = await path.open('a');
  await handle.write('more');
  await handle.close();
  equal([await path.readText({ encoding: 'latin-1' }), (await path.stat()).sizeBytes], ['\x01\x02\x03more', 7]);
  const both = await path.open('r+b');
  equal(await both.read(3), new Uint8Array([1, 2, 3]));
  await both.abort();
  for (const mode of ['r', 'a', 'r+', 'rb'] as const) await rejects(root.join('zz').open(mode), named('CloudPathFileNotFoundError'));
  for (const mode of ['x', 'xb'] as const) await rejects(path.open(mode), named('CloudPathFileExistsError'));
  for (const mode of ['r', 'w', 'a'] as const) await rejects(root.join('sub').open(mode), named('CloudPathIsADirectoryError'));
  await rejects(root.open(), named('CloudPathIsADirectoryError'));
  await rejects(path.open('q' as 'r'), 'InvalidArgument');
  await rejects(path.writeText(new Uint8Array(1) as unknown as string), 'InvalidArgument');
  await rejects(path.writeBytes('x' as unknown as Uint8Array), 'InvalidArgument');
  const created = await root.join('new').open('x');
  await created.write('once');
  await created.close();
  equal(await root.join('new').readText(), 'once');
  const parsed: unknown = JSON.parse(JSON.stringify({ path }));
  equal(parsed, { path: String(path) });
});

inRooms('somebody else changes it while it is edited', ['mem', 'file', 's3', 'gcs', 'minio'], async ({ root, store }) => {
  await store.put('f', 'one');
  const path = root.join('f');
  const handle = await path.open('a');
  await handle.write(' and mine');
  await store.put('f', 'theirs');
  await rejects(handle.close(), named('OverwriteNewerCloudError'));
  equal(await (await store.get('f'))!.text(), 'theirs');
});

inRooms('types of new objects go by their names, and stay', ['mem', 's3', 'gcs', 'minio'], async ({ root, store }) => {
  const typeOf = async (name: string): Promise<string | undefined> => (await store.head(name))!.contentType;
  for (const name of ['a.json', 'a.csv', 'a.html', 'a.txt']) await root.join(name).writeText('x');
  equal(await Promise.all(['a.json', 'a.csv', 'a.html', 'a.txt'].map(typeOf)), ['application/json', 'text/csv', 'text/html', 'text/plain']);
  await root.join('own.csv').writeText('x', { contentType: 'text/x-own', metadata: { a: 'b' } });
  const handle = await root.join('own.csv').open('a');
  await handle.write('y');
  await handle.close();
  const { contentType, metadata } = (await store.head('own.csv'))!;
  equal([contentType, metadata], ['text/x-own', { a: 'b' }]);
});

inRooms('renamed and removed objects leave no copy behind', ['mem', 's3'], async (room) => {
  const { root, client, store } = room;
  const [a, b] = [root.join('a'), root.join('b')];
  await a.writeText('of a');
  await b.writeText('of b');
  equal([await a.readText(), await b.readText(), (await client.cacheStats()).copies], ['of a', 'of b', 2]);
  await a.rename(b);
  equal((await client.cacheStats()).copies, 0);
  equal(await b.readText(), 'of a');
  await b.unlink();
  await rejects(b.readText(), named('CloudPathFileNotFoundError'));
  await store.put('b', 'again');
  equal(await b.readText(), 'again');
  await root.join('d', 'x').writeText('x');
  await root.join('d', 'y').writeText('y');
  await root.join('d').rmtree();
  equal((await client.cacheStats()).copies, 1);
  equal([await root.join('zz').clearCache(), await b.clearCache(), await b.clearCache()], [0, 1, 0]);
  await root.join('d', 'x').writeText('x');
  equal([await root.clearCache(), (await client.cacheStats()).copies], [1, 0]);
});

test('a path that is closed takes its copy along where the mode says so', () =>
  withRoom(
    'mem',
    async ({ root, client }) => {
      await root.join('a').writeText('a');
      const path = root.join('a');
      equal(await path.readText(), 'a');
      await path.close();
      await path.close();
      const other = new CloudPath(path);
      equal(await other.readText(), 'a');
      await (other as unknown as Record<symbol, () => Promise<void>>)[asyncDispose]!();
      ok((await client.cacheStats()).copies <= 1);
    },
    { cache: { mode: 'cloudpath_object', container: 'memory' } },
  ));

test('a path keeps its client, and so do all that come from it', async () => {
  const client = new Client();
  const path = client.path('mem://bucket/a');
  await path.writeText('x');
  const found: CloudPath[] = [path.parent, path.join('..'), path.withName('b'), new CloudPath(path), client.path(path)];
  for await (const one of path.parent.iterdir()) found.push(one);
  ok(found.length === 6 && found.every((one) => one.context === client.context));
  ok(new CloudPath('mem://bucket/a').context !== client.context, 'a new one has the default client');
  ok(!(await new CloudPath('mem://bucket/a', { client: new Client() }).exists()), 'of a memory of its own');
  await client.close();
});

test('web addresses, plain and signed', async () => {
  const server = await openScenario('s3', { objects: [{ key: 'd/a b.txt', text: 'hello' }] });
  const { endpoint, region, credentials, bucket } = server;
  const client = new Client({ endpoint, region, credentials });
  try {
    const path = client.path(`s3://${bucket}/d/a b.txt`);
    equal(await path.asUrl(), `${endpoint}/${bucket}/d/a%20b.txt`);
    equal(await path.parent.parent.asUrl(), `${endpoint}/${bucket}`);
    const signed = await path.asUrl({ presign: true, expiresInMs: 60_000 });
    equal(new URL(signed).searchParams.get('X-Amz-Expires'), '60');
    equal(await (await fetch(signed)).text(), 'hello');
    const own = new Client({ endpoint: 'https://storage.example', credentials: 'anonymous' });
    equal(await own.path('gs://b/ü').asUrl(), 'https://storage.example/b/%C3%BC');
    equal(
      await new Client({ endpoint: undefined, region: 'eu-west-1' }).path('s3://s-b/k').asUrl(),
      'https://s-b.s3.eu-west-1.amazonaws.com/k',
    );
    equal(await own.path('s3://https://h.example/b/k').asUrl(), 'https://h.example/b/k');
    equal([await own.path('mem://b/k').asUrl(), await own.path('https://h/a?b').asUrl()], ['mem://b/k', 'https://h/a?b']);
    await rejects(own.path('mem://b/k').asUrl({ presign: true }), named('CloudPathNotImplementedError'));
  } finally {
    await client.close();
    await server.close();
  }
});
