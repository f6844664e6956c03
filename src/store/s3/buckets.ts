/**
 * The buckets of an account. Loaded on use.
 *
 * Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListBuckets.html
 *
 * @module
 */
import { CloudError } from '../../errors.ts';
import type { AbortOptions } from '../../types.ts';
import { createDriver } from '../xml-api/driver.ts';
import { checkXml, xmlBlocks, xmlField } from '../xml-api/xml.ts';
import { s3Dialect, type S3Init } from './store.ts';

/** Names of all buckets that these credentials may list, page by page. */
export async function* listBuckets(
  init: Pick<S3Init, 'context' | 'endpoint' | 'region' | 'scope'>,
  { signal }: AbortOptions = {},
): AsyncGenerator<string[], void, undefined> {
  const { endpoint, region } = init;
  const root = `${(endpoint ?? `https://s3.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`).replace(/\/+$/, '')}/`;
  // that of the service, whatever is asked for
  const dialect = { ...s3Dialect({ bucket: '', endpoint }), address: () => root };
  const driver = createDriver({ ...init, dialect, bucket: '', url: 's3://' });
  let token: string | undefined;
  do {
    const query = token === undefined ? {} : { 'continuation-token': token };
    const response = await driver.send({ method: 'GET', headers: {}, key: '', query }, { operation: 'list', signal });
    const text = checkXml(new TextDecoder().decode(await response.body.bytes()), 'ListAllMyBucketsResult');
    yield [...xmlBlocks(text, 'Bucket')].map((bucket) => xmlField(bucket, 'Name') ?? '');
    const next = xmlField(text, 'ContinuationToken') || undefined;
    if (next && next === token)
      throw new CloudError('the listing repeats itself', { code: 'InvalidResponse', operation: 'list', url: root });
    token = next;
  } while (token);
}
