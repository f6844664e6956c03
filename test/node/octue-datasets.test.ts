/** Datasets exchanged with Octue's own SDK: the same files, hashes, labels, tags and records, on disk and in the cloud. */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { openDatafile } from '../../src/data/datafile/open-datafile.ts';
import type { Datafile } from '../../src/data/datafile/datafile.ts';
import { deserialiseDataset, openDataset } from '../../src/data/dataset/open-dataset.ts';
import { openStore } from '../../src/index.ts';
import { toBase64 } from '../../src/util/base64.ts';
import { encodeUtf8 } from '../../src/util/utf8.ts';
import { equal, ok, test } from '../harness.ts';
import { openScenario } from '../servers/fixture/client.ts';
import type { Ask } from './octue-peer.ts';
import { inCloud, inFolder, records, sameDataset, storedIn, withoutVersion } from './octue-records.ts';

const long = { timeoutMs: 120_000 };
const base64 = (text: string): string => toBase64(encodeUtf8(text));

/** Names with content and metadata; names sort the same everywhere. */
const files: readonly [path: string, content: string, record: string][] = [
  ['a.csv', 'a,b\n1,2\n', 'integers'],
  ['b c.txt', 'same', 'quotes'],
  ['sub/c.txt', 'same', 'nested and typed'],
  ['sub/deep/d', '', 'nothing'],
  ['sub/deep/é.bin', 'e', 'unicode'],
  ['x.octue', 'no record', 'ahead of UTC'],
].map(([path, content, record]) => [path!, content!, records[record!]!]);

const about =
  '{"tags": {"site": "north", "f": 1.0, "n": {"z": [1], "a": NaN}, "when": {"_type": "datetime", "value": "2022-05-04T17:57:57"}}, "labels": ["b", "a"]}';

/** A folder that Python has written. */
async function writtenByPython(ask: Ask, folder: string): Promise<void> {
  for (const [path, content, record] of files) await ask('write_datafile', { path: join(folder, path), content: base64(content), record });
  await ask('save_dataset', { path: folder, record: about });
}

/** The same folder, written here, with the ids of the other. */
async function writtenHere(folder: string, like: string): Promise<void> {
  for (const [path, content, record] of files) {
    const { id } = await openDatafile(join(like, path));
    const datafile = await openDatafile(join(folder, path), { ...storedIn(record), id });
    await datafile.open('w', (file) => file.write(content));
  }
  const { id, tags, labels } = await openDataset(like);
  const dataset = await openDataset(folder, { id });
  await dataset.edit(() => Object.assign(dataset, { tags, labels }));
}

/** All files below a folder, by path. */
async function contentOf(folder: string): Promise<Record<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const texts = await Promise.all(paths.sort().map(async (path) => [path.slice(folder.length + 1), await readFile(path, 'utf8')] as const));
  return Object.fromEntries(texts);
}

const names = (found: Iterable<Datafile>): string[] => Array.from(found, (file) => file.name).sort();

test(
  'folders: each reads the dataset of the other, and both write the same records',
  () =>
    inFolder(async (folder) => {
      const { ask } = inCloud();
      const [theirs, ours] = [join(folder, 'theirs', 'data'), join(folder, 'ours', 'data')];
      await writtenByPython(ask, theirs);
      await writtenHere(ours, theirs);
      await sameDataset(await openDataset(theirs), await ask('read_dataset', { path: theirs }), 'written by Python');
      await sameDataset(await openDataset(ours), await ask('read_dataset', { path: ours }), 'written here');
      const [want, got] = [await contentOf(theirs), await contentOf(ours)];
      equal(Object.keys(got), Object.keys(want));
      for (const [path, text] of Object.entries(want)) equal(withoutVersion(got[path]!), text.replaceAll(theirs, ours), path);
      equal(Object.keys(want).filter((path) => path.endsWith('.octue')).length, 4);

      const top = await openDataset(theirs, { recursive: false });
      equal([names(top), top.size], [['a.csv', 'b c.txt', 'x.octue'], 3]);
      await sameDataset(top, await ask('read_dataset', { path: theirs, recursive: false }), 'the folder alone');

      // What the other changed is what each changes further.
      const dataset = await openDataset(theirs);
      await dataset.edit(() => dataset.labels.add('here'));
      await ask('save_dataset', { path: theirs, record: '{"tags": {"by": "Python"}}' });
      const again = await openDataset(theirs);
      await sameDataset(again, await ask('read_dataset', { path: theirs }), 'changed by both');
      equal([again.id, again.tags, [...again.labels].sort()], [dataset.id, { by: 'Python' }, ['a', 'b', 'here']]);
    }),
  long,
);

test(
  'prefixes: each lists, reads and downloads what the other uploaded, and both store the same objects',
  () =>
    inFolder(async (folder) => {
      const { ask, url, options } = inCloud();
      const local = join(folder, 'data');
      await writtenByPython(ask, local);
      const [theirs, ours] = [`${url}/theirs/data`, `${url}/ours/data`];
      await ask('save_dataset', { path: local, cloud_path: theirs });
      const dataset = await openDataset(local, options);
      equal(await dataset.upload(ours), ours);

      const store = openStore(url, options);
      const objects = async (prefix: string): Promise<Record<string, unknown>> => {
        const found: Record<string, unknown> = {};
        for await (const { objects: page } of store.list({ prefix })) {
          for (const { key } of page) {
            const { metadata, text } = await ask('read_object', { path: `${url}/${key}` });
            const own = Object.entries(metadata ?? {}).map(([name, value]) => [name, withoutVersion(value)]);
            found[key.slice(prefix.length)] = { metadata: own.sort(), text: text.replaceAll(`${url}/${prefix}`, '') };
          }
        }
        return found;
      };
      const [want, got] = [await objects('theirs/data/'), await objects('ours/data/')];
      equal(Object.keys(got).sort(), ['.octue', ...files.map(([path]) => path)].sort());
      // The SDK takes x.octue for a record and lists it no more.
      equal(withPath(got, ours), withPath(want, theirs));

      for (const [path, who] of [
        [theirs, 'uploaded by Python'],
        [ours, 'uploaded from here'],
      ] as const) {
        const shown = await ask('read_dataset', { path });
        const opened = await openDataset(path, { ...options, exclude: 'x.octue' });
        await sameDataset(opened, shown, who);
        equal([names(opened).length, shown.files.length], [5, 5], who);
        ok(opened.allFilesAreInCloud && opened.existsInCloud, who);
        await sameDataset(
          await openDataset(path, { ...options, exclude: 'x.octue', recursive: false }),
          await ask('read_dataset', { path, recursive: false }),
          who,
        );
      }

      const [here, there] = [join(folder, 'here'), join(folder, 'there')];
      await (await openDataset(theirs, options)).download(here);
      await ask('download_dataset', { path: ours, folder: there });
      const whole = Object.fromEntries(files.map(([path, content]) => [path, content]));
      const { 'x.octue': _, ...seen } = whole;
      equal(withoutRecords(await contentOf(here)), whole, 'downloaded here');
      equal(withoutRecords(await contentOf(there)), seen, 'downloaded by Python');
      const brought = await ask('read_dataset', { path: here });
      equal([brought.id, brought.name, brought.labels], [dataset.id, 'data', ['a', 'b']], 'with the records, which Python leaves behind');
      await sameDataset(await openDataset(here), brought, 'downloaded here');
    }),
  long,
);

const withPath = (objects: Record<string, unknown>, path: string): unknown => JSON.parse(JSON.stringify(objects).replaceAll(path, 'PATH'));
const withoutRecords = (content: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(content).filter(([path]) => !/(^|\/)\.octue$/.test(path)));

test(
  'prefixes: what one changes the other sees',
  () =>
    inFolder(async (folder) => {
      const { ask, url, options } = inCloud();
      const path = `${url}/data`;
      await writeFile(join(folder, 'a.txt'), 'one');
      const made = await openDataset(folder, { ...options, name: 'mine', labels: 'x' });
      await made.upload(path);
      await ask('save_dataset', { path, record: '{"tags": {"by": "Python", "s": {"_type": "set", "items": [1]}}, "labels": ["y"]}' });
      await ask('change_datafile', { path: `${path}/a.txt`, record: records['in UTC']! });

      const dataset = await openDataset(path, options);
      await sameDataset(dataset, await ask('read_dataset', { path }), 'changed by Python');
      equal([dataset.id, dataset.name, dataset.tags, [...dataset.labels]], [made.id, 'mine', { by: 'Python', s: new Set([1]) }, ['y']]);

      const added = join(folder, 'more', 'b.txt');
      await mkdir(dirname(added));
      await writeFile(added, 'two');
      await dataset.add(await openDatafile(added, { labels: 'new', ...options }), { pathInDataset: 'in/b.txt' });
      await dataset.edit(() => dataset.labels.add('z'));
      const shown = await ask('read_dataset', { path, content: true });
      await sameDataset(await openDataset(path, options), shown, 'changed here');
      equal(
        shown.files.map(({ cloud_path: at, content }) => [at, content]),
        [
          [`${path}/a.txt`, base64('one')],
          [`${path}/in/b.txt`, base64('two')],
        ],
      );
      equal(shown.labels, ['y', 'z']);
    }),
  long,
);

test(
  'signed datasets: each opens the URL of the other',
  () =>
    inFolder(async (folder) => {
      const { ask, url, options } = inCloud();
      // The key and the token are the fixture's: fake-gcs-server looks at neither.
      const { serviceAccount, close } = await openScenario('gcs', {});
      const signing = { ...options, credentials: serviceAccount };
      await mkdir(join(folder, 'sub'));
      for (const [name, content] of [
        ['a.txt', 'one'],
        ['sub/b.txt', 'two'],
      ] as const)
        await writeFile(join(folder, name), content);
      const dataset = await openDataset(folder, { ...signing, name: 'signed', tags: { a: 1 }, labels: 'x y' });
      await dataset.upload(`${url}/data`);
      for (const [who, signed] of [
        ['Python', await ask('sign_dataset', { path: dataset.path })],
        ['anyfile', await dataset.generateSignedUrl()],
      ] as const) {
        const opened = await openDataset(signed, options);
        const shown = await ask('read_dataset', { path: signed, content: true });
        const { id, name, tags, labels } = opened;
        equal([id, name, tags, [...labels].sort()], [dataset.id, 'signed', { a: 1 }, ['x', 'y']], `signed by ${who}, opened here`);
        equal([shown.id, shown.name, shown.tags, shown.labels], [id, name, '{"a": 1}', ['x', 'y']], `signed by ${who}, opened by Python`);
        equal([await opened.hashValue(), shown.hash], [await dataset.hashValue(), await dataset.hashValue()], who);
        equal(
          shown.files.map(({ name: file, content }) => [file, content]),
          [
            ['a.txt', base64('one')],
            ['b.txt', base64('two')],
          ],
          who,
        );
        equal(names(opened), ['a.txt', 'b.txt'], who);
        await opened.download(join(folder, `from-${who}`));
        const { '.octue': _, ...content } = withoutRecords(await contentOf(join(folder, `from-${who}`)));
        equal(content, { 'a.txt': 'one', 'sub/b.txt': 'two' }, who);
      }
      await close();
    }),
  long,
);

test(
  'serialised datasets, both ways',
  () =>
    inFolder(async (folder) => {
      const { ask, options } = inCloud();
      await writtenByPython(ask, folder);
      // What is serialised has its keys sorted, and so loses an order that is hashed.
      const shown = await ask('save_dataset', { path: folder, record: '{"tags": {"a": {"b": 1.0, "c": [NaN]}, "z": "1"}}' });
      const restored = await deserialiseDataset(await ask('serialise_dataset', { path: folder }), options);
      await sameDataset(restored, shown, 'from Python');
      await sameDataset(restored, await ask('deserialise_dataset', { text: restored.serialise() }), 'to Python');
      equal((await openDataset(folder, options)).serialise(), await ask('serialise_dataset', { path: folder }), 'the same text');
    }),
  long,
);
