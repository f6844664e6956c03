/** The metadata hashes that the Octue SDK gave, the JSON that it stored, and what it hashed after reading that back. */
import { parseDateTime } from '../../src/data/date-time-parse.ts';
import { PyDateTime } from '../../src/data/date-time.ts';
import { LabelSet } from '../../src/data/label.ts';
import { formatJson } from '../../src/data/json-write.ts';
import {
  isMetadataHash,
  manifestMetadataHash,
  metadataHash,
  metadataPreimage,
  possibleMetadataHashes,
  type HashedDatafile,
} from '../../src/data/metadata-hash.ts';
import { readDatafileRecord } from '../../src/data/record.ts';
import { posixSeconds } from '../../src/data/time-zone.ts';
import { timestampFrom, type TimestampInput } from '../../src/data/timestamp.ts';
import { parseTypedJson } from '../../src/data/typed-json.ts';
import type { PyObject } from '../../src/data/value.ts';
import { equal, ok, test } from '../harness.ts';
import seeds from './octue/metadata-hash-seed-study.json' with { type: 'json' };
import table from './octue/metadata-hashes.json' with { type: 'json' };
import zones from './octue/timestamp-timezone-study.json' with { type: 'json' };
import { tagsOf, valueOf, type Typed } from './octue-values.ts';

interface Reload {
  same?: boolean;
  preimage?: string;
  metadata_hash_value?: string;
}

interface Row {
  name: string;
  timestamp: Typed;
  tags: Typed;
  labels: string | string[];
  timestamp_stored: string;
  tags_stored: string;
  labels_stored: string;
  preimage: string;
  preimage_labels_sorted?: string;
  metadata_hash_value: string;
  metadata_hash_value_labels_sorted?: string;
  all_possible_metadata_hash_values?: string[];
  after_local_reload: Reload;
  after_cloud_reload: Reload;
}

const rows = table.datafiles as unknown as Row[];

/** A zone's name is not in the recorded input. */
const zoneNames: Record<string, string> = { ts_named_tz: 'CEST' };

function metadataOf(row: Row): HashedDatafile {
  let timestamp = timestampFrom(valueOf(row.timestamp) as TimestampInput, { timeZone: 'UTC' });
  if (timestamp && zoneNames[row.name]) timestamp = new PyDateTime({ ...timestamp, zoneName: zoneNames[row.name] });
  return { timestamp, tags: tagsOf(row.tags), labels: new LabelSet(row.labels) };
}

const utc = 'datetime.timezone.utc';

test('metadata-hashes.json: the text and the hash of each datafile', () => {
  ok(rows.length > 70, 'many rows');
  for (const row of rows) {
    const metadata = metadataOf(row);
    const text = row.preimage_labels_sorted ?? row.preimage;
    const hash = row.metadata_hash_value_labels_sorted ?? row.metadata_hash_value;
    // Wart: dateutil's UTC hashes unlike Python's own; here both are Python's own.
    const mended = row.timestamp['tz_class'] === 'dateutil.tz.tz.tzutc';
    equal(metadataPreimage(metadata), mended ? text.replace('tzutc()', utc) : text, row.name);
    if (mended) ok(metadataHash(metadata) !== hash, 'another hash');
    else equal(metadataHash(metadata), hash, row.name);
    ok(isMetadataHash(hash, metadata), `${row.name}: the original's hash is known`);
    ok(isMetadataHash(row.metadata_hash_value, metadata), `${row.name}: in the original's order of labels too`);
    ok(!isMetadataHash('xxxxxx==', metadata), `${row.name}: not every hash is`);
    if (row.all_possible_metadata_hash_values)
      equal([...possibleMetadataHashes(metadata)].sort(), [...row.all_possible_metadata_hash_values].sort(), row.name);
  }
});

test('metadata-hashes.json: what is stored, byte for byte', () => {
  for (const row of rows) {
    const { timestamp, tags, labels } = metadataOf(row);
    equal(formatJson(timestamp), row.timestamp_stored, row.name);
    equal(formatJson(tags), row.tags_stored, row.name);
    equal(formatJson(new LabelSet(labels as LabelSet)), row.labels_stored, row.name);
  }
});

test('metadata-hashes.json: what is hashed after reading back', () => {
  for (const row of rows) {
    const record = `{"timestamp": ${row.timestamp_stored}, "tags": ${row.tags_stored}, "labels": ${row.labels_stored}}`;
    const { timestamp = null, tags = {}, labels = [] } = readDatafileRecord(parseTypedJson(record) as PyObject);
    const stored = { timestamp, tags, labels };
    for (const reload of [row.after_local_reload, row.after_cloud_reload]) {
      const text = reload.same ? (row.preimage_labels_sorted ?? row.preimage) : (reload.preimage ?? '');
      // Recorded on a machine whose zone is called UTC.
      equal(metadataPreimage(stored, { zones: 'tzlocal' }), text, row.name);
      ok(isMetadataHash(reload.metadata_hash_value ?? row.metadata_hash_value, stored), row.name);
    }
    // Wart: the original's hash of an aware timestamp changes when it is read back. (Names, folds and tuples are not stored.)
    const kept = timestamp?.offsetSeconds === undefined || !/fold=|'CEST'|tzutc/.test(row.preimage);
    const isTuple = JSON.stringify(row.tags).includes('"tuple"') || row.name.includes('looks_like') || row.name.includes('key');
    if (kept && !isTuple) equal(metadataHash(stored), metadataHash(metadataOf(row)), row.name);
  }
});

test('metadata-hashes.json: a lone surrogate', () => {
  const text = String.fromCharCode(...table.lone_surrogate.tags_codepoints.a);
  equal(metadataHash({ timestamp: null, tags: { a: text }, labels: [] }), table.lone_surrogate.result);
});

test('metadata-hashes.json: the text and the hash of each dataset', () => {
  for (const row of table.datasets) {
    const name = row.dataset_name_argument ?? row.directory_name;
    const metadata = { name, tags: tagsOf(row.tags), labels: row.labels };
    equal(metadataPreimage(metadata), row.preimage, row.name);
    equal(metadataHash(metadata), row.metadata_hash_value, row.name);
  }
  equal(manifestMetadataHash, table.manifest_metadata_hash_value.value);
});

test('metadata-hash-seed-study.json: each hash of each process is known', () => {
  for (const [name, hashes] of Object.entries(seeds.unstable)) {
    const row = rows.find((one) => one.name === name);
    // Part of the table is kept aside.
    if (row) for (const hash of Object.values(hashes)) ok(isMetadataHash(hash, metadataOf(row)), `${name} ${hash}`);
  }
});

test('timestamp-timezone-study.json: timestamps read in four zones', () => {
  for (const { TZ: timeZone, rows: study } of zones.zones) {
    for (const row of study) {
      const stored = parseTypedJson(JSON.stringify({ timestamp: row.stored })) as PyObject;
      const { timestamp = null } = readDatafileRecord(stored, { timeZone });
      const what = `${timeZone} ${JSON.stringify(row.stored)}`;
      equal(timestamp?.toString(), row.isoformat, what);
      equal(timestamp && posixSeconds(timestamp, { timeZone }), row.posix_timestamp, what);
      const metadata = { timestamp, tags: {}, labels: [] };
      equal(metadataPreimage(metadata, { zones: timeZone === 'UTC' ? 'tzlocal' : 'tzutc' }), row.preimage, what);
      ok(isMetadataHash(row.metadata_hash_value, metadata), what);
    }
  }
  equal(parseDateTime('2022-05-04T17:57:57Z').toString(), '2022-05-04T17:57:57+00:00');
});

test("the name of a datafile is not hashed, a dataset's is", () => {
  const metadata = { timestamp: null, tags: { a: 1 }, labels: ['x'] };
  equal(metadataHash(Object.assign({ name: 'a.csv' }, metadata)), metadataHash(metadata));
  const { tags, labels } = metadata;
  ok(metadataHash({ name: 'a', tags, labels }) !== metadataHash({ name: 'b', tags, labels }), 'two hashes');
});
