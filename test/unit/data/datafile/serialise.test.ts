/** Datafiles as data: what is written, what is read, and that neither costs anything. */
import { deserialiseDatafile, openDatafile } from '../../../../src/data/datafile/open-datafile.ts';
import { PyDateTime } from '../../../../src/data/date-time.ts';
import { formatJson } from '../../../../src/data/json-write.ts';
import { parseJson } from '../../../../src/data/json-read.ts';
import { objectOf, type PyObject } from '../../../../src/data/value.ts';
import { pyFloat } from '../../../../src/data/py-float.ts';
import { Client } from '../../../../src/index.ts';
import { equal, ok, rejects, test } from '../../../harness.ts';
import recorded from '../../../parity/octue/serialised-datafiles.json' with { type: 'json' };
import { everywhere, locally, requestsOf, withSetting } from './places.ts';

const all = recorded as Record<string, string>;
/** Opens nothing: whoever sends is told. */
const still = (): Client =>
  new Client({
    endpoint: 'http://127.0.0.1:9',
    credentials: 'anonymous',
    fetch: () => {
      throw new Error('nothing may be sent');
    },
  });

for (const [name, text] of Object.entries(all)) {
  test(`datafile: ${name} as Octue's SDK wrote it, there and back`, () => {
    const placed = text.replaceAll('<temporary file>', '/tmp/all.csv').replaceAll('<datetime>', '2022-05-04T17:57:57.136739');
    const datafile = deserialiseDatafile(placed, { client: still() });
    const { id, name: own, local_path: local, cloud_path: cloud, path } = parseJson(placed) as Record<string, string | null>;
    equal([datafile.id, datafile.name, datafile.path, datafile.cloudPath], [id, own, path, cloud]);
    equal([datafile.existsLocally, datafile.existsInCloud], [local !== null, cloud !== null]);
    // What is known of the object is not carried over: it may be another by now.
    const want = formatJson({ ...(parseJson(placed) as PyObject), _cloud_metadata: {} }, { indent: 4, sortKeys: true });
    equal(datafile.serialise(), want);
    equal(formatJson(deserialiseDatafile(datafile.toPrimitive(), { client: still() }).toPrimitive()), formatJson(datafile.toPrimitive()));
  });
}

test('datafile: serialised values come back as they were', async () => {
  const client = new Client();
  const tags = objectOf([
    ['2022', pyFloat(1)],
    ['2021', 2n ** 70n],
    ['set', new Set(['b', 'a'])],
    ['when', new PyDateTime({ year: 2022, month: 5, day: 4, offsetSeconds: 3600 })],
    ['odd', [NaN, Infinity, null, 'naïve ☃']],
  ]);
  const datafile = await openDatafile('mem://b/a.csv', { client, tags, labels: 'b a', timestamp: 0.5, name: 'own.csv' });
  const back = deserialiseDatafile(datafile.serialise(), { client });
  equal([back.id, back.name, [...back.labels], back.cloudPath], [datafile.id, 'own.csv', ['a', 'b'], 'mem://b/a.csv']);
  equal(formatJson(back.tags, { sortKeys: true }), formatJson(datafile.tags, { sortKeys: true }));
  const direct = deserialiseDatafile(datafile.toPrimitive(), { client });
  equal([formatJson(direct.tags), direct.timestamp?.toString()], [formatJson(datafile.tags), datafile.timestamp?.toString()]);
  equal(direct.metadataHashValue(), datafile.metadataHashValue());
  direct.tags['new'] = 1;
  ok(!('new' in datafile.tags), 'a copy');
  equal(Object.keys(datafile.toPrimitive()), 'id timestamp tags labels name local_path cloud_path _cloud_metadata path'.split(' '));
});

test('datafile: JSON.stringify gives plain JSON', async () => {
  const datafile = await openDatafile('mem://b/a', { client: new Client(), tags: { a: 1, odd: [NaN, -Infinity], s: new Set(['x']) } });
  const { tags, cloud_path: url } = JSON.parse(JSON.stringify(datafile)) as { tags: unknown; cloud_path: string };
  equal([tags, url], [{ a: 1, odd: [null, null], s: { _type: 'set', items: ['x'] } }, 'mem://b/a']);
});

test('datafile: what is no serialised datafile', async () => {
  const client = still();
  for (const bad of [
    '',
    '[]',
    'null',
    '{}',
    '{"path": 1}',
    '{"path": "/a", "name": 5}',
    '{"path": "/a", "id": "x"}',
    '{"path": null}',
    '{',
  ]) {
    await rejects(async () => deserialiseDatafile(bad, { client }), 'InvalidArgument');
  }
  for (const bad of ['{"path": "/a", "labels": ["Not Valid"]}', '{"path": "/a", "tags": {"not valid": 1}}'])
    await rejects(
      async () => deserialiseDatafile(bad, { client }),
      (error: Error) => /^Invalid(Label|Tag)Error$/.test(error.name),
    );
  await rejects(async () => deserialiseDatafile('{"path": "ftp://h/x"}', { client }), 'UnsupportedProtocol');
});

everywhere('serialising and reading back sends nothing, and all is there', async (setting) => {
  const { open, cloud, store, client, kind, putLocal, cloudText } = setting;
  await store.put('a.csv', 'hello', { metadata: { octue__labels: '["l"]', octue__id: '"00000000-0000-4000-8000-00000000abcd"' } });
  const datafile = await open(`${cloud}/a.csv`);
  let text = '';
  equal(await requestsOf(setting, async () => void (text = datafile.serialise())), 0);
  const { _cloud_metadata: known, local_path: local, path } = parseJson(text) as Record<string, PyObject | string | null>;
  equal([local, path, datafile.existsLocally], [null, `${cloud}/a.csv`, false], 'nothing was downloaded');
  const { size, crc32c } = known as { size: number; crc32c: string | null };
  equal([size, kind === 'gcs' ? crc32c : 'mnG7TA=='], [5, 'mnG7TA==']);
  const back = deserialiseDatafile(text, { client });
  equal([back.id, [...back.labels], back.name], [datafile.id, ['l'], 'a.csv']);
  equal(await back.open('r', (file) => file.read()), 'hello');
  ok(!back.serialise().includes(await back.localPath()), 'a copy that ends with the process is not told to others');
  back.addLabels('more');
  await back.open('a', (file) => file.write('!'));
  equal([await cloudText('a.csv'), [...(await open(`${cloud}/a.csv`)).labels]], ['hello!', ['l', 'more']]);

  const both = await open(await putLocal('b', 'hello'), { cloudPath: `${cloud}/b`, labels: ['x'] });
  const { stats } = { stats: client.stats().requests };
  const again = deserialiseDatafile(both.serialise(), { client });
  equal([client.stats().requests - stats, again.path, again.cloudPath], [0, both.path, `${cloud}/b`]);
  await again.open('a', (file) => file.write('!'));
  equal([await cloudText('b'), [...(await open(`${cloud}/b`)).labels]], ['hello!', ['x']]);
});

everywhere(
  'one that was serialised holds to what is there when it is opened',
  async ({ open, cloud, client, putLocal, store, cloudText }) => {
    const both = await open(await putLocal('b', 'hello'), { cloudPath: `${cloud}/b` });
    const back = deserialiseDatafile(both.serialise(), { client });
    const file = await back.open('a');
    await file.write('!');
    await store.put('b', 'theirs');
    await rejects(file.close(), (error: Error) => error.name === 'ConflictError');
    equal(await cloudText('b'), 'theirs');
  },
);

locally('a name of its own is kept, and so is its record', async ({ open, putLocal, folder, client }) => {
  const datafile = await open(await putLocal('a', 'x'), { name: 'own.csv', labels: ['l'] });
  await datafile.updateMetadata();
  datafile.addLabels('m');
  await datafile.updateMetadata();
  equal([...(await open(`${folder}/a`)).labels], ['l', 'm'], 'under the name of the file');
  const back = deserialiseDatafile(datafile.serialise(), { client });
  equal([back.name, back.path], ['own.csv', `${folder}/a`]);
  await putLocal('.octue', '{"datafiles": {"own.csv": {"labels": ["theirs"]}}}');
  const theirs = await open(`${folder}/a`, { name: 'own.csv' });
  equal([...theirs.labels], ['theirs'], 'as the original keeps it');
  theirs.addLabels('mine');
  await theirs.updateMetadata();
  equal([...(await open(`${folder}/a`)).labels], ['mine', 'theirs']);
});

test('datafile: a signed URL that was serialised can be read again', () =>
  withSetting('s3', async ({ open, store, cloud, client }) => {
    await store.put('a.csv', 'hello');
    const datafile = await open(await (await open(`${cloud}/a.csv`)).generateSignedUrl());
    const back = deserialiseDatafile(datafile.serialise(), { client });
    equal([back.name, await back.open('r', (file) => file.read())], ['a.csv', 'hello']);
    await rejects(back.open('w'), (error: Error) => error.name === 'ReadOnlyResourceError');
  }));
