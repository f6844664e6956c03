/** What a move of a directory takes away, and what it leaves. */
import { openDisk, openOpfs } from '#platform';
import { Client, type CloudPath, OverwriteNewerCloudError, type PutOptions } from '../../../src/index.ts';
import { equal, ok, rejects, test } from '../../harness.ts';
import { inRooms, withLocal, withRoom } from './rooms.ts';

inRooms('what no listing shows stays when a local directory is moved, and nothing else', ['mem', 's3'], (room) =>
  withLocal(room.client, async (local) => {
    const disk = ((await openDisk()) ?? (await openOpfs()))!;
    const folder = await local.join('d').localPath();
    const write = (name: string): Promise<unknown> =>
      disk.write(
        `${folder}/${name}`,
        (async function* () {
          yield new TextEncoder().encode(name);
        })(),
      );
    for (const name of ['a', 'seen/b', 'kept/.anyfile-edit', 'kept/c']) await write(name);
    await disk.makeDirectory(`${folder}/empty/deep`);
    await local.join('d').move(room.root.join('t'));
    equal(await room.dump(), { 't/a': 'a', 't/seen/b': 'seen/b', 't/kept/c': 'kept/c' });
    const names = async (path: string): Promise<string[] | undefined> => (await disk.list(path))?.map(({ name }) => name);
    equal(await names(folder), ['kept'], 'the folder of a temporary file, which is seen by nobody');
    equal((await disk.stat(`${folder}/kept/.anyfile-edit`))?.sizeBytes, 18);
    await write('again/d');
    await disk.remove(`${folder}/kept/.anyfile-edit`);
    await local.join('d').move(room.root.join('t'));
    equal([await names(folder), (await room.dump())['t/again/d']], [undefined, 'again/d']);
  }),
);

inRooms('markers of folders go with a move', ['mem', 's3'], async (room) => {
  const { root, store, client } = room;
  const seed = async (): Promise<void> => {
    for (const key of ['d/', 'd/e/']) await store.put(key, '');
    await store.put('d/a', 'a');
  };
  await seed();
  await root.join('d').move(root.join('t'));
  equal(await room.dump(), { 't/': '', 't/e/': '', 't/a': 'a' });
  await root.join('t').rmtree();
  await seed();
  await withLocal(client, async (local) => {
    await store.put('d/text/', 'no marker: bytes that a disk cannot hold');
    await root.join('d').move(local.join('down'));
    equal(await local.join('down', 'a').readText(), 'a');
  });
  equal(Object.keys(await room.dump()), ['d/text/']);
  await store.delete('d/text/');
  ok(!(await root.join('d').exists()));
});

inRooms('a folder is not moved to above one of its own that has its name', ['mem', 'file', 's3'], async (room) => {
  const { root } = room;
  const files = { 'w/data/data/x': 'inner', 'w/data/x': 'outer', 'w/data/y': 'y' };
  await room.put(files);
  for (const options of [{}, { forceOverwriteToCloud: true }]) {
    await rejects(root.join('w', 'data').move(root.join('w'), options), 'InvalidArgument');
    equal(await room.dump(), files, 'nothing is touched');
  }
  await root.join('w').rmtree();
  await room.put({ 'w/a/b/c': 'c', 'w/a/b/a/d': 'd' });
  await root.join('w', 'a', 'b').move(root.join('w'));
  equal(await room.dump(), { 'w/c': 'c', 'w/a/d': 'd' }, 'others may');
});

inRooms('what goes along with equal bytes is not lost by a move', ['mem', 's3', 'gcs'], async (room) => {
  const { root, store } = room;
  const about: PutOptions = { contentType: 'text/plain', metadata: { id: '7' } };
  const others: PutOptions[] = [{ metadata: {} }, { metadata: { id: '8' } }, { contentType: 'text/csv' }, { contentEncoding: 'br' }];
  const told = async (key: string): Promise<unknown> => {
    const info = await store.head(key);
    return info && { metadata: info.metadata, contentType: info.contentType, contentEncoding: info.contentEncoding };
  };
  const toldOf = (options: PutOptions): unknown => ({ contentEncoding: undefined, ...about, ...options });
  const ways: ((at: string) => Promise<CloudPath>)[] = [
    (at) => root.join(at, 'd', 'x').move(root.join(at, 't', 'x')),
    (at) => root.join(at, 'd').move(root.join(at, 't')),
  ];
  for (const [j, move] of ways.entries()) {
    await Promise.all(
      others.map(async (other, i) => {
        const at = `newer-${j}-${i}`;
        await store.put(`${at}/d/x`, 'same', about);
        await store.put(`${at}/t/x`, 'same', { ...about, ...other });
        await rejects(move(at), (error: unknown) => error instanceof OverwriteNewerCloudError);
        equal([await told(`${at}/d/x`), await told(`${at}/t/x`)], [toldOf({}), toldOf(other)], `${at}: both stay`);
      }),
    );
    await store.put(`older-${j}/t/x`, 'same', { ...about, ...others[1] });
    // longer than the second that S3 tells of times
    await new Promise((resolve) => setTimeout(resolve, 1100));
    for (const at of [`older-${j}`, `equal-${j}`]) await store.put(`${at}/d/x`, 'same', about);
    await store.put(`equal-${j}/t/x`, 'same', about);
    for (const at of [`older-${j}`, `equal-${j}`]) {
      await move(at);
      equal([await told(`${at}/d/x`), await told(`${at}/t/x`)], [null, toldOf({})], at);
    }
  }
});

for (const what of ['goes', 'changes'] as const)
  test(`s3: a target that ${what} after it was listed does not cost the source`, () =>
    withRoom('s3', async (room) => {
      await room.put({ 'd/1': 'one', 't/1': 'one' });
      let done = false;
      const { options } = room.client.context;
      const client = new Client({
        ...options,
        async fetch(input, init) {
          const request = new Request(input, init);
          const { pathname } = new URL(request.url);
          if (!done && (request.method === 'DELETE' || (request.method === 'HEAD' && pathname.endsWith('/t/1')))) {
            done = true;
            await (what === 'goes' ? room.store.delete('t/1') : room.store.put('t/1', 'two'));
          }
          return fetch(request);
        },
      });
      try {
        const moved = client.path(room.root.join('d')).move(client.path(room.root.join('t')));
        const ended = await moved.then(
          () => 'moved',
          (error: Error) => error.name,
        );
        ok(done);
        const want = what === 'goes' ? ['moved', { 't/1': 'one' }] : ['OverwriteNewerCloudError', { 'd/1': 'one', 't/1': 'two' }];
        equal([ended, await room.dump()], want);
      } finally {
        await client.close();
      }
    }));
