/**
 * Signed URLs of one object, for `ObjectStore.signUrl`.
 *
 * @module
 */
import type { CredentialSource } from '../auth/credentials.ts';
import { presignTarget } from '../auth/presign.ts';
import type { SignUrlOptions } from '../types.ts';
import { gcsAddress, s3Address } from '../url/endpoint.ts';
import { throwIfAborted } from '../util/abort.ts';
import type { StoreContext } from './context.ts';

/** Where the object is. */
export interface SignUrlInit {
  service: 's3' | 'gs';
  bucket: string;
  key: string;
  region: string;
  endpoint?: string | undefined;
  forcePathStyle?: boolean | undefined;
  context: StoreContext;
  source: CredentialSource;
  url: string;
}

/** Sign a URL with the store's own credentials. Rejects with NotSupported for credentials that cannot sign URLs (bearer tokens). */
export async function signObjectUrl(init: SignUrlInit, options: SignUrlOptions): Promise<string> {
  throwIfAborted(options.signal);
  const { service, bucket, region, endpoint: own, forcePathStyle, context, source } = init;
  const { method = 'GET', host, query, ...rest } = options;
  const ofBucket = method === 'LIST';
  const key = ofBucket ? '' : init.key;
  const endpoint = host === undefined ? own : /^https?:/.test(host) ? host : `${own?.startsWith('http:') ? 'http' : 'https'}://${host}`;
  const credentials = await source.get({ url: init.url, method, bucket, signal: options.signal });
  const url = service === 's3' ? s3Address({ bucket, key, region, endpoint, forcePathStyle }) : gcsAddress({ bucket, key, endpoint });
  const listed = ofBucket && init.key ? { prefix: init.key, ...query } : query;
  // emulators and proxies compare the whole Host header; Google's own vectors leave the port out
  const about = { ...rest, method, query: listed, credentials, region, date: new Date(context.clock()), signPort: own !== undefined };
  return presignTarget({ service, region, bucket, key: init.key, url }, about);
}
