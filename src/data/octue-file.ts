/**
 * The `.octue` file of a directory: the records of its datafiles and of the dataset that it is. Reading, changing one record and writing
 * are pure; whoever stores it does so under a lock and by renaming.
 *
 * Records that are not asked for are kept as they stand, undecoded: a datetime that cannot be read, or a set in disorder, in a record of
 * somebody else neither fails nor changes. A file in the original's layout, as every file that was written by it or by anyfile, keeps all
 * other bytes; one that was laid out by hand is laid out anew, as the original does too.
 *
 * @module
 */
import { CloudError, isCloudError } from '../errors.ts';
import { parseJson } from './json-read.ts';
import { formatJson } from './json-write.ts';
import {
  datafileRecord,
  datasetRecord,
  objectAt,
  readDatafileRecord,
  readDatasetRecord,
  withKey,
  type DatafileMetadata,
  type DatasetMetadata,
  type StoredDatafile,
  type StoredDataset,
} from './record.ts';
import type { ZoneOptions } from './time-zone.ts';
import { isPlainObject, keysOf, objectOf, type PyObject } from './value.ts';

/** The name of the file in each directory. */
export const octueFileName = '.octue';

/** A `.octue` file that was read. */
export interface OctueFile {
  /** All that it holds, as plain JSON. */
  readonly root: PyObject;
  /** Why all or part of it could not be used: a reason for a warning. What could not be used is lost when the file is written. */
  readonly problem?: CloudError;
}

/** A file without records. */
export const emptyOctueFile: OctueFile = { root: {} };

/**
 * Read a `.octue` file. What is malformed is no error but a `problem`, and no metadata.
 *
 * @param content its bytes, or its text with the byte order mark, if there is one, still in front
 */
export function readOctueFile(content: string | Uint8Array): OctueFile {
  try {
    const text = typeof content === 'string' ? content : new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(content);
    const root = parseJson(text);
    if (!isPlainObject(root)) throw malformed('its top level is no object');
    if (!Object.hasOwn(root, 'datafiles') || isPlainObject(root['datafiles'])) return { root };
    return { root: withKey(root, 'datafiles', {}), problem: malformed('its datafiles are no object') };
  } catch (error) {
    if (error instanceof TypeError) return { root: {}, problem: malformed('it is not UTF-8') };
    if (isCloudError(error)) return { root: {}, problem: error };
    throw error;
  }
}

const malformed = (why: string): CloudError => new CloudError(`A .octue file is malformed: ${why}`, { code: 'InvalidArgument' });

/**
 * What the file says of one datafile; undefined when it has no record.
 *
 * @param name the file's own name, without directories
 * @throws InvalidTagError InvalidLabelError
 * @throws CloudError `InvalidArgument`: a value in the record is not valid
 */
export function storedDatafile(file: OctueFile, name: string, options?: ZoneOptions): StoredDatafile | undefined {
  const record = objectAt(objectAt(file.root, 'datafiles') ?? {}, name);
  return record && readDatafileRecord(record, options);
}

/**
 * What the file says of the dataset; undefined when it has no record of one.
 *
 * @throws InvalidTagError InvalidLabelError
 * @throws CloudError `InvalidArgument`
 */
export function storedDataset(file: OctueFile): StoredDataset | undefined {
  const record = objectAt(file.root, 'dataset');
  return record && readDatasetRecord(record);
}

/** The names of all datafiles with a record. */
export const storedDatafileNames = (file: OctueFile): string[] => keysOf(objectAt(file.root, 'datafiles') ?? {});

/** The file with one datafile's record put in or replaced. @throws InvalidTagError InvalidLabelError */
export function withDatafile(file: OctueFile, name: string, metadata: DatafileMetadata, sdkVersion: string): OctueFile {
  const datafiles = objectAt(file.root, 'datafiles') ?? {};
  return { root: withKey(file.root, 'datafiles', withKey(datafiles, name, datafileRecord(metadata, sdkVersion))) };
}

/** The file without one datafile's record. */
export function withoutDatafile(file: OctueFile, name: string): OctueFile {
  const datafiles = objectAt(file.root, 'datafiles');
  if (!datafiles || !Object.hasOwn(datafiles, name)) return file;
  const rest = keysOf(datafiles).filter((key) => key !== name);
  return { root: withKey(file.root, 'datafiles', objectOf(rest.map((key) => [key, datafiles[key]!]))) };
}

/** The file with the dataset's record put in or replaced. @throws InvalidTagError InvalidLabelError */
export const withDataset = (file: OctueFile, metadata: DatasetMetadata): OctueFile => ({
  root: withKey(file.root, 'dataset', datasetRecord(metadata)),
});

/**
 * The text of the file: ASCII, four spaces a level, a line end at its end.
 *
 * @throws CloudError `InvalidArgument`: a value has no form in JSON
 */
export const formatOctueFile = (file: OctueFile): string => `${formatJson(file.root, { indent: 4 })}\n`;
