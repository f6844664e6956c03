/** Uploading datasets: whole, again, in part, and what is refused before anything is sent. */
import type { ProgressEvent } from '../../../../src/store/options.ts';
import { equal, ok, rejects, test } from '../../../harness.ts';
import { withScenario } from '../../../servers/fixture/client.ts';
import { isPage } from '../datafile/places.ts';
import { allKinds, below, everywhere, locally, named, ownKinds, tree, withRig } from './rig.ts';

const sorted = Object.keys(tree).sort();
const remote = ownKinds.filter((kind) => kind !== 'mem');
const id = '00000000-0000-4000-8000-000000000001';

everywhere(
  'files, their metadata and the record go up, and the dataset with them',
  async ({ openDs, putTree, cloudText, cloudMetadata, cloudOctue, keys, folder, cloud }) => {
    await putTree({ ...tree, '.octue': JSON.stringify({ datafiles: { 'a.csv': { id, labels: ['stored'], timestamp: null, tags: {} } } }) });
    const dataset = await openDs(folder, { name: 'n', labels: ['l'], tags: { a: 1 } });
    const events: ProgressEvent[] = [];
    equal(await dataset.upload(`${cloud}/ds/`, { progress: (event) => void events.push(event) }), `${cloud}/ds`);
    equal(await keys('ds/'), ['ds/.octue', ...sorted.map((name) => `ds/${name}`)]);
    for (const [name, text] of Object.entries(tree)) equal(await cloudText(`ds/${name}`), text);
    const { dataset: record } = await cloudOctue('ds');
    equal(
      [record!['name'], record!['labels'], record!['tags'], record!['path'], record!['id']],
      ['n', ['l'], { a: 1 }, `${cloud}/ds`, dataset.id],
    );
    const metadata = (await cloudMetadata('ds/a.csv'))!;
    equal([metadata['octue__id'], metadata['octue__labels']], [`"${id}"`, '{"_type": "set", "items": ["stored"]}']);
    equal([dataset.path, dataset.existsLocally, dataset.existsInCloud, dataset.allFilesAreInCloud], [`${cloud}/ds`, false, true, true]);
    ok(
      [...dataset].every((one) => one.existsLocally && one.existsInCloud),
      'its files are in both places',
    );
    equal(
      events.map(({ operation, doneFiles, totalFiles }) => [operation, doneFiles, totalFiles]),
      [1, 2, 3, 4].map((n) => ['upload', n, 4]),
    );
    equal([events.at(-1)!.doneBytes, events.map(({ path }) => path).sort()], [15, sorted]);
    const again = await openDs(`${cloud}/ds`);
    equal([below(again), again.id, await again.hashValue()], [sorted, dataset.id, await (await openDs(folder)).hashValue()]);
    equal(again.getFileByLabel('stored').id, id);
  },
  allKinds,
);

everywhere(
  'the same again sends no content',
  async ({ openDs, putTree, folder, cloud, client, store }) => {
    await putTree(Object.fromEntries(Array.from({ length: 8 }, (_, i) => [`f${i}`, `${i}`.repeat(20_000)])));
    const first = await openDs(folder, { id });
    await first.upload(`${cloud}/ds`);
    const versions = async (): Promise<unknown[]> => {
      const heads = await Promise.all([...first].map((one) => store.head(`ds/${one.name}`)));
      return heads.map((info) => [info!.generation, info!.etag]);
    };
    const before = await versions();
    const sentBy = async (call: () => Promise<unknown>): Promise<number> => {
      const from = client.stats().bytesSent;
      await call();
      return client.stats().bytesSent - from;
    };
    const same = await sentBy(() => first.upload());
    ok(same < 2000, `${same} bytes of the same instance`);
    const another = await openDs(folder, { id });
    const sent = await sentBy(() => another.upload(`${cloud}/ds`));
    ok(sent < 30_000, `${sent} bytes of another instance: one file finds out that there is something, no other is sent`);
    equal(await versions(), before);
    equal((await openDs(`${cloud}/ds`)).size, 8);
  },
  remote,
);

everywhere('what changed goes up again, and only that', async ({ openDs, putTree, folder, cloud, cloudText, store, kind }) => {
  await putTree(tree);
  await (await openDs(folder)).upload(`${cloud}/ds`);
  const before = await store.head('ds/a.csv');
  await putTree({ 'b.txt': 'changed', 'new.txt': 'new' });
  const dataset = await openDs(folder, { labels: ['later'] });
  await dataset.upload(`${cloud}/ds`);
  equal([await cloudText('ds/b.txt'), await cloudText('ds/new.txt')], ['changed', 'new']);
  // Memory keeps no checksums, so there all is written anew.
  if (kind !== 'mem') equal((await store.head('ds/a.csv'))!.etag, before!.etag);
  equal([...(await openDs(`${cloud}/ds`)).labels], ['later']);
  // Changes of a dataset that is up there.
  const member = dataset.files.one({ name: 'new.txt' });
  await member.open('a', (file) => file.write('er'));
  member.labels.add('newest');
  await dataset.upload();
  const again = await openDs(`${cloud}/ds`);
  equal([await cloudText('ds/new.txt'), again.getFileByLabel('newest').name], ['newer', 'new.txt']);
});

everywhere('from the cloud to elsewhere in it', async ({ openDs, putObjects, store, cloud, keys }) => {
  await putObjects({ 'ds/a': 'x', 'ds/sub/b': 'y' });
  await store.put('ds/a', 'x', { metadata: { octue__labels: '["l"]' } });
  const dataset = await openDs(`${cloud}/ds`, { labels: ['d'] });
  await dataset.upload(`${cloud}/copy`);
  equal(await keys('copy/'), ['copy/.octue', 'copy/a', 'copy/sub/b']);
  equal([dataset.path, below(dataset)], [`${cloud}/copy`, ['a', 'sub/b']]);
  const again = await openDs(`${cloud}/copy`);
  equal([again.getFileByLabel('l').name, [...again.labels]], ['a', ['d']]);
  equal((await openDs(`${cloud}/ds`)).labels.size, 0, 'the first one stays');
});

everywhere('without the metadata of the files', async ({ openDs, putTree, folder, cloud, cloudMetadata }) => {
  await putTree({ a: 'x' });
  const dataset = await openDs(folder, { labels: ['d'] });
  dataset.files.one().labels.add('l');
  await dataset.upload(`${cloud}/ds`, { updateCloudMetadata: false });
  equal(await cloudMetadata('ds/a'), {});
  equal([...(await openDs(`${cloud}/ds`)).labels], ['d']);
});

everywhere('a failing file: the others go, the record does not, the same call goes on', async (rig) => {
  const { openDs, putTree, folder, cloud, disk, keys } = rig;
  await putTree(tree);
  const dataset = await openDs(folder);
  await disk.remove(`${folder}/b.txt`);
  await rejects(dataset.upload(`${cloud}/ds`), named('FileNotFoundError'));
  equal(
    await keys('ds/'),
    sorted.filter((name) => name !== 'b.txt').map((name) => `ds/${name}`),
  );
  equal([dataset.path, dataset.existsLocally], [folder, true]);
  await putTree({ 'b.txt': 'two' });
  equal(await dataset.upload(`${cloud}/ds`), `${cloud}/ds`);
  equal((await keys('ds/')).length, 5);
});

everywhere('what has no place is refused before anything is sent', async (rig) => {
  const { openDs, open, putTree, putObjects, folder, cloud, keys, kind } = rig;
  await putTree({ 'ds/a': 'x', 'ds2/b': 'y' });
  const outside = await openDs(`${folder}/ds`, { files: [`${folder}/ds/a`, `${folder}/ds2/b`] });
  await rejects(outside.upload(`${cloud}/up`), 'InvalidArgument');
  await putObjects({ 'in/a': 'x', 'in2/b': 'y' });
  const cloudy = await openDs(`${cloud}/in`, { files: [`${cloud}/in/a`, `${cloud}/in2/b`] });
  await rejects(cloudy.upload(`${cloud}/up`), 'InvalidArgument');
  const dataset = await openDs(`${folder}/ds`);
  await rejects(dataset.upload(), named('CloudLocationNotSpecifiedError'));
  await rejects(dataset.upload(`${folder}/elsewhere`), 'InvalidArgument');
  await rejects(dataset.upload('https://host.example/b'), 'InvalidArgument');
  if (kind !== 'mem') {
    dataset.files.one().tags = { long: 'x'.repeat(9000) };
    await rejects(dataset.upload(`${cloud}/up`), 'InvalidArgument');
  }
  equal([await keys('up'), dataset.path], [[], `${folder}/ds`]);
  equal((await open(`${cloud}/in/a`)).sizeBytes, 1);
});

everywhere(
  '2 KB of metadata at S3: one file too many, none is sent',
  async ({ openDs, putTree, folder, cloud, keys }) => {
    await putTree(tree);
    const dataset = await openDs(folder);
    dataset.files.one({ name: 'b.txt' }).tags = { long: 'x'.repeat(1900) };
    await rejects(dataset.upload(`${cloud}/ds`), 'InvalidArgument');
    equal(await keys('ds/'), []);
  },
  ['s3'],
);

everywhere(
  'what others stored beside it stays',
  async ({ openDs, putTree, store, folder, cloud, cloudMetadata, cloudOctue, putObjects }) => {
    await putTree({ a: 'x', b: 'y' });
    await store.put('ds/a', 'x', { metadata: { owner: 'me' } });
    await store.put('ds/b', 'other', { metadata: { owner: 'me' } });
    await putObjects({ 'ds/.octue': JSON.stringify({ foreign: [1], dataset: { extra: true } }) });
    await (await openDs(folder, { labels: ['l'] })).upload(`${cloud}/ds`);
    for (const key of ['ds/a', 'ds/b']) equal((await cloudMetadata(key))!['owner'], 'me', key);
    ok((await cloudMetadata('ds/a'))!['octue__id'], 'with our own beside them');
    const record = await cloudOctue('ds');
    equal([record['foreign'], record.dataset!['extra'], record.dataset!['labels']], [[1], true, ['l']]);
  },
);

everywhere('what changed in the cloud meanwhile is not overwritten', async ({ openDs, putTree, store, folder, cloud, cloudText }) => {
  await putTree({ a: 'x', b: 'y' });
  const dataset = await openDs(folder);
  await dataset.upload(`${cloud}/ds`);
  await store.put('ds/a', 'of somebody else');
  await putTree({ a: 'mine', b: 'mine too' });
  await rejects(dataset.upload(), named('ConflictError'));
  equal([await cloudText('ds/a'), await cloudText('ds/b')], ['of somebody else', 'mine too']);
});

everywhere('an abort ends it', async ({ openDs, putTree, folder, cloud, keys }) => {
  await putTree(tree);
  const dataset = await openDs(folder);
  await rejects(dataset.upload(`${cloud}/ds`, { signal: AbortSignal.abort() }), named('AbortError'));
  equal(await keys('ds/'), []);
  const controller = new AbortController();
  const options = { signal: controller.signal, parallel: 1, progress: () => controller.abort() };
  await rejects(dataset.upload(`${cloud}/ds`, options), named('AbortError'));
  ok((await keys('ds/')).length < 4, 'it stopped');
  equal([dataset.path, (await keys('ds/')).includes('ds/.octue')], [folder, false]);
});

locally('parallel is a whole number', async ({ openDs, putTree, folder, cloud }) => {
  await putTree(tree);
  const dataset = await openDs(folder);
  await rejects(dataset.upload(`${cloud}/ds`, { parallel: -1 }), 'InvalidArgument');
  await rejects(openDs(folder, { parallel: 1.5, files: [`${folder}/a.csv`] }), 'InvalidArgument');
});

test('dataset: as many uploads at a time as are allowed', () =>
  withScenario(
    's3',
    { faults: [{ match: { method: 'PUT' }, fault: { type: 'delayMs', ms: 20 } }] },
    ({ endpoint, bucket, region, credentials, log }) =>
      withRig(
        'mem',
        async ({ openDs, putTree, folder }) => {
          await putTree(Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`f${i}`, 'x'])));
          await (await openDs(folder)).upload(`s3://${bucket}/ds`, { parallel: 3 });
          const { counts } = await log();
          equal(counts.byMethod['PUT'], 13);
          // A page asks first whether it may, and has connections as it likes. Elsewhere one that is given back may be used a turn later: twice as many.
          if (!isPage()) ok(counts.connections <= 6, `${counts.connections} connections`);
        },
        { endpoint, region, credentials },
      ),
  ));
