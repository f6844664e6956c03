import { CloudPathFileNotFoundError, DirectoryNotEmptyError } from '../../../src/index.ts';
import { equal, ok, rejects, test } from '../../harness.ts';
import { openScenario } from '../../servers/fixture/client.ts';
import { all, buckets, everywhere, inRooms, withRoom } from './rooms.ts';

const named =
  (name: string) =>
  (error: unknown): boolean =>
    error instanceof Error && error.name === name;

inRooms('unlink, rmdir and rmtree', everywhere, async (room) => {
  const { root, onDisk } = room;
  await room.put({ 'a.txt': 'hello', 'dir/b.txt': 'b', 'dir/sub/c': 'c', 'dir-x': 'x', 'other/y': 'y' });
  await rejects(root.join('dir').unlink(), named('CloudPathIsADirectoryError'));
  await root.join('zz').unlink();
  await rejects(root.join('zz').unlink({ missingOk: false }), (error) => error instanceof CloudPathFileNotFoundError);
  await root.join('a.txt').unlink();
  ok(!(await root.join('a.txt').exists()));
  await rejects(root.join('dir-x').rmdir(), named('CloudPathNotADirectoryError'));
  await rejects(root.join('dir-x').rmtree(), named('CloudPathNotADirectoryError'));
  await rejects(root.join('dir').rmdir(), (error) => error instanceof DirectoryNotEmptyError);
  await root.join('zz').rmdir();
  await root.join('zz').rmtree();
  await root.join('dir').rmtree();
  equal(await room.dump(), { 'dir-x': 'x', 'other/y': 'y' });
  equal([await root.join('dir').exists(), await root.join('dir').isDir()], [false, false]);
  if (onDisk) {
    await root.join('new', 'deep').mkdir({ parents: true });
    ok(await root.join('new', 'deep').isDir());
    await rejects(root.join('new', 'deep').mkdir(), named('CloudPathFileExistsError'));
    await root.join('new', 'deep').mkdir({ existOk: true });
    await rejects(root.join('no', 'deep').mkdir(), named('CloudPathFileNotFoundError'));
    await root.join('new', 'deep').rmdir();
    ok(!(await root.join('new', 'deep').exists()));
  } else {
    await root.join('new').mkdir();
    ok(!(await root.join('new').exists()), 'a directory is there as soon as something is in it');
  }
});

inRooms(
  'markers of directories',
  buckets.filter((kind) => kind !== 'versitygw' && kind !== 'minio'),
  async (room) => {
    const { root } = room;
    await room.put({ 'empty/': '', 'full/': '', 'full/x': 'x', empty: 'a file of that name' });
    await root.join('empty').unlink();
    await root.join('empty').rmdir();
    await rejects(root.join('full').rmdir(), named('DirectoryNotEmptyError'));
    await root.join('full').rmtree();
    equal(await room.dump(), {});
  },
);

inRooms('touch', ['mem', 'file', 'opfs', 'gcs', 'minio', 'fake-gcs'], async (room) => {
  const { root, store } = room;
  await root.join('t').touch();
  equal((await root.join('t').stat()).sizeBytes, 0);
  await rejects(root.join('t').touch({ existOk: false }), named('CloudPathFileExistsError'));
  const metadata = store.capabilities.metadata ? { kept: 'yes' } : {};
  await store.put('m', 'bytes', { metadata, contentType: 'text/csv' });
  const before = await store.head('m');
  await root.join('m').touch();
  const after = await store.head('m');
  ok(after!.lastModified! >= before!.lastModified!, 'no earlier');
  equal([after!.metadata, after!.contentType, await (await store.get('m'))!.text()], [before!.metadata, before!.contentType, 'bytes']);
  await root.join('d', 'x').touch();
  await rejects(root.join('d').touch(), named('CloudPathIsADirectoryError'));
});

test('rmtree takes a thousand keys a request, and tells a failure when all were tried', async () => {
  const objects = Array.from({ length: 2100 }, (_, i) => ({ key: `d/${String(i).padStart(4, '0')}`, text: '' }));
  const server = await openScenario('s3', { objects: [...objects, { key: 'd-other', text: '' }] });
  const { Client } = await import('../../../src/index.ts');
  const { endpoint, region, credentials, bucket } = server;
  const client = new Client({ endpoint, region, credentials });
  try {
    await client.path(`s3://${bucket}/d`).rmtree();
    const { OPTIONS: _, ...counts } = (await server.log()).counts.byMethod;
    equal(counts, { HEAD: 1, GET: 4, POST: 3 });
    equal(
      (await all(client.path(`s3://${bucket}`).iterdir())).map((path) => path.key),
      ['d-other'],
    );
  } finally {
    await client.close();
    await server.close();
  }
});

test('a whole disk is not removed', () =>
  withRoom('mem', async ({ client }) => {
    await rejects(client.path('file:///').rmtree(), 'InvalidArgument');
    await rejects(client.path('opfs:///').rmtree(), 'InvalidArgument');
  }));

test('the web can be looked at, and not changed', async () => {
  const index = '<title>Index of /d/</title><a href="../">..</a><a href="b.txt">b</a><a href="sub/">s</a>';
  const server = await openScenario('http', {
    files: {
      '/d/': { text: index, headers: { 'content-type': 'text/html' } },
      '/d/b.txt': { text: 'hello' },
      '/d/sub/': { text: '<title>Index of /d/sub/</title><a href="c.txt">c</a>', headers: { 'content-type': 'text/html' } },
      '/d/sub/c.txt': { text: 'see' },
    },
  });
  try {
    await withRoom('mem', async ({ client, root }) => {
      const path = client.path(`${server.endpoint}/d/`);
      equal([await path.isDir(), await path.isFile(), await path.exists()], [true, false, true]);
      equal(
        (await all(path.iterdir())).map((one) => [one.name, one.asUri().slice(server.endpoint.length)]),
        [
          ['b.txt', '/d/b.txt'],
          ['sub', '/d/sub/'],
        ],
      );
      equal(
        (await all(path.rglob('*.txt'))).map((one) => one.key),
        ['d/b.txt', 'd/sub/c.txt'],
      );
      equal(
        (await all(path.glob('*/c.txt'))).map((one) => one.key),
        ['d/sub/c.txt'],
      );
      const [file] = await all(path.glob('b.*'));
      equal([(await file!.stat()).sizeBytes, await file!.isFile(), await path.join('zz').exists()], [5, true, false]);
      equal(await file!.asUrl(), `${server.endpoint}/d/b.txt`);
      equal(
        await client
          .path(`${server.endpoint}/d/b.txt?a=1`)
          .stat()
          .then(({ sizeBytes }) => sizeBytes),
        5,
      );
      for (const act of [
        () => file!.touch(),
        () => file!.open('w'),
        () => file!.move(root.join('x')),
        () => file!.rename(path.join('x')),
        () => file!.asUrl({ presign: true }),
      ])
        await rejects(act, named('CloudPathNotImplementedError'));
      await rejects(file!.unlink(), 'NotSupported');
      await path.copytree(root.join('web'));
      equal(
        (await all(root.rglob('*.txt'))).map((one) => one.key),
        ['web/b.txt', 'web/sub/c.txt'],
      );
      equal([await root.join('web', 'b.txt').readText(), await file!.readText()], ['hello', 'hello']);
    });
  } finally {
    await server.close();
  }
});
