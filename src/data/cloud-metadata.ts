/**
 * The metadata of datafiles as custom metadata of objects: keys `octue__…`, each value a JSON document.
 *
 * @module
 */
import { CloudError, isCloudError } from '../errors.ts';
import { encodeUtf8 } from '../util/utf8.ts';
import { parseJson } from './json-read.ts';
import { formatJson } from './json-write.ts';
import { datafileRecord, readDatafileRecord, type DatafileMetadata, type StoredDatafile } from './record.ts';
import type { ZoneOptions } from './time-zone.ts';
import { entriesOf, type PyObject } from './value.ts';

const prefix = 'octue__';

/** The attributes that are read; what else is in custom metadata is of no concern here. */
const attributes = ['id', 'timestamp', 'tags', 'labels', 'sdk_version'] as const;

/** How many bytes of custom metadata an object may have, keys and values together: S3 2 KB, GCS 8 KiB, by their documentation. */
export const customMetadataLimits = { s3: 2048, gcs: 8192 } as const;

/** Options of {@link formatCloudMetadata}. */
export interface CloudMetadataOptions {
  /** Custom metadata that is there already; keys of others are kept. */
  existing?: Readonly<Record<string, string>> | undefined;
  /** The most bytes of keys and values, see {@link customMetadataLimits}. @default no limit */
  maxBytes?: number | undefined;
}

/**
 * A datafile's metadata as custom metadata, all five keys. Values are printable ASCII and so fit for headers.
 *
 * @throws CloudError `InvalidArgument`: more than `maxBytes`; the message says which key takes how much
 * @throws InvalidTagError InvalidLabelError
 * @example formatCloudMetadata({ id, timestamp: null, tags: {}, labels: [] }, '0.1.0', { maxBytes: customMetadataLimits.s3 })
 */
export function formatCloudMetadata(
  metadata: DatafileMetadata,
  sdkVersion: string,
  { existing = {}, maxBytes = Infinity }: CloudMetadataOptions = {},
): Record<string, string> {
  const foreign = Object.entries(existing).filter(([key]) => !key.toLowerCase().startsWith(prefix));
  const own = entriesOf(datafileRecord(metadata, sdkVersion)).map(([name, value]) => [prefix + name, formatJson(value)] as const);
  const all = [...foreign, ...own];
  const sizes = all.map(([key, value]) => encodeUtf8(key).length + encodeUtf8(value).length);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  if (total > maxBytes) {
    const parts = all.map(([key], i) => `${key} ${sizes[i]}`).join(', ');
    throw new CloudError(`Custom metadata of ${total} bytes, where the store takes ${maxBytes}: ${parts}`, { code: 'InvalidArgument' });
  }
  return Object.fromEntries(all);
}

/**
 * What an object's custom metadata says of a datafile; undefined when it says nothing. Names are taken in any case. A value that is not
 * JSON is a text. Names without the prefix, which somebody else has written, count where there is none with it, and only if they are
 * valid.
 *
 * @throws InvalidTagError InvalidLabelError
 * @throws CloudError `InvalidArgument`: a value under a name with the prefix is not valid
 */
export function readCloudMetadata(custom: Readonly<Record<string, string>>, options?: ZoneOptions): StoredDatafile | undefined {
  const values = new Map(Object.entries(custom).map(([key, value]) => [key.toLowerCase(), value]));
  const stored: StoredDatafile = {};
  for (const name of attributes) {
    const own = values.get(prefix + name);
    const foreign = own === undefined ? values.get(name) : undefined;
    if (own !== undefined) Object.assign(stored, readDatafileRecord(recordOf(name, own), options));
    else if (foreign !== undefined && name !== 'sdk_version')
      Object.assign(
        stored,
        ifValid(() => readDatafileRecord(recordOf(name, foreign), options)),
      );
  }
  return Object.keys(stored).length ? stored : undefined;
}

/**
 * What the headers of an object's response say of a datafile: `x-goog-meta-octue__…` or `x-amz-meta-octue__…`, in any case. Only names with
 * the prefix count.
 *
 * @throws InvalidTagError InvalidLabelError
 * @throws CloudError `InvalidArgument`
 */
export function readMetadataHeaders(headers: Iterable<readonly [string, string]>, options?: ZoneOptions): StoredDatafile | undefined {
  const custom: Record<string, string> = {};
  for (const [name, value] of headers) {
    const key = /^x-(?:goog|amz)-meta-(octue__.*)$/.exec(name.toLowerCase())?.[1];
    if (key !== undefined) custom[key] = value;
  }
  return readCloudMetadata(custom, options);
}

function recordOf(name: string, text: string): PyObject {
  try {
    return { [name]: parseJson(text) };
  } catch {
    return { [name]: text };
  }
}

function ifValid<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (isCloudError(error)) return undefined;
    throw error;
  }
}
