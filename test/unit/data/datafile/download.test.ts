/** Bringing content here, moving it about, its hashes, and URLs. */
import { compress } from '../../../../src/codecs.ts';
import { equal, ok, rejects, test } from '../../../harness.ts';
import { withScenario } from '../../../servers/fixture/client.ts';
import { allKinds, everywhere, locally, ownKinds, textOf, withSetting, type Setting } from './places.ts';

const named =
  (name: string) =>
  (error: Error): boolean =>
    error.name === name;
const remote = ownKinds.filter((kind) => kind !== 'mem');

everywhere(
  'a download is whole, counts once, and moves the datafile',
  async ({ open, store, cloud, folder, localText, localNames }) => {
    await store.put('a.txt', 'hello');
    const datafile = await open(`${cloud}/a.txt`);
    equal(await datafile.download(`${folder}/new/1.txt`), `${folder}/new/1.txt`);
    equal([await localText('new/1.txt'), datafile.path, datafile.name], ['hello', `${folder}/new/1.txt`, 'a.txt']);
    equal(await datafile.download(), `${folder}/new/1.txt`);
    equal(await datafile.download(`${folder}/new/../new/1.txt`), `${folder}/new/1.txt`);
    await datafile.download(`${folder}/new/2.txt`);
    equal([datafile.path, await localNames('new')], [`${folder}/new/2.txt`, ['1.txt', '2.txt']]);
    equal([datafile.sizeBytes, await datafile.hashValue()], [5, 'mnG7TA==']);
  },
  allKinds,
);

everywhere('without a path it goes to a place of its own', async ({ open, store, cloud, disk, folder }) => {
  await store.put('a.txt', 'hello');
  await store.put('sub/a.txt', 'other');
  const [a, b] = [await open(`${cloud}/a.txt`), await open(`${cloud}/sub/a.txt`)];
  const paths = [await a.localPath(), await b.localPath(), await a.localPath()];
  ok(paths[0] === paths[2] && paths[0] !== paths[1] && !paths[0]!.startsWith(folder), paths.join(' '));
  ok(
    paths.every((path) => path.endsWith('/a.txt')),
    'under its own name',
  );
  equal(await a.open('r', (file) => file.read()), 'hello');
  equal(await b.open('r', (file) => file.read()), 'other');
  if (!/workerd|webkit/.test(disk.constructor.name)) equal(a.sizeBytes, 5);
});

everywhere('what cannot be brought leaves nothing', async ({ open, store, cloud, folder, localNames }) => {
  const missing = await open(`${cloud}/none`);
  await rejects(missing.download(`${folder}/none`), named('FileNotFoundError'));
  await rejects(missing.localPath(), named('FileNotFoundError'));
  await rejects(missing.setLocalPath(`${folder}/none`), named('FileNotFoundError'));
  equal([missing.existsLocally, await localNames()], [false, []]);
  await store.put('a', 'x');
  const datafile = await open(`${cloud}/a`);
  await rejects(datafile.download('mem://b/c'), 'InvalidArgument');
  await rejects(datafile.download(`${folder}/a`, { signal: AbortSignal.abort() }), (error: Error) => error.name === 'AbortError');
  equal([datafile.existsLocally, await localNames()], [false, []]);
});

test('datafile: a cut or altered download leaves nothing under its name', () =>
  withScenario(
    's3',
    {
      objects: [{ key: 'a', text: 'hello' }],
      faults: [{ match: { method: 'GET' }, fault: { type: 'wrongChecksum' } }],
    },
    ({ endpoint, bucket, region, credentials }) =>
      withSetting(
        'mem',
        async ({ open, folder, localNames }) => {
          const datafile = await open(`s3://${bucket}/a`);
          await rejects(datafile.download(`${folder}/a`), 'IntegrityError');
          equal([await localNames(), datafile.existsLocally], [[], false]);
        },
        { endpoint, region, credentials },
      ),
  ));

everywhere('content and metadata are those of one version', async ({ open, store, cloud }) => {
  await store.put('a', 'one', { metadata: { octue__labels: '["one"]' } });
  const datafile = await open(`${cloud}/a`);
  await store.put('a', 'two!', { metadata: { octue__labels: '["two"]' } });
  equal(await datafile.open('r', (file) => file.read()), 'two!');
  equal([[...datafile.labels], datafile.sizeBytes], [['two'], 4], 'the metadata came along');
  await datafile.open('a', (file) => file.write('!'));
  equal([await (await store.get('a'))!.text(), [...(await open(`${cloud}/a`)).labels]], ['two!!', ['two']]);
  const changed = await open(`${cloud}/a`);
  changed.addLabels('mine');
  await store.put('a', 'three', { metadata: { octue__labels: '["three"]' } });
  await rejects(changed.open('r'), 'ObjectChanged');
  await rejects(changed.open('a'), 'ObjectChanged');
  await changed.refresh();
  equal(await changed.open('r', (file) => file.read()), 'three');
  equal([...changed.labels], ['three']);
});

everywhere('what came to be since it was opened brings its metadata', async ({ open, store, cloud }) => {
  const datafile = await open(`${cloud}/a`);
  await store.put('a', 'one', { metadata: { octue__labels: '["one"]' } });
  equal(await datafile.open('r', (file) => file.read()), 'one');
  equal([...datafile.labels], ['one']);
  await datafile.open('a', (file) => file.write('!'));
  equal([...(await open(`${cloud}/a`)).labels], ['one']);
});

everywhere('a local copy of an object: taken, fetched, or refused', async ({ open, store, cloud, folder, putLocal, localText }) => {
  await store.put('a', 'cloud');
  const fetched = await open(`${cloud}/a`, { localPath: `${folder}/fetched` });
  equal([await localText('fetched'), fetched.path], ['cloud', `${folder}/fetched`]);
  const before = await (await fetched.open('r')).close();
  equal(before, undefined);
  const same = await open(`${cloud}/a`, { localPath: await putLocal('same', 'cloud') });
  equal([same.path, await localText('same')], [`${folder}/same`, 'cloud']);
  await new Promise((resolve) => setTimeout(resolve, 1100));
  const newer = await putLocal('newer', 'local work');
  await rejects(open(`${cloud}/a`, { localPath: newer }), named('FileExistsError'));
  equal(await localText('newer'), 'local work');
  await new Promise((resolve) => setTimeout(resolve, 1100));
  await store.put('a', 'newest');
  await open(`${cloud}/a`, { localPath: newer });
  equal(await localText('newer'), 'newest', 'an older one is replaced');
  const both = await open(`${cloud}/none`, { localPath: newer });
  equal([both.existsLocally, both.existsInCloud, await both.open('r', (file) => file.read())], [true, true, 'newest']);
});

everywhere(
  'an equal local copy costs no content',
  async (setting) => {
    const { open, store, cloud, putLocal, client } = setting;
    await store.put('a', 'cloud');
    const path = await putLocal('same', 'cloud');
    const { requests, bytesReceived } = client.stats();
    await open(`${cloud}/a`, { localPath: path });
    equal([client.stats().requests - requests, client.stats().bytesReceived - bytesReceived < 2000], [1, true]);
  },
  remote,
);

// ---------------------------------------------------------------- moving about

locally('a new local path: a copy, the old file stays', async ({ open, putLocal, folder, localText }) => {
  const datafile = await open(await putLocal('a.txt', 'hello'), { labels: ['l'] });
  await datafile.setLocalPath(`${folder}/new/b.txt`);
  equal(
    [datafile.path, datafile.name, await localText('new/b.txt'), await localText('a.txt')],
    [`${folder}/new/b.txt`, 'b.txt', 'hello', 'hello'],
  );
  await putLocal('there', 'mine');
  await rejects(datafile.setLocalPath(`${folder}/there`), named('FileExistsError'));
  equal([await localText('there'), datafile.path], ['mine', `${folder}/new/b.txt`]);
  await rejects(datafile.setLocalPath(null), named('LocalLocationNotSpecifiedError'));
  const missing = await open(`${folder}/missing`);
  await rejects(missing.setLocalPath(`${folder}/elsewhere`), named('FileNotFoundError'));
  equal(missing.path, `${folder}/missing`);
});

everywhere('local and cloud paths, set and forgotten', async ({ open, store, cloud, folder, putLocal, localText, cloudText }) => {
  await store.put('a', 'cloud');
  const datafile = await open(`${cloud}/a`);
  await rejects(datafile.setCloudPath(null), named('CloudLocationNotSpecifiedError'));
  await datafile.setLocalPath(`${folder}/sub/a`);
  equal([datafile.path, await localText('sub/a')], [`${folder}/sub/a`, 'cloud']);
  await datafile.setLocalPath(null);
  equal([datafile.path, datafile.existsLocally, await localText('sub/a')], [`${cloud}/a`, false, 'cloud']);
  await datafile.setLocalPath(`${folder}/b`);
  await datafile.setCloudPath(null);
  equal([datafile.existsInCloud, datafile.cloudPath, datafile.name, await cloudText('a')], [false, null, 'b', 'cloud']);
  const local = await open(await putLocal('c', 'local'), { labels: ['l'] });
  await local.setCloudPath(`${cloud}/c`);
  equal([await cloudText('c'), [...(await open(`${cloud}/c`)).labels]], ['local', ['l']]);
  const linked = await open(await putLocal('d', 'local'), { cloudPath: `${cloud}/d` });
  equal([linked.cloudPath, await cloudText('d')], [`${cloud}/d`, 'local']);
});

// ---------------------------------------------------------------- hashes

everywhere('hashes: of the local file, else of the object', async ({ open, store, cloud, putLocal }) => {
  await store.put('a', 'hello');
  const datafile = await open(`${cloud}/a`);
  equal([await datafile.hashValue(), datafile.existsLocally], ['mnG7TA==', false]);
  const ignoring = await open(`${cloud}/a`, { ignoreStoredMetadata: true });
  equal(await ignoring.hashValue(), 'mnG7TA==');
  const path = await putLocal('b', 'hello');
  const local = await open(path);
  equal(await local.hashValue(), 'mnG7TA==');
  await putLocal('b', 'hullo');
  ok((await local.hashValue()) !== 'mnG7TA==', 'of what is there now');
  await putLocal('b', '');
  equal(await local.hashValue(), 'AAAAAA==');
});

locally('hashes: set by hand once', async ({ open, putLocal }) => {
  const path = await putLocal('a', 'hello');
  const datafile = await open(path);
  datafile.setHashValue('abc');
  equal(await datafile.hashValue(), 'abc');
  await rejects(async () => datafile.setHashValue('def'), 'InvalidArgument');
  datafile.resetHash();
  equal(await datafile.hashValue(), 'mnG7TA==');
  const given = await open(path, { hash: 'xyz' });
  equal(await given.hashValue(), 'xyz');
  await rejects(async () => given.setHashValue('def'), 'InvalidArgument');
});

// ---------------------------------------------------------------- URLs

for (const kind of ['s3', 'gcs-account'] as const)
  test(`datafile, ${kind}: a signed URL can be read, with its metadata, and not be changed`, () => withSetting(kind, signed));

async function signed({ open, store, cloud, cloudText, cloudMetadata, folder, localText }: Setting): Promise<void> {
  await store.put('deep/a.csv', 'hello', { metadata: { octue__labels: '["l"]', octue__tags: '{"a": 1.0}', tags: '{"not": "ours"}' } });
  const source = await open(`${cloud}/deep/a.csv`);
  const url = await source.generateSignedUrl({ expiresInMs: 60_000 });
  const datafile = await open(url);
  equal([datafile.name, datafile.extension, datafile.cloudPath, datafile.path], ['a.csv', 'csv', url, url]);
  equal([datafile.existsInCloud, datafile.existsLocally, datafile.sizeBytes], [true, false, 5]);
  equal([datafile.bucketName, datafile.pathInBucket, datafile.cloudProtocol], [source.bucketName, source.pathInBucket, 'http']);
  equal([[...datafile.labels], JSON.stringify(datafile.tags)], [['l'], '{"a":1}']);
  equal(await datafile.hashValue(), 'mnG7TA==');
  const before = await cloudMetadata('deep/a.csv');
  const changes: (() => Promise<unknown>)[] = [
    () => datafile.updateMetadata(),
    () => datafile.updateCloudMetadata(),
    () => datafile.upload(),
    () => datafile.generateSignedUrl(),
    ...['w', 'wb', 'w+', 'a', 'ab', 'a+', 'r+', 'rb+', 'x', 'xb'].map((mode) => () => datafile.open(mode)),
  ];
  for (const change of changes) {
    const error = await rejects(change(), named('ReadOnlyResourceError'));
    ok(!/signature/i.test(JSON.stringify(error) + error.message), 'no signature is told');
  }
  equal([await cloudText('deep/a.csv'), await cloudMetadata('deep/a.csv'), datafile.existsLocally], ['hello', before, false]);
  equal(await datafile.open('r', (file) => file.read()), 'hello');
  await datafile.download(`${folder}/a.csv`);
  equal(await localText('a.csv'), 'hello');
  await datafile.upload(`${cloud}/copy.csv`);
  equal([await cloudText('copy.csv'), [...(await open(`${cloud}/copy.csv`)).labels]], ['hello', ['l']]);
}

test('datafile: URLs that lead nowhere', () =>
  withScenario('http', { files: { '/b/a.txt': { text: 'hello' } } }, ({ endpoint }) =>
    withSetting(
      'mem',
      async ({ open }) => {
        const datafile = await open(`${endpoint}/b/a.txt?x=1`);
        equal([datafile.name, datafile.bucketName, datafile.pathInBucket, datafile.sizeBytes], ['a.txt', 'b', 'a.txt', 5]);
        equal(await datafile.open('r', (file) => file.read()), 'hello');
        const missing = await open(`${endpoint}/b/none.txt?secret=1`);
        equal([missing.name, missing.sizeBytes], ['none.txt', null]);
        for (const call of [() => missing.open('r'), () => missing.open('r'), () => missing.hashValue(), () => missing.download()]) {
          const error = await rejects<Error>(call(), named('FileNotFoundError'));
          ok(!/secret/.test(JSON.stringify(error) + error.message), 'no query is told');
        }
      },
      { retry: { attempts: 1 } },
    ),
  ));

everywhere(
  'no signed URL of what is only local, or in memory',
  async ({ open, putLocal, kind, store, cloud }) => {
    const local = await open(await putLocal('a', 'x'));
    await rejects(local.generateSignedUrl(), named('CloudLocationNotSpecifiedError'));
    await store.put('a', 'x');
    if (kind === 'mem') await rejects((await open(`${cloud}/a`)).generateSignedUrl(), 'NotSupported');
    equal(await textOf(await Promise.resolve((await import('#platform')).openScratch()).then(({ disk }) => disk), '/none/such'), null);
  },
  ['mem'],
);

everywhere(
  'what is stored compressed is decoded here, and not sent again when it did not change',
  async ({ open, store, cloud, folder }) => {
    const packed = await compress(new TextEncoder().encode('hello '.repeat(100)), 'gzip');
    await store.put('a.txt', packed, { contentEncoding: 'gzip', contentType: 'text/plain' });
    const datafile = await open(`${cloud}/a.txt`);
    await datafile.download(`${folder}/a.txt`);
    equal(await datafile.open('r', (file) => file.read()), 'hello '.repeat(100));
    datafile.labels.add('x');
    await datafile.upload();
    const head = (await store.head('a.txt'))!;
    equal([head.contentEncoding, head.sizeBytes], ['gzip', packed.length], 'as it was');
    await datafile.upload();
    equal([...(await open(`${cloud}/a.txt`)).labels], ['x']);
    await datafile.open('a', (file) => file.write('more'));
    equal(await (await open(`${cloud}/a.txt`)).open('r', (file) => file.read()), `${'hello '.repeat(100)}more`);
  },
);

everywhere('what is stored compressed is brought again where it was: nothing is taken for newer that has its content', async (setting) => {
  const { open, store, cloud, folder, localText } = setting;
  const content = 'hello '.repeat(100);
  const packed = await compress(new TextEncoder().encode(content), 'gzip');
  await store.put('a.txt', packed, { contentEncoding: 'gzip', contentType: 'text/plain' });
  await (await open(`${cloud}/a.txt`)).download(`${folder}/a.txt`);
  const again = await open(`${cloud}/a.txt`, { localPath: `${folder}/a.txt` });
  equal([again.path, await localText('a.txt')], [`${folder}/a.txt`, content]);
  await new Promise((resolve) => setTimeout(resolve, 1100));
  await setting.putLocal('a.txt', 'mine');
  await rejects(open(`${cloud}/a.txt`, { localPath: `${folder}/a.txt` }), named('FileExistsError'));
  equal(await localText('a.txt'), 'mine');
});
