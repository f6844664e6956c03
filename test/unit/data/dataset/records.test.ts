/** What is stored of datasets: which word counts, what is kept, and what a record may not say. */
import { formatJson } from '../../../../src/data/json-write.ts';
import { pyFloat } from '../../../../src/data/py-float.ts';
import { deserialiseDataset } from '../../../../src/data/dataset/open-dataset.ts';
import { parseDateTime } from '../../../../src/data/date-time-parse.ts';
import { equal, ok, rejects } from '../../../harness.ts';
import { below, everywhere, locally, named, requestsOf, tree } from './rig.ts';

const id = '00000000-0000-4000-8000-000000000001';

everywhere('what is stored wins, one by one, unless it is ignored', async ({ openDs, putTree, putObjects, folder, cloud }) => {
  const given = { id, name: 'given', tags: { given: 1 }, labels: ['given'] };
  for (const record of [{ dataset: { labels: ['stored'], tags: { stored: 1 } } }, { dataset: { name: 'stored', labels: null } }]) {
    await putTree({ 'ds/.octue': JSON.stringify(record) });
    await putObjects({ 'ds/.octue': JSON.stringify(record) });
    for (const path of [`${folder}/ds`, `${cloud}/ds`]) {
      const dataset = await openDs(path, given);
      const { name = 'given', labels, tags = { given: 1 } } = record.dataset as { name?: string; labels: string[] | null; tags?: object };
      equal([dataset.id, dataset.name, [...dataset.labels], { ...dataset.tags }], [id, name, labels ?? [], { ...tags }], path);
      const ignoring = await openDs(path, { ...given, ignoreStoredMetadata: true });
      equal([ignoring.id, ignoring.name, [...ignoring.labels], { ...ignoring.tags }], [id, 'given', ['given'], { given: 1 }]);
    }
  }
});

everywhere('ignoring what is stored also holds for the files', async ({ openDs, putObjects, putTree, store, folder, cloud }) => {
  await store.put('a', 'x', { metadata: { octue__labels: '["l"]' } });
  await putTree({ a: 'x', '.octue': JSON.stringify({ datafiles: { a: { labels: ['l'] } } }) });
  await putObjects({ '.octue': 'not JSON' });
  for (const path of [cloud, folder]) {
    equal([...(await openDs(path)).files.one().labels], ['l']);
    equal([...(await openDs(path, { ignoreStoredMetadata: true })).files.one().labels], []);
  }
  equal(await (await openDs(cloud, { ignoreStoredMetadata: true })).hashValue(), await (await openDs(folder)).hashValue());
});

everywhere('saved and read again, typed values too', async ({ openDs, folder, cloud, octue, cloudOctue }) => {
  for (const path of [`${folder}/new/ds`, `${cloud}/new/ds`]) {
    const dataset = await openDs(path, { labels: ['b', 'a'], id });
    dataset.tags = { f: pyFloat(1), i: 1, s: new Set(['q']), d: parseDateTime('2020-01-02T03:04:05'), big: 2n ** 70n };
    await dataset.updateMetadata();
    const again = await openDs(path);
    equal([again.id, again.name, [...again.labels]], [id, 'ds', ['a', 'b']]);
    equal(formatJson(again.tags), formatJson(dataset.tags));
    equal(again.metadataHashValue(), dataset.metadataHashValue());
    const { dataset: record = {} } = path.startsWith(folder) ? await octue('new/ds') : await cloudOctue('new/ds');
    equal([Object.keys(record), record['labels'], record['path']], [['id', 'name', 'tags', 'labels', 'path'], ['a', 'b'], path]);
  }
});

everywhere('malformed records are warned of once, and the next save replaces them', async (rig) => {
  const { openDs, putTree, putObjects, folder, cloud, warnings } = rig;
  for (const text of ['{not JSON', '[]', 'null', '']) {
    await putTree({ 'ds/.octue': text, 'ds/a': 'x' });
    await putObjects({ 'ds/.octue': text, 'ds/a': 'x' });
    for (const path of [`${folder}/ds`, `${cloud}/ds`]) {
      warnings.length = 0;
      const dataset = await openDs(path, { labels: ['l'] });
      equal(
        [dataset.size, [...dataset.labels], warnings.length, warnings[0]?.code],
        [1, ['l'], 1, 'InvalidArgument'],
        `${text} at ${path}`,
      );
      ok(warnings[0]!.key?.endsWith('ds/.octue'), warnings[0]!.key);
      await dataset.updateMetadata();
      warnings.length = 0;
      equal([[...(await openDs(path)).labels], warnings.length], [['l'], 0]);
    }
  }
});

everywhere('values that are not valid are errors', async ({ openDs, putTree, putObjects, folder, cloud }) => {
  const text = JSON.stringify({ dataset: { labels: ['Not valid'] } });
  await putTree({ '.octue': text });
  await putObjects({ '.octue': text });
  for (const path of [folder, cloud]) {
    await rejects(openDs(path), named('InvalidLabelError'));
    equal((await openDs(path, { ignoreStoredMetadata: true })).labels.size, 0);
  }
});

everywhere('what others put into the records stays', async (rig) => {
  const { openDs, putTree, putObjects, folder, cloud, octue, cloudOctue } = rig;
  const text = JSON.stringify({ other: { x: 1 }, dataset: { name: 'n', extra: [1] }, datafiles: { gone: { id, foreign: true } } });
  await putTree({ '.octue': text });
  await putObjects({ 'ds/.octue': text });
  for (const path of [folder, `${cloud}/ds`]) await (await openDs(path)).edit((dataset) => dataset.labels.add('l'));
  const local = await octue();
  equal([local.datafiles, (local as Record<string, unknown>)['other']], [{ gone: { id, foreign: true } }, { x: 1 }]);
  const remote = await cloudOctue('ds');
  equal(
    [remote['other'], remote['datafiles'], remote.dataset!['labels'], remote.dataset!['extra']],
    [{ x: 1 }, { gone: { id, foreign: true } }, ['l'], [1]],
  );
});

everywhere('of two writers none is overwritten', async ({ openDs, folder, cloud }) => {
  for (const path of [`${folder}/ds`, `${cloud}/ds`]) {
    await (await openDs(path, { labels: ['first'] })).updateMetadata();
    const [a, b] = [await openDs(path), await openDs(path)];
    await a.edit((dataset) => dataset.labels.add('a'));
    b.labels.add('b');
    const error = await rejects<Error>(b.updateMetadata(), named('ConflictError'));
    ok(/nothing was overwritten/.test(error.message), error.message);
    equal([...(await openDs(path)).labels], ['a', 'first']);
    await rejects(b.updateMetadata(), named('ConflictError'));
    await a.edit((dataset) => dataset.labels.add('c'));
    equal([...(await openDs(path)).labels], ['a', 'c', 'first']);
  }
  // Two that find nothing.
  for (const path of [`${folder}/new`, `${cloud}/new`]) {
    const [a, b] = [await openDs(path, { id }), await openDs(path, { labels: ['b'] })];
    await a.updateMetadata();
    await rejects(b.updateMetadata(), named('ConflictError'));
    equal((await openDs(path)).id, id);
  }
});

everywhere('a change of what is not ours is no conflict', async ({ openDs, putObjects, cloud, cloudOctue }) => {
  const dataset = await openDs(`${cloud}/ds`, { id, name: 'n' });
  await dataset.updateMetadata();
  await putObjects({ 'ds/.octue': JSON.stringify({ ...(await cloudOctue('ds')), other: 1 }) });
  await dataset.edit((one) => one.labels.add('l'));
  const { other, dataset: record } = await cloudOctue('ds');
  equal([other, record!['labels']], [1, ['l']]);
});

everywhere('an incomplete record is not overwritten either', async ({ openDs, putObjects, putTree, cloud, folder }) => {
  for (const path of [`${cloud}/ds`, `${folder}/ds`]) {
    const put = (text: string): Promise<void> => (path.startsWith(folder) ? putTree : putObjects)({ 'ds/.octue': text });
    await put('{"dataset": {"name": "before"}}');
    const dataset = await openDs(path);
    await put('{"dataset": {"name": "after"}}');
    dataset.labels.add('l');
    await rejects(dataset.updateMetadata(), named('ConflictError'));
    equal((await openDs(path)).name, 'after');
  }
});

everywhere('edit stores at the end, and nothing on error', async ({ openDs, folder, cloud, octue, cloudOctue }) => {
  for (const path of [`${folder}/ds`, `${cloud}/ds`]) {
    const dataset = await openDs(path, { id });
    equal(await dataset.edit(async (one) => (one === dataset ? 'given back' : 'another')), 'given back');
    const stop = new Error('stop');
    const block = async (): Promise<void> => {
      dataset.labels.add('l');
      throw stop;
    };
    await rejects(dataset.edit(block), (error) => error === stop);
    equal([...(await openDs(path)).labels], []);
  }
  const records = [await octue('ds'), await cloudOctue('ds')].map(({ dataset }) => dataset!['id']);
  equal(records, [id, id]);
});

everywhere('where metadata go', async ({ openDs, folder, cloud, octue, cloudOctue }) => {
  const local = await openDs(`${folder}/made/here`);
  await rejects(local.updateCloudMetadata(), named('CloudLocationNotSpecifiedError'));
  await local.updateLocalMetadata();
  equal((await octue('made/here')).dataset!['name'], 'here');
  const remote = await openDs(`${cloud}/ds`);
  await rejects(remote.updateLocalMetadata(), named('LocalLocationNotSpecifiedError'));
  await remote.updateCloudMetadata();
  equal((await cloudOctue('ds')).dataset!['path'], `${cloud}/ds`);
});

everywhere('a record may name the files', async ({ openDs, putObjects, cloud, cloudOctue, kind, client }) => {
  await putObjects(Object.fromEntries(Object.entries(tree).map(([name, text]) => [`ds/${name}`, text])));
  await putObjects({ 'other/x.csv': 'x' });
  const files = ['ds/a.csv', 'ds/sub/a.csv', 'other/x.csv', 'ds/gone'].map((name) => `${cloud}/${name}`);
  await putObjects({ 'ds/.octue': JSON.stringify({ dataset: { name: 'n', files } }) });
  const dataset = await openDs(`${cloud}/ds`);
  equal([dataset.name, below(dataset)], ['n', ['a.csv', 'sub/a.csv', `${cloud}/other/x.csv`, 'gone']]);
  equal(
    [...dataset].map(({ sizeBytes }) => sizeBytes),
    [3, 5, 1, null],
  );
  equal(below(await openDs(`${cloud}/ds`, { include: 'a.*' })), ['a.csv', 'sub/a.csv']);
  equal((await openDs(`${cloud}/ds`, { ignoreStoredMetadata: true })).size, 4);
  if (kind !== 'mem') {
    const cost = (await requestsOf({ client } as never, () => openDs(`${cloud}/ds`, { include: '/a.csv' }))) - 3;
    equal(cost, kind === 's3' ? 1 : 0, 'of the named ones only the chosen one is asked; the listing came for nothing');
  }
  await dataset.edit((one) => one.labels.add('l'));
  equal((await cloudOctue('ds')).dataset!['files'], [...files].sort());
  // those that were not chosen stay members
  for (const chosen of [{ include: '/a.csv' }, { exclude: '*.csv' }, { files: [`${cloud}/other/x.csv`] }]) {
    await (await openDs(`${cloud}/ds`, chosen)).edit((one) => one.labels.add(`l-${Object.keys(chosen).join('')}`));
    equal((await cloudOctue('ds')).dataset!['files'], [...files].sort(), JSON.stringify(chosen));
  }
});

everywhere(
  'a record in the cloud names no files of this machine',
  async ({ openDs, putObjects, putTree, cloud, folder, kind, log, clearLog }) => {
    await putTree({ secret: 'x' });
    const evil = [`${folder}/secret`, 'secret', `file://${folder}/secret`, 's3://https://evil.example/bucket/x', 'ftp://x/y'];
    for (const path of [...evil, ...(kind === 'mem' ? [] : ['mem://bucket/x'])]) {
      await putObjects({ 'ds/.octue': JSON.stringify({ dataset: { files: [`${cloud}/ds/a`, path] } }), 'ds/a': 'x' });
      await clearLog?.();
      await rejects(openDs(`${cloud}/ds`), path.startsWith('ftp') ? 'UnsupportedProtocol' : 'PermissionDenied');
      const asked = (await log?.())?.requests.filter(({ method }) => method === 'HEAD').length ?? 0;
      ok(asked <= (kind === 's3' ? 1 : 0), 'nothing of it was opened');
    }
    const text = JSON.stringify({ dataset: { files: [`${folder}/secret`] } });
    await putObjects({ 'ds/.octue': text });
    equal((await openDs(`${cloud}/ds`, { trusted: true })).files.one().path, `${folder}/secret`);
  },
);

everywhere('hashes: of the contents, whatever they are called', async ({ openDs, putTree, putObjects, folder, cloud }) => {
  await putTree({ 'one/a.txt': 'hello', 'one/b.txt': 'world', 'two/zz.txt': 'hello', 'two/aa/bb.txt': 'world' });
  await putObjects({ 'one/a.txt': 'hello', 'one/b.txt': 'world', 'one/.octue': '{}' });
  const paths = [`${folder}/one`, `${folder}/two`, `${cloud}/one`];
  for (const path of paths) {
    const dataset = await openDs(path);
    equal(await dataset.hashValue(), 'ewb3XA==', path);
    const before = dataset.metadataHashValue();
    dataset.labels.add('l');
    ok(dataset.metadataHashValue() !== before);
    equal(await dataset.hashValue(), 'ewb3XA==');
  }
  equal(await (await openDs(paths[0]!, { hash: 'mine' })).hashValue(), 'mine');
  await rejects((await openDs(paths[2]!)).hashValue({ signal: AbortSignal.abort() }), named('AbortError'));
  const { metadataHashValue: _, ...same } = await openDs(paths[0]!, { name: 'n', tags: { a: 1 }, labels: ['l'] });
  ok(same);
});

locally('serialised and read again', async ({ openDs, putTree, folder, client }) => {
  await putTree(tree);
  const dataset = await openDs(folder, { tags: { f: pyFloat(1) }, labels: ['l'], name: 'n', id });
  const text = dataset.serialise();
  ok(text.includes('"f": 1.0'), text);
  for (const form of [text, dataset.toPrimitive(), dataset.toPrimitive({ includeFiles: false }), JSON.stringify(dataset)]) {
    const again = await deserialiseDataset(form, { client });
    equal([again.id, again.name, again.size, [...again.labels]], [id, 'n', 4, ['l']]);
  }
  equal((await deserialiseDataset({ path: folder, recursive: false }, { client })).size, 2);
  const bad: unknown[] = ['[]', 'not JSON', { bogus: 1 }, { path: 5 }, { path: {} }, { path: { files: [] } }, { path: folder, files: 'a' }];
  for (const one of bad) await rejects(deserialiseDataset(one as never, { client }), 'InvalidArgument');
});
