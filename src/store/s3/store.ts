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
import { s3Profile } from './profile.ts';

/** What {@link createS3Store} is made of. */
export type S3Init = Omit<XmlInit, 'dialect'>;

function s3Dialect(endpoint: string | undefined): XmlDialect {
  return {
    ...s3Profile(endpoint),
    service: 's3',
    headerPrefix: 'x-amz-',
    metaPrefix: 'x-amz-meta-',
    version: 'versionId',
    payer: 'x-amz-request-payer',
    overridesEncoding: true,
    deletesMany: true,
    ifAbsent: { 'if-none-match': '*' },
    ifMatch: (version) => ({ 'if-match': version }),
    copyIfMatch: (version) => ({ 'x-amz-copy-source-if-match': version }),
    address: s3Address,
    errorOf: s3Error,
  };
}

/** Open a bucket. Constructing sends nothing. InvalidArgument when `requestPayer` is neither absent nor `requester`. */
export function createS3Store(init: S3Init): ObjectStore {
  if (init.requestPayer !== undefined && init.requestPayer !== 'requester') {
    throw new CloudError('requestPayer is "requester" at S3', { code: 'InvalidArgument' });
  }
  return createXmlStore({ ...init, dialect: s3Dialect(init.endpoint) });
}
