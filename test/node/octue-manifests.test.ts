/** Manifests exchanged with Octue's own SDK: the same datasets and hashes, and the same text. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { openDatafile } from '../../src/data/datafile/open-datafile.ts';
import { openDataset } from '../../src/data/dataset/open-dataset.ts';
import { deserialiseManifest, openManifest } from '../../src/data/manifest/open-manifest.ts';
import { equal, ok, rejects, test } from '../harness.ts';
import { openScenario } from '../servers/fixture/client.ts';
import { inCloud, inFolder, records, sameManifest, storedIn } from './octue-records.ts';

const long = { timeoutMs: 120_000 };
const id = '00000000-0000-4000-8000-0000000000aa';

/** A folder with two files and a record of its own, and the same below a prefix. */
async function someDatasets(folder: string): Promise<ReturnType<typeof inCloud> & { local: string; remote: string; files: string[] }> {
  const cloud = inCloud();
  const local = join(folder, 'data');
  await mkdir(local);
  const files = [join(local, 'a.csv'), join(local, 'b.csv')];
  for (const [i, path] of files.entries()) {
    const datafile = await openDatafile(path, storedIn(Object.values(records)[i + 3]!));
    await datafile.open('w', (file) => file.write(`${i}\n`));
  }
  const dataset = await openDataset(local, { ...cloud.options, name: 'mast', tags: { a: 1 }, labels: 'x' });
  await dataset.updateMetadata();
  const remote = await dataset.upload(`${cloud.url}/data`);
  return { ...cloud, local, remote, files };
}

test(
  'manifests in the cloud: each opens what the other wrote, and both write the same text',
  () =>
    inFolder(async (folder) => {
      const { ask, url, options, remote } = await someDatasets(folder);
      await ask('save_dataset', { path: remote, record: '{"labels": ["y"]}' });
      const datasets = { z_last: remote, 'a first': remote, ünï: remote };
      const [theirs, ours] = [`${url}/theirs.json`, `${url}/ours.json`];
      const made = await ask('make_manifest', { datasets, id, name: 'mine', cloud_path: theirs });
      const manifest = await openManifest({ datasets, id, name: 'mine' }, options);
      equal(await manifest.toCloud(ours), ours);
      const [want, got] = [await ask('read_object', { path: theirs }), await ask('read_object', { path: ours })];
      equal([got.text, got.type], [want.text, 'text/plain'], 'as stored');
      equal(got.text, made.text);

      await sameManifest(manifest, made, 'made by both');
      const read = await openManifest(theirs, options);
      await sameManifest(read, await ask('read_manifest', { path: ours }), 'read by both, each that of the other');
      equal([read.name, read.id], ['mine', id], 'with its name, which Python loses');
      equal(Object.keys(read.datasets), ['a first', 'z_last', 'ünï']);
    }),
  long,
);

test(
  'manifests with datasets of named files and of folders, both ways',
  () =>
    inFolder(async (folder) => {
      const { ask, url, options, local, remote, files } = await someDatasets(folder);
      // Of a dataset that is made of files Python reads no record of the folder; so there is none.
      const bare = join(folder, 'bare');
      await mkdir(bare);
      await (await openDatafile(join(bare, 'c.csv'))).open('w', (file) => file.write('c'));
      const datasets = { folder: local, prefix: remote, some: { path: bare, files: [join(bare, 'c.csv')] } };
      const path = `${url}/manifest.json`;
      const made = await ask('make_manifest', { datasets, id, cloud_path: path });
      // What came from elsewhere may name no files of this machine.
      await rejects(openManifest(path, options), 'PermissionDenied');
      const read = await openManifest(path, { ...options, trusted: true });
      await sameManifest(read, made, 'written by Python');
      equal(read.serialise(), made.text, 'the same text');
      await sameManifest(await deserialiseManifest(made.text, options), await ask('read_manifest', { text: read.serialise() }), 'as text');

      const given = await openDataset(local, { ...options, files: files.slice(1) });
      const own = await openManifest({ datasets: { given, remote }, id, name: 'mine' }, options);
      const shown = await ask('read_manifest', { text: own.serialise() });
      await sameManifest(own, shown, 'written here');
      equal([shown.name, shown.datasets['given']!.name, shown.text], ['mine', 'mast', own.serialise()]);
    }),
  long,
);

test(
  'manifests of signed datasets: each opens that of the other, and gets its files',
  () =>
    inFolder(async (folder) => {
      const { ask, url, options, remote } = await someDatasets(folder);
      const { serviceAccount, close } = await openScenario('gcs', {});
      const hash = await (await openManifest({ datasets: { mast: remote } }, options)).hashValue();
      const theirs = `${url}/theirs.json`;
      await ask('make_manifest', { datasets: { mast: remote }, id, cloud_path: theirs, signed: true });
      const manifest = await openManifest({ datasets: { mast: remote }, id }, { ...options, credentials: serviceAccount });
      await manifest.useSignedUrlsForDatasets();
      const ours = await manifest.toCloud(`${url}/ours.json`);
      ok(manifest.getDataset('mast').path.startsWith('http://'), manifest.getDataset('mast').path);

      for (const path of [theirs, ours]) {
        const opened = await openManifest(path, options);
        const shown = await ask('read_manifest', { path });
        equal([await opened.hashValue(), shown.hash], [hash, hash], path);
        const dataset = opened.getDataset('mast');
        const { name, tags, labels } = shown.datasets['mast']!;
        equal([dataset.name, dataset.tags, [...dataset.labels]], ['mast', { a: 1 }, ['x']], path);
        equal([name, tags, labels], ['mast', '{"a": 1}', ['x']], path);
        const folders = await opened.download({ paths: { mast: join(folder, `of-${path.length}`) } });
        equal((await openDataset(folders['mast'])).size, 2, path);
      }
      await close();
    }),
  long,
);
