/**
 * Addresses, as values. Types only, no code.
 *
 * @module
 */

/** Kinds of stores, by the scheme of their URLs. */
export type Protocol = 's3' | 'gs' | 'http' | 'https' | 'file' | 'opfs' | 'mem';

/** A parsed URL, as a value. */
export interface Location {
  /** The data format in front, `precomputed` when none was given (cloud-files' convention). */
  format: string;
  protocol: Protocol;
  /** s3, gs, mem: the bucket. */
  bucket: string | null;
  /** The key, or the absolute path for file and opfs; without a leading slash in buckets. */
  path: string;
  /** s3: the endpoint, http(s): scheme and authority, no trailing slash. */
  host: string | null;
  alias: string | null;
}
