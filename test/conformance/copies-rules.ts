/**
 * What copies hold to beyond the recorded table: clocks, races, edits from outside, crashes in between, and what is cleared.
 *
 * @module
 */
import { withHandle } from '../../src/handle/with-handle.ts';
import { once } from '../../src/util/streams.ts';
import { encodeUtf8 } from '../../src/util/utf8.ts';
import { equal, ok, rejects, test } from '../harness.ts';
import { withRig, type CopiesCloud, type CopiesDisk, type CopiesRig } from './copies-rig.ts';

const named =
  (name: string) =>
  (error: Error): boolean =>
    error.name === name;
const dirty = named('OverwriteDirtyFileError');
const newerLocal = named('OverwriteNewerLocalError');
const newerCloud = named('OverwriteNewerCloudError');

/** Reads all of an object by its copy. */
export async function textOf(
  { copies }: Pick<CopiesRig, 'copies'>,
  object: ReturnType<CopiesRig['object']>,
  options = {},
): Promise<string> {
  return withHandle(await copies.open(object, 'r', options), (file) => file.readText());
}

/** Writes an object by its copy. */
export async function write(
  { copies }: Pick<CopiesRig, 'copies'>,
  object: ReturnType<CopiesRig['object']>,
  text: string,
  options = {},
): Promise<void> {
  await withHandle(await copies.open(object, 'w', options), (file) => file.write(text));
}

/**
 * Register the checks of one place.
 *
 * @param brief only those in which disks differ
 */
export function copiesRules(cloud: CopiesCloud, disk: CopiesDisk, brief = false): void {
  const always = (what: string, run: (rig: CopiesRig) => Promise<void>): void =>
    test(`copies, ${cloud} and ${disk}: ${what}`, () => withRig(cloud, disk, run), { timeoutMs: 60_000 });
  const check: typeof always = (what, run) => (brief ? undefined : always(what, run));

  always('an edit from outside of the same size at the same time is seen, a touch is none', async (rig) => {
    const { disk: files, dir } = rig;
    await rig.setCloud('a', 'CLOUD');
    equal(await textOf(rig, rig.object('a')), 'CLOUD');
    await files.touch(`${dir}/bkt/a`);
    equal([await textOf(rig, rig.object('a')), rig.gets('a')], ['CLOUD', 1]);
    await rig.edit('a', 'CLOUS');
    await rejects(textOf(rig, rig.object('a')), newerLocal);
    await rejects(textOf(rig, rig.object('a'), { forceOverwriteToCloud: true }), newerLocal);
    equal(await textOf(rig, rig.object('a'), { forceOverwriteFromCloud: true }), 'CLOUD');
    // Put back by hand: in step again.
    await rig.edit('a', 'other');
    await rig.edit('a', 'CLOUD');
    equal([await textOf(rig, rig.object('a')), rig.gets('a')], ['CLOUD', 2]);
  });

  check('writes a millisecond apart are seen, whatever the clocks say', async (rig) => {
    const day = 86_400_000;
    for (const skewMs of [0, day, -day]) {
      const copies = rig.another({}, { clock: () => Date.now() + skewMs });
      const skewed = { copies };
      const path = rig.object('a');
      for (let i = 0; i < 3; i++) {
        await rig.setCloud('a', `cloud ${i}`);
        equal(await textOf(skewed, path), `cloud ${i}`);
        await write(skewed, path, `local ${i}`);
        equal(await rig.cloud('a'), `local ${i}`);
        equal(await textOf(rig, rig.object('a')), `local ${i}`);
      }
    }
  });

  check('two handles: the second to close is told, and its edit stays', async (rig) => {
    await rig.setCloud('a', 'CLOUD');
    const [one, two] = [rig.object('a'), rig.object('a')];
    const first = await rig.copies.open(one, 'a');
    const second = await rig.copies.open(two, 'r+');
    await first.write(' first');
    await second.write('second');
    await first.close();
    equal([await rig.cloud('a'), await rig.local('a')], ['CLOUD first', 'CLOUD first']);
    await rejects(second.close(), newerCloud);
    equal([await rig.cloud('a'), await rig.local('a')], ['CLOUD first', 'second']);
    await rejects(textOf(rig, two), dirty);
    await rejects(textOf(rig, one), newerLocal);
    // Both ways out.
    await rejects(rig.copies.upload(two, { disk: rig.disk, path: `${rig.dir}/bkt/a` }), newerCloud);
    await rig.copies.upload(two, { disk: rig.disk, path: `${rig.dir}/bkt/a` }, { forceOverwriteToCloud: true });
    equal([await rig.cloud('a'), await textOf(rig, one), rig.copies.isDirty(two)], ['second', 'second', false]);
  });

  always('a handle whose copy was edited meanwhile loses neither', async (rig) => {
    await rig.setCloud('a', 'CLOUD');
    const handle = await rig.copies.open(rig.object('a'), 'w');
    await rig.edit('a', 'by hand');
    await handle.write('by handle');
    await handle.close();
    equal([await rig.cloud('a'), await rig.local('a')], ['by handle', 'by hand']);
    await rejects(textOf(rig, rig.object('a')), newerLocal);
    await rig.edit('b', 'x');
    await rig.setCloud('b', 'x');
    const other = await rig.copies.open(rig.object('b'), 'w');
    await rig.edit('b', 'by hand');
    await other.write('by handle');
    rig.failing.add('b');
    const error = await rejects(other.close(), newerLocal);
    const kept = /is in (.*)$/.exec(error.message)![1]!;
    const stat = await rig.disk.stat(kept);
    equal([stat?.sizeBytes, await rig.local('b'), await rig.cloud('b')], [9, 'by hand', 'x']);
  });

  check('an upload that fails leaves the edit, and the same path can send it', async (rig) => {
    await rig.setCloud('a', 'CLOUD');
    const path = rig.object('a');
    rig.failing.add('a');
    await rejects(write(rig, path, 'EDIT'), 'Network');
    equal([await rig.cloud('a'), await rig.local('a'), rig.copies.isDirty(path)], ['CLOUD', 'EDIT', true]);
    await rejects(textOf(rig, path), dirty);
    rig.failing.clear();
    await rig.copies.upload(path, { disk: rig.disk, path: await pathIn(rig, 'a') });
    equal([await rig.cloud('a'), rig.copies.isDirty(path), await textOf(rig, rig.object('a')), rig.gets('a')], ['EDIT', false, 'EDIT', 0]);
  });

  check('what throws in a block uploads nothing', async (rig) => {
    await rig.setCloud('a', 'CLOUD');
    const path = rig.object('a');
    const reason = new Error('enough');
    const handle = await rig.copies.open(path, 'a');
    await rejects(
      withHandle(handle, async (file) => {
        await file.write('half');
        throw reason;
      }),
      (error) => error === reason,
    );
    equal(
      [await rig.cloud('a'), await rig.local('a'), rig.copies.isDirty(path), await textOf(rig, path)],
      ['CLOUD', 'CLOUD', false, 'CLOUD'],
    );
  });

  check('a copy of unknown origin is adopted when it has the bytes, and else kept', async (rig) => {
    for (const key of ['same', 'size', 'other']) await rig.setCloud(key, 'CLOUD');
    await rig.edit('same', 'CLOUD');
    await rig.edit('size', 'longer');
    await rig.edit('other', 'LOCAL');
    equal([await textOf(rig, rig.object('same')), await rig.local('same')], ['CLOUD', 'CLOUD']);
    const gets = rig.gets('same');
    equal([await textOf(rig, rig.object('same')), rig.gets('same')], ['CLOUD', gets]);
    await rejects(textOf(rig, rig.object('size')), newerLocal);
    await rejects(textOf(rig, rig.object('other')), newerLocal);
    equal([await rig.local('size'), await rig.local('other')], ['longer', 'LOCAL']);
    equal(await rig.copies.clear(), 1);
    equal(await rig.local('other'), 'LOCAL');
  });

  check('a copy of another identity is fetched anew, unless it was edited', async (rig) => {
    await rig.setCloud('a', 'CLOUD');
    const theirs = 'fedcba9876543210';
    equal(await textOf(rig, rig.object('a', theirs)), 'CLOUD');
    equal([await textOf(rig, rig.object('a')), rig.gets('a')], ['CLOUD', 2]);
    rig.failing.add('a');
    await rejects(write(rig, rig.object('a'), 'EDIT'), 'Network');
    await rejects(textOf(rig, rig.object('a', theirs)), newerLocal);
    await rejects(write(rig, rig.object('a', theirs), 'mine'), newerLocal);
    await rig.setCloud('a', null);
    await rejects(write(rig, rig.object('a', theirs), 'mine'), newerLocal);
    equal(await rig.local('a'), 'EDIT');
  });

  always('a crash between the file and its record leaves the copy in step', async (rig) => {
    const { disk: files, dir } = rig;
    await rig.setCloud('a', 'one');
    await textOf(rig, rig.object('a'));
    const record = (await files.list(`${dir}/.anyfile`))!.find(({ name }) => name.endsWith('.json'));
    const path = `${dir}/.anyfile/${record!.name}`;
    const bytesNow = async (): Promise<string> => {
      const file = (await files.open(path))!;
      let text = '';
      for await (const chunk of file.read(0, file.sizeBytes)) text += new TextDecoder().decode(chunk);
      await file.close();
      return text;
    };
    const before = JSON.parse(await bytesNow()) as { versions: unknown[] };
    await rig.setCloud('a', 'second');
    await textOf(rig, rig.object('a'));
    const after = JSON.parse(await bytesNow()) as { versions: unknown[] };
    const both = { ...after, versions: [...before.versions, ...after.versions] };
    await files.write(path, once(encodeUtf8(JSON.stringify(both))));
    equal([await textOf(rig, rig.object('a')), rig.gets('a')], ['second', 2]);
    // The file had not come yet.
    await files.write(path, once(encodeUtf8(JSON.stringify(both))));
    await rig.edit('a', 'one');
    equal([await textOf(rig, rig.object('a')), rig.gets('a')], ['second', 3]);
    await files.write(path, once(encodeUtf8('{ no record')));
    equal(await textOf(rig, rig.object('a')), 'second');
  });

  check('keys that a disk does not take, or that clash with a folder', async (rig) => {
    const keys = ['a', 'a/b', 'dir//x', 'dot/../x', 'slash/', 'n'.repeat(300), 'b/c', 'b'];
    for (const key of keys) await rig.setCloud(key, `of ${key}`);
    for (const key of keys) equal(await textOf(rig, rig.object(key)), `of ${key}`, key);
    for (const key of keys) await write(rig, rig.object(key), `new ${key}`);
    for (const key of keys) equal([await rig.cloud(key), await textOf(rig, rig.object(key))], [`new ${key}`, `new ${key}`], key);
    for (const key of keys) equal(rig.gets(key), 1, key);
    equal(await rig.copies.stats(), { copies: keys.length, copyBytes: keys.reduce((sum, key) => sum + key.length + 4, 0) });
    equal(await rig.copies.clear(), keys.length);
    equal(
      ((await rig.disk.list(rig.dir)) ?? []).map(({ name }) => name),
      ['.anyfile'],
    );
  });

  check('clearing by prefix and namespace leaves edits and names them', async (rig) => {
    const keys = ['p/a', 'p/b', 'pp/c', 'q'];
    for (const key of keys) await rig.setCloud(key, key);
    for (const key of keys) await textOf(rig, rig.object(key, key === 'q' ? 'fedcba9876543210' : undefined));
    await rig.edit('p/a', 'edited');
    const error = await rejects(rig.copies.clear({ prefix: `${rig.store.url}/p` }), dirty);
    ok(error.message.includes('p/a') && !error.message.includes('p/b'), error.message);
    equal(await Promise.all(keys.map((key) => rig.local(key))), ['edited', null, 'pp/c', 'q']);
    equal(await rig.copies.clear({ namespaces: ['fedcba98'] }), 1);
    equal(await rig.copies.clear({ prefix: `${rig.store.url}/p/`, discardUnsaved: true }), 1);
    equal(await Promise.all(keys.map((key) => rig.local(key))), [null, null, 'pp/c', null]);
    await rig.edit('pp/c', 'edited');
    await rig.copies.drop(rig.object('pp/c'));
    equal(await rig.local('pp/c'), 'edited');
  });

  check('metadata and type of the object stay, its encoding with its bytes', async (rig) => {
    const about = { contentType: 'text/x-mine', contentEncoding: 'x-own', metadata: { who: 'me' } };
    await rig.store.put('a', 'one', about);
    const now = async (): Promise<unknown> => {
      const { contentType, contentEncoding, metadata } = (await rig.store.head('a'))!;
      return [contentType, contentEncoding, metadata];
    };
    await withHandle(await rig.copies.open(rig.object('a'), 'a'), (file) => file.write(' more'));
    equal(await now(), ['text/x-mine', 'x-own', { who: 'me' }]);
    await write(rig, rig.object('a'), 'new', { forceOverwriteToCloud: true });
    equal(await now(), ['text/x-mine', undefined, { who: 'me' }]);
    await write(rig, rig.object('a'), 'new', { put: { contentType: 'text/plain', metadata: {} } });
    equal(await now(), ['text/plain', undefined, {}]);
  });

  check('an abort leaves nothing behind', async (rig) => {
    await rig.setCloud('a', 'CLOUD');
    const reason = new Error('enough');
    await rejects(textOf(rig, rig.object('a'), { signal: AbortSignal.abort(reason) }), (error) => error === reason);
    const controller = new AbortController();
    const handle = await rig.copies.open(rig.object('a'), 'w', { signal: controller.signal });
    await handle.write('EDIT');
    controller.abort(reason);
    await rejects(handle.close(), (error) => error === reason);
    // What was written is not thrown away with the upload.
    equal([await rig.cloud('a'), await rig.local('a')], ['CLOUD', 'EDIT']);
  });
}

const pathIn = async (rig: CopiesRig, key: string): Promise<string> => `${rig.dir}/bkt/${key}`;
