/**
 * Signed URLs of one object, for `ObjectStore.signUrl`.
 *
 * @module
 */
import type { CredentialSource } from '../auth/credentials.ts';
import { presign } from '../sign.ts';
import type { SignUrlOptions } from '../types.ts';
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
  const { service, bucket, key, region, endpoint, forcePathStyle, context, source } = init;
  throwIfAborted(options.signal);
  const method = options.method ?? 'GET';
  const credentials = await source.get({ url: init.url, method, bucket, signal: options.signal });
  return presign(`${service}://${bucket}/${key}`, { ...options, method, credentials, region, endpoint, forcePathStyle, date: new Date(context.clock()) });
}
