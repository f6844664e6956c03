/**
 * What S3 services differ in, as data. The endpoint's host tells which one it is.
 *
 * @module
 */
/** One kind of S3 service. */
export interface S3Profile {
  name: 'aws' | 'r2' | 'b2' | 'gcs' | 'generic';
  /** Whether `x-amz-checksum-mode` may be asked for; R2 answers 403 to it on signed URLs. */
  checksumMode: boolean;
  /** ETags of 32 hex digits are the MD5 of the stored bytes. */
  etagIsMd5: boolean;
}

/** Choose by endpoint; none is AWS. */
export function s3Profile(endpoint: string | undefined): S3Profile {
  const host = endpoint?.replace(/^https?:\/\//, '').replace(/[/:].*$/, '') ?? 'amazonaws.com';
  const is = (suffix: string): boolean => host === suffix || host.endsWith(`.${suffix}`);
  const name =
    is('amazonaws.com') || is('amazonaws.com.cn')
      ? 'aws'
      : is('r2.cloudflarestorage.com')
        ? 'r2'
        : is('backblazeb2.com')
          ? 'b2'
          : is('storage.googleapis.com')
            ? 'gcs'
            : 'generic';
  return { name, checksumMode: name === 'aws' || name === 'generic', etagIsMd5: true };
}
