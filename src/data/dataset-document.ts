/**
 * The two documents of datasets in the cloud, each JSON on one line: `<dataset>/.octue` with the dataset's record, and signed metadata,
 * which says which signed URLs make up a dataset.
 *
 * @module
 */
import { CloudError, isCloudError } from '../errors.ts';
import { parseJson } from './json-read.ts';
import { formatJson } from './json-write.ts';
import { datasetRecord, objectAt, readDatasetRecord, type DatasetMetadata, type StoredDataset } from './record.ts';
import { isPlainObject } from './value.ts';

/** The text of a cloud dataset's `.octue` object. @throws InvalidTagError InvalidLabelError */
export const formatDatasetObject = (metadata: DatasetMetadata): string => formatJson({ dataset: datasetRecord(metadata) });

/**
 * Read a cloud dataset's `.octue` object.
 *
 * @returns what it says, absent when it has no record; `problem` is a reason for a warning when it is malformed
 * @throws InvalidTagError InvalidLabelError
 * @throws CloudError `InvalidArgument`: a value in the record is not valid
 */
export function parseDatasetObject(text: string): { dataset?: StoredDataset; problem?: CloudError } {
  let root: unknown;
  try {
    root = parseJson(text);
  } catch (error) {
    if (isCloudError(error)) return { problem: error };
    throw error;
  }
  if (!isPlainObject(root)) return { problem: new CloudError('A .octue object holds no JSON object', { code: 'InvalidArgument' }) };
  const record = objectAt(root, 'dataset');
  return record ? { dataset: readDatasetRecord(record) } : {};
}

/** The text of a signed metadata document: the dataset's record with its files' signed URLs. @throws InvalidTagError InvalidLabelError */
export function formatSignedMetadata(metadata: DatasetMetadata, signedUrls: readonly string[]): string {
  return formatJson({ ...datasetRecord(metadata), files: [...signedUrls] });
}

/**
 * Read a signed metadata document.
 *
 * @throws InvalidTagError InvalidLabelError
 * @throws CloudError `InvalidResponse`: it is none (the original takes it for an empty dataset)
 */
export function parseSignedMetadata(text: string): StoredDataset & { files: string[] } {
  let root: unknown;
  let cause: unknown;
  try {
    root = parseJson(text);
  } catch (error) {
    cause = error;
  }
  const stored = isPlainObject(root) ? readDatasetRecord(root) : undefined;
  if (!stored?.files) throw new CloudError('Not a signed metadata document: no list of files', { code: 'InvalidResponse', cause });
  return { ...stored, files: stored.files };
}
