/**
 * S3 and everything that speaks its API.
 *
 * @module
 */
import { CloudError } from '../../errors.ts';
import type { ObjectStore } from '../../types.ts';
import { s3Address } from '../../url/endpoint.ts';
import type { XmlDialect } from '../xml-api/dialect.ts';
import type { XmlInit } from '../xml-api/driver.ts';
import { createXmlStore } from '../xml-api/store.ts';
import { s3Error } from './errors.ts';
import { s3Profiles, s3ServiceOf, type S3ServiceName } from './profile.ts';

/** What {@link createS3Store} is made of. */
export interface S3Init extends Omit<XmlInit, 'dialect'> {
  /** Whose service it is. @default what the endpoint's host tells */
  service?: S3ServiceName | undefined;
}

/** How a service speaks. */
export function s3Dialect({ bucket, endpoint, service }: Pick<S3Init, 'bucket' | 'endpoint' | 'service'>): XmlDialect {
  const profile = s3Profiles[service ?? s3ServiceOf(endpoint)];
  return {
    ...profile,
    // those of directory buckets are none, and look the same
    etagIsMd5: profile.etagIsMd5 && !bucket.endsWith('--x-s3'),
    service: 's3',
    headerPrefix: 'x-amz-',
    metaPrefix: 'x-amz-meta-',
    version: 'versionId',
    payer: 'x-amz-request-payer',
    overridesEncoding: true,
    deletesMany: true,
    carries: ['expires', 'x-amz-website-redirect-location'],
    ifAbsent: { 'if-none-match': '*' },
    ifMatch: (version) => ({ 'if-match': version }),
    copyIfMatch: (version) => ({ 'x-amz-copy-source-if-match': version }),
    address: s3Address,
    errorOf: s3Error,
  };
}

/** Open a bucket. Constructing sends nothing. InvalidArgument when `requestPayer` is neither absent nor `requester`. */
export function createS3Store({ service, ...init }: S3Init): ObjectStore {
  if (init.requestPayer !== undefined && init.requestPayer !== 'requester') {
    throw new CloudError('requestPayer is "requester" at S3', { code: 'InvalidArgument' });
  }
  return createXmlStore({ ...init, dialect: s3Dialect({ ...init, service }) });
}
