/**
 * The record of a dataset where it is: `.octue` in its folder or under its prefix.
 *
 * @module
 */
import { CloudError, isCloudError } from '../../errors.ts';
import type { AbortOptions } from '../../types.ts';
import { onlyIf } from '../datafile/cloud-object.ts';
import { versionOf } from '../datafile/state.ts';
import { CloudLocationNotSpecifiedError, ReadOnlyResourceError } from '../errors.ts';
import { parseJson } from '../json-read.ts';
import { formatJson } from '../json-write.ts';
import { octueFileName, storedDataset, withDataset, type OctueFile } from '../octue-file.ts';
import { changeOctueFile } from '../octue-folder.ts';
import { placeBelow, type CloudPlace, type LocalPlace } from '../place.ts';
import { datasetRecord, objectAt, readDatasetRecord, withKey, type StoredDataset } from '../record.ts';
import { compareText } from '../order.ts';
import { isPlainObject, keysOf, type PyObject } from '../value.ts';
import { warn } from '../../store/warn.ts';
import {
  datasetConflict,
  datasetMetadata,
  datasetText,
  datasetToText,
  filePaths,
  storedDatasetText,
  type CloudRecord,
  type DatasetState,
} from './state.ts';

/** Reads the `.octue` object of a prefix. What is malformed is told as a warning, and taken for none. */
export async function loadCloudRecord(state: DatasetState, place: CloudPlace, { signal }: AbortOptions): Promise<CloudRecord> {
  const { store, key, url } = placeBelow(place, octueFileName);
  const result = await store.get(key, { signal });
  if (!result) return { info: null, root: {} };
  const text = await result.text();
  // A page may be shown the version by a HEAD alone.
  const info = versionOf(result) ? result : await store.head(key, { signal });
  try {
    const root = parseJson(text);
    if (isPlainObject(root)) return { info, root };
    throw new CloudError('it is no JSON object', { code: 'InvalidArgument' });
  } catch (cause) {
    if (!isCloudError(cause)) throw cause;
    const message = `the .octue object of ${datasetToText(state)} is malformed (${cause.message}): it is taken for empty; the next save replaces it`;
    warn(state.context, new CloudError(message, { code: 'InvalidArgument', url, key, cause }));
    return { info, root: {} };
  }
}

/** What it says of the dataset. @throws InvalidTagError InvalidLabelError CloudError `InvalidArgument` */
export function storedInCloud({ root }: CloudRecord): StoredDataset | undefined {
  const record = objectAt(root, 'dataset');
  return record && readDatasetRecord(record);
}

/**
 * The content of the object with the dataset's record put in; what others put there stays. Files are added to a list of them and never taken out:
 * those that were not chosen when it was opened are members all the same.
 */
function withRecord(state: DatasetState, root: PyObject, place: CloudPlace): PyObject {
  const old = objectAt(root, 'dataset') ?? {};
  let record: PyObject = datasetRecord(datasetMetadata(state, place.url));
  for (const key of keysOf(old)) {
    if (Object.hasOwn(record, key)) continue;
    const value = old[key]!;
    const there = key === 'files' && Array.isArray(value) ? value.filter((path) => typeof path === 'string') : undefined;
    record = withKey(record, key, there ? [...new Set([...there, ...filePaths({ ...state, place })])].sort(compareText) : value);
  }
  return withKey(root, 'dataset', record);
}

/**
 * Writes the record under a prefix.
 *
 * @param known what was there when it was last read; `undefined` when nobody looked: then it is replaced, whatever it says
 * @throws ConflictError somebody else changed it meanwhile
 */
export async function saveCloudRecord(
  state: DatasetState,
  place: CloudPlace,
  known: CloudRecord | undefined,
  { signal }: AbortOptions,
): Promise<void> {
  const { store, key } = placeBelow(place, octueFileName);
  const text = datasetText(state);
  let base: CloudRecord = known ?? { info: null, root: {} };
  for (let tries = 0; ; tries++) {
    const root = withRecord(state, base.root, place);
    const body = formatJson(root);
    try {
      const result = await store.put(key, body, { contentType: 'text/plain', ...onlyIf(base.info), signal });
      const info = { ...result, sizeBytes: body.length, metadata: {} };
      state.cloudRecord = { info, root };
      state.saved = text;
      return;
    } catch (error) {
      if (!isCloudError(error, 'PreconditionFailed')) throw error;
      const now = await loadCloudRecord(state, place, { signal });
      if (tries === 9 || (known && storedDatasetText(storedInCloud(now)) !== storedDatasetText(storedInCloud(known)))) {
        throw datasetConflict(state, 'updateMetadata', error);
      }
      base = now;
    }
  }
}

/** Writes the record into a folder, which is made when it is missing. @throws ConflictError */
export async function saveLocalRecord(state: DatasetState, place: LocalPlace, options: AbortOptions): Promise<void> {
  const disk = await place.disk();
  const text = datasetText(state);
  await disk.makeDirectory(place.path, options);
  const change = (file: OctueFile): OctueFile => {
    if (state.saved !== undefined && storedDatasetText(storedDataset(file)) !== state.saved) throw datasetConflict(state, 'updateMetadata');
    return withDataset(file, datasetMetadata(state));
  };
  await changeOctueFile(state.context, disk, place.path, change, options);
  state.saved = text;
}

/** Writes the record to where the dataset is. @throws ReadOnlyResourceError ConflictError */
export async function saveRecord(state: DatasetState, options: AbortOptions): Promise<void> {
  const { place } = state;
  if (place.kind === 'local') return saveLocalRecord(state, place, options);
  if (place.kind === 'cloud') return saveCloudRecord(state, place, state.cloudRecord, options);
  throw new ReadOnlyResourceError(`${datasetToText(state)} is behind a URL and can only be read`, { operation: 'updateMetadata' });
}

/** There is no place in the cloud. */
export const noCloudPlace = (state: DatasetState, operation: string) => (): CloudLocationNotSpecifiedError =>
  new CloudLocationNotSpecifiedError(`${datasetToText(state)} has no place in the cloud`, { operation });
