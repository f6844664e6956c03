/** What was written is somewhere, and whoever wrote it is told where: when neither the upload nor the copy's place takes it. */
import { createUses, type Desk } from '../../../../src/cloudpath/copies/desk.ts';
import { readWhole } from '../../../../src/cloudpath/copies/disk-io.ts';
import { openCopy } from '../../../../src/cloudpath/copies/open-copy.ts';
import { Owners } from '../../../../src/cloudpath/copies/owners.ts';
import type { CloudObject } from '../../../../src/cloudpath/copies/types.ts';
import { withHandle } from '../../../../src/handle/with-handle.ts';
import { CloudError, type ObjectStore } from '../../../../src/index.ts';
import { createMemoryDisk } from '../../../../src/platform/memory-disk.ts';
import type { Disk, DiskEdit } from '../../../../src/platform/types.ts';
import { createMemoryStore } from '../../../../src/store/memory.ts';
import { once } from '../../../../src/util/streams.ts';
import { decodeUtf8, encodeUtf8 } from '../../../../src/util/utf8.ts';
import { textOf, write } from '../../../conformance/copies-rules.ts';
import { withRig, type CopiesRig } from '../../../conformance/copies-rig.ts';
import { env } from '../../../env.ts';
import { equal, ok, rejects, test } from '../../../harness.ts';

const usual = /^(node|bun|deno)/.test(env().engine) ? 'disk' : 'indexeddb';
const on = (what: string, run: (rig: CopiesRig) => Promise<void>): void => test(`copies: ${what}`, () => withRig('mem', usual, run));
const named =
  (name: string) =>
  (error: Error): boolean =>
    error.name === name;
const whereIn = (error: Error): string => /what was written is in (.*)$/.exec(error.message)![1]!;
const textAt = async (disk: Disk, path: string): Promise<string | undefined> => {
  const bytes = await readWhole(disk, path);
  return bytes ? decodeUtf8(bytes) : undefined;
};

const nothing = { used: () => {}, closed: async () => {}, over: async () => {} };
const deskOn = (disk: Disk): Desk => ({
  home: { disk, dir: '/c', grainMs: 0, backslash: true },
  freshness: 'revalidate',
  clock: Date.now,
  owners: new Owners(),
  forceOverwriteFromCloud: false,
  forceOverwriteToCloud: false,
  uses: createUses(),
});
const objectOf = (store: ObjectStore, key: string): CloudObject => ({
  url: `mem://b/${key}`,
  bucket: 'b',
  key,
  store,
  namespace: async () => '0123456789abcdef',
});

/** A disk that does something before a copy of `/c/b/` comes into its place. */
const committing = (disk: Disk, before: (path: string) => Promise<void>): Disk => ({
  ...disk,
  async edit(path, options): Promise<DiskEdit> {
    const edit = await disk.edit(path, options);
    if (!path.startsWith('/c/b/')) return edit;
    return new Proxy(edit, {
      get(of, name) {
        if (name === 'commit')
          return async (o: Parameters<DiskEdit['commit']>[0]) => {
            await before(path);
            return of.commit(o);
          };
        const member = Reflect.get(of, name, of) as unknown;
        return typeof member === 'function' ? (member as () => unknown).bind(of) : member;
      },
    });
  },
});

test('copies: whoever loses the race for a place looks again, however often', async () => {
  const disk = createMemoryDisk();
  await disk.makeDirectory('/c/.anyfile');
  const store = createMemoryStore({ bucket: 'b' });
  let races = 4;
  // Others fetch the same version at the same time.
  const racing = committing(disk, async (path) => {
    if (races-- > 0) await disk.write(path, once(encodeUtf8('one')));
  });
  await store.put('a', 'one');
  const read = async (on_: Disk): Promise<string> =>
    withHandle(await openCopy(deskOn(on_), objectOf(store, 'a'), 'r', { forceOverwriteFromCloud: true }, nothing), (file) =>
      file.readText(),
    );
  equal([await read(disk), await read(racing), races], ['one', 'one', -1]);
});

on('an edit finds another place when a folder took its own', async (rig) => {
  await rig.setCloud('a', 'CLOUD');
  const path = rig.object('a');
  const handle = await rig.copies.open(path, 'w');
  await handle.write('EDIT');
  await rig.disk.makeDirectory(`${rig.dir}/bkt/a`);
  rig.failing.add('a');
  const error = await rejects(handle.close(), 'Network');
  const where = whereIn(error);
  equal([await textAt(rig.disk, where), rig.copies.isDirty(path), await rig.copies.holds(path, where)], ['EDIT', true, true]);
  equal(((await rig.disk.list(`${rig.dir}/.anyfile/kept`)) ?? []).length, 0);
  rig.failing.clear();
  await rig.copies.upload(path, { disk: rig.disk, path: where });
  equal([await rig.cloud('a'), await textOf(rig, rig.object('a'))], ['EDIT', 'EDIT']);
});

test('copies: an edit that the place does not take is kept aside, and an upload that succeeded is no failure', async () => {
  const disk = createMemoryDisk();
  await disk.makeDirectory('/c/.anyfile');
  const store = createMemoryStore({ bucket: 'b' });
  let full = false;
  const desk = deskOn(
    committing(disk, async () => {
      if (full) throw new CloudError('no', { code: 'PermissionDenied' });
    }),
  );
  await store.put('a', 'one');
  const write_ = async (text: string): Promise<void> =>
    withHandle(await openCopy(desk, objectOf(store, 'a'), 'w', {}, nothing), async (file) => {
      await file.write(text);
      full = true;
    });
  await write_('two');
  equal([await (await store.get('a'))!.text(), await textAt(disk, '/c/b/a')], ['two', undefined]);
  const handle = await openCopy(desk, objectOf(store, 'a'), 'w', {}, nothing);
  await handle.write('EDIT');
  await store.put('a', 'other');
  const error = await rejects(handle.close(), named('OverwriteNewerCloudError'));
  equal([await textAt(disk, whereIn(error)), await (await store.get('a'))!.text()], ['EDIT', 'other']);
});

on('off: nothing stays of a handle but an edit that could not be uploaded, which is told of', async (rig) => {
  await rig.setCloud('a', 'CLOUD');
  const warnings: CloudError[] = [];
  const copies = rig.another({ mode: 'off' }, { warn: (warning) => void warnings.push(warning) });
  for (let i = 0; i < 3; i++) await textOf({ copies }, rig.object('a'));
  await rejects(textOf({ copies }, rig.object('none')), named('CloudPathFileNotFoundError'));
  rig.failing.add('a');
  const path = rig.object('a');
  const where = whereIn(await rejects(write({ copies }, path, 'EDIT'), 'Network'));
  const again = whereIn(await rejects(write({ copies }, rig.object('a'), 'AGAIN'), 'Network'));
  const read = async (): Promise<unknown> => [await textAt(rig.disk, where), await textAt(rig.disk, again)];
  equal([await read(), copies.isDirty(path), (await copies.stats()).copies], [['EDIT', 'AGAIN'], true, 1]);
  const session = where.slice(0, -'/bkt/a'.length);
  equal((await rig.disk.list(session))!.map(({ name }) => name).sort(), ['.anyfile', 'bkt']);
  await copies.close();
  equal([await read(), warnings.map(({ name }) => name)], [['EDIT', 'AGAIN'], ['OverwriteDirtyFileError']]);
  await rig.disk.removeDirectory(session, { recursive: true });
});

on('a file that anyfile did not make is not written over, unless that is forced', async (rig) => {
  await rig.edit('mine', 'MINE');
  for (const mode of ['w', 'w+']) await rejects(rig.copies.open(rig.object('mine'), mode), named('OverwriteNewerLocalError'));
  equal([await rig.local('mine'), await rig.cloud('mine')], ['MINE', null]);
  await write(rig, rig.object('mine'), 'NEW', { forceOverwriteFromCloud: true });
  equal([await rig.local('mine'), await rig.cloud('mine')], ['NEW', 'NEW']);
});

on('keys that differ in case only have copies of their own', async (rig) => {
  const keys = ['d/A.txt', 'd/a.txt', 'd/\u00e9', 'd/e\u0301'];
  for (const key of keys) await rig.setCloud(key, `of ${key}`);
  for (let round = 0; round < 2; round++) for (const key of keys) equal(await textOf(rig, rig.object(key)), `of ${key}`);
  for (const key of keys) await write(rig, rig.object(key), `new ${key}`);
  for (const key of keys) equal([await rig.cloud(key), await textOf(rig, rig.object(key)), rig.gets(key)], [`new ${key}`, `new ${key}`, 1]);
  equal([(await rig.copies.stats()).copies, await rig.copies.clear(), (await rig.copies.stats()).copies], [4, 4, 0]);
});

test('copies: on a disk that folds case an edit of one key is not written over by another', async () => {
  const plain = createMemoryDisk();
  const low = (path: string): string => path.toLowerCase();
  const disk: Disk = {
    ...plain,
    stat: (path, o) => plain.stat(low(path), o),
    open: (path, o) => plain.open(low(path), o),
    edit: (path, o) => plain.edit(low(path), o),
    write: (path, chunks, o) => plain.write(low(path), chunks, o),
    remove: (path, o) => plain.remove(low(path), o),
  };
  await disk.makeDirectory('/c/.anyfile');
  const store = createMemoryStore({ bucket: 'b' });
  const offline: ObjectStore = { ...store, put: () => Promise.reject(new CloudError('offline', { code: 'Network' })) };
  const put = async (on_: ObjectStore, key: string, text: string): Promise<void> =>
    withHandle(await openCopy(deskOn(disk), objectOf(on_, key), 'w', {}, nothing), async (file) => void (await file.write(text)));
  await rejects(put(offline, 'A.txt', 'EDIT'), 'Network');
  await put(store, 'a.txt', 'other');
  equal([await textAt(disk, '/c/b/A.txt'), await (await store.get('a.txt'))!.text()], ['EDIT', 'other']);
  ok((await store.get('A.txt')) === null);
});
