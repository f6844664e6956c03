/**
 * Buckets of real servers for the command's tests.
 *
 * @module
 */
import type { ClientOptions } from '../../../src/index.ts';
import { need } from '../../env.ts';
import { optionsOf } from './run-cli.ts';

/** A bucket, as a URL without a slash at its end, and how it is reached. */
export interface Bucket {
  url: string;
  clientOptions: ClientOptions;
}

/** A bucket of each kind; the test is skipped where its server is not there. */
export const buckets: Record<string, () => Bucket> = {
  versitygw: () => ({ url: `s3://${need('versitygw').bucket}`, clientOptions: optionsOf(need('versitygw')) }),
  minio: () => ({ url: `s3://${need('minio').bucket}`, clientOptions: optionsOf(need('minio')) }),
  'fake-gcs': () => ({
    url: `gs://${need('fake-gcs').bucket}`,
    clientOptions: { endpoint: need('fake-gcs').endpoint, credentials: 'anonymous' },
  }),
};
