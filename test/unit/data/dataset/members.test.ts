/** Files as members: adding, finding, iterating, and filters as types. */
import { equal, ok, rejects, test } from '../../../harness.ts';
import { isFilterError } from '../../../../src/data/filter/errors.ts';
import { allKinds, below, everywhere, locally, named, tree, withRig } from './rig.ts';

everywhere(
  'to a dataset in the cloud: what is elsewhere is copied or sent',
  async ({ openDs, open, putObjects, putTree, store, keys, cloud, folder }) => {
    await putObjects({ 'ds/a.txt': 'x', 'ds2/b.txt': 'y', 'zz/c.txt': 'z' });
    await store.put('ds2/b.txt', 'y', { metadata: { octue__labels: '["l"]' } });
    await putTree({ 'l.txt': 'local' });
    const dataset = await openDs(`${cloud}/ds`);
    const inside = await open(`${cloud}/ds/a.txt`);
    await dataset.add(inside, { pathInDataset: 'not/looked/at' });
    equal([below(dataset), dataset.has(inside)], [['a.txt'], true], 'the same path is one member');
    // A name that begins alike is not inside.
    await dataset.add(await open(`${cloud}/ds2/b.txt`));
    await dataset.add(await open(`${cloud}/zz/c.txt`), { pathInDataset: 'sub/c.txt' });
    const local = await open(`${folder}/l.txt`, { labels: ['mine'] });
    await dataset.add(local, { pathInDataset: 'p/l.txt' });
    equal(below(dataset), ['a.txt', 'b.txt', 'sub/c.txt', 'p/l.txt']);
    equal([local.cloudPath, local.path], [`${cloud}/ds/p/l.txt`, `${folder}/l.txt`]);
    equal(await keys(), ['ds/a.txt', 'ds/b.txt', 'ds/p/l.txt', 'ds/sub/c.txt', 'ds2/b.txt', 'zz/c.txt']);
    const again = await openDs(`${cloud}/ds`);
    equal([again.getFileByLabel('mine').name, again.getFileByLabel('l').name], ['l.txt', 'b.txt']);
    await dataset.add(local);
    equal(dataset.size, 4);
  },
  allKinds,
);

everywhere('to a dataset on disk: what is elsewhere is copied or brought', async (rig) => {
  const { openDs, open, putObjects, putTree, localTree, cloud, folder } = rig;
  await putTree({ 'ds/a.txt': 'x', 'ds2/b.txt': 'y', 'ds/sub/d.txt': 'd' });
  await putObjects({ 'c.txt': 'z' });
  const dataset = await openDs(`${folder}/ds`);
  await dataset.add(await open(`${folder}/ds/sub/d.txt`), { pathInDataset: 'not/looked/at' });
  const outside = await open(`${folder}/ds2/b.txt`);
  await dataset.add(outside);
  const remote = await open(`${cloud}/c.txt`);
  await dataset.add(remote, { pathInDataset: 'deep/c.txt' });
  equal(below(dataset).sort(), ['a.txt', 'b.txt', 'deep/c.txt', 'sub/d.txt']);
  equal(await localTree(), { 'ds/a.txt': 'x', 'ds/b.txt': 'y', 'ds/deep/c.txt': 'z', 'ds/sub/d.txt': 'd', 'ds2/b.txt': 'y' });
  equal([outside.path, remote.path, remote.cloudPath], [`${folder}/ds/b.txt`, `${folder}/ds/deep/c.txt`, `${cloud}/c.txt`]);
  const occupied = await open(`${folder}/ds2/b.txt`);
  await rejects(dataset.add(occupied, { pathInDataset: 'a.txt' }), named('FileExistsError'));
  equal([(await localTree())['ds/a.txt'], occupied.path, dataset.size], ['x', `${folder}/ds2/b.txt`, 4]);
});

everywhere('what is no file, or leads out, is not added', async ({ openDs, open, putTree, cloud, folder, keys }) => {
  await putTree({ 'ds/a': 'x', b: 'y' });
  const file = await open(`${folder}/b`);
  for (const path of [`${folder}/ds`, `${cloud}/ds`]) {
    const dataset = await openDs(path);
    for (const one of ['nope', null, { name: 'a' }, dataset]) await rejects(dataset.add(one as never), 'InvalidArgument');
    for (const pathInDataset of ['../out', '/out', '', 'a/../../out', 'a//b', '.'])
      await rejects(dataset.add(file, { pathInDataset }), 'InvalidArgument');
    equal(dataset.has(file), false);
  }
  equal([await keys(), file.path], [[], `${folder}/b`]);
});

test('dataset: buckets of the same name at two services are two places', () =>
  withRig('mem', async ({ openDs, open, store, cloud }) => {
    const bucket = cloud.replace(/^mem:\/\/|\/dir$/g, '');
    await store.put('ds/a', 'x');
    const dataset = await openDs(`gs://${bucket}/dir/ds`, { files: [await open(`${cloud}/ds/a`)], ignoreStoredMetadata: true });
    await rejects(dataset.upload(`${cloud}/up`), 'InvalidArgument');
  }));

everywhere('many at once', async ({ openDs, open, putTree, folder, cloud }) => {
  await putTree(Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`f${i}`, `${i}`])));
  const dataset = await openDs(`${cloud}/ds`);
  await Promise.all(Array.from({ length: 12 }, async (_, i) => dataset.add(await open(`${folder}/f${i}`))));
  equal([dataset.size, (await openDs(`${cloud}/ds`)).size], [12, 12]);
});

locally('finding, iterating, counting', async ({ openDs, putTree, folder, open }) => {
  await putTree({
    ...tree,
    '.octue': JSON.stringify({ datafiles: { 'a.csv': { labels: ['one', 'both'] }, 'b.txt': { labels: ['both'] } } }),
  });
  const dataset = await openDs(folder);
  equal(dataset.getFileByLabel('one').name, 'a.csv');
  const unexpected = (error: unknown): boolean => isFilterError(error, 'UnexpectedNumberOfResults');
  await rejects(() => dataset.getFileByLabel('both'), unexpected);
  await rejects(() => dataset.getFileByLabel('on'), unexpected);
  equal([...dataset], [...dataset.files]);
  equal([dataset.size, [...dataset].length, dataset.has([...dataset][0]!)], [4, 4, true]);
  equal(dataset.has(await open(`${folder}/a.csv`)), false, 'another instance is no member');
});

locally('filters as types', async ({ openDs, putTree, folder }) => {
  await putTree(tree);
  const { files } = await openDs(folder);
  const [first] = files;
  first!.labels.add('a');
  first!.tags = { height: 80, site: { name: 'north' } };
  first!.timestamp = new Date('2022-05-04T17:57:57Z');
  equal(files.filter({ labels__contains: 'a' }).size, 1);
  equal(files.filter({ labels__any_label_starts_with: 'a', labels__not_contains: 'b' }).size, 1);
  equal(files.filter({ timestamp__gt: new Date('2022-01-01'), timestamp__year_equals: 2022 }).size, 1);
  equal(files.filter({ tags__height__gte: 80 }).size + files.filter({ tags__site__name__starts_with: 'nor' }).size, 2);
  equal(files.filter({ sizeBytes__lt: 4 }).size, 2);
  equal(files.filter({ size_bytes__in_range: [4, 5], extension: 'csv' }).size, 2);
  equal(files.filter({ name__ends_with: '.csv', existsLocally: true, cloudPath__is: null }).size, 3);
  equal(files.filter({ lastModified__gt: new Date(0) }).size, 4);
  equal(files.orderBy('sizeBytes').size + files.orderBy('name', { reverse: true }).size, 8);
  const invalid = (error: unknown): boolean => isFilterError(error);
  // @ts-expect-error labels have no order
  await rejects(() => files.filter({ labels__lt: 'a' }), invalid);
  // @ts-expect-error no such attribute
  await rejects(() => files.filter({ colour: 'red' }), invalid);
  // @ts-expect-error numbers contain nothing
  await rejects(() => files.filter({ sizeBytes__contains: 1 }), invalid);
  // @ts-expect-error a method is no attribute
  await rejects(() => files.filter({ hashValue: 'AAAAAA==' }), invalid);
  // @ts-expect-error text has no year
  await rejects(() => files.filter({ name__year_equals: 2022 }), invalid);
  // @ts-expect-error no such attribute to order by
  await rejects(() => files.orderBy('colour'), invalid);
  ok(first!.satisfies({ labels__contains: 'a' }));
});

test('labels and tags are added in their places, or not at all', async () =>
  withRig('mem', async ({ openDs, cloud }) => {
    const dataset = await openDs(`${cloud}/none`, { tags: { b: 1, a: 2 }, labels: 'x' });
    dataset.addLabels('y', 'z');
    dataset.addTags({ c: 3, b: 4 });
    equal(
      [[...dataset.labels], Object.entries(dataset.tags)],
      [
        ['x', 'y', 'z'],
        [
          ['b', 4],
          ['a', 2],
          ['c', 3],
        ],
      ],
    );
    await rejects(async () => dataset.addLabels('ok', 'Not'), named('InvalidLabelError'));
    await rejects(async () => dataset.addTags({ ok: 1, 'not ok': 2 }), named('InvalidTagError'));
    equal([dataset.labels.size, Object.keys(dataset.tags)], [3, ['b', 'a', 'c']]);
  }));
