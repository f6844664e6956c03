/** Uploading: content with its metadata, nothing twice, nothing over what nobody here has seen. */
import { equal, ok, rejects, test } from '../../../harness.ts';
import { allKinds, everywhere, labelsIn, locally, requestsOf, storedLabels, withSetting, type CloudKind } from './places.ts';

const isConflict = (error: Error): boolean => error.name === 'ConflictError';
/** All that is stored of a datafile. */
const complete = {
  octue__id: '"00000000-0000-4000-8000-00000000abcd"',
  octue__timestamp: 'null',
  octue__tags: '{}',
  octue__labels: storedLabels('l'),
  octue__sdk_version: '"0.69.0"',
};
/** fake-gcs-server looks at preconditions of uploads only, and keeps names that a PATCH takes away. */
const exact: readonly CloudKind[] = allKinds.filter((kind) => kind !== 'fake-gcs');

everywhere(
  'an upload takes content and metadata, and is known afterwards',
  async ({ open, putLocal, cloud, cloudText, cloudMetadata, kind }) => {
    const datafile = await open(await putLocal('a.csv', 'hello'), { labels: ['l'], tags: { a: 1 } });
    equal(await datafile.upload(`${cloud}/b/up.csv`), `${cloud}/b/up.csv`);
    equal([datafile.name, datafile.cloudPath, datafile.existsLocally, datafile.sizeBytes], ['up.csv', `${cloud}/b/up.csv`, true, 5]);
    // S3 services of others are sent an MD5.
    equal(await datafile.cloudHashValue(), kind === 'gcs' || kind === 'fake-gcs' ? 'mnG7TA==' : null);
    equal(await cloudText('b/up.csv'), 'hello');
    const metadata = await cloudMetadata('b/up.csv');
    equal([labelsIn(metadata), metadata?.['octue__tags'], metadata?.['octue__id']], [storedLabels('l'), '{"a": 1}', `"${datafile.id}"`]);
    const again = await open(`${cloud}/b/up.csv`);
    equal([again.id, [...again.labels], await again.hashValue()], [datafile.id, ['l'], 'mnG7TA==']);
  },
  allKinds,
);

everywhere('the content type goes by the name', async ({ open, putLocal, cloud, store }) => {
  const datafile = await open(await putLocal('a.csv', 'hello'));
  await datafile.upload(`${cloud}/a.csv`);
  equal((await store.head('a.csv'))?.contentType, 'text/csv');
  await store.put('b', 'x', { contentType: 'image/x-own', cacheControl: 'no-store' });
  await datafile.upload(`${cloud}/b`);
  const info = await store.head('b');
  equal([info?.contentType, info?.cacheControl, info?.sizeBytes], ['image/x-own', 'no-store', 5], 'what is there keeps its own');
});

everywhere('headers that are not of the metadata stay with the content', async ({ open, cloud, store }) => {
  const about = {
    contentType: 'text/x-own',
    cacheControl: 'no-store',
    contentDisposition: 'attachment; filename="a"',
    contentLanguage: 'de',
  };
  await store.put('a', 'x', about);
  const datafile = await open(`${cloud}/a`);
  await datafile.open('a', (file) => file.write('y'));
  await datafile.upload(`${cloud}/b`);
  for (const key of ['a', 'b']) {
    const { contentType, cacheControl, contentDisposition, contentLanguage } = (await store.head(key))!;
    equal({ contentType, cacheControl, contentDisposition, contentLanguage }, about, key);
  }
});

everywhere(
  'metadata alone: the bytes stay, and so do names of others',
  async ({ open, store, cloud, cloudMetadata, cloudText }) => {
    await store.put('a', 'hello', { metadata: { owner: 'me', octue__labels: '["old"]' }, contentType: 'text/x-own' });
    const datafile = await open(`${cloud}/a`);
    datafile.addLabels('new');
    await datafile.updateMetadata();
    const metadata = await cloudMetadata('a');
    equal([metadata?.['owner'], labelsIn(metadata), await cloudText('a')], ['me', storedLabels('new', 'old'), 'hello']);
    equal((await store.head('a'))?.contentType, 'text/x-own');
    equal(datafile.existsLocally, false, 'nothing was brought here');
    datafile.addLabels('newer');
    await datafile.updateCloudMetadata();
    equal(labelsIn(await cloudMetadata('a')), storedLabels('new', 'newer', 'old'), 'a second time');
  },
  allKinds,
);

everywhere(
  'new content keeps names of others, and the metadata with updateCloudMetadata false',
  async ({ open, store, cloud, cloudMetadata, cloudText, putLocal }) => {
    await store.put('a', 'old', { metadata: { owner: 'me', octue__labels: '["old"]' } });
    const datafile = await open(`${cloud}/a`);
    datafile.addLabels('mine');
    await datafile.open('w', (file) => file.write('new'), { updateMetadata: false });
    const metadata = await cloudMetadata('a');
    equal([metadata?.['owner'], labelsIn(metadata), await cloudText('a')], ['me', '["old"]', 'new']);
    await datafile.open('w', (file) => file.write('newer'));
    const newer = await cloudMetadata('a');
    equal([newer?.['owner'], labelsIn(newer), await cloudText('a')], ['me', storedLabels('mine', 'old'), 'newer']);
    const local = await open(await putLocal('b', 'local'), { labels: ['x'] });
    await local.upload(`${cloud}/b`, { updateCloudMetadata: false });
    equal([await cloudText('b'), labelsIn(await cloudMetadata('b'))], ['local', null]);
  },
  allKinds,
);

everywhere(
  'what is there already with the same checksum is not sent',
  async ({ open, putLocal, cloud, client, store }) => {
    const datafile = await open(await putLocal('a', 'hello'), { labels: ['l'] });
    await datafile.upload(`${cloud}/a`);
    const before = (await store.head('a'))!;
    const sent = client.stats().bytesSent;
    await datafile.upload();
    await datafile.upload(`${cloud}/a`);
    await (await open(`${cloud}/a`)).upload();
    equal(client.stats().bytesSent, sent);
    const after = (await store.head('a'))!;
    equal([after.generation, after.etag, after.metageneration], [before.generation, before.etag, before.metageneration]);
    datafile.addLabels('more');
    await datafile.upload();
    ok((await store.head('a'))!.metadata['octue__labels']!.includes('more'), 'but changed metadata are stored');
  },
  allKinds.filter((kind) => kind !== 'mem'),
);

everywhere(
  'what somebody else changed meanwhile is not overwritten',
  async ({ open, putLocal, cloud, cloudText, store, cloudMetadata }) => {
    const datafile = await open(await putLocal('a', 'one'), { labels: ['l'] });
    await datafile.upload(`${cloud}/a`);
    await putLocal('a', 'two');
    await store.put('a', 'theirs', { metadata: { theirs: '1' } });
    await rejects(datafile.upload(), isConflict);
    await rejects(datafile.upload(), isConflict);
    equal([await cloudText('a'), await cloudMetadata('a')], ['theirs', { theirs: '1' }]);
    datafile.addLabels('mine');
    await rejects(datafile.updateMetadata(), isConflict);
    equal(await cloudMetadata('a'), { theirs: '1' });
    await datafile.refresh();
    await datafile.upload();
    equal([await cloudText('a'), (await cloudMetadata('a'))?.['theirs']], ['two', '1'], 'after a look it is');
  },
  exact,
);

everywhere(
  'an object that appeared or went meanwhile is a conflict too',
  async ({ open, cloud, cloudText, store }) => {
    const appeared = await open(`${cloud}/a`);
    await store.put('a', 'theirs');
    await rejects(
      appeared.open('w', (file) => file.write('mine')),
      isConflict,
    );
    equal(await cloudText('a'), 'theirs');
    await store.put('b', 'theirs');
    const gone = await open(`${cloud}/b`);
    await store.delete('b');
    await rejects(
      gone.open('w', (file) => file.write('mine')),
      isConflict,
    );
    equal(await cloudText('b'), null);
    gone.addLabels('l');
    await rejects(gone.updateMetadata(), (error: Error) => /^(FileNotFound|Conflict)Error$/.test(error.name));
  },
  exact,
);

everywhere(
  'after a conflict a look and another try: neither change is lost',
  async ({ open, cloud, store, cloudText }) => {
    await store.put('a', 'old\n', { metadata: { octue__labels: '["old"]' } });
    const datafile = await open(`${cloud}/a`);
    equal(await datafile.open('r', (file) => file.read()), 'old\n');
    await store.put('a', 'old\ntheirs\n', { metadata: { octue__labels: '["old", "theirs"]' } });
    const add = async (): Promise<void> => {
      datafile.addLabels('mine');
      await datafile.open('a', (file) => file.write('mine\n'));
    };
    await rejects(add(), isConflict);
    await datafile.refresh();
    equal([...datafile.labels], ['old', 'theirs']);
    await add();
    equal(await cloudText('a'), 'old\ntheirs\nmine\n');
    equal([...(await open(`${cloud}/a`)).labels].sort(), ['mine', 'old', 'theirs']);
  },
  exact,
);

everywhere(
  'to a new path from the cloud: copied by the store',
  async ({ open, cloud, store, cloudText, cloudMetadata, client }) => {
    await store.put('a', 'hello', { metadata: { owner: 'me', ...complete }, contentType: 'text/x-own' });
    const datafile = await open(`${cloud}/a`);
    const { bytesReceived, bytesSent } = client.stats();
    await datafile.upload(`${cloud}/sub/b`);
    equal(client.stats().bytesSent, bytesSent, 'no content went over the wire');
    ok(client.stats().bytesReceived - bytesReceived < 2000, 'nor came');
    equal([datafile.cloudPath, datafile.name, datafile.existsLocally, datafile.sizeBytes], [`${cloud}/sub/b`, 'b', false, 5]);
    const copy = await cloudMetadata('sub/b');
    equal(
      [await cloudText('sub/b'), copy?.['owner'], labelsIn(copy), (await store.head('sub/b'))?.contentType],
      ['hello', 'me', storedLabels('l'), 'text/x-own'],
    );
    datafile.addLabels('new');
    await datafile.upload(`${cloud}/c`);
    equal([labelsIn(await cloudMetadata('c')), labelsIn(await cloudMetadata('sub/b'))], [storedLabels('l', 'new'), storedLabels('l')]);
    equal(await cloudText('a'), 'hello', 'the first is still there');
    datafile.addLabels('newest');
    await datafile.updateMetadata();
    equal(labelsIn(await cloudMetadata('c')), storedLabels('l', 'new', 'newest'), 'and it goes on from there');
    await store.put('d', 'in the way');
    await datafile.upload(`${cloud}/d`, { updateCloudMetadata: false });
    equal(await cloudText('d'), 'hello', 'an upload to a new place replaces');
  },
  exact,
);

everywhere('a copy of what is gone or changed', async ({ open, cloud, store, cloudText }) => {
  await store.put('a', 'hello');
  const [gone, changed] = [await open(`${cloud}/a`), await open(`${cloud}/a`)];
  await store.put('a', 'other');
  await rejects(changed.upload(`${cloud}/b`), isConflict);
  await store.delete('a');
  await rejects(gone.upload(`${cloud}/b`), (error: Error) => /^(FileNotFound|Conflict)Error$/.test(error.name));
  equal([gone.cloudPath, await cloudText('b')], [`${cloud}/a`, null], 'it is where it was');
});

everywhere('from one cloud to another place goes by the disk', async ({ open, cloud, store, client }) => {
  const other = cloud.startsWith('mem://') ? 'mem://another-bucket/x' : 'mem://elsewhere/x';
  await store.put('a', 'hello', { metadata: { octue__labels: '["l"]', owner: 'me' } });
  const datafile = await open(`${cloud}/a`);
  await datafile.upload(other);
  const info = await client.store(other.slice(0, -2)).head('x');
  equal([info?.sizeBytes, labelsIn(info!.metadata), info?.metadata['owner']], [5, storedLabels('l'), 'me']);
});

everywhere('an upload that cannot be leaves all as it was', async ({ open, cloud, folder, putLocal, cloudText }) => {
  const missing = await open(`${folder}/missing.csv`);
  await rejects(missing.upload(`${cloud}/m`), (error: Error) => error.name === 'FileNotFoundError');
  equal([missing.existsInCloud, missing.cloudPath, missing.name, await cloudText('m')], [false, null, 'missing.csv', null]);
  const local = await open(await putLocal('a', 'x'));
  await rejects(local.upload(), (error: Error) => error.name === 'CloudLocationNotSpecifiedError');
  await rejects(local.updateCloudMetadata(), (error: Error) => error.name === 'CloudLocationNotSpecifiedError');
  await rejects(local.upload(`${folder}/b`), 'InvalidArgument');
  await rejects(local.upload(cloud.slice(0, cloud.lastIndexOf('/'))), 'InvalidArgument');
  equal(local.existsInCloud, false);
  local.tags['not fine'] = 1;
  await rejects(local.upload(`${cloud}/b`), (error: Error) => error.name === 'InvalidTagError');
  equal([local.existsInCloud, await cloudText('b')], [false, null]);
});

for (const kind of ['s3', 'gcs'] as const) {
  test(`datafile, ${kind}: too much metadata is refused before anything is sent`, () =>
    withSetting(kind, async (setting) => {
      const { open, cloud, putLocal, store, cloudText } = setting;
      const limit = kind === 's3' ? 2048 : 8192;
      const tags = (bytes: number): Record<string, string> => ({ a: 'x'.repeat(bytes) });
      const local = await open(await putLocal('a', 'x'), { tags: tags(limit) });
      equal(await requestsOf(setting, () => rejects(local.upload(`${cloud}/a`), 'InvalidArgument')), 0);
      await store.put('b', 'old', { metadata: { foreign: 'y'.repeat(500) } });
      const remote = await open(`${cloud}/b`, { tags: tags(limit - 600) });
      const calls: (() => Promise<unknown>)[] = [
        () => remote.upload(`${cloud}/c`),
        () => remote.updateMetadata(),
        () => remote.open('w', (file) => file.write('new')),
      ];
      for (const call of calls) equal(await requestsOf(setting, () => rejects(call(), 'InvalidArgument')), 0, String(call));
      equal([await cloudText('b'), remote.cloudPath], ['old', `${cloud}/b`]);
      remote.tags = tags(limit - 1000);
      await remote.updateMetadata();
      equal((await open(`${cloud}/b`)).tags['a'], tags(limit - 1000)['a']);
    }));
}

locally('metadata of a local file: in its record, with those of others', async ({ open, putLocal, localText, folder }) => {
  const a = await open(await putLocal('a', '1'), { labels: ['a'] });
  const b = await open(await putLocal('b', '2'), { labels: ['b'] });
  await a.updateMetadata();
  await b.updateMetadata();
  a.addLabels('more');
  await a.updateLocalMetadata();
  equal([...(await open(`${folder}/a`)).labels], ['a', 'more']);
  equal([...(await open(`${folder}/b`)).labels], ['b'], 'no record is lost to a stale one');
  const { datafiles } = JSON.parse((await localText('.octue'))!) as { datafiles: Record<string, { sdk_version: string }> };
  equal(Object.keys(datafiles), ['a', 'b']);
  const missing = await open(`${folder}/no/such/c`);
  await rejects(missing.updateMetadata(), (error: Error) => error.name === 'FileNotFoundError');
  equal(await missing.open('w', (file) => file.write('x')), 1);
  equal((await open(`${folder}/no/such/c`)).id, missing.id);
});

everywhere('metadata of both: in the cloud alone', async ({ open, putLocal, cloud, localNames, cloudMetadata, store }) => {
  const datafile = await open(await putLocal('a', 'x'), { cloudPath: `${cloud}/a` });
  datafile.addLabels('l');
  await datafile.updateMetadata();
  equal([labelsIn(await cloudMetadata('a')), await localNames()], [storedLabels('l'), ['a']]);
  await datafile.updateLocalMetadata();
  equal(await localNames(), ['.octue', 'a']);
  await store.put('c', 'x');
  await rejects((await open(`${cloud}/c`)).updateLocalMetadata(), (error: Error) => error.name === 'LocalLocationNotSpecifiedError');
});
