/** Opening datasets: which files they have, where from, and what is warned of. */
import { deserialiseDataset, openDataset } from '../../../../src/data/dataset/open-dataset.ts';
import { equal, ok, rejects } from '../../../harness.ts';
import { allKinds, below, everywhere, locally, named, tree } from './rig.ts';

const sorted = Object.keys(tree).sort();

locally('a folder, with folders below or not', async ({ openDs, putTree, folder }) => {
  await putTree({ ...tree, '.octue': '{}', 'sub/.octue': '{}', 'sub/x.octue': '', '.hidden': '' });
  const dataset = await openDs(folder);
  equal(below(dataset), ['.hidden', ...sorted.slice(0, 3), 'sub/deep/c.csv', 'sub/x.octue']);
  equal([dataset.existsLocally, dataset.existsInCloud, dataset.allFilesAreInCloud], [true, false, false]);
  equal([dataset.bucketName, dataset.pathInBucket, dataset.cloudProtocol], [null, null, null]);
  equal([dataset.path, dataset.metadataPath, dataset.size, dataset.totalBytes], [folder, `${folder}/.octue`, 6, 15]);
  equal(below(await openDs(folder, { recursive: false })), ['.hidden', 'a.csv', 'b.txt']);
  const all = below(await openDs(folder, { includeOctueMetadataFiles: true }));
  equal([all.includes('.octue'), all.includes('sub/.octue'), all.length], [true, true, 8]);
});

everywhere(
  'a prefix, with prefixes below or not',
  async ({ openDs, putObjects, cloud, store, kind }) => {
    await putObjects({ 'ds/a.csv': 'one', 'ds/b.txt': 'two', 'ds/sub/a.csv': 'three', 'ds/sub/deep/c.csv': 'four', 'ds/sub/x.octue': '' });
    await putObjects({ 'ds/sub/.octue': '{}', 'ds/.signed_metadata_files/x-y': '{}', 'ds2/other': 'x' });
    await store.put('ds/a.csv', 'one', { metadata: { octue__labels: '["l"]', octue__tags: '{"n": 1}' } });
    if (kind !== 'versitygw') await putObjects({ 'ds/folder/': '' });
    const dataset = await openDs(`${cloud}/ds`);
    equal(below(dataset).sort(), [...sorted, 'sub/x.octue']);
    equal([dataset.existsLocally, dataset.existsInCloud, dataset.allFilesAreInCloud], [false, true, true]);
    const [, bucket, key] = /^\w+:\/\/([^/]+)\/(.*)$/.exec(`${cloud}/ds`)!;
    equal([dataset.bucketName, dataset.pathInBucket, dataset.cloudProtocol], [bucket, key, cloud.split(':')[0]]);
    equal([dataset.name, dataset.metadataPath, dataset.totalBytes], ['ds', `${cloud}/ds/.octue`, 15]);
    const a = dataset.getFileByLabel('l');
    equal([a.cloudPath, a.sizeBytes, JSON.stringify(a.tags), a.existsLocally], [`${cloud}/ds/a.csv`, 3, '{"n":1}', false]);
    equal(below(await openDs(`${cloud}/ds/`, { recursive: false }), `${cloud}/ds`).sort(), ['a.csv', 'b.txt']);
    const all = below(await openDs(`${cloud}/ds`, { includeOctueMetadataFiles: true }));
    ok(all.includes('sub/.octue') && !all.some((path) => path.includes('.signed')), all.join(' '));
    ok(
      [...dataset].every((datafile) => datafile.lastModified instanceof Date),
      'all are dated',
    );
  },
  allKinds,
);

everywhere('a whole bucket', async ({ client, cloud, putObjects, openDs }) => {
  await putObjects({ 'a.txt': 'x', 'sub/b.txt': 'y' });
  const bucket = cloud.replace(/\/dir$/, '');
  for (const path of [bucket, `${bucket}/`]) {
    const dataset = await openDs(path);
    equal(below(dataset, bucket), ['dir/a.txt', 'dir/sub/b.txt']);
    equal([dataset.name, dataset.pathInBucket], [bucket.replace(/^\w+:\/\//, ''), '']);
  }
  const dataset = await openDs(bucket);
  await dataset.edit((one) => one.labels.add('whole'));
  equal([...(await openDataset(bucket, { client })).labels], ['whole']);
  ok((await client.store(bucket).get('.octue')) !== null, 'the record is at the top');
});

everywhere('empty, and missing', async ({ openDs, cloud, folder, warnings, kind, client }) => {
  const dataset = await openDs(`${cloud}/nothing`);
  equal([dataset.size, dataset.allFilesAreInCloud, dataset.totalBytes, await dataset.hashValue()], [0, true, 0, 'dk29dg==']);
  equal([...dataset], []);
  equal(warnings, []);
  const missing = await openDs(`${folder}/nothing/here`);
  equal([missing.size, missing.name, missing.allFilesAreInCloud], [0, 'here', true]);
  equal(
    warnings.map(({ code, key }) => [code, key]),
    [['NotFound', `${folder}/nothing/here`]],
  );
  if (kind !== 'mem') await rejects(openDs(`${cloud.split(':')[0]}://no-such-bucket-zz/x`), 'NotFound');
  await rejects(openDs('ftp://x/y'), 'UnsupportedProtocol');
  await rejects(openDataset(`${cloud}/x`, { client, include: '[' }), 'InvalidArgument');
});

everywhere('names: given, stored, or those of the folder', async ({ openDs, cloud, folder, putTree }) => {
  await putTree({ 'ds/a': 'x' });
  for (const path of [`${cloud}/x/ds`, `${cloud}/x/ds/`, `${folder}/ds`, `${folder}/ds/`, `${folder}/ds/.`, `${folder}/ds/sub/..`]) {
    const dataset = await openDs(path);
    equal([dataset.name, String(dataset)], ['ds', "<Dataset('ds')>"], path);
    dataset.name = 'other';
    equal(dataset.name, 'other');
  }
  const dataset = await openDs(`${cloud}/x/ds`, { name: 'given' });
  equal(dataset.name, 'given');
  await dataset.updateMetadata();
  equal((await openDs(`${cloud}/x/ds`, { name: 'lost' })).name, 'given');
  equal((await openDs(`${cloud}/x/ds`, { name: 'mine', ignoreStoredMetadata: true })).name, 'mine');
});

everywhere('patterns choose', async ({ openDs, putTree, putObjects, folder, cloud }) => {
  await putTree(tree);
  await putObjects(tree);
  for (const path of [folder, cloud]) {
    equal(below(await openDs(path, { include: '*.csv' })), ['a.csv', 'sub/a.csv', 'sub/deep/c.csv']);
    equal(below(await openDs(path, { include: ['sub/*', '/b.*'] })), ['b.txt', 'sub/a.csv']);
    equal(below(await openDs(path, { exclude: ['sub/**'] })), ['a.csv', 'b.txt']);
    equal(below(await openDs(path, { include: '**/*.csv', exclude: 'a.*', recursive: true })), ['sub/deep/c.csv']);
    equal(below(await openDs(path, { include: 'sub/**', recursive: false })), []);
  }
});

everywhere('files: datafiles, paths and serialised ones', async (rig) => {
  const { openDs, open, putTree, putObjects, folder, cloud, client } = rig;
  await putTree(tree);
  await putObjects(tree);
  const given = await open(`${folder}/a.csv`, { labels: ['given'] });
  const other = await open(`${cloud}/a.csv`);
  const dataset = await openDs(folder, { files: [given, `${folder}/b.txt`, other.toPrimitive()], name: 'n' });
  equal([dataset.size, dataset.has(given), dataset.name], [3, true, 'n']);
  equal(
    [...dataset].map((one) => one.existsInCloud),
    [false, false, true],
  );
  equal(dataset.toPrimitive()['files'], [`${folder}/a.csv`, `${folder}/b.txt`, `${cloud}/a.csv`].sort());
  const copy = await deserialiseDataset(dataset.serialise(), { client });
  equal([copy.name, copy.size, copy.path], ['n', 3, folder]);
  equal((await openDs(folder, { files: [] })).size, 4, 'an empty list is none');
  equal((await openDs(folder, { files: new Set([given]) })).size, 1);
  const twice = await openDs(folder, { files: [given, `${folder}/a.csv`, `${folder}/./a.csv`, `${folder}/b.txt`] });
  equal([twice.size, twice.has(given)], [2, true], 'a path is one member, the first that was named');
  for (const files of [{ a: 1 }, 'abc', 5, new Map([['a', 1]])])
    await rejects(openDs(folder, { files: files as never }), 'InvalidArgument');
  await rejects(openDs(folder, { files: [5 as never] }), 'InvalidArgument');
  const stored = await openDs(folder, { labels: ['stored'] });
  await stored.updateMetadata();
  equal([...(await openDs(folder, { files: [given] })).labels], ['stored'], 'the record is read all the same');
  equal([...(await openDs(folder, { files: [given], ignoreStoredMetadata: true })).labels], []);
});

locally('the current folder is the default', async ({ client }) => {
  const wanted = { client, include: 'no such file at all', recursive: false };
  const [a, b, c] = [await openDataset(wanted), await openDataset('', wanted), await openDataset('.', wanted)];
  equal([a.path, a.name === b.name, b.name === c.name, a.size], ['.', true, true, 0]);
});

everywhere('arguments are checked', async ({ openDs, cloud }) => {
  await rejects(openDs(cloud, { id: 'abc' }), 'InvalidArgument');
  await rejects(openDs(cloud, { labels: ['Not valid'] }), named('InvalidLabelError'));
  await rejects(openDs(cloud, { tags: { 'Not valid': 1 } }), named('InvalidTagError'));
  const dataset = await openDs(cloud, { labels: 'a b', tags: { x: 1 }, id: '00000000-0000-4000-8000-000000000001' });
  await rejects(() => dataset.labels.add('Not valid'), named('InvalidLabelError'));
  await rejects(() => void (dataset.labels = ['Not valid']), named('InvalidLabelError'));
  await rejects(() => void (dataset.tags = { _: 1 }), named('InvalidTagError'));
  equal([[...dataset.labels], dataset.tags['x'], dataset.id], [['a', 'b'], 1, '00000000-0000-4000-8000-000000000001']);
});

everywhere('an abort ends it', async ({ openDs, putObjects, putTree, cloud, folder }) => {
  await putObjects(tree);
  await putTree(tree);
  for (const path of [cloud, folder]) {
    await rejects(openDs(path, { signal: AbortSignal.abort() }), named('AbortError'));
    const controller = new AbortController();
    const opening = openDs(path, { signal: controller.signal });
    controller.abort();
    await rejects(opening, named('AbortError'));
  }
});
