/**
 * Hashes of files, datasets and manifests: CRC-32C, big-endian, in base64.
 *
 * @module
 */
import { digestOf } from '../integrity/hasher.ts';
import { toBase64 } from '../util/base64.ts';
import { encodeUtf8 } from '../util/utf8.ts';
import { compareText } from './order.ts';
import { pythonRepr } from './python-repr.ts';
import { PyTuple } from './value.ts';

/** The hash of no bytes. */
export const emptyHash = 'AAAAAA==';

/**
 * The hash of a file's bytes, `Datafile.hash_value`; large files are better hashed in pieces, by a hasher.
 *
 * @example hashBytes(new TextEncoder().encode('hello')) // 'mnG7TA=='
 */
export const hashBytes = (bytes: Uint8Array): string => toBase64(digestOf('crc32c', bytes));

/** The hash of a text in UTF-8. */
export const hashText = (text: string): string => hashBytes(encodeUtf8(text));

/** The text whose hash is a dataset's: its files' hashes, sorted. */
export function datasetPreimage(fileHashes: Iterable<string>): string {
  return pythonRepr([...fileHashes].sort(compareText));
}

/**
 * The hash of a dataset, from its files' hashes in any order; equal ones count each.
 *
 * @example datasetHash([]) // 'dk29dg=='
 */
export const datasetHash = (fileHashes: Iterable<string>): string => hashText(datasetPreimage(fileHashes));

/** The text whose hash is a manifest's: the names of its datasets with their hashes, sorted. */
export function manifestPreimage(datasets: Iterable<readonly [name: string, hash: string]>): string {
  const sorted = [...datasets].sort((a, b) => compareText(a[0], b[0]) || compareText(a[1], b[1]));
  return pythonRepr(sorted.map(([name, hash]) => new PyTuple(name, hash)));
}

/**
 * The hash of a manifest, from the names and hashes of its datasets.
 *
 * @example manifestHash([['met_mast', dataset.hash]])
 */
export const manifestHash = (datasets: Iterable<readonly [name: string, hash: string]>): string => hashText(manifestPreimage(datasets));
