/**
 * Where a bucket and an object are on the wire. Pure.
 *
 * @module
 */
import { CloudError } from '../errors.ts';
import { encodeKey } from './key.ts';

/** What an S3 address is made of. */
export interface S3AddressInit {
  bucket: string;
  /** The address of the bucket itself when empty or left out. */
  key?: string | undefined;
  region: string;
  /** Scheme, host and perhaps a path in front of the bucket. @default Amazon's, for the region */
  endpoint?: string | undefined;
  /** `host/bucket/key` instead of `bucket.host/key`. @default true unless the endpoint is Amazon's and the bucket fits a host name */
  forcePathStyle?: boolean | undefined;
}

/** What a GCS address is made of. */
export interface GcsAddressInit {
  bucket: string;
  /** The address of the bucket itself when empty or left out. */
  key?: string | undefined;
  /** @default 'https://storage.googleapis.com' */
  endpoint?: string | undefined;
  /** @default true */
  forcePathStyle?: boolean | undefined;
}

// One label: a certificate for *.s3.amazonaws.com does not cover two.
const LABEL = /^[a-z\d][a-z\d-]{1,61}[a-z\d]$/;
const AMAZON = /^https?:\/\/(?:[^/]+\.)?amazonaws\.com(?:\.cn)?(?::\d+)?$/i;

function join(endpoint: string, bucket: string, key: string, pathStyle: boolean): string {
  const parts = /^(https?:\/\/)([^/?#@\s]+)(\/[^?#]*)?$/i.exec(endpoint);
  if (!parts || !(pathStyle ? bucket : /^[\w.-]+$/.test(bucket)))
    throw new CloudError('No such endpoint or bucket can be', { code: 'InvalidArgument' });
  const path = (parts[3] ?? '').replace(/\/+$/, '');
  if (!pathStyle) return `${parts[1]}${bucket}.${parts[2]}${path}/${encodeKey(key)}`;
  return `${parts[1]}${parts[2]}${path}/${encodeKey(bucket)}${key && `/${encodeKey(key)}`}`;
}

/**
 * The percent-encoded URL of an object or bucket at S3 or a service that speaks its API.
 *
 * @throws CloudError `InvalidArgument`: an endpoint that is no web address, a bucket that fits no host name, a key that has no UTF-8
 * @example s3Address({ bucket: 'b', key: 'a b', region: 'eu-west-1' }) // 'https://b.s3.eu-west-1.amazonaws.com/a%20b'
 */
export function s3Address(init: S3AddressInit): string {
  const { bucket, key = '', region } = init;
  const endpoint = (init.endpoint ?? `https://s3.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`).replace(/\/+$/, '');
  return join(endpoint, bucket, key, init.forcePathStyle ?? !(AMAZON.test(endpoint) && LABEL.test(bucket)));
}

/**
 * The percent-encoded URL of an object or bucket in Google Cloud Storage's XML API.
 *
 * @throws CloudError `InvalidArgument`: an endpoint that is no web address, a bucket that fits no host name, a key that has no UTF-8
 * @example gcsAddress({ bucket: 'b', key: 'a b' }) // 'https://storage.googleapis.com/b/a%20b'
 */
export function gcsAddress(init: GcsAddressInit): string {
  const { bucket, key = '', endpoint = 'https://storage.googleapis.com', forcePathStyle = true } = init;
  return join(endpoint, bucket, key, forcePathStyle);
}
