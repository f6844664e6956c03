/** Records: local files, custom metadata, documents of datasets, and what they are made of. */
import fc from 'fast-check';
import { customMetadataLimits, formatCloudMetadata, readCloudMetadata, readMetadataHeaders } from '../../../src/data/cloud-metadata.ts';
import { formatDatasetObject, parseDatasetObject, parseSignedMetadata } from '../../../src/data/dataset-document.ts';
import { newId, normaliseId } from '../../../src/data/id.ts';
import { formatJson } from '../../../src/data/json-write.ts';
import { LabelSet } from '../../../src/data/label.ts';
import {
  emptyOctueFile,
  formatOctueFile,
  readOctueFile,
  storedDatafile,
  storedDatafileNames,
  storedDataset,
  withDatafile,
  withDataset,
  withoutDatafile,
} from '../../../src/data/octue-file.ts';
import { pyFloat } from '../../../src/data/py-float.ts';
import { copyTags, tagsFrom } from '../../../src/data/tags.ts';
import { objectOf, type PyObject, type PyValue } from '../../../src/data/value.ts';
import { env } from '../../env.ts';
import { equal, ok, rejects, test } from '../../harness.ts';

const id = '00000000-0000-4000-8000-000000000001';
const bare = { id, timestamp: null, tags: {}, labels: [] };

test('ids', async () => {
  for (const text of [id, id.toUpperCase(), `{${id}}`, `urn:uuid:${id}`, id.replaceAll('-', '')]) equal(normaliseId(text), id);
  for (const bad of ['', 'nope', `${id}0`, id.replace('4', 'g'), `1_${id.slice(2)}`, 5, null])
    await rejects(() => normaliseId(bad), 'InvalidArgument');
  const made = newId();
  ok(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/.test(made) && made !== newId(), 'a random UUID');
  equal(normaliseId(made), made);
});

test('tags keep their order, and a copy shares nothing', async () => {
  const tags = tagsFrom(
    objectOf([
      ['2', [1]],
      ['1', { a: new Set([1]) }],
    ]),
  );
  const copy = copyTags(tags);
  equal(formatJson(copy), '{"2": [1], "1": {"a": {"_type": "set", "items": [1]}}}');
  (copy['2'] as PyValue[]).push(2);
  ((copy['1'] as PyObject)['a'] as Set<PyValue>).add(2);
  equal(formatJson(tags), '{"2": [1], "1": {"a": {"_type": "set", "items": [1]}}}');
  equal(
    formatJson(
      tagsFrom(
        new Map<string, PyValue>([
          ['b', 1],
          ['a', 2],
        ]),
      ),
    ),
    '{"b": 1, "a": 2}',
  );
  for (const bad of [[], 'a', 5, new Set(['a']), new Date()]) await rejects(() => tagsFrom(bad as never), 'InvalidArgument');
});

test('a record replaced leaves all others as they stand, in their order', () => {
  const text =
    '{\n    "other": 1.0,\n    "datafiles": {\n        "10": {\n            "timestamp": {\n                "_type": "datetime",\n' +
    '                "value": "not a date"\n            }\n        },\n' +
    '        "9": {\n            "labels": "Not Valid"\n        }\n    }\n}\n';
  const file = readOctueFile(text);
  equal([formatOctueFile(file), file.problem], [text, undefined]);
  equal(storedDatafileNames(file), ['10', '9']);
  const more = withDatafile(withDatafile(file, '1', bare, 'v'), '9', bare, 'v');
  equal(storedDatafileNames(more), ['10', '9', '1']);
  ok(formatOctueFile(more).startsWith(text.slice(0, text.indexOf('"9"'))), 'the same up to the record');
  equal(storedDatafile(more, '9')?.id, id);
  equal(formatOctueFile(withoutDatafile(withoutDatafile(more, '1'), 'none')), formatOctueFile(withDatafile(file, '9', bare, 'v')));
  equal(formatOctueFile(file), text, 'what was read is not changed');
});

test('records by names that objects have by themselves', () => {
  equal(storedDatafile(emptyOctueFile, 'constructor'), undefined);
  equal(storedDatafile(readOctueFile('{"datafiles": {}}'), '__proto__'), undefined);
  const file = withDatafile(emptyOctueFile, '__proto__', bare, 'v');
  equal(storedDatafile(readOctueFile(formatOctueFile(file)), '__proto__')?.id, id);
  equal(Object.getPrototypeOf(file.root['datafiles']), Object.prototype);
});

test('malformed parts of a file are none', async () => {
  equal(storedDatafile(readOctueFile('{"datafiles": {"a": 1}}'), 'a'), undefined);
  equal(storedDataset(readOctueFile('{"dataset": []}')), undefined);
  ok(readOctueFile(Uint8Array.of(0x22, 0xff, 0x22)).problem, 'not UTF-8');
  const broken = readOctueFile('{"datafiles": [], "other": 1}');
  equal([broken.problem?.code, formatOctueFile(broken)], ['InvalidArgument', '{\n    "datafiles": {},\n    "other": 1\n}\n']);
  await rejects(
    () => withDatafile(emptyOctueFile, 'a', { ...bare, tags: { A: 1 } }, 'v'),
    (error) => error.name === 'InvalidTagError',
  );
  await rejects(
    () => withDataset(emptyOctueFile, { ...bare, labels: ['A'], name: '', path: '' }),
    (error) => error.name === 'InvalidLabelError',
  );
  const other = '{"datafiles": {"a": {"extra": {"_type": "datetime", "value": "x"}, "id": null, "tags": null, "labels": null}}}';
  const { labels, ...rest } = storedDatafile(readOctueFile(other), 'a') ?? {};
  equal([rest, labels?.size], [{ tags: {} }, 0]);
});

test('any metadata comes back from a file, from custom metadata and from a dataset', () => {
  const value = fc.oneof<fc.Arbitrary<PyValue>[]>(
    fc.integer(),
    fc.double(),
    fc.string({ unit: 'binary' }),
    fc.integer().map(pyFloat),
    fc.bigInt(),
  );
  const tagName = fc.stringMatching(/^[a-z0-9]{1,6}$/);
  const all = fc.record({
    tags: fc.array(fc.tuple(tagName, fc.oneof(value, fc.array(value), fc.array(fc.tuple(fc.string(), value)).map(objectOf)))).map(objectOf),
    labels: fc.array(tagName).map((names) => new LabelSet(names)),
    name: fc.string({ unit: 'binary' }),
  });
  fc.assert(
    fc.property(all, ({ tags, labels, name }) => {
      const metadata = { id, timestamp: null, tags, labels };
      const want = [formatJson(tags), [...labels].sort()];
      const seen = (stored: { tags?: PyObject; labels?: LabelSet } | undefined): unknown => [
        formatJson(stored?.tags ?? null),
        [...(stored?.labels ?? [])].sort(),
      ];
      const file = formatOctueFile(withDatafile(emptyOctueFile, name, metadata, 'v'));
      ok(/^[\n -~]*$/.test(file), 'ASCII');
      equal(seen(storedDatafile(readOctueFile(file), name)), want);
      const custom = formatCloudMetadata(metadata, 'v');
      ok(
        Object.values(custom).every((text) => /^[ -~]*$/.test(text)),
        'fit for headers',
      );
      equal(seen(readCloudMetadata(custom)), want);
      const { dataset } = parseDatasetObject(formatDatasetObject({ id, name, tags, labels, path: 'p' }));
      equal([seen(dataset), dataset?.name, dataset?.path], [want, name, 'p']);
    }),
    { seed: env().seed, numRuns: 80 },
  );
});

test('custom metadata that is too much is refused, with what takes how much', async () => {
  const fits = (length: number): Record<string, string> =>
    formatCloudMetadata({ ...bare, tags: { a: 'x'.repeat(length) } }, '0.1.0', { maxBytes: customMetadataLimits.s3 });
  const empty = Object.entries(fits(0)).reduce((sum, [key, text]) => sum + key.length + text.length, 0);
  ok(fits(2048 - empty), 'just enough');
  const error = await rejects(() => fits(2049 - empty), 'InvalidArgument');
  ok(error.message.includes('2049') && error.message.includes('octue__tags'), error.message);
  const existing = { note: '\u00e9'.repeat(1000) };
  await rejects(() => formatCloudMetadata(bare, 'v', { existing, maxBytes: 2048 }), 'InvalidArgument');
});

test('custom metadata of others is kept', () => {
  const existing = { owner: 'me', octue__tags: 'old', Octue__ID: 'old', octue__more: '1' };
  const written = formatCloudMetadata(bare, 'v', { existing });
  equal(Object.keys(written), ['owner', 'octue__id', 'octue__timestamp', 'octue__tags', 'octue__labels', 'octue__sdk_version']);
  equal(written['octue__labels'], '{"_type": "set", "items": []}');
});

test('custom metadata: not JSON, names of others, names in another case', async () => {
  const labels = (custom: Record<string, string>): unknown => [...(readCloudMetadata(custom)?.labels ?? [])].sort();
  equal(labels({ octue__labels: 'not json' }), ['json', 'not']);
  equal(labels({ labels: 'not json' }), ['json', 'not']);
  equal(labels({ octue__labels: '["a"]', labels: 'b' }), ['a']);
  equal(labels({ Octue__Labels: '["a"]' }), ['a']);
  equal(labels({ my_octue__labels: '["a"]' }), []);
  equal(readCloudMetadata({ tags: '{"a": 1}', owner: 'me' }), { tags: { a: 1 } });
  equal(readCloudMetadata({}), undefined);
  equal(readCloudMetadata({ owner: 'me' }), undefined);
  equal(
    readCloudMetadata({ id: '42', labels: 'Not Valid', timestamp: 'yesterday', sdk_version: '"1"' }),
    undefined,
    'of others and not valid',
  );
  await rejects(() => readCloudMetadata({ octue__id: '42' }), 'InvalidArgument');
  await rejects(() => readCloudMetadata({ octue__labels: '["A"]' }), 'InvalidArgument');
});

test('headers: both stores, any case, only names with the prefix', () => {
  const read = (headers: [string, string][]): unknown => formatJson(readMetadataHeaders(headers)?.tags ?? null);
  equal(read([['x-amz-meta-octue__tags', '{"a": 1.0}']]), '{"a": 1.0}');
  equal(read([['X-Goog-Meta-Octue__Tags', '{"a": 1}']]), '{"a": 1}');
  equal(
    read([
      ['x-goog-meta-tags', '{"a": 1}'],
      ['x-octue__tags', '{"a": 1}'],
      ['etag', '"octue"'],
    ]),
    'null',
  );
});

test('documents of datasets that are none', async () => {
  for (const text of ['', '{', '[]', 'null', '\ufeff{}']) equal(parseDatasetObject(text).problem?.code, 'InvalidArgument');
  equal(parseDatasetObject('{"dataset": null}'), {});
  equal(parseDatasetObject('{"dataset": {"files": ["gs://b/a"]}}').dataset?.files, ['gs://b/a']);
  for (const text of ['', '<html>', '[]', '{}', '{"files": null}']) await rejects(() => parseSignedMetadata(text), 'InvalidResponse');
  await rejects(() => parseSignedMetadata('{"files": [1]}'), 'InvalidArgument');
});
