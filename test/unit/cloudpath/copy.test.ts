import { Client, type CloudPath, OverwriteNewerCloudError } from '../../../src/index.ts';
import { equal, ok, rejects, test } from '../../harness.ts';
import { all, buckets, everywhere, inRooms, withLocal, withRoom, type Room } from './rooms.ts';

const named =
  (name: string) =>
  (error: unknown): boolean =>
    error instanceof Error && error.name === name;

const tree = { 'dir/b.txt': 'b', 'dir/sub/c.csv': 'c', 'dir/sub/d.txt': 'd' };

inRooms('copies within a store', everywhere, async (room) => {
  const { root, onDisk } = room;
  await room.put({ 'a.txt': 'hello', ...tree });
  equal(String(await root.join('a.txt').copy(root.join('cp.txt'))), String(root.join('cp.txt')));
  equal(String(await root.join('a.txt').copy(root.join('dir'))), String(root.join('dir', 'a.txt')), 'into a directory');
  equal(String(await root.join('a.txt').copy(`${String(root)}/new/`)), String(root.join('new', 'a.txt')), 'a slash says directory');
  equal(String(await root.join('a.txt').copyInto(root.join('into'))), String(root.join('into', 'a.txt')));
  await root.join('dir').copy(root.join('copied'));
  await root.join('dir', 'sub').copytree(root.join('tree'), { ignore: (_, names) => names.filter((name) => name.endsWith('.txt')) });
  const all = {
    'a.txt': 'hello',
    ...tree,
    'cp.txt': 'hello',
    'dir/a.txt': 'hello',
    'new/a.txt': 'hello',
    'into/a.txt': 'hello',
    'tree/c.csv': 'c',
  };
  const copied = Object.fromEntries(
    Object.entries({ ...tree, 'dir/a.txt': 'hello' }).map(([key, text]) => [key.replace('dir', 'copied'), text]),
  );
  equal(await room.dump(), { ...all, ...copied });
  await root.join('a.txt').copy(root.join('a.txt'));
  await root.join('dir').copy(root.join('dir'));
  await rejects(root.join('dir').copy(root.join('dir', 'sub', 'x')), 'InvalidArgument');
  await rejects(root.join('zz').copy(root.join('y')), named('CloudPathNotExistsError'));
  await rejects(root.join('a.txt').copytree(root.join('y')), named('CloudPathNotADirectoryError'));
  await rejects(root.join('dir').copytree(root.join('a.txt')), named('CloudPathFileExistsError'));
  await rejects(root.join('a.txt').copy(5 as unknown as string), named('AnyPathTypeError'));
  ok(onDisk || (await room.dump())['a.txt'] === 'hello');
});

inRooms('moves and renames take the source away', everywhere, async (room) => {
  const { root } = room;
  await room.put({ 'a.txt': 'hello', 'b.txt': 'old', ...tree });
  equal(String(await root.join('a.txt').move(root.join('moved.txt'))), String(root.join('moved.txt')));
  equal(String(await root.join('moved.txt').moveInto(root.join('into'))), String(root.join('into', 'moved.txt')));
  await root.join('dir').move(root.join('treemoved'));
  const renamed = await root.join('into', 'moved.txt').rename(root.join('b.txt'));
  ok(renamed.equals(root.join('b.txt')));
  equal(await room.dump(), { 'b.txt': 'hello', 'treemoved/b.txt': 'b', 'treemoved/sub/c.csv': 'c', 'treemoved/sub/d.txt': 'd' });
  equal([await root.join('dir').exists(), await root.join('into', 'moved.txt').exists()], [false, false]);
  equal(String(await root.join('b.txt').replace(root.join('b.txt'))), String(root.join('b.txt')));
  await rejects(root.join('treemoved').rename(root.join('x')), named('CloudPathIsADirectoryError'));
  await rejects(root.join('zz').rename(root.join('b.txt')), named('CloudPathFileNotFoundError'));
  equal((await room.dump())['b.txt'], 'hello', 'a rename that fails removes nothing');
  await rejects(root.join('zz').move(root.join('x')), named('CloudPathNotExistsError'));
  await rejects(root.join('b.txt').rename(String(root.join('x')) as unknown as CloudPath), 'InvalidArgument');
});

test('paths of different stores are copied, moved, and not renamed', () =>
  withRoom('s3', async (s3) => {
    await s3.store.put('d/a.json', '{}', { contentType: 'application/json', metadata: { who: 'me' }, cacheControl: 'no-cache' });
    await s3.store.put('d/e/', '');
    await withRoom('gcs', async (gcs) => {
      await s3.root.join('d').copytree(gcs.root.join('t'));
      const info = (await gcs.store.head('t/a.json'))!;
      equal([info.contentType, info.metadata, info.cacheControl], ['application/json', { who: 'me' }, 'no-cache']);
      equal(await gcs.dump(), { 't/a.json': '{}', 't/e/': '' });
      await gcs.root.join('t').move(s3.root.join('back'));
      equal([await gcs.dump(), await s3.dump()], [{}, { 'd/a.json': '{}', 'd/e/': '', 'back/a.json': '{}', 'back/e/': '' }]);
      await rejects(s3.root.join('d', 'a.json').rename(gcs.root.join('x')), named('ClientMismatchError'));
    });
  }));

inRooms('nothing newer is overwritten', buckets, async (room) => {
  const { root, store } = room;
  await room.put({ source: 'source' });
  await room.put({ newer: 'newer', same: 'source' });
  const [source, newer] = [root.join('source'), root.join('newer')];
  const before = await store.head('same');
  await rejects(source.copy(newer), (error) => error instanceof OverwriteNewerCloudError && error.code === 'PreconditionFailed');
  equal(await store.get('newer').then((result) => result!.text()), 'newer');
  await rejects(source.move(newer), named('OverwriteNewerCloudError'));
  ok(await source.exists(), 'and what was not moved stays');
  await source.copy(root.join('same'));
  equal((await store.head('same'))!.etag, before!.etag, 'equal bytes are no conflict, whatever the times');
  await source.copy(newer, { forceOverwriteToCloud: true });
  equal(await store.get('newer').then((result) => result!.text()), 'source');
});

/** A client whose store is changed by somebody else just before the first request that fits is sent. */
function interfering(room: Room, at: (request: Request) => boolean, act: () => Promise<unknown>): Client {
  let done = false;
  const { options } = room.client.context;
  return new Client({
    ...options,
    async fetch(input, init) {
      const request = new Request(input, init);
      if (!done && at(request)) {
        done = true;
        await act();
      }
      return fetch(request);
    },
  });
}

for (const kind of ['s3', 'gcs'] as const)
  test(`${kind}: a target that appears or changes while it is copied to is not overwritten`, () =>
    withRoom(kind, async (room) => {
      await room.put({ source: 'source' });
      const isWrite = ({ method }: Request): boolean => method === 'PUT' || method === 'POST';
      const through = async (key: string, more: () => Promise<unknown>): Promise<void> => {
        const client = interfering(room, isWrite, more);
        try {
          const source = client.path(room.root.join('source'));
          await rejects(source.copy(client.path(String(room.root), key)), named('OverwriteNewerCloudError'));
        } finally {
          await client.close();
        }
      };
      await through('new', () => room.store.put('new', 'theirs'));
      await room.store.put('source', 'source 2');
      equal(await room.dump(), { source: 'source 2', new: 'theirs' });
    }));

test('s3: a source that changes while it is moved stays, and so does what was moved', () =>
  withRoom('s3', async (room) => {
    await room.put({ source: 'one' });
    const client = interfering(
      room,
      ({ method }) => method === 'DELETE',
      () => room.store.put('source', 'two'),
    );
    try {
      await rejects(
        client.path(String(room.root), 'source').move(client.path(String(room.root), 'target')),
        named('OverwriteNewerCloudError'),
      );
    } finally {
      await client.close();
    }
    equal(await room.dump(), { source: 'two', target: 'one' });
  }));

test('clients of their own: a copy goes by each path’s client', () =>
  withRoom('mem', async (one) => {
    await withRoom('mem', async (other) => {
      await one.put({ a: 'of one' });
      await one.root.join('a').copy(other.root.join('a'));
      equal([await one.dump(), await other.dump()], [{ a: 'of one' }, { a: 'of one' }]);
    });
  }));

inRooms('downloads and uploads', ['mem', 's3', 'gcs', 'minio', 'fake-gcs'], (room) =>
  withLocal(room.client, async (local) => {
    const { root, store } = room;
    await room.put({ 'a.txt': 'hello', ...tree });
    const path = await root.join('a.txt').downloadTo(local.join('dl.txt'));
    equal([path, await local.join('dl.txt').readText()], [await local.join('dl.txt').localPath(), 'hello']);
    equal(await root.join('a.txt').downloadTo(local), await local.join('a.txt').localPath(), 'into a folder that is there');
    await root.join('dir').downloadTo(local.join('t', 'u'));
    const got = (await all(local.join('t').rglob('*.*'))).map((one) => one.relativeTo(local)).sort();
    equal(got, ['t/u/b.txt', 't/u/sub/c.csv', 't/u/sub/d.txt']);
    await rejects(root.join('zz').downloadTo(local), named('CloudPathNotExistsError'));
    await rejects(root.join('a.txt').downloadTo(root.join('y')), 'InvalidArgument');

    const up = root.join('up.csv');
    await up.uploadFrom(local.join('dl.txt'));
    equal([await up.readText(), (await store.head('up.csv'))!.contentType], ['hello', 'text/csv']);
    equal(String(await root.join('dir').uploadFrom(local.join('dl.txt'))), String(root.join('dir', 'dl.txt')));
    await root.join('updir').uploadFrom(local.join('t', 'u'));
    equal((await all(root.join('updir').rglob('*.*'))).length, 3);
    await store.put('up.csv', 'newer');
    await rejects(up.uploadFrom(local.join('dl.txt')), named('OverwriteNewerCloudError'));
    await up.uploadFrom(local.join('dl.txt'), { forceOverwriteToCloud: true });
    equal(await up.readText(), 'hello');
    await up.uploadFrom(local.join('dl.txt'));
    await up.uploadFrom(new TextEncoder().encode('bytes'), { contentType: 'text/x-own' });
    equal([await up.readText(), (await store.head('up.csv'))!.contentType], ['bytes', 'text/x-own']);
    await rejects(up.uploadFrom(local.join('zz')), named('CloudPathFileNotFoundError'));
  }),
);

test('keys that lead out of a folder are refused, and nothing is written there', () =>
  withRoom('mem', (room) =>
    withLocal(room.client, async (local) => {
      await room.put({ 'd/ok': 'ok', 'd/x/../../../evil': 'evil' });
      await rejects(room.root.join('d').downloadTo(local.join('a', 'b')), 'InvalidArgument');
      await rejects(room.root.join('d').copytree(local.join('a', 'b')), 'InvalidArgument');
      ok(!(await local.join('evil').exists()) && !(await local.join('a', 'evil').exists()));
    }),
  ));

test('a client may say that anything is replaced', () =>
  withRoom(
    'mem',
    async (room) => {
      await room.put({ source: 'source' });
      await room.put({ newer: 'newer' });
      await rejects(
        room.root.join('source').copy(room.root.join('newer'), { forceOverwriteToCloud: false }),
        named('OverwriteNewerCloudError'),
      );
      await room.root.join('source').copy(room.root.join('newer'));
      equal((await room.dump())['newer'], 'source');
    },
    { cache: { mode: 'tmp_dir', forceOverwriteToCloud: true } },
  ));
