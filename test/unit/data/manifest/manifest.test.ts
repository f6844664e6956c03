/** Manifests: made, written, read again. */
import { pyFloat } from '../../../../src/data/py-float.ts';
import { deserialiseManifest, openManifest } from '../../../../src/data/manifest/open-manifest.ts';
import type { PyObject } from '../../../../src/data/value.ts';
import { equal, ok, rejects, test } from '../../../harness.ts';
import { withScenario } from '../../../servers/fixture/client.ts';
import { allKinds, everywhere, locally, named, tree, withRig } from '../dataset/rig.ts';

const id = '00000000-0000-4000-8000-000000000001';

everywhere('manifest: of datasets, paths and serialised datasets, in their order', async (rig) => {
  const { openDs, putTree, putObjects, folder, cloud, client } = rig;
  await putTree({ 'one/a.txt': 'hello', 'full/a.txt': 'x', 'full/b.txt': 'y' });
  await putObjects({ 'nested/a.txt': '1', 'nested/sub/b.txt': '2', 'nested/sub/deeper/c.txt': '3' });
  const one = await openDs(`${folder}/one`, { name: 'shared' });
  const full = { path: `${folder}/full`, files: [`${folder}/full/a.txt`], id, name: 'n', tags: { f: pyFloat(1) }, labels: ['l'] };
  const cloudy = { path: `${cloud}/nested`, name: 'default', labels: ['l'] };
  const manifest = await openManifest({ datasets: { z: one, nested: `${cloud}/nested`, full, a: cloudy }, id, name: 'm' }, { client });
  equal([Object.keys(manifest.datasets), manifest.id, manifest.name], [['z', 'nested', 'full', 'a'], id, 'm']);
  equal(manifest.getDataset('z') === one, true, 'datasets are shared');
  equal([manifest.getDataset('full').size, manifest.getDataset('full').id, manifest.getDataset('nested').size], [1, id, 3]);
  const { a } = manifest.datasets;
  equal([a!.name, [...a!.labels], a!.size], ['default', ['l'], 3], 'what is not stored is as it is given');
  const want = { id, name: 'm', datasets: { z: `${folder}/one`, nested: `${cloud}/nested`, full: { ...full }, a: `${cloud}/nested` } };
  equal(JSON.parse(JSON.stringify(manifest)), JSON.parse(JSON.stringify(want)));
  ok(manifest.serialise().includes('"f": 1.0'), 'without loss');
  ok(manifest.serialise().startsWith('{\n    "datasets": {\n        "a": '), 'sorted, four blanks a level');
  const again = await deserialiseManifest(manifest.serialise(), { client });
  equal([again.id, again.name, again.serialise()], [id, 'm', manifest.serialise()]);
  equal(await again.hashValue(), await manifest.hashValue());
  equal((await deserialiseManifest(manifest.toPrimitive(), { client })).serialise(), manifest.serialise());
});

locally('manifest: hashes', async ({ putTree, folder, client }) => {
  await putTree({ 'one_file/a.txt': 'hello', 'nested/a.txt': '1', 'nested/sub/b.txt': '2', 'nested/sub/deeper/c.txt': '3' });
  const at = (...names: string[]): Promise<string> =>
    openManifest({ datasets: Object.fromEntries(names.map((name) => [name, `${folder}/${name}`])) }, { client }).then((m) => m.hashValue());
  equal([await at(), await at('one_file')], ['dk29dg==', 'unHyqw==']);
  equal([await at('one_file', 'nested'), await at('nested', 'one_file')], ['Lk35rg==', 'Lk35rg==']);
  const manifest = await openManifest({}, { client });
  equal(
    [manifest.metadataHashValue(), Object.keys(manifest.metadata()), manifest.metadata()['id']],
    ['dk29dg==', ['id', 'sdk_version'], manifest.id],
  );
  await rejects(
    manifest.hashValue({ signal: AbortSignal.abort() }).then(() => Promise.reject(new Error('empty'))),
    () => true,
  );
});

locally('manifest: names, texts and what is not there', async ({ client, folder, putTree, warnings }) => {
  const manifest = await openManifest({ name: 'n', datasets: {} }, { client });
  equal([String(manifest), manifest.allDatasetsAreInCloud, Object.keys(manifest.datasets)], ["<Manifest('n')>", true, []]);
  manifest.name = null;
  equal([String(manifest), manifest.name], [`<Manifest(${manifest.id})>`, null]);
  await putTree({ 'a/x': 'x' });
  const other = await openManifest({ datasets: { a: `${folder}/a`, b: `${folder}/b` } }, { client });
  equal([warnings.length, other.getDataset('b').size, other.allDatasetsAreInCloud], [1, 0, false]);
  for (const name of ['c', 'toString', '__proto__', 'constructor']) {
    const error = await rejects<Error>(() => other.getDataset(name), 'InvalidArgument');
    ok(/a, b/.test(error.message), error.message);
  }
  await rejects(
    () => manifest.getDataset('x'),
    (error: Error) => /none/.test(error.message),
  );
  await rejects(openManifest({ id: 'abc' }, { client }), 'InvalidArgument');
});

locally('manifest: odd names of datasets', async ({ client, folder, putTree }) => {
  await putTree({ 'a/x': 'x' });
  const text = `{"id": "${id}", "datasets": {"__proto__": "${folder}/a", "10": "${folder}/a", "9": "${folder}/a", "": "${folder}/a"}}`;
  const manifest = await deserialiseManifest(text, { client });
  equal(manifest.getDataset('__proto__').size, 1);
  equal([manifest.getDataset('').size, manifest.getDataset('9').size], [1, 1]);
  equal(({} as Record<string, unknown>)['size'], undefined, 'no prototype was changed');
  equal((await deserialiseManifest(manifest.serialise(), { client })).getDataset('__proto__').name, 'a');
});

everywhere(
  'manifest: to the cloud and from there',
  async ({ client, cloud, folder, putTree, putObjects, store }) => {
    await putTree(tree);
    await putObjects({ 'ds/a': 'x' });
    const manifest = await openManifest({ name: 'kept', datasets: { d: `${cloud}/ds` } }, { client });
    equal(await manifest.toCloud(`${cloud}/manifests/m.json`), `${cloud}/manifests/m.json`);
    const object = (await store.get('manifests/m.json'))!;
    equal([object.contentType?.split(';')[0], await object.text()], ['text/plain', manifest.serialise()]);
    const again = await openManifest(`${cloud}/manifests/m.json`, { client });
    equal([again.id, again.name, again.getDataset('d').size, again.allDatasetsAreInCloud], [manifest.id, 'kept', 1, true]);
    equal(await again.hashValue(), await manifest.hashValue());
    await rejects(manifest.toCloud(`${folder}/m.json`), 'InvalidArgument');
    await rejects(openManifest(`${cloud}/none.json`, { client }), named('FileNotFoundError'));
  },
  allKinds,
);

everywhere('manifest: what is none', async ({ client, cloud, putObjects, folder, putTree, kind }) => {
  const bad = ['', 'no JSON', '[]', 'null', '"x"', '{}', '{"datasets": {}}', `{"id": 5}`, `{"id": "${id}", "datasets": []}`];
  for (const text of bad) {
    await putObjects({ 'm.json': text });
    await putTree({ 'm.json': text });
    for (const path of [`${cloud}/m.json`, `${folder}/m.json`]) await rejects(openManifest(path, { client }), 'InvalidResponse');
  }
  for (const one of [`5`, `null`, `[]`, `{"path": 5}`, `{"path": {}}`, `{"path": "${cloud}/a", "bogus": 1}`]) {
    await putObjects({ 'm.json': `{"id": "${id}", "datasets": {"a": ${one}}}` });
    await rejects(openManifest(`${cloud}/m.json`, { client, trusted: true }), 'InvalidArgument');
  }
  await rejects(openManifest(`${folder}/none.json`, { client }), named('FileNotFoundError'));
  if (kind !== 'mem') await rejects(openManifest(`${cloud.split(':')[0]}://no-such-bucket-zz/m.json`, { client }), 'NotFound');
});

everywhere('manifest: keys that are not known', async ({ client, cloud, putObjects, folder }) => {
  await putObjects({ 'm.json': JSON.stringify({ id, keys: { d: 0 }, datasets: {} }) });
  const manifest = await openManifest(`${cloud}/m.json`, { client });
  equal([manifest.id, manifest.name], [id, null], 'as manifests of old have them');
  for (const one of [{ id, datasets: {}, keys: { d: 0 } }, { id, bogus: 1 }, '[]', '5'])
    await rejects(deserialiseManifest(one as PyObject, { client }), 'InvalidArgument');
  for (const one of [{ bogus: 1 }, { ignore_stored_metadata: true }])
    await rejects(openManifest({ datasets: { d: { path: folder, ...one } } }, { client }), 'InvalidArgument');
  await rejects(deserialiseManifest('not JSON', { client }), 'InvalidArgument');
});

everywhere('manifest: typed tags in an embedded dataset', async ({ client, cloud, putObjects }) => {
  const tags = '{"s": {"_type": "set", "items": ["q"]}, "f": 1.0}';
  const d = `{"path": "${cloud}/ds", "files": ["${cloud}/ds/a"], "name": "n", "tags": ${tags}, "labels": ["l"]}`;
  await putObjects({ 'm.json': `{"id": "${id}", "datasets": {"d": ${d}}}`, 'ds/a': 'x', 'ds/b': 'y' });
  const manifest = await openManifest(`${cloud}/m.json`, { client });
  const dataset = manifest.getDataset('d');
  equal([dataset.tags['s'], dataset.size, dataset.name, [...dataset.labels]], [new Set(['q']), 1, 'n', ['l']]);
  ok(manifest.serialise().includes('"f": 1.0'), 'it stays a float');
});

everywhere('manifest: stored metadata can be ignored, and an abort ends it', async ({ client, cloud, putObjects, store }) => {
  await store.put('ds/a', 'x', { metadata: { octue__labels: '["l"]' } });
  await putObjects({ 'ds/.octue': '{"dataset": {"name": "stored"}}', 'm.json': `{"id": "${id}", "datasets": {"d": "${cloud}/ds"}}` });
  const { d } = (await openManifest(`${cloud}/m.json`, { client })).datasets;
  equal([d!.name, d!.files.one().labels.size], ['stored', 1]);
  const { d: ignoring } = (await openManifest(`${cloud}/m.json`, { client, ignoreStoredMetadata: true })).datasets;
  equal([ignoring!.name, ignoring!.files.one().labels.size], ['ds', 0]);
  await rejects(openManifest(`${cloud}/m.json`, { client, signal: AbortSignal.abort() }), named('AbortError'));
});

locally('manifest: prepared by a specification', async ({ client, folder, putTree }) => {
  await putTree({ 'k/a': 'x' });
  const manifest = await openManifest({}, { client });
  const key = `${folder}/k`;
  equal((await manifest.prepare({ datasets: { [key]: { purpose: 'x' } } })) === manifest, true);
  equal([manifest.getDataset(key).name, manifest.getDataset(key).size], ['k', 1]);
  await rejects(manifest.prepare({ datasets: {} }), 'InvalidArgument');
});

test('manifest: from the web', () =>
  withScenario('http', { files: { '/m.json': { text: `{"id": "${id}", "name": "n", "datasets": {}}` } } }, ({ endpoint }) =>
    withRig('mem', async ({ client }) => {
      equal((await openManifest(`${endpoint}/m.json?x=1`, { client })).name, 'n');
      await rejects(openManifest(`${endpoint}/none.json`, { client }), named('FileNotFoundError'));
    }),
  ));
