/**
 * In which S3 and GCS's XML API differ, as data and small functions.
 *
 * @module
 */
import type { CloudError } from '../../errors.ts';
import type { HttpRequest, HttpResponse } from '../../types.ts';
import type { WriteChecksums } from './checksums.ts';

/** One provider's XML API. */
export interface XmlDialect {
  service: 's3' | 'gs';
  /** `x-amz-` or `x-goog-`. */
  headerPrefix: string;
  metaPrefix: string;
  /** The query parameter that names a version. */
  version: string;
  /** The header that says who pays. */
  payer: string;
  /** Whether `x-amz-checksum-mode` may be asked for. */
  checksumMode: boolean;
  /** ETags of 32 hex digits are the MD5 of the stored bytes. */
  etagIsMd5: boolean;
  /** Whether objects may be encrypted so that their ETag is no MD5, and a page not be shown that. */
  managedKeys: boolean;
  /** What goes out with the bytes of a write. */
  checksums: WriteChecksums;
  /** Whether `response-content-encoding` gives stored bytes where fetch would decode. */
  overridesEncoding: boolean;
  /** Whether there is a request that deletes many, and one that lists with `encoding-type=url`. */
  deletesMany: boolean;
  ifAbsent: Record<string, string>;
  ifMatch(version: string): Record<string, string>;
  copyIfMatch(version: string): Record<string, string>;
  /** Whether If-Match counts for the target of a copy. */
  copiesOnto?: boolean | undefined;
  /** Whether parts of an upload can be copied from ranges of an object. */
  copiesParts?: boolean | undefined;
  /** The header that names the version of the metadata to replace, and the one that names that of a copy's source; S3 has none. */
  metageneration?: { target: string; source: string } | undefined;
  /** Headers of an object that a copy with other metadata must send again, besides those that an info has names for. */
  carries: readonly string[];
  address(at: { bucket: string; key: string; region: string; endpoint?: string | undefined; forcePathStyle?: boolean | undefined }): string;
  /** The error that an answer stands for; `onRegion` hears where the bucket really is. */
  errorOf(request: HttpRequest, response: HttpResponse, text: string, onRegion: (region: string) => void): CloudError;
}
