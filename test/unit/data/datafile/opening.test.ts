/** Making datafiles: where they are, what they are called, and whose metadata count. */
import { Datafile } from '../../../../src/data/datafile/datafile.ts';
import { openDatafile } from '../../../../src/data/datafile/open-datafile.ts';
import { PyDateTime } from '../../../../src/data/date-time.ts';
import { formatJson } from '../../../../src/data/json-write.ts';
import { objectOf } from '../../../../src/data/value.ts';
import { Client } from '../../../../src/index.ts';
import { equal, ok, rejects, test } from '../../../harness.ts';
import { allKinds, everywhere, locally, type Setting } from './places.ts';

const id = '00000000-0000-4000-8000-00000000abcd';
const other = '00000000-0000-4000-8000-000000000001';
const stored = (labels: string, tags = '{"stored": 1}'): Record<string, string> => ({
  octue__id: `"${id}"`,
  octue__timestamp: '{"_type": "datetime", "value": "2022-05-04T17:57:57.136739"}',
  octue__tags: tags,
  octue__labels: labels,
  octue__sdk_version: '"0.69.0"',
});
const facts = ({ id: own, timestamp, tags, labels }: Datafile): unknown[] => [
  own,
  timestamp?.toString() ?? null,
  formatJson(tags),
  [...labels],
];
const record = (text: string): string => `{"datafiles": {"a.txt": ${text}}}`;

locally('where it is and what it is called', async ({ open, putLocal, folder }) => {
  const path = await putLocal('a.tar.gz', 'hello');
  const datafile = await open(path);
  equal(
    [datafile.path, datafile.name, datafile.extension, datafile.existsLocally, datafile.existsInCloud],
    [path, 'a.tar.gz', 'gz', true, false],
  );
  equal(
    [datafile.cloudPath, datafile.bucketName, datafile.pathInBucket, datafile.cloudProtocol, datafile.metadataPath, datafile.sizeBytes],
    [null, null, null, null, `${folder}/.octue`, 5],
  );
  ok(datafile.lastModified && Math.abs(datafile.lastModified.getTime() - Date.now()) < 600_000, 'changed just now');
  equal([await datafile.cloudHashValue(), await datafile.hashValue(), String(datafile)], [null, 'mnG7TA==', "<Datafile('a.tar.gz')>"]);
});

locally('what is missing is no error before it is asked for', async ({ open, folder, warnings }) => {
  for (const path of [`${folder}/none.csv`, `${folder}/no/such/none.csv`]) {
    const datafile = await open(path);
    equal([datafile.name, datafile.existsLocally, datafile.sizeBytes, datafile.lastModified], ['none.csv', true, null, null]);
    await rejects(datafile.hashValue(), (error: Error) => error.name === 'FileNotFoundError');
  }
  equal(warnings, []);
});

locally('a folder is no datafile', async ({ open, folder }) => {
  await rejects(open(folder), 'InvalidArgument');
});

everywhere(
  'in the cloud: where it is and what it is called',
  async ({ open, store, cloud, client, kind, warnings }) => {
    await store.put('deep/a b+c%20:1.csv', 'hello', { metadata: stored('{"_type": "set", "items": ["s"]}') });
    const datafile = await open(`${cloud}/deep/a b+c%20:1.csv`);
    const key = `${cloud.replace(/^\w+:\/\/[^/]+\//, '')}/deep/a b+c%20:1.csv`;
    equal(
      [datafile.name, datafile.extension, datafile.pathInBucket, datafile.cloudPath, datafile.path],
      ['a b+c%20:1.csv', 'csv', key, `${cloud}/deep/a b+c%20:1.csv`, `${cloud}/deep/a b+c%20:1.csv`],
    );
    equal([datafile.existsLocally, datafile.existsInCloud, datafile.metadataPath, datafile.sizeBytes], [false, true, null, 5]);
    equal(datafile.cloudProtocol, /^\w+/.exec(cloud)?.[0]);
    equal(datafile.bucketName, /\/\/([^/]+)/.exec(cloud)?.[1]);
    ok(datafile.lastModified, 'a time of change');
    equal(facts(datafile), [id, '2022-05-04T17:57:57.136739', '{"stored": 1}', ['s']]);
    equal(await datafile.hashValue(), 'mnG7TA==');
    if (kind !== 'mem') equal(await datafile.cloudHashValue(), 'mnG7TA==');
    const again = await open(datafile.cloudPath!, { client });
    equal(again.id, id, 'its URL leads there');
    equal(warnings, []);
  },
  allKinds.filter((kind) => kind !== 'versitygw' && kind !== 'minio'),
);

everywhere('what is missing in the cloud is no error before it is asked for', async ({ open, cloud, kind }) => {
  const paths = [`${cloud}/none.csv`, ...(kind === 'mem' ? [] : [`${cloud.replace(/\/\/[^/]+/, '//no-such-bucket-here')}/none.csv`])];
  for (const path of paths) {
    const datafile = await open(path, { labels: ['given'] });
    equal([datafile.name, datafile.sizeBytes, datafile.lastModified, [...datafile.labels]], ['none.csv', null, null, ['given']]);
    equal(await datafile.cloudHashValue(), null);
    await rejects(datafile.hashValue(), (error: Error) => error.name === 'FileNotFoundError');
    await rejects(datafile.download(), (error: Error) => error.name === 'FileNotFoundError');
    await rejects(datafile.open('r'), (error: Error) => error.name === 'FileNotFoundError');
    equal(datafile.existsLocally, false, 'nothing was made here');
  }
});

const extensions: Record<string, string> = {
  'a.csv': 'csv',
  'a.tar.gz': 'gz',
  '.hidden': '',
  noext: '',
  'a.': '',
  'a..b': 'b',
  'A.CSV': 'CSV',
};
test('datafile: extensions', async () => {
  const client = new Client();
  for (const [name, want] of Object.entries(extensions)) {
    equal((await openDatafile(`mem://extensions/${name}`, { client })).extension, want, name);
  }
  const named = await openDatafile('mem://extensions/a.csv', { client, name: 'b.json' });
  equal([named.name, named.extension], ['b.json', 'json'], 'a given name wins');
});

// ---------------------------------------------------------------- whose metadata count

const given = { labels: ['given'], tags: { given: 1 }, timestamp: new PyDateTime({ year: 2000, month: 1, day: 1 }), id: other };
const all = record(
  `{"id": "${id}", "timestamp": null, "tags": {"stored": 1}, "labels": {"_type": "set", "items": ["s"]}, "sdk_version": "0.1.0"}`,
);

locally('stored metadata win over those given, one by one', async ({ open, putLocal }) => {
  const path = await putLocal('a.txt', 'x');
  await putLocal('.octue', all);
  equal(facts(await open(path, given)), [id, null, '{"stored": 1}', ['s']]);
  equal(facts(await open(path, { ...given, ignoreStoredMetadata: true })), [other, '2000-01-01T00:00:00', '{"given": 1}', ['given']]);
  await putLocal('.octue', record('{"labels": ["s"]}'));
  equal(facts(await open(path, given)), [other, '2000-01-01T00:00:00', '{"given": 1}', ['s']]);
  await putLocal('.octue', '{"datafiles": {"b.txt": {"labels": ["s"]}}}');
  equal(facts(await open(path, given)), [other, '2000-01-01T00:00:00', '{"given": 1}', ['given']], 'the record of another');
});

locally('a file that is missing has the metadata of its record', async ({ open, putLocal, folder }) => {
  await putLocal('.octue', all);
  equal((await open(`${folder}/a.txt`)).id, id);
});

everywhere('in the cloud stored metadata win over those given, one by one', async ({ open, store, cloud }) => {
  await store.put('all', 'x', { metadata: stored('{"_type": "set", "items": ["s"]}') });
  await store.put('part', 'x', { metadata: { octue__labels: '["s"]', owner: 'me' } });
  await store.put('none', 'x', { metadata: { owner: 'me' } });
  await store.put('raw', 'x', { metadata: { labels: 'not json', tags: '{"a": 1}', owner: 'me' } });
  const open2 = async (key: string, more = {}): Promise<unknown[]> => facts(await open(`${cloud}/${key}`, { ...given, ...more }));
  equal(await open2('all'), [id, '2022-05-04T17:57:57.136739', '{"stored": 1}', ['s']]);
  equal(await open2('all', { ignoreStoredMetadata: true }), [other, '2000-01-01T00:00:00', '{"given": 1}', ['given']]);
  equal(await open2('part'), [other, '2000-01-01T00:00:00', '{"given": 1}', ['s']]);
  equal(await open2('none'), [other, '2000-01-01T00:00:00', '{"given": 1}', ['given']]);
  equal(await open2('raw'), [other, '2000-01-01T00:00:00', '{"a": 1}', ['not', 'json']], 'as somebody else wrote them');
});

everywhere('a value that is not valid in stored metadata is an error, unless they are ignored', async ({ open, store, cloud }) => {
  await store.put('a', 'x', { metadata: stored('["Not Valid"]') });
  await rejects(open(`${cloud}/a`), (error: Error) => error.name === 'InvalidLabelError');
  const datafile = await open(`${cloud}/a`, { ignoreStoredMetadata: true });
  equal([[...datafile.labels], datafile.sizeBytes], [[], 1]);
});

locally('making a datafile writes nothing', async (setting: Setting) => {
  const { open, putLocal, localNames, localText } = setting;
  const path = await putLocal('a.txt', 'x');
  await open(path, given);
  equal(await localNames(), ['a.txt']);
  await putLocal('.octue', 'nonsense');
  await open(path, given);
  equal(await localText('.octue'), 'nonsense');
  equal(
    setting.warnings.map(({ code, key }) => [code, key]),
    [['InvalidArgument', `${setting.folder}/.octue`]],
  );
});

// ---------------------------------------------------------------- what is taken and what is not

test('datafile: ids', async () => {
  const client = new Client();
  const open = (own: unknown): Promise<Datafile> => openDatafile('mem://b/a', { client, id: own as string });
  for (const form of [id, id.toUpperCase(), `{${id}}`, `urn:uuid:${id}`, id.replaceAll('-', '')]) equal((await open(form)).id, id);
  const [a, b] = [await open(undefined), await open(undefined)];
  ok(a.id !== b.id && /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/.test(a.id), a.id);
  for (const bad of ['abc', '', 5, {}, id + '0']) await rejects(open(bad), 'InvalidArgument');
  await rejects(
    async () => void ((a as { id: string }).id = id),
    (error: Error) => error instanceof TypeError,
  );
  await rejects(
    async () => void ((a as { name: string }).name = 'b'),
    (error: Error) => error instanceof TypeError,
  );
});

test('datafile: timestamps', async () => {
  const datafile = await openDatafile('mem://b/a', { client: new Client(), timestamp: new Date(Date.UTC(2022, 4, 4, 17, 57, 57, 136)) });
  equal([datafile.timestamp?.toString(), datafile.posixTimestamp], ['2022-05-04T17:57:57.136000+00:00', 1651687077.136]);
  datafile.timestamp = 1651687077.25;
  equal(datafile.posixTimestamp, 1651687077.25);
  datafile.timestamp = new PyDateTime({ year: 2022, month: 5, day: 4, offsetSeconds: 3600 });
  ok(datafile.timestamp instanceof PyDateTime);
  datafile.timestamp = null;
  equal([datafile.timestamp, datafile.posixTimestamp], [null, null]);
  for (const bad of ['2020-01-01', {}, [], Symbol.iterator]) {
    await rejects(async () => void (datafile.timestamp = bad as unknown as Date), 'InvalidArgument');
    await rejects(openDatafile('mem://b/a', { client: new Client(), timestamp: bad as unknown as Date }), 'InvalidArgument');
  }
  equal(datafile.timestamp, null, 'what was refused changed nothing');
});

test('datafile: tags and labels', async () => {
  const client = new Client();
  const datafile = await openDatafile('mem://b/a', { client, tags: { a: 1 }, labels: 'one two' });
  equal([formatJson(datafile.tags), [...datafile.labels]], ['{"a": 1}', ['one', 'two']]);
  datafile.addTags({ b: { c: [1, null] }, a: 2 });
  datafile.addLabels('three');
  equal([formatJson(datafile.tags), [...datafile.labels]], ['{"a": 2, "b": {"c": [1, null]}}', ['one', 'two', 'three']]);
  const same = (error: Error): boolean => /^Invalid(Tag|Label)Error$/.test(error.name);
  await rejects(async () => datafile.addTags({ fine: 1, 'not fine': 2 }), same);
  await rejects(async () => datafile.addLabels('fine', 'Not Fine'), same);
  await rejects(async () => void (datafile.tags = { '': 1 }), same);
  await rejects(async () => void (datafile.labels = ['fine', 'Not Fine']), same);
  await rejects(async () => void datafile.labels.add('Not Fine'), same);
  equal([formatJson(datafile.tags), [...datafile.labels]], ['{"a": 2, "b": {"c": [1, null]}}', ['one', 'two', 'three']]);
  await rejects(openDatafile('mem://b/a', { client, tags: { 'not fine': 1 } }), same);
  await rejects(openDatafile('mem://b/a', { client, labels: ['Not Fine'] }), same);
  await rejects(openDatafile('mem://b/a', { client, tags: [] as unknown as Record<string, never> }), 'InvalidArgument');
});

test('datafile: tags keep their order, also those that look like numbers', async () => {
  const datafile = await openDatafile('mem://b/a', {
    client: new Client(),
    tags: objectOf([
      ['2022', 1],
      ['2021', 2],
    ]),
  });
  equal(formatJson(datafile.tags), '{"2022": 1, "2021": 2}');
  datafile.addTags({ '1': 3, z: 4 });
  equal(formatJson(datafile.tags), '{"2022": 1, "2021": 2, "1": 3, "z": 4}');
  datafile.tags['0'] = 5;
  equal(formatJson(datafile.metadata({ useOctueNamespace: false })['tags']!), '{"2022": 1, "2021": 2, "1": 3, "z": 4, "0": 5}');
});

test('datafile: metadata() by their names', async () => {
  const datafile = await openDatafile('mem://b/a', { client: new Client() });
  equal(Object.keys(datafile.metadata()), ['octue__id', 'octue__timestamp', 'octue__tags', 'octue__labels', 'octue__sdk_version']);
  const names = Object.keys(datafile.metadata({ includeId: false, includeSdkVersion: false, useOctueNamespace: false }));
  equal(names, ['timestamp', 'tags', 'labels']);
});

test('datafile: compared by name, and not equal to another of the same place', async () => {
  const client = new Client();
  const [b, a, same] = [
    await openDatafile('mem://x/b', { client }),
    await openDatafile('mem://z/a', { client }),
    await openDatafile('mem://x/b', { client }),
  ];
  equal(
    [b, a].sort(Datafile.compare).map(({ name }) => name),
    ['a', 'b'],
  );
  ok(b !== same && b.id !== same.id);
});

test('datafile: places that are none', async () => {
  const client = new Client();
  const open = (path: string, more = {}): Promise<Datafile> => openDatafile(path, { client, ...more });
  await rejects(open(''), 'InvalidUrl');
  await rejects(open('ftp://h/a'), 'UnsupportedProtocol');
  await rejects(open('mem://bucket'), 'InvalidArgument');
  await rejects(open('mem://bucket/'), 'InvalidArgument');
  await rejects(open('mem://b/a', { cloudPath: 'mem://b/c' }), 'InvalidArgument');
  await rejects(open('/a', { localPath: '/b' }), 'InvalidArgument');
  await rejects(open('mem://b/a', { localPath: 'mem://b/c' }), 'InvalidArgument');
  await rejects(open('/a', { cloudPath: '/b' }), 'InvalidArgument');
  await rejects(open('/a', { cloudPath: 'https://h/b' }), 'InvalidArgument');
});

test('datafile: gs:// keys are folded as the original folds them, others are not', async () => {
  const client = new Client({ endpoint: 'http://127.0.0.1:9', credentials: 'anonymous', retry: { attempts: 1 } });
  const { deserialiseDatafile } = await import('../../../../src/data/datafile/open-datafile.ts');
  const key = (path: string): string | null => deserialiseDatafile({ path }, { client }).pathInBucket;
  equal(['gs://b/a/../c', 'gs://b//a///c', 'gs://b/a:b.csv', 's3://b/a/../c', 's3://b//a', 'mem://b/a/../c'].map(key), [
    'c',
    'a/c',
    'a:b.csv',
    'a/../c',
    '/a',
    'a/../c',
  ]);
  equal(client.stats().requests, 0);
});
