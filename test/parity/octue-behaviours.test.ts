/** The recorded behaviours of datafiles: each row is done again, and comes out as recorded or as warts.md says. */
import { Datafile } from '../../src/data/datafile/datafile.ts';
import { deserialiseDatafile } from '../../src/data/datafile/open-datafile.ts';
import type { Hdf5File } from '../../src/hdf5/file/file.ts';
import type { Hdf5WritableFile } from '../../src/hdf5/write/file.ts';
import { PyDateTime } from '../../src/data/date-time.ts';
import { equal, ok, test } from '../harness.ts';
import { labelsIn, storedLabels, type Setting } from '../unit/data/datafile/places.ts';
import { done, mended, outcome, rows, same } from './octue-behaviours.ts';

/** An object with the label `stored`. */
const putOld = ({ store }: Setting, key = 'a.txt'): Promise<unknown> =>
  store.put(key, 'OLD', { metadata: { octue__labels: storedLabels('stored'), octue__tags: '{}' } });

async function objectAt({ cloudText, cloudMetadata }: Setting, key: string): Promise<unknown> {
  const metadata = await cloudMetadata(key);
  return { content: await cloudText(key), labels: labelsIn(metadata), has_metadata: Object.keys(metadata ?? {}).length > 0 };
}

const local = async ({ open, putLocal }: Setting, options = {}): Promise<Datafile> => open(await putLocal('b.txt', 'hello'), options);

// ---------------------------------------------------------------- uploads and places

mended(
  'upload-does-not-refresh-cloud-metadata',
  { result: { size_bytes: 5, cloud_hash_value: 'mnG7TA==', exists_in_cloud: true, exists_locally: true, hash_value: 'mnG7TA==' } },
  async (setting) => {
    const datafile = await local(setting);
    await datafile.upload(`${setting.cloud}/a.txt`);
    ok(datafile.lastModified, 'a time of change');
    return {
      size_bytes: datafile.sizeBytes,
      cloud_hash_value: await datafile.cloudHashValue(),
      exists_in_cloud: datafile.existsInCloud,
      exists_locally: datafile.existsLocally,
      hash_value: await datafile.hashValue(),
    };
  },
);
same('upload-cloud-only-to-new-path-copies', async (setting) => {
  await (await local(setting, { labels: ['l'] })).upload(`${setting.cloud}/a.txt`);
  await (await setting.open(`${setting.cloud}/a.txt`)).upload(`${setting.cloud}/b.txt`);
  return objectAt(setting, 'b.txt');
});
mended('cloud-path-with-existing-local-path', { error: 'FileExistsError' }, async (setting) => {
  await setting.store.put('a.txt', 'cloud');
  // Changed after the object, by more than clocks of different machines and disks may differ.
  await new Promise((resolve) => setTimeout(resolve, 1500));
  return setting.open(`${setting.cloud}/a.txt`, { localPath: await setting.putLocal('local.txt', 'edited') });
});
mended('cloud-path-with-identical-local-path', { result: 'equal, and not fetched' }, async (setting) => {
  const { store, open, cloud, putLocal, clearLog, log } = setting;
  await store.put('a.txt', 'cloud');
  const path = await putLocal('local.txt', 'cloud');
  await clearLog!();
  await open(`${cloud}/a.txt`, { localPath: path });
  return (await log!()).requests.length === 1 ? 'equal, and not fetched' : 'fetched';
});
same('datafile-set-cloud-path-uploads', async (setting) => {
  const datafile = await local(setting);
  await datafile.setCloudPath(`${setting.cloud}/a.txt`);
  return [datafile.cloudPath === `${setting.cloud}/a.txt` && 'gs://fixture-bucket/b7/a.txt', await objectAt(setting, 'a.txt')];
});
same('datafile-cloud-path-none-cloud-only', async ({ open, cloud }) => (await open(`${cloud}/x`)).setCloudPath(null));
same('datafile-upload-no-path', async (setting) => (await local(setting)).upload());
same('datafile-upload-missing-local', async ({ open, folder, cloud }) => {
  const datafile = await open(`${folder}/missing.csv`);
  const failed = datafile.upload(`${cloud}/zz.csv`);
  await failed.catch(() => {});
  equal(datafile.cloudPath, null, 'mended: the place is not kept');
  return failed;
});
same('datafile-signed-url-local-only', async (setting) => (await local(setting)).generateSignedUrl());
mended('datafile-local-path-none-local-only', { error: 'LocalLocationNotSpecifiedError' }, async (setting) =>
  (await local(setting)).setLocalPath(null),
);
same('datafile-set-local-path-existing', async (setting) => (await local(setting)).setLocalPath(await setting.putLocal('there', 'x')));
same('datafile-set-local-path-copies', async (setting) => {
  const datafile = await setting.open(await setting.putLocal('b9/a.txt', 'hello'));
  await datafile.setLocalPath(`${setting.folder}/b9/new/b.txt`);
  const { path, name } = datafile;
  return [path, await setting.localText('b9/new/b.txt'), (await setting.localText('b9/a.txt')) !== null, name];
});
same('datafile-set-local-path-cloud', async (setting) => {
  await putOld(setting);
  const datafile = await setting.open(`${setting.cloud}/a.txt`);
  await datafile.setLocalPath(`${setting.folder}/b11/sub/b.txt`);
  return [datafile.path, await setting.localText('b11/sub/b.txt')];
});
same('datafile-local-path-downloads-once', async (setting) => {
  await putOld(setting);
  const datafile = await setting.open(`${setting.cloud}/a.txt`);
  await setting.clearLog!();
  const paths = [await datafile.localPath(), await datafile.localPath()];
  return [paths[0] === paths[1], (await setting.log!()).requests.length === 1];
});
same('datafile-download-again-elsewhere', async (setting) => {
  await putOld(setting);
  const datafile = await setting.open(`${setting.cloud}/a.txt`);
  const paths = [await datafile.download(`${setting.folder}/b13/1.txt`), await datafile.download(`${setting.folder}/b13/2.txt`)];
  return [...paths, datafile.path, await setting.localNames('b13')];
});
same('datafile-download-relative-twice', async (setting) => {
  await putOld(setting);
  const datafile = await setting.open(`${setting.cloud}/a.txt`);
  await setting.clearLog!();
  await datafile.download(`${setting.folder}/b14/./rel.txt`);
  const path = await datafile.download(`${setting.folder}/x/../b14/rel.txt`);
  equal((await setting.log!()).requests.length, 1, 'mended: downloaded once');
  return path;
});
same('datafile-deserialise-uploads', async (setting) => {
  const { putLocal, open, cloud, client } = setting;
  const datafile = await open(await putLocal('b16/a.txt', 'hello'), { cloudPath: `${cloud}/a.txt` });
  const text = datafile.serialise();
  const { requests } = client.stats();
  const back = deserialiseDatafile(text, { client });
  equal(client.stats().requests, requests, 'mended: nothing is sent');
  return [back.id === datafile.id, back.cloudPath === `${cloud}/a.txt` && 'gs://fixture-bucket/b16/a.txt', back.path];
});

// ---------------------------------------------------------------- what is missing

const absent = { hash_value: 'FileNotFoundError', size_bytes: null, exists_locally: false, cloud_hash_value: null, _last_modified: null };
const facts = async (datafile: Datafile): Promise<Record<string, unknown>> => ({
  hash_value: (await outcome(() => datafile.hashValue())).error,
  size_bytes: datafile.sizeBytes,
  exists_locally: datafile.existsLocally,
  cloud_hash_value: await datafile.cloudHashValue(),
  _last_modified: datafile.lastModified,
  name: datafile.name,
  extension: datafile.extension,
  exists_in_cloud: datafile.existsInCloud,
  path_in_bucket: datafile.pathInBucket,
  cloud_protocol: datafile.cloudProtocol,
  metadata_path: datafile.metadataPath,
});
mended(
  'datafile-nonexistent-cloud',
  {
    result: {
      ...absent,
      name: 'x.csv',
      extension: 'csv',
      exists_in_cloud: true,
      path_in_bucket: 'dir/nope/x.csv',
      cloud_protocol: 'gs',
      metadata_path: null,
    },
  },
  async ({ open, cloud }) => facts(await open(`${cloud}/nope/x.csv`)),
);
mended(
  'datafile-local-missing',
  {
    result: {
      ...absent,
      exists_locally: true,
      name: 'missing.csv',
      extension: 'csv',
      exists_in_cloud: false,
      path_in_bucket: null,
      cloud_protocol: null,
      metadata_path: '<root>/.octue',
    },
  },
  async ({ open, folder }) => facts(await open(`${folder}/missing.csv`)),
);
same('datafile-nonexistent-bucket-download', async ({ open }) => (await open('gs://no-such-bucket-zz/x.csv')).download());
same('datafile-nonexistent-cloud-download-default-mode', async ({ open, cloud }) => (await open(`${cloud}/nope/x.csv`)).download());
mended('datafile-nonexistent-cloud-download-mode-rb', { error: 'FileNotFoundError' }, async ({ open, cloud }) =>
  (await open(`${cloud}/nope/x.csv`, { mode: 'rb' })).download(),
);

// ---------------------------------------------------------------- what is taken

same('datafile-set-name', async ({ open }) => {
  const datafile = await open('mem://b/x');
  (datafile as { name: string }).name = 'y';
});
same('datafile-bad-id', async ({ open }) => open('mem://b/x', { id: 'abc' }));
same('datafile-bad-id-int', async ({ open }) => open('mem://b/x', { id: 5 as unknown as string }));
same('datafile-id-normalised', async ({ open }) => {
  const { id } = await open('mem://b/x', { id: '{00000000-0000-4000-8000-00000000ABCD}' });
  return id === '00000000-0000-4000-8000-00000000abcd' ? '<uuid>' : id;
});
mended('datafile-bad-timestamp', { error: 'CloudError InvalidArgument' }, async ({ open }) =>
  open('mem://b/x', { timestamp: '2020-01-01' as unknown as Date }),
);
same('datafile-sort', async ({ open }) =>
  [await open('mem://x/b'), await open('mem://y/a')].sort(Datafile.compare).map(({ name }) => name),
);
same('datafile-equality', async ({ open }) => (await open('mem://b/x')) === (await open('mem://b/x')));
same('datafile-extension-variants', async ({ open }) => {
  const names = Object.keys(rows.get('datafile-extension-variants')!.result as object);
  return Object.fromEntries(await Promise.all(names.map(async (name) => [name, (await open(`mem://b/${name}`)).extension])));
});
mended(
  'datafile-metadata-keys',
  {
    result: [
      ['octue__id', 'octue__timestamp', 'octue__tags', 'octue__labels', 'octue__sdk_version'],
      ['timestamp', 'tags', 'labels'],
    ],
  },
  async ({ open }) => {
    const datafile = await open('mem://b/x');
    const bare = datafile.metadata({ includeId: false, includeSdkVersion: false, useOctueNamespace: false });
    return [Object.keys(datafile.metadata()), Object.keys(bare)];
  },
);
mended('hash-value-setter', { result: ['abc', 'CloudError InvalidArgument', 'FileNotFoundError'] }, async ({ open, folder }) => {
  const datafile = await open(`${folder}/x`);
  datafile.setHashValue('abc');
  const [hash, again] = [await datafile.hashValue(), await outcome(async () => datafile.setHashValue('def'))];
  datafile.resetHash();
  return [hash, again.error, (await outcome(() => datafile.hashValue())).error];
});

// ---------------------------------------------------------------- whose metadata count

const at = (second: number): PyDateTime => new PyDateTime({ year: 1970, month: 1, day: 1, second });
const shown = (datafile: Datafile): unknown[] => [[...datafile.labels], datafile.tags, datafile.timestamp?.toString().replace('T', ' ')];
same('precedence-local', async ({ open, putLocal }) => {
  const path = await putLocal('a.txt', 'x');
  const ids = ['00000000-0000-4000-8000-0000000000bb', '00000000-0000-4000-8000-0000000000cc'] as const;
  await (await open(path, { id: ids[0], labels: ['arg'], tags: { arg: 1 }, timestamp: at(0) })).updateMetadata();
  const other = { id: ids[1], labels: ['other'], tags: { other: 1 }, timestamp: at(5) };
  const both = [await open(path, other), await open(path, { ...other, ignoreStoredMetadata: true })];
  return both.map((datafile) => [datafile.id.slice(-2), ...shown(datafile)]);
});
same('precedence-partial', async ({ open, putLocal }) => {
  await putLocal('.octue', '{"datafiles": {"a.txt": {"labels": ["stored"]}}}');
  return shown(await open(await putLocal('a.txt', 'x'), { labels: ['other'], tags: { other: 1 }, timestamp: at(5) }));
});
mended('metadata-cache-keyed-by-id', { result: [['first'], ['second'], ['second']] }, async ({ open, putLocal }) => {
  const id = '00000000-0000-4000-8000-0000000000dd';
  const write = (label: string): Promise<string> => putLocal('.octue', `{"datafiles": {"a.txt": {"id": "${id}", "labels": ["${label}"]}}}`);
  const path = await putLocal('a.txt', 'x');
  await write('first');
  const out = [[...(await open(path, { id })).labels]];
  await write('second');
  return [...out, [...(await open(path, { id })).labels], [...(await open(path)).labels]];
});
same('cloud-metadata-not-json', async ({ open, store, cloud, cloudMetadata }) => {
  await store.put('a', 'x', { metadata: { owner: 'me', labels: 'not json', tags: '{"a": 1}' } });
  const { labels, tags } = await open(`${cloud}/a`);
  const { owner, ...rest } = (await cloudMetadata('a'))!;
  return [[...labels].sort(), tags, { owner, labels: rest['labels'], tags: JSON.parse(rest['tags']!) as unknown }];
});

// ---------------------------------------------------------------- blocks and saving

mended(
  'exception-in-context-still-uploads',
  { result: ['Mine', { content: 'OLD', labels: storedLabels('stored'), has_metadata: true }] },
  async (setting) => {
    await putOld(setting);
    const datafile = await setting.open(`${setting.cloud}/a.txt`);
    class Mine extends Error {
      override name = 'Mine';
    }
    const { error } = await outcome(() =>
      datafile.open('w', async (file) => {
        await file.write('partial');
        throw new Mine();
      }),
    );
    return [error, await objectAt(setting, 'a.txt')];
  },
);
mended(
  'datafile-as-context-manager',
  { result: { content: 'via with', labels: storedLabels('stored'), has_metadata: true } },
  async (setting) => {
    await putOld(setting);
    const datafile = await setting.open(`${setting.cloud}/a.txt`, { mode: 'w', updateMetadata: false });
    await datafile.open(undefined, (file) => file.write('via with'));
    return objectAt(setting, 'a.txt');
  },
);
same('update-metadata-cloud', async (setting) => {
  await putOld(setting);
  const datafile = await setting.open(`${setting.cloud}/a.txt`);
  datafile.addLabels('new');
  await datafile.updateMetadata();
  return objectAt(setting, 'a.txt');
});
same('update-metadata-both', async (setting) => {
  const datafile = await local(setting, { cloudPath: `${setting.cloud}/a.txt` });
  datafile.addLabels('l');
  await datafile.updateMetadata();
  return [await objectAt(setting, 'a.txt'), (await setting.localNames()).includes('.octue')];
});
same('update-cloud-metadata-local', async (setting) => (await local(setting)).updateCloudMetadata());
mended('update-local-metadata-cloud-only', { error: 'LocalLocationNotSpecifiedError' }, async (setting) => {
  await putOld(setting);
  return (await setting.open(`${setting.cloud}/a.txt`)).updateLocalMetadata();
});
same('update-local-metadata-missing-directory', async ({ open, folder }) => (await open(`${folder}/no/such/a`)).updateLocalMetadata());

// ---------------------------------------------------------------- paths

mended('colon-in-cloud-path', { result: ['dir/2020-01-01T00:00:00.csv', ['dir/2020-01-01T00:00:00.csv']] }, async (setting) => {
  const datafile = await local(setting);
  await datafile.upload(`${setting.cloud}/2020-01-01T00:00:00.csv`);
  const keys: string[] = [];
  for await (const page of setting.store.list()) keys.push(...page.objects.map(({ key }) => `dir/${key}`));
  return [datafile.pathInBucket, keys];
});
mended('local-path-starting-with-http', { result: [true, false] }, async ({ open }) => {
  const datafile = await open('httpdata/file.csv');
  return [datafile.existsLocally, datafile.existsInCloud];
});

// ---------------------------------------------------------------- URLs

/** Nobody listens there. */
const closed = 'http://127.0.0.1:9/b/x.txt';
mended('datafile-url-connection-error', { result: true }, async ({ open }) => {
  const { error } = await outcome(() => open(closed));
  return error !== undefined && error.startsWith('CloudError');
});
mended('datafile-url-connection-error-download', { result: true }, async ({ client }) => {
  const { error } = await outcome(() => deserialiseDatafile({ path: closed }, { client }).download());
  return error !== undefined && /^CloudError (Network|CorsOrNetwork)/.test(error);
});
const signed = async (setting: Setting): Promise<Datafile> => {
  await putOld(setting);
  return setting.open(await (await setting.open(`${setting.cloud}/a.txt`)).generateSignedUrl());
};
same('datafile-url-download', async (setting) => {
  await (await signed(setting)).download(`${setting.folder}/a.txt`);
  return setting.localText('a.txt');
});
mended('datafile-url-update-metadata', { error: 'ReadOnlyResourceError' }, async (setting) => {
  const datafile = await signed(setting);
  datafile.addLabels('z');
  return datafile.updateMetadata();
});

// ---------------------------------------------------------------- HDF5

/** Writes three numbers to a datafile, and reads them as another. */
async function numbersThrough(setting: Setting, path: string): Promise<number[]> {
  const { open } = setting;
  await (await open(path)).open('w', async (file: Hdf5WritableFile) => void (await file.createDataset('/x', { data: [1, 2, 3] })));
  return (await open(path)).open('r', async (file: Hdf5File) => Array.from((await (await file.dataset('/x')).read()) as Float64Array));
}

same('hdf5-local', async (setting) => ['h5py', await numbersThrough(setting, `${setting.folder}/a.hdf5`)]);
same('hdf5-cloud', async (setting) => numbersThrough(setting, `${setting.cloud}/a.hdf5`));

mended('hdf5-rb', { result: 'HDF' }, async ({ open, putLocal }) => {
  const datafile = await open(await putLocal('a.hdf5', 'HDF'));
  equal((await outcome(() => datafile.open('r'))).error, 'NotHdf5Error');
  return datafile.open('rb', (file) => file.readText());
});
mended('hdf5-h5-extension', { result: [1, 2, 3] }, async (setting) => numbersThrough(setting, `${setting.folder}/a.h5`));

test('behaviours.json: every row of datafiles is done', () => {
  // The path helpers are no part of the API here.
  const elsewhere = /^(dataset-|manifest-|storage-path$|permissions-note$)/;
  equal(
    [...rows.keys()].filter((id) => !elsewhere.test(id) && !done.has(id)),
    [],
  );
});
