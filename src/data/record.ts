/**
 * Metadata records: what is stored of a datafile or dataset, wherever it is stored.
 *
 * @module
 */
import { CloudError } from '../errors.ts';
import type { PyDateTime } from './date-time.ts';
import { normaliseId } from './id.ts';
import { LabelSet, sortedLabels, type LabelsInput } from './label.ts';
import { checkTags, tagsFrom, type Tags, type TagsInput } from './tags.ts';
import { timestampFrom, type TimestampInput } from './timestamp.ts';
import type { ZoneOptions } from './time-zone.ts';
import { decodeTyped } from './typed-json.ts';
import { isPlainObject, keysOf, objectOf, type PyObject, type PyValue } from './value.ts';

/** The metadata of a datafile. */
export interface DatafileMetadata {
  id: string;
  timestamp: PyDateTime | null;
  tags: Tags;
  labels: Iterable<string>;
}

/** The metadata of a dataset. */
export interface DatasetMetadata {
  id: string;
  name: string;
  tags: Tags;
  labels: Iterable<string>;
  /** Where the dataset is; stored, never read back. */
  path: string;
}

/** What a stored record says of a datafile; what it does not say is absent. */
export interface StoredDatafile {
  id?: string;
  timestamp?: PyDateTime | null;
  tags?: Tags;
  labels?: LabelSet;
  /** The version of whatever wrote it; not interpreted. */
  sdkVersion?: string;
}

/** What a stored record says of a dataset. */
export interface StoredDataset {
  id?: string;
  name?: string;
  tags?: Tags;
  labels?: LabelSet;
  path?: string;
  /** The files that make up the dataset, if the record limits them. */
  files?: string[];
}

/**
 * The record of a datafile, to be written as typed JSON: `id`, `timestamp`, `tags`, `labels`, `sdk_version`.
 *
 * @throws InvalidTagError InvalidLabelError
 */
export function datafileRecord({ id, timestamp, tags, labels }: DatafileMetadata, sdkVersion: string): PyObject {
  checkTags(tags);
  return { id, timestamp, tags, labels: new LabelSet(labels), sdk_version: sdkVersion };
}

/**
 * The record of a dataset: `id`, `name`, `tags`, `labels`, `path`. Its labels are a plain list, and it has no version.
 *
 * @throws InvalidTagError InvalidLabelError
 */
export function datasetRecord({ id, name, tags, labels, path }: DatasetMetadata): PyObject {
  checkTags(tags);
  return { id, name, tags, labels: sortedLabels(new LabelSet(labels)), path };
}

/**
 * Read the record of a datafile, as plain or as typed JSON. `null` tags, labels and timestamps are none; a `null` id counts as absent.
 *
 * @throws InvalidTagError InvalidLabelError
 * @throws CloudError `InvalidArgument`: an id or a timestamp that would not be taken as an argument either
 */
export function readDatafileRecord(record: PyObject, options?: ZoneOptions): StoredDatafile {
  const stored: StoredDatafile = {};
  const { id, timestamp, sdk_version: version } = own(record, ['id', 'timestamp', 'sdk_version']);
  if (id !== undefined && id !== null) stored.id = normaliseId(id);
  if (timestamp !== undefined) stored.timestamp = timestampFrom(timestamp as TimestampInput, options);
  Object.assign(stored, tagsAndLabels(record));
  if (typeof version === 'string') stored.sdkVersion = version;
  return stored;
}

/**
 * Read the record of a dataset; see {@link readDatafileRecord}.
 *
 * @throws InvalidTagError InvalidLabelError
 * @throws CloudError `InvalidArgument`
 */
export function readDatasetRecord(record: PyObject): StoredDataset {
  const stored: StoredDataset = {};
  const { id, name, path, files } = own(record, ['id', 'name', 'path', 'files']);
  if (id !== undefined && id !== null) stored.id = normaliseId(id);
  if (name !== undefined && name !== null) stored.name = textOf(name, 'name');
  Object.assign(stored, tagsAndLabels(record));
  if (path !== undefined && path !== null) stored.path = textOf(path, 'path');
  if (Array.isArray(files)) stored.files = (files as PyValue[]).map((file) => textOf(file, 'file'));
  return stored;
}

function tagsAndLabels(record: PyObject): { tags?: Tags; labels?: LabelSet } {
  const { tags, labels } = own(record, ['tags', 'labels']);
  return {
    ...(tags !== undefined && { tags: tagsFrom(tags as TagsInput) }),
    ...(labels !== undefined && { labels: new LabelSet(labels as LabelsInput) }),
  };
}

/** The wanted attributes, decoded, and no other: a bad value elsewhere does no harm. */
function own<K extends string>(record: PyObject, names: readonly K[]): { [name in K]?: PyValue } {
  const found = names.filter((name) => Object.hasOwn(record, name));
  return Object.fromEntries(found.map((name) => [name, decodeTyped(record[name] ?? null)])) as { [name in K]?: PyValue };
}

function textOf(value: PyValue, what: string): string {
  if (typeof value === 'string') return value;
  throw new CloudError(`The ${what} of a stored dataset is no text`, { code: 'InvalidArgument' });
}

/** An object with one key set: in its place when it is there, else at the end. */
export function withKey(object: PyObject, key: string, value: PyValue): PyObject {
  const keys = keysOf(object);
  if (!Object.hasOwn(object, key)) keys.push(key);
  return objectOf(keys.map((each) => [each, each === key ? value : object[each]!]));
}

/** The object under a key, or undefined when there is none. */
export function objectAt(object: PyObject, key: string): PyObject | undefined {
  const value = Object.hasOwn(object, key) ? object[key] : undefined;
  return isPlainObject(value) ? value : undefined;
}
