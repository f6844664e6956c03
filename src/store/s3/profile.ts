/**
 * What S3 services differ in, as data. The endpoint's host tells which one it is.
 *
 * @module
 */
import type { WriteChecksums } from '../xml-api/checksums.ts';

/** One kind of S3 service. */
export interface S3Profile {
  /** Whether `x-amz-checksum-mode` may be asked for; R2 answers 403 to it on signed URLs. */
  checksumMode: boolean;
  /** ETags of 32 hex digits are the MD5 of the stored bytes, unless these are encrypted with a managed key. */
  etagIsMd5: boolean;
  /** Whether buckets are known that encrypt with managed keys, which a page is seldom shown. */
  managedKeys: boolean;
  /** What goes out with the bytes of a write. */
  checksums: WriteChecksums;
  /** If-Match counts for the target of a copy. versitygw and MinIO ignore it there; who else may refuse it is not known. */
  copiesOnto?: boolean | undefined;
  /** Parts of an upload can be copied from ranges of an object. */
  copiesParts: boolean;
}

/** Names of the services. */
export type S3ServiceName = 'aws' | 'r2' | 'b2' | 'gcs' | 'minio' | 'generic';

/**
 * Content-MD5 is in the S3 API from its first day. `x-amz-checksum-*` came later: B2 refuses it, R2 did until 2025, and of a server that nobody
 * knows nothing can be said. `x-amz-sdk-checksum-algorithm`, which brought down most of them, says nothing that the other headers do not.
 */
const byMd5: WriteChecksums = { whole: 'content-md5', part: 'content-md5' };

/** By a CRC of the whole, which uploads in parts are begun with. */
const byCrc = (combined: 'crc64nvme' | 'crc32c'): WriteChecksums => ({
  whole: `x-amz-checksum-${combined}`,
  part: `x-amz-checksum-${combined}`,
  combined,
  announces: true,
});

const atAws = (combined: 'crc64nvme' | 'crc32c'): WriteChecksums => ({ ...byCrc(combined), completes: true });

/** The services. */
export const s3Profiles: Readonly<Record<S3ServiceName, S3Profile>> = {
  aws: {
    checksumMode: true,
    etagIsMd5: true,
    managedKeys: true,
    checksums: { ...atAws('crc64nvme'), preferring: { crc32c: atAws('crc32c') } },
    copiesOnto: true,
    copiesParts: true,
  },
  r2: { checksumMode: false, etagIsMd5: true, managedKeys: false, checksums: byMd5, copiesParts: true },
  b2: { checksumMode: false, etagIsMd5: true, managedKeys: false, checksums: byMd5, copiesParts: true },
  // its CRC32C stands in x-goog-hash, which may be read, but not be sent beside x-amz- headers
  gcs: { checksumMode: false, etagIsMd5: true, managedKeys: false, checksums: { ...byMd5, combined: 'crc32c' }, copiesParts: false },
  // versions from before 2025 have no full-object checksums: what they say at the end is compared, not demanded
  minio: {
    checksumMode: true,
    etagIsMd5: true,
    managedKeys: false,
    checksums: byCrc('crc32c'),
    copiesParts: true,
  },
  // each takes a tenth of the time of an MD5
  generic: {
    checksumMode: true,
    etagIsMd5: true,
    managedKeys: false,
    checksums: { ...byMd5, shown: { 'x-amz-checksum-crc64nvme': byCrc('crc64nvme'), 'x-amz-checksum-crc32c': byCrc('crc32c') } },
    copiesParts: true,
  },
};

const hosts: readonly (readonly [S3ServiceName, RegExp])[] = [
  ['aws', /(^|\.)amazonaws\.com(\.cn)?$/],
  ['r2', /(^|\.)r2\.cloudflarestorage\.com$/],
  ['b2', /(^|\.)backblazeb2\.com$/],
  ['gcs', /(^|\.)storage\.googleapis\.com$/],
  // MinIO lives under its users' names; those that call it what it is are known
  ['minio', /(^|\.)min\.io$|(^|[.-])minio([.-]|$)/],
];

/** Which service an endpoint is; none is AWS. */
export function s3ServiceOf(endpoint: string | undefined): S3ServiceName {
  const host = endpoint?.replace(/^https?:\/\//, '').replace(/[/:].*$/, '') ?? 'amazonaws.com';
  return hosts.find(([, pattern]) => pattern.test(host))?.[0] ?? 'generic';
}
