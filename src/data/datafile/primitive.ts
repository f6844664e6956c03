/**
 * A datafile as data, in the form in which Octue's SDK exchanges it.
 *
 * @module
 */
import { CloudError } from '../../errors.ts';
import type { StoreContext } from '../../store/context.ts';
import type { ObjectInfo } from '../../types.ts';
import { fromDate } from '../date-time.ts';
import { parseJson } from '../json-read.ts';
import { formatJson } from '../json-write.ts';
import { LabelSet, sortedLabels } from '../label.ts';
import { newId } from '../id.ts';
import { placeOf } from '../place.ts';
import { readDatafileRecord } from '../record.ts';
import { copyTags } from '../tags.ts';
import { sdkVersion } from '../sdk-version.ts';
import { isPlainObject, type PyObject, type PyValue } from '../value.ts';
import { storedIn } from './cloud-object.ts';
import type { MetadataOptions } from './options.ts';
import { metadataOf, nameOf, type CloudObject, type DatafileState } from './state.ts';

/** The metadata by their names in Octue's formats. */
export function namedMetadata(
  { id, timestamp, tags, labels }: DatafileState,
  { includeId = true, includeSdkVersion = true, useOctueNamespace = true }: MetadataOptions,
): Record<string, PyValue> {
  const all: Record<string, PyValue> = {
    ...(includeId && { id }),
    timestamp,
    tags,
    labels,
    ...(includeSdkVersion && { sdk_version: sdkVersion }),
  };
  if (!useOctueNamespace) return all;
  return Object.fromEntries(Object.entries(all).map(([name, value]) => [`octue__${name}`, value]));
}

/** What a serialised datafile says of itself; only `path` must be there. */
export type DatafilePrimitive = PyObject;

/** `_cloud_metadata`: what is known of the object. */
function cloudMetadata(cloud: CloudObject | undefined): PyObject {
  const info = cloud?.info;
  if (!cloud || !info) return {};
  const { id = null, timestamp = null, tags = {}, labels, sdkVersion = null } = storedIn(cloud) ?? {};
  const own = { id, timestamp, tags, labels: new LabelSet(labels ?? []), sdk_version: sdkVersion };
  return {
    custom_metadata: storedIn(cloud) ? own : {},
    crc32c: info.crc32c ?? null,
    size: info.sizeBytes,
    updated: info.lastModified ? fromDate(info.lastModified) : null,
    time_created: null,
    time_deleted: null,
    custom_time: null,
    ...validators(info),
  };
}

/** What a later write must find; the original does not have these, and does not look at them. */
function validators({ etag, generation, metageneration }: ObjectInfo): PyObject {
  return { ...(etag && { etag }), ...(generation && { generation }), ...(metageneration && { metageneration }) };
}

/** All that a datafile is, without its content; nothing is read or sent. */
export function toPrimitive(state: DatafileState): DatafilePrimitive {
  const { id, timestamp, tags, labels } = metadataOf(state);
  // A copy that ends with the process is of no use to whoever reads this.
  const localPath = state.local?.place.temporary ? null : (state.local?.place.path ?? null);
  const cloudPath = state.cloud?.place.url ?? null;
  return {
    id,
    timestamp,
    tags: copyTags(tags),
    labels: sortedLabels(labels),
    name: nameOf(state),
    local_path: localPath,
    cloud_path: cloudPath,
    _cloud_metadata: cloudMetadata(state.cloud),
    path: localPath ?? cloudPath,
  };
}

/** The same as JSON alone knows it: NaN and the infinities are null there. */
export const toPlain = (primitive: DatafilePrimitive): PyObject =>
  JSON.parse(
    formatJson(primitive).replace(/"(?:[^"\\]|\\.)*"|-?Infinity|NaN/g, (token) => (token.startsWith('"') ? token : 'null')),
  ) as PyObject;

/** The state of a serialised datafile, as object or text; nothing is read or sent. @throws CloudError `InvalidArgument` */
export function fromPrimitive(context: StoreContext, value: DatafilePrimitive | string): DatafileState {
  const root = typeof value === 'string' ? parseJson(value) : value;
  if (!isPlainObject(root)) throw invalid('it is no object');
  const paths = { local: textAt(root, 'local_path'), cloud: textAt(root, 'cloud_path'), path: textAt(root, 'path') };
  if (paths.path === undefined && paths.local === undefined && paths.cloud === undefined) throw invalid('it has no path');
  const places = [paths.path, paths.local, paths.cloud].filter((text) => text !== undefined).map((text) => placeOf(context, text));
  const local = places.find((place) => place.kind === 'local');
  const remote = places.find((place) => place.kind !== 'local');
  const stored = readDatafileRecord(root);
  const lastName = [local, remote].find((place) => place)!;
  const name = textAt(root, 'name');
  const state: DatafileState = {
    context,
    id: stored.id ?? newId(),
    timestamp: stored.timestamp ?? null,
    tags: stored.tags ?? {},
    labels: stored.labels ?? new LabelSet(),
    name: undefined,
    defaults: { mode: 'r', updateMetadata: true, encoding: undefined, newline: undefined },
    local: local && { place: local, stat: null, saved: undefined },
    cloud: remote && { place: remote, info: undefined, saved: undefined },
    fixedHash: undefined,
  };
  return lastName && name !== undefined && name !== nameOf(state) ? { ...state, name } : state;
}

function textAt(root: PyObject, key: string): string | undefined {
  const value = Object.hasOwn(root, key) ? root[key] : undefined;
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string') return value;
  throw invalid(`its ${key} is no text`);
}

const invalid = (why: string): CloudError => new CloudError(`Not a serialised datafile: ${why}`, { code: 'InvalidArgument' });
