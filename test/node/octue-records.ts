/**
 * What the interop tests exchange: metadata of every kind that is written in more than one way, and what must be equal on both sides.
 *
 * @module
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Datafile } from '../../src/data/datafile/datafile.ts';
import type { Dataset } from '../../src/data/dataset/dataset.ts';
import type { Manifest } from '../../src/data/manifest/manifest.ts';
import { parseJson } from '../../src/data/json-read.ts';
import { formatJson } from '../../src/data/json-write.ts';
import { isMetadataHash } from '../../src/data/metadata-hash.ts';
import { readDatafileRecord, type StoredDatafile } from '../../src/data/record.ts';
import { sdkVersion } from '../../src/data/sdk-version.ts';
import type { PyObject } from '../../src/data/value.ts';
import { need, uniqueName } from '../env.ts';
import { equal, ok } from '../harness.ts';
import { peer, type Ask, type ShownDatafile, type ShownDataset, type ShownManifest } from './octue-peer.ts';

const set = (...items: unknown[]): string => `{"_type": "set", "items": ${JSON.stringify(items)}}`;
const at = (text: string): string => `{"_type": "datetime", "value": "${text}"}`;
const record = (tags: string, { timestamp = 'null', labels = set() } = {}): string =>
  `{"timestamp": ${timestamp}, "tags": ${tags}, "labels": ${labels}}`;

/** Records as typed JSON: texts, so that neither side's values come first. */
export const records: Readonly<Record<string, string>> = {
  nothing: record('{}'),
  'one label': record('{}', { labels: set('a') }),
  'labels in no order': record('{"a": 1}', { labels: '{"_type": "set", "items": ["zeta", "b-2", "a", "9", "m"]}' }),
  integers: record(
    '{"a": 1, "zero": 0, "minus": -7, "safe": 9007199254740991, "next": 9007199254740993, "big": -123456789012345678901234567890}',
  ),
  floats: record(
    '{"a": 1.0, "zero": 0.0, "minus": -0.0, "tenth": 0.1, "e16": 1e+16, "e15": 1000000000000000.0, "small": 1e-07, "least": 5e-324}',
  ),
  'no numbers': record('{"nan": NaN, "inf": Infinity, "minus": -Infinity}'),
  'order of keys': record('{"b": 1, "a": 2, "10": 3, "2": 4, "in": {"z": 1, "3": 2, "1": 3, "": 4}}'),
  quotes: record(String.raw`{"one": "it's", "two": "\"", "both": "'\"", "back": "\\n\\", "slash": "a/b", "empty": ""}`),
  controls: record(String.raw`{"a": "\t\n\r\b\f\u0000\u001f\u007f\u0085", "nbsp": "\u00a0\u00ad", "lines": "\u2028\u2029\ufeff"}`),
  unicode: record(
    String.raw`{"accents": "\u00e9\u0301", "cjk": "\u98a8\u529b", "emoji": "\ud83c\udf2c\ufe0f", "family": "\ud83d\udc68\u200d\ud83d\udc67"}`,
  ),
  'unpaired surrogates': record(String.raw`{"high": "a\ud800b", "low": "\udfff"}`),
  'look like JSON': record(String.raw`{"a": "{\"_type\": \"set\"}", "b": {"_type": "other", "value": 1}, "c": "null", "d": "1.0"}`),
  nested: record(
    `{"list": [1, 1.0, [true, false, null], {}, []], "set": ${set('b', 'a')}, "numbers": {"_type": "set", "items": [1, 2.5]}, "none": null}`,
  ),
  'nested and typed': record(
    `{"a": [{"when": ${at('2022-05-04T17:57:57')}, "of": [${set()}, ${set(1)}]}], "b": {"c": {"d": ${at('1999-12-31T23:59:59.000001+02:00')}}}}`,
  ),
  naive: record('{}', { timestamp: at('2022-05-04T17:57:57.136739') }),
  'on the minute': record('{}', { timestamp: at('2022-05-04T17:57:00') }),
  'in UTC': record('{"a": "b"}', { timestamp: at('2022-05-04T17:57:57+00:00') }),
  'ahead of UTC': record('{}', { timestamp: at('2022-05-04T17:57:57.000001+05:30'), labels: set('a', 'b') }),
  'behind UTC': record('{}', { timestamp: at('0001-01-01T00:00:00-03:30') }),
};

/** A record's attributes, as anyfile has them. */
export const storedIn = (text: string): StoredDatafile => readDatafileRecord(parseJson(text) as PyObject);

/** The two texts with the version of whoever wrote them taken out. */
export const withoutVersion = (text: string): string => text.replaceAll(`"${sdkVersion}"`, '"0.69.0"');

/** Whether both say the same of a datafile, hash and metadata hash among it. */
export async function sameDatafile(datafile: Datafile, shown: ShownDatafile, what: string): Promise<void> {
  const { id, name, extension, timestamp, tags, labels } = datafile;
  const own = { id, name, extension, timestamp: formatJson(timestamp), tags: formatJson(tags), labels: formatJson(labels) };
  const { hash, metadata_hash: metadataHash, preimage } = shown;
  equal({ ...own, hash: await datafile.hashValue() }, { ...pick(shown, own), hash }, what);
  ok(isMetadataHash(metadataHash, datafile), `${what}: ${metadataHash} among the hashes that a process may give to ${preimage}`);
  // Without sets and zones there is one hash alone.
  const open = labels.size > 1 || /_type": "set"/.test(own.tags) || /[-+]\d\d:\d\d"/.test(own.tags + own.timestamp);
  if (!open) equal(datafile.metadataHashValue(), metadataHash, what);
}

const pick = <T extends object>(from: T, like: object): Partial<T> =>
  Object.fromEntries(Object.keys(like).map((key) => [key, (from as Record<string, unknown>)[key]])) as Partial<T>;

/** The same of a dataset and all its files. */
export async function sameDataset(dataset: Dataset, shown: ShownDataset, what: string): Promise<void> {
  const { id, name, tags, labels } = dataset;
  const own = { id, name, tags: formatJson(tags), labels: [...labels].sort(), hash: await dataset.hashValue() };
  equal(own, pick(shown, own), what);
  // Of datasets in the cloud the SDK takes typed values for plain objects, and hashes them as such.
  const typed = dataset.existsInCloud && own.tags.includes('"_type"');
  if (!typed) ok(isMetadataHash(shown.metadata_hash, dataset), `${what}: ${shown.metadata_hash} among the metadata hashes of the dataset`);
  const files = [...dataset.files].sort((a, b) => (a.name < b.name ? -1 : 1));
  equal(
    files.map((file) => file.name),
    shown.files.map((file) => file.name),
    what,
  );
  for (const [i, file] of files.entries()) await sameDatafile(file, shown.files[i]!, `${what}, ${file.name}`);
}

/** The same of a manifest and all its datasets. */
export async function sameManifest(manifest: Manifest, shown: ShownManifest, what: string): Promise<void> {
  const own = {
    id: manifest.id,
    hash: await manifest.hashValue(),
    metadata_hash: manifest.metadataHashValue(),
    in_cloud: manifest.allDatasetsAreInCloud,
  };
  equal(own, pick(shown, own), what);
  equal(Object.keys(manifest.datasets).sort(), Object.keys(shown.datasets).sort(), what);
  for (const [key, dataset] of Object.entries(manifest.datasets)) await sameDataset(dataset, shown.datasets[key]!, `${what}, ${key}`);
}

/** A folder of the disk for as long as the function runs. */
export async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'anyfile-octue-'));
  try {
    await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * A prefix of fake-gcs-server that nobody else has, the peer that sees it, and how anyfile does. Not of gcp-storage-emulator, which answers
 * no HEAD.
 */
export function inCloud(): { ask: Ask; url: string; options: { endpoint: string; credentials: 'anonymous' } } {
  const { endpoint, bucket } = need('fake-gcs');
  return { ask: peer({ endpoint }), url: `gs://${bucket}/${uniqueName('octue')}`, options: { endpoint, credentials: 'anonymous' } };
}
