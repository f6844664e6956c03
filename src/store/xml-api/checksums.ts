/**
 * Checksums on the way out: which header each service takes, as data; and what its answer is held to.
 *
 * @module
 */
import { CloudError, isCloudError } from '../../errors.ts';
import type { CrcName } from '../../integrity/combine.ts';
import { digestOf, prepareHash, type HashName } from '../../integrity/hasher.ts';
import type { HttpHeaders, PutOptions } from '../../types.ts';
import { fromBase64, toBase64 } from '../../util/base64.ts';
import { equal } from '../../util/bytes.ts';
import { checksumIn, md5OfEtag } from '../headers.ts';

/** A header that takes a checksum of the body. The values of all are base64. */
export type ChecksumHeader = 'x-amz-checksum-crc64nvme' | 'x-amz-checksum-crc32c' | 'x-goog-hash' | 'content-md5';

/** What one service is sent with the bytes of a write. */
export interface WriteChecksums {
  /** With a body that is the whole object. */
  whole: ChecksumHeader;
  /** With a part. */
  part: ChecksumHeader;
  /** What goes out instead once an answer showed such a header, the first of these: what the service makes by itself it takes as well. */
  shown?: { readonly [header in ChecksumHeader]?: WriteChecksums } | undefined;
  /** The CRC of the whole, combined from those of the parts, that the answer to a completed upload in parts is held to. */
  combined?: CrcName | undefined;
  /** An upload in parts is begun with `combined` as its full-object checksum. */
  announces?: boolean | undefined;
  /** An upload in parts is completed with the value of `combined`, which the service compares. */
  completes?: boolean | undefined;
  /** What is sent where the caller prefers another checksum that the service takes as well. */
  preferring?: { readonly [name in NonNullable<PutOptions['checksum']>]: WriteChecksums } | undefined;
}

/** What goes out with one write. */
export const checksumsOf = (checksums: WriteChecksums, { checksum }: PutOptions): WriteChecksums =>
  (checksum && checksums.preferring?.[checksum]) ?? checksums;

const hashes: Record<ChecksumHeader, HashName> = {
  'x-amz-checksum-crc64nvme': 'crc64nvme',
  'x-amz-checksum-crc32c': 'crc32c',
  'x-goog-hash': 'crc32c',
  'content-md5': 'md5',
};

/** What tells at the end, or the beginning, that a checksum is one of the whole. */
export const fullObject = { 'x-amz-checksum-type': 'FULL_OBJECT' };

/** What an upload is begun with, besides what is said of its object. */
export const announcementOf = ({ announces, combined }: WriteChecksums): Record<string, string> =>
  announces ? { 'x-amz-checksum-algorithm': combined!.toUpperCase(), ...fullObject } : {};

/** The first of these headers that an answer has too. */
export const shownIn = (answer: HttpHeaders, headers: readonly ChecksumHeader[]): ChecksumHeader | undefined =>
  headers.find((header) => answer.get(header));

/** Whether this is the answer of who does not take a header. */
export const isRefusal = (error: unknown): boolean => isCloudError(error) && (error.status === 400 || error.status === 501);

/** A checksum of bytes, and the header that carries it. */
export interface SentChecksum {
  hash: HashName;
  digest: Uint8Array;
  headers: Record<string, string>;
}

/** The checksum of bytes for a header. */
export async function checksumFor(header: ChecksumHeader, bytes: Uint8Array): Promise<SentChecksum> {
  const hash = hashes[header];
  await prepareHash(hash);
  const digest = digestOf(hash, bytes);
  const value = toBase64(digest);
  return { hash, digest, headers: { [header]: header === 'x-goog-hash' ? `crc32c=${value}` : value } };
}

/** Base64 as a server wrote it. */
function bytesOf(value: string | undefined): Uint8Array | undefined {
  try {
    return value ? fromBase64(value) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Hold a store's answer to a write to what was sent. What it does not show is not missed: it compared the checksum that came with the bytes.
 *
 * @param etagIsMd5 false, too, where the answer may hide how the object is encrypted
 * @throws CloudError `IntegrityError`
 */
export function checkAnswer(headers: HttpHeaders, sent: SentChecksum, bytes: Uint8Array, etagIsMd5: boolean, key: string): void {
  const differs = (hash: HashName, told: Uint8Array | undefined, own = told && digestOf(hash, bytes)): boolean =>
    told !== undefined && !equal(told, own!);
  const told = bytesOf(checksumIn(headers, sent.hash)) ?? (sent.hash === 'md5' && etagIsMd5 ? md5OfEtag(headers) : undefined);
  // S3 makes a CRC64NVME of its own when it is sent another checksum
  const other = sent.hash === 'crc64nvme' ? undefined : bytesOf(checksumIn(headers, 'crc64nvme'));
  if (differs(sent.hash, told, sent.digest) || differs('crc64nvme', other)) throw storedOther(key);
}

/** The error for a store that says it has stored other bytes than it was sent. */
export const storedOther = (key: string): CloudError =>
  new CloudError(`the store says that it stored other bytes of ${key} than it was sent`, { code: 'IntegrityError', operation: 'put', key });
