/** The recorded behaviours, hashes and objects of manifests: each is done again, and comes out as recorded or as warts.md says. */
import { openDataset } from '../../src/data/dataset/open-dataset.ts';
import type { Manifest } from '../../src/data/manifest/manifest.ts';
import { deserialiseManifest, openManifest, type ManifestInput } from '../../src/data/manifest/open-manifest.ts';
import { sdkVersion } from '../../src/data/sdk-version.ts';
import { parseJson } from '../../src/data/json-read.ts';
import type { PyObject } from '../../src/data/value.ts';
import { fromBase64 } from '../../src/util/base64.ts';
import { equal, test } from '../harness.ts';
import { withSetting, type Setting } from '../unit/data/datafile/places.ts';
import { done, mended, rows, same } from './octue-behaviours.ts';
import cloud from './octue/cloud-metadata.json' with { type: 'json' };
import hashes from './octue/dataset-hashes.json' with { type: 'json' };
import serialised from './octue/serialised-datasets.json' with { type: 'json' };

const id = '00000000-0000-4000-8000-000000000001';
const made = ({ client }: Setting, input: ManifestInput = {}): Promise<Manifest> => openManifest(input, { client });
const baseOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/** Datasets of one file each in the cloud. */
async function inCloud(setting: Setting, base: string, ...names: string[]): Promise<Manifest> {
  const { store, cloud: at } = setting;
  const file: Record<string, string> = { one: 'a.txt', two: 'b.txt' };
  for (const name of names) await store.put(`${base}/${name}/${file[name]}`, 'x');
  return made(setting, { datasets: Object.fromEntries(names.map((name) => [name, `${at}/${base}/${name}`])) });
}

same('manifest-get-dataset-unknown', async (setting) => (await made(setting)).getDataset('x'));
same('manifest-download-all', async (setting) => {
  const manifest = await inCloud(setting, 'b57', 'one', 'two');
  const found = await manifest.download({ paths: { one: `${setting.folder}/b57/one` } });
  const names = async (path: string): Promise<string[]> =>
    ((await setting.disk.list(path)) ?? []).map(({ name }) => name).filter((name) => name !== '.octue');
  const { path } = manifest.getDataset('one');
  const recorded = path.replace(setting.cloud, 'gs://fixture-bucket');
  return [Object.keys(found), found['one'], await names(found['one']!), await names(found['two']!), baseOf(found['two']!), recorded];
});
same('manifest-download-some', async (setting) => {
  const paths = { one: `${setting.folder}/b58/one` };
  return (await inCloud(setting, 'b58', 'one', 'two')).download({ paths, downloadAll: false });
});
same('manifest-download-no-paths', async (setting) =>
  Object.keys(await (await inCloud(setting, 'b59', 'one')).download({ downloadAll: false })),
);
mended('manifest-download-local', { result: {} }, async (setting) => {
  await setting.putLocal('x/a', 'x');
  return (await made(setting, { datasets: { x: `${setting.folder}/x` } })).download();
});
same('manifest-update-dataset-paths', async (setting) => {
  await setting.putLocal('b62/x/a', 'x');
  const manifest = await made(setting, { datasets: { x: `${setting.folder}/b62/x` } });
  await manifest.updateDatasetPaths(({ path }) => `${path}-new`);
  const { path, name } = manifest.getDataset('x');
  return [path, name];
});
// The path is the key: one of this folder, so that the test run's own is left alone.
same('manifest-prepare', async (setting) => {
  const key = `${setting.folder}/k`;
  const { name, size } = (await (await made(setting)).prepare({ datasets: { [key]: {} } })).getDataset(key);
  return { k: [name, size] };
});
same('manifest-prepare-nonempty', async (setting) => (await inCloud(setting, 'b63', 'one')).prepare({ datasets: { k: {} } }));
mended('manifest-from-cloud-missing', { error: 'FileNotFoundError' }, ({ client, cloud: at }) =>
  openManifest(`${at}/nope.json`, { client }),
);
mended('manifest-from-cloud-no-id', { error: 'CloudError InvalidResponse' }, async ({ client, cloud: at, store }) => {
  await store.put('m.json', '{"datasets": {}}');
  return openManifest(`${at}/m.json`, { client });
});
same('manifest-from-cloud-extra-keys', async ({ client, cloud: at, store }) => {
  await store.put('m.json', JSON.stringify({ id, datasets: {}, keys: { a: 1 }, other: 1 }));
  return (await openManifest(`${at}/m.json`, { client })).id === id ? '<uuid>' : '';
});
mended('manifest-deserialise-extra-keys', { error: 'CloudError InvalidArgument' }, ({ client }) =>
  deserialiseManifest({ id, datasets: {}, keys: { a: 1 } }, { client }),
);
mended('manifest-dataset-dict-bogus', { error: 'CloudError InvalidArgument' }, (setting) =>
  made(setting, { datasets: { d: { path: setting.folder, bogus: 1 } } }),
);
same('manifest-str', async (setting) => {
  const [named, bare] = [await made(setting, { name: 'n' }), await made(setting, { id })];
  return [String(named), String(bare).replace(id, 'ID')];
});
mended('manifest-metadata', { result: [sdkVersion, ['id', 'sdk_version'], 'dk29dg=='] }, async (setting) => {
  const manifest = await made(setting);
  const metadata = manifest.metadata();
  return [metadata['sdk_version'], Object.keys(metadata), manifest.metadataHashValue()];
});

test('behaviours.json: every row of manifests is done', () => {
  equal(
    [...rows.keys()].filter((row) => row.startsWith('manifest-') && !done.has(row)),
    [],
  );
});

test('dataset-hashes.json: manifests of datasets on disk', () =>
  withSetting('mem', async (setting) => {
    const { disk, folder } = setting;
    const all = hashes.datasets as unknown as { name: string; files: Record<string, string> }[];
    for (const { name, files } of all.filter(({ name: one }) => ['one_file', 'nested'].includes(one)))
      for (const [file, base64] of Object.entries(files)) {
        const bytes = async function* (): AsyncGenerator<Uint8Array, void, undefined> {
          yield fromBase64(base64);
        };
        await disk.write(`${folder}/${name}/${file}`, bytes());
      }
    for (const { name, datasets, hash_value: want } of hashes.manifests) {
      const manifest = await made(setting, { datasets: Object.fromEntries(datasets.map((one) => [one, `${folder}/${one}`])) });
      equal(await manifest.hashValue(), want, name);
    }
  }));

test('cloud-metadata.json: a manifest goes up, comes back, and is signed as recorded', () =>
  withSetting('gcs-account', async (setting) => {
    const { client, cloud: at, store, cloudText } = setting;
    const { text, contentType, metadata, from_cloud: read, after_use_signed_urls: signed } = cloud.manifest;
    const recorded = (value: string): string => value.replaceAll(at, 'gs://fixture-bucket');
    const contents = { 'file_0.txt': '[1, 2, 3]', 'file_1.txt': '[4, 5, 6]', 'sub-directory/sub_file.txt': "['a', 'b', 'c']" };
    for (const [name, content] of Object.entries(contents)) await store.put(`datasets/my-dataset/${name}`, content);
    const datasets = { my_dataset: `${at}/datasets/my-dataset` };
    const manifest = await made(setting, { datasets, id: read.id, name: 'manifest-name' });
    await manifest.toCloud(`${at}/m.json`);
    equal(recorded((await cloudText('m.json'))!), text);
    const info = (await store.head('m.json'))!;
    equal([info.contentType?.split(';')[0], info.metadata, metadata], [contentType, {}, null]);
    const again = await openManifest(`${at}/m.json`, { client });
    equal([again.id, Object.keys(again.datasets), await again.hashValue()], [read.id, read.dataset_keys, read.hash_value]);
    // Wart: the name is dropped there.
    equal([again.name, read.name], ['manifest-name', null]);
    await again.useSignedUrlsForDatasets();
    const [form, want] = [again.serialise(), signed].map((one) =>
      one.replace(/http.*\/my-dataset\/([^/]+)\/.*"/, 'http…/my-dataset/$1/…"'),
    );
    equal(form, want);
    const before = again.serialise();
    await again.useSignedUrlsForDatasets();
    equal(again.serialise() === before, cloud.manifest.idempotent);
  }));

test('serialised/manifest-*.json: read, and written to the same bytes', () =>
  withSetting('gcs', async (setting) => {
    const { client, cloud: at, folder, store, putLocal } = setting;
    await putLocal('ser/ds/a.txt', 'x');
    await store.put('datasets/my-dataset/file_0.txt', 'x');
    let count = 0;
    for (const [name, one] of Object.entries(serialised)) {
      if (!name.startsWith('manifest-')) continue;
      count++;
      const text = one.replaceAll('gs://fixture-bucket', at).replaceAll('/data/fixture', folder);
      for (const form of [text, parseJson(text) as PyObject]) equal((await deserialiseManifest(form, { client })).serialise(), text, name);
      equal(Object.keys((await deserialiseManifest(text, { client })).toPrimitive()), ['id', 'name', 'datasets']);
    }
    equal(count, 5);
    // A dataset given by its object, in the cloud: its path is written, and what is stored there wins.
    const d = { path: `${at}/datasets/my-dataset`, id, name: 'given', labels: ['given'] };
    const manifest = await made(setting, { datasets: { d } });
    equal(manifest.toPrimitive()['datasets'], { d: `${at}/datasets/my-dataset` });
    equal((await openDataset(`${at}/datasets/my-dataset`, { client })).name, 'my-dataset');
    // Wart: there what is given is lost.
    equal([manifest.getDataset('d').name, [...manifest.getDataset('d').labels]], ['given', ['given']]);
  }));
