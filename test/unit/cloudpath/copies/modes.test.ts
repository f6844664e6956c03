/** Where copies are in each mode, how long they stay, and when a store is asked. */
import { openDisk } from '#platform';
import { createCopies, type CopiesOptions } from '../../../../src/cloudpath/copies/copies.ts';
import type { CloudObject, Copies } from '../../../../src/cloudpath/copies/types.ts';
import type { CacheOptions, CloudError } from '../../../../src/index.ts';
import { textOf, write } from '../../../conformance/copies-rules.ts';
import { withRig, type CopiesDisk, type CopiesRig } from '../../../conformance/copies-rig.ts';
import { env } from '../../../env.ts';
import { equal, ok, rejects, skip, test } from '../../../harness.ts';

const isPage = !/^(node|bun|deno)/.test(env().engine);
const usual: CopiesDisk = isPage ? 'indexeddb' : 'disk';
const named =
  (name: string) =>
  (error: Error): boolean =>
    error.name === name;

const on = (what: string, run: (rig: CopiesRig) => Promise<void>, cache: CacheOptions = {}): void =>
  test(`copies: ${what}`, () => withRig('mem', usual, run, cache));

/** Whether a copy is there, by its path. */
const has = async ({ disk }: CopiesRig, path: string): Promise<boolean> => (await disk.stat(path)) !== null;

on('tmp_dir: a folder of the client, which goes with it; that of the user stays', async (rig) => {
  await rig.setCloud('d/a', 'CLOUD');
  await rig.edit('mine', 'mine');
  const copies = rig.another({ mode: 'tmp_dir' });
  const path = await copies.localPath(rig.object('d/a'));
  ok(path.startsWith(`${rig.dir}/`) && path.endsWith('/bkt/d/a'), path);
  equal([await has(rig, path), await textOf({ copies }, rig.object('d/a')), rig.gets('d/a')], [true, 'CLOUD', 1]);
  equal(await copies.stats(), { copies: 1, copyBytes: 5 });
  await copies.close();
  equal([await has(rig, path), await rig.local('mine')], [false, 'mine']);
  equal(await rig.copies.stats(), { copies: 0, copyBytes: 0 });
});

on('tmp_dir: edits that were not uploaded are told of when the client is closed', async (rig) => {
  await rig.setCloud('a', 'CLOUD');
  const warnings: CloudError[] = [];
  const copies = rig.another({ mode: 'tmp_dir' }, { warn: (warning) => void warnings.push(warning) });
  rig.failing.add('a');
  await rejects(write({ copies }, rig.object('a'), 'EDIT'), 'Network');
  await copies.close();
  equal(
    warnings.map(({ name }) => name),
    ['OverwriteDirtyFileError'],
  );
});

on('cloudpath_object: a copy goes with the last path that used it, an edited one stays', async (rig) => {
  await rig.setCloud('a', 'CLOUD');
  const copies = rig.another({ mode: 'cloudpath_object' });
  const [one, two] = [rig.object('a'), rig.object('a')];
  const path = await copies.localPath(one);
  await textOf({ copies }, two);
  await copies.release(one);
  equal(await has(rig, path), true);
  await copies.release(two);
  await copies.release(two);
  equal([await has(rig, path), rig.gets('a')], [false, 1]);
  rig.failing.add('a');
  await rejects(write({ copies }, one, 'EDIT'), 'Network');
  await copies.release(one);
  equal(await has(rig, path), true);
  await copies.clear({ discardUnsaved: true });
});

on('close_file: a copy goes with the last handle, after the upload', async (rig) => {
  await rig.setCloud('a', 'CLOUD');
  const copies = rig.another({ mode: 'close_file' });
  const none = { copies: 0, copyBytes: 0 };
  const [first, second] = [await copies.open(rig.object('a'), 'r'), await copies.open(rig.object('a'), 'r')];
  equal([rig.gets('a'), await copies.stats()], [1, { copies: 1, copyBytes: 5 }]);
  equal(await first.readText(), 'CLOUD');
  await first.close();
  equal(await second.readText(), 'CLOUD');
  equal((await copies.stats()).copies, 1);
  await second.close();
  equal(await copies.stats(), none);
  await write({ copies }, rig.object('a'), 'NEW');
  equal([await rig.cloud('a'), await copies.stats()], ['NEW', none]);
  rig.failing.add('a');
  const path = rig.object('a');
  await rejects(write({ copies }, path, 'EDIT'), 'Network');
  equal([(await copies.stats()).copies, copies.isDirty(path)], [1, true]);
  await copies.clear({ discardUnsaved: true });
  const kept = await copies.localPath(rig.object('a'));
  await textOf({ copies }, rig.object('a'));
  equal(await has(rig, kept), true);
});

on('off: handles have copies of their own, and nobody else does', async (rig) => {
  await rig.setCloud('a', 'CLOUD');
  const copies = rig.another({ mode: 'off' });
  await rejects(copies.localPath(rig.object('a')), named('InvalidConfigurationError'));
  equal([await textOf({ copies }, rig.object('a')), await textOf({ copies }, rig.object('a')), rig.gets('a')], ['CLOUD', 'CLOUD', 2]);
  await write({ copies }, rig.object('a'), 'NEW');
  equal([await rig.cloud('a'), await copies.stats()], ['NEW', { copies: 0, copyBytes: 0 }]);
});

on('freshness: one look an opening, none when immutable, none for a while, and offline nothing but copies', async (rig) => {
  await rig.setCloud('a', 'one');
  let now = 1_000_000;
  const clock = (): number => now;
  const asked = (): number[] => [rig.heads('a'), rig.gets('a')];
  const with_ = (freshness: CacheOptions['freshness']): { copies: Copies } => ({ copies: rig.another({ freshness }, { clock }) });
  equal([await textOf(with_('immutable'), rig.object('a')), asked()], ['one', [0, 1]]);
  await rig.setCloud('a', 'two');
  equal([await textOf(with_('immutable'), rig.object('a')), asked()], ['one', [0, 1]]);
  equal([await textOf(with_({ ttlMs: 1000 }), rig.object('a')), asked()], ['one', [0, 1]]);
  now += 1000;
  equal([await textOf(with_({ ttlMs: 1000 }), rig.object('a')), asked()], ['two', [1, 2]]);
  now += 999;
  equal([await textOf(with_({ ttlMs: 1000 }), rig.object('a')), asked()], ['two', [1, 2]]);
  now -= 5000;
  equal([await textOf(with_({ ttlMs: 1000 }), rig.object('a')), asked()], ['two', [2, 2]]);
  now += 999;
  equal([await textOf(with_({ ttlMs: 1000 }), rig.object('a')), asked()], ['two', [2, 2]]);
  equal([await textOf(with_('revalidate'), rig.object('a')), asked()], ['two', [3, 2]]);
  const offline = with_('offline');
  equal(
    [await textOf(offline, rig.object('a')), await offline.copies.localPath(rig.object('a')), asked()],
    ['two', `${rig.dir}/bkt/a`, [3, 2]],
  );
  await rejects(textOf(offline, rig.object('b')), 'NotCached');
  await rejects(write(offline, rig.object('a'), 'x'), 'NotSupported');
  // Whoever writes has to know what is there, whatever the freshness.
  await rig.setCloud('a', 'three');
  await write(with_('immutable'), rig.object('a'), 'four');
  equal([await rig.cloud('a'), rig.gets('a')], ['four', 2]);
});

on('forcing: by argument, by option, by environment', async (rig) => {
  const said = (name: string, value: string): Partial<CopiesOptions> => ({ env: (asked) => (asked === name ? value : undefined) });
  const from = 'CLOUDPATHLIB_FORCE_OVERWRITE_FROM_CLOUD';
  const newerLocal = named('OverwriteNewerLocalError');
  await rig.setCloud('a', 'CLOUD');
  await textOf(rig, rig.object('a'));
  for (const [copies, forced] of [
    [rig.another({}, said(from, 'yes')), false],
    [rig.another({}, said(from, 'TRUE')), true],
    [rig.another({}, said(from, '1')), true],
    [rig.another({ forceOverwriteFromCloud: false }, said(from, '1')), false],
    [rig.another({ forceOverwriteFromCloud: true }), true],
  ] as const) {
    await rig.edit('a', 'edit');
    if (forced) equal(await textOf({ copies }, rig.object('a')), 'CLOUD');
    else await rejects(textOf({ copies }, rig.object('a')), newerLocal);
  }
  const to = { copies: rig.another({}, said('CLOUDPATHLIB_FORCE_OVERWRITE_TO_CLOUD', 'True')) };
  await textOf(rig, rig.object('a'), { forceOverwriteFromCloud: true });
  const handle = await to.copies.open(rig.object('a'), 'w');
  await handle.write('NEW');
  await rig.setCloud('a', 'other');
  await handle.close();
  equal(await rig.cloud('a'), 'NEW');
});

on('a store that takes no conditions is looked at first', async (rig) => {
  const plain = rig.store;
  const store = { ...plain, capabilities: { ...plain.capabilities, conditionalWrites: false } };
  const object = (key: string): CloudObject => ({ ...rig.object(key), store });
  await write(rig, object('a'), 'one');
  await rejects(rig.copies.open(object('a'), 'x'), named('CloudPathFileExistsError'));
  await write(rig, object('a'), 'two');
  const handle = await rig.copies.open(object('a'), 'a');
  await handle.write(' and more');
  await rig.setCloud('a', 'other');
  await rejects(handle.close(), named('OverwriteNewerCloudError'));
  equal([await rig.cloud('a'), await rig.local('a')], ['other', 'two and more']);
});

on('a folder of objects is no file', async (rig) => {
  await rig.setCloud('d/a', 'x');
  for (const mode of ['r', 'w', 'a', 'x']) await rejects(rig.copies.open(rig.object('d'), mode), named('CloudPathIsADirectoryError'));
  await rejects(rig.copies.open(rig.object('none'), 'r'), named('CloudPathFileNotFoundError'));
  equal(await rig.copies.localPath(rig.object('d')), `${rig.dir}/bkt/d`);
  await rejects(rig.copies.open(rig.object('d/a'), 'rr'), 'InvalidArgument');
});

test('copies: without options they are in a temporary folder, and persistent ones need a folder where there is a disk', async () => {
  const copies = createCopies({ env: () => undefined });
  equal([await copies.stats(), await copies.clear()], [{ copies: 0, copyBytes: 0 }, 0]);
  await copies.close();
  const bad = createCopies({ env: (name) => (name === 'CLOUDPATHLIB_FILE_CACHE_MODE' ? 'bogus' : undefined) });
  const object: CloudObject = { url: 'mem://b/a', bucket: 'b', key: 'a', store: undefined as never, namespace: async () => '0'.repeat(16) };
  await rejects(bad.open(object, 'r'), named('InvalidConfigurationError'));
  if (!(await openDisk())) skip('the rest is about disks');
  const homeless = createCopies({ cache: { mode: 'persistent' }, env: () => undefined });
  await rejects(homeless.open(object, 'r'), named('InvalidConfigurationError'));
});
