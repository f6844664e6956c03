/** Manifests: bringing datasets here, other paths, signed URLs. */
import { openManifest } from '../../../../src/data/manifest/open-manifest.ts';
import { Client } from '../../../../src/index.ts';
import { equal, ok, rejects } from '../../../harness.ts';
import { textOf } from '../datafile/places.ts';
import { everywhere, locally, named } from '../dataset/rig.ts';

everywhere('manifest: downloads where it is told to, and what is left elsewhere', async (rig) => {
  const { client, putObjects, putTree, cloud, folder, localTree, disk } = rig;
  await putObjects({ 'one/a.txt': 'a', 'two/sub/b.txt': 'b' });
  await putTree({ 'here/c.txt': 'c' });
  const datasets = { one: `${cloud}/one`, two: `${cloud}/two`, here: `${folder}/here` };
  const open = (): ReturnType<typeof openManifest> => openManifest({ datasets }, { client });
  const manifest = await open();
  const paths = { one: `${folder}/to/one` };
  const all = await manifest.download({ paths });
  equal([Object.keys(all), all['one'], paths], [['one', 'two'], `${folder}/to/one`, { one: `${folder}/to/one` }]);
  equal(await localTree('to'), { 'one/a.txt': 'a' });
  ok(!all['two']!.startsWith(folder) && all['two']!.endsWith('/two'), all['two']);
  equal(await textOf(disk, `${all['two']}/sub/b.txt`), 'b');
  equal([manifest.getDataset('one').path, manifest.getDataset('here').path], [`${cloud}/one`, `${folder}/here`]);
  equal(await (await open()).download({ paths, downloadAll: false }), paths);
  equal(await (await open()).download({ paths: {}, downloadAll: false }), {});
  equal(Object.keys(await (await open()).download({ downloadAll: false })), ['one', 'two'], 'without paths it is all of them');
  equal(Object.keys(await (await open()).download()), ['one', 'two']);
  await rejects((await open()).download({ paths: { none: `${folder}/x` } }), 'InvalidArgument');
  await rejects((await open()).download({ paths: { one: 'mem://b/c' } }), 'InvalidArgument');
  const told: string[] = [];
  await (await open()).download({ paths: { one: `${folder}/x`, two: `${folder}/y` }, progress: ({ path }) => void told.push(path) });
  equal(told, ['a.txt', 'sub/b.txt']);
  await rejects((await open()).download({ signal: AbortSignal.abort() }), named('AbortError'));
});

locally('manifest: names of datasets do not lead out of the folder', async ({ client, putObjects, cloud, disk }) => {
  await putObjects({ 'ds/a.txt': 'a' });
  const names = [
    '..',
    '.',
    '',
    'a/b',
    '../../x',
    'a',
    'A b',
    '/etc',
    '\\x',
    'c:x',
    '.octue',
    '.anyfile-x',
    'é',
    '%2e',
    'con.',
    '__proto__',
    'x'.repeat(300),
  ];
  const datasets = new Map(names.map((name) => [name, `${cloud}/ds`]));
  const manifest = await openManifest({ datasets: datasets as never }, { client });
  const found = await manifest.download();
  const folders = names.map((name) => Object.getOwnPropertyDescriptor(found, name)?.value as string);
  equal(new Set(folders).size, names.length, 'each has a folder of its own');
  const parent = folders[5]!.replace(/\/a$/, '');
  for (const [i, path] of folders.entries()) {
    ok(path.startsWith(`${parent}/`) && !path.slice(parent.length + 1).includes('/') && !/\/\.*$/.test(path), `${names[i]}: ${path}`);
    equal(await textOf(disk, `${path}/a.txt`), 'a', names[i]);
  }
  equal([folders[5], folders[6]], [`${parent}/a`, `${parent}/A b`]);
});

everywhere('manifest: other paths of datasets', async ({ client, putObjects, putTree, cloud, folder, keys, localTree }) => {
  await putObjects({ 'ds/a.txt': 'a', 'ds/one/x.txt': '1', 'ds/two/x.txt': '2', 'new/.octue': '{"dataset": {"name": "there"}}' });
  await putTree({ 'l/a.txt': 'a' });
  const manifest = await openManifest({ datasets: { d: `${cloud}/ds`, l: `${folder}/l` } }, { client });
  const seen: string[] = [];
  await manifest.updateDatasetPaths(async ({ path }) => {
    seen.push(path);
    await Promise.resolve();
    return path === `${cloud}/ds` ? `${cloud}/new` : path;
  });
  equal(seen, [`${cloud}/ds`, `${folder}/l`]);
  const d = manifest.getDataset('d');
  equal([d.path, d.name, d.size, d.pathInBucket?.endsWith('/new') ?? false], [`${cloud}/new`, 'new', 3, true]);
  equal([...d].map(({ cloudPath }) => cloudPath).sort()[0], `${cloud}/ds/a.txt`, 'the files stay');
  equal(manifest.toPrimitive()['datasets'], { d: `${cloud}/new`, l: `${folder}/l` });
  await d.download(`${folder}/to`);
  equal(await localTree('to'), { 'a.txt': 'a', 'one/x.txt': '1', 'two/x.txt': '2' });
  // Nobody looked at the record there, so it is replaced.
  await d.updateMetadata();
  await d.upload();
  equal(await keys('new/'), ['new/.octue', 'new/a.txt', 'new/one/x.txt', 'new/two/x.txt']);
  await manifest.updateDatasetPaths(({ path }) => path.replace(folder, `${folder}/.`));
  const l = manifest.getDataset('l');
  equal([l.path, l.size, l.metadataPath], [`${folder}/./l`, 1, `${folder}/l/.octue`], 'the same place in other words');
  const stop = new Error('stop');
  await rejects(
    manifest.updateDatasetPaths(() => Promise.reject(stop)),
    (error) => error === stop,
  );
});

everywhere(
  'manifest: signed URLs, once',
  async ({ client, putObjects, putTree, cloud, folder, keys, localTree }) => {
    await putObjects({ 'ds/a.txt': 'a', 'ds/one/x.txt': '1', 'ds/two/x.txt': '2' });
    await putTree({ 'l/a.txt': 'a' });
    const manifest = await openManifest({ datasets: { d: `${cloud}/ds`, l: `${folder}/l` } }, { client });
    await manifest.useSignedUrlsForDatasets({ expiresInMs: 60_000 });
    const text = manifest.serialise();
    const { path } = manifest.getDataset('d');
    ok(/^https?:\/\/.*\/ds\/\.signed_metadata_files\/[^/]+\?./.test(path), 'a signed URL');
    equal([manifest.getDataset('l').path, manifest.getDataset('d').name], [`${folder}/l`, 'ds']);
    await manifest.useSignedUrlsForDatasets();
    equal([manifest.serialise(), (await keys('ds/.signed')).length], [text, 1], 'another call changes nothing');
    await manifest.download({ paths: { d: `${folder}/mine` } });
    const layout = { 'a.txt': 'a', 'one/x.txt': '1', 'two/x.txt': '2' };
    equal(await localTree('mine'), layout, 'the files are where they were');
    await manifest.updateDatasetPaths((dataset) => (dataset.existsInCloud ? dataset.path : `${cloud}/l`));
    await manifest.toCloud(`${cloud}/m.json`);
    const shared = new Client({ credentials: 'anonymous' });
    try {
      const given = await openManifest({ datasets: { d: path } }, { client: shared });
      await given.download({ paths: { d: `${folder}/theirs` } });
      equal(await localTree('theirs'), layout);
    } finally {
      await shared.close();
    }
  },
  ['s3', 'gcs-account'],
);
