/**
 * URLs that carry their own permission.
 *
 * @module
 */
import { CloudError, redactUrl } from '../errors.ts';
import type { AbortOptions, Credentials, CredentialsProvider, HttpMethod, HttpRequest } from '../types.ts';
import { createAwsSigner } from './aws/sigv4.ts';
import { encodeRfc3986, invalid } from './canonical.ts';
import { createCredentialSource, isKeyCredentials, isRemoteSigner, isServiceAccount } from './credentials.ts';
import { createGoogleSigner } from './gcs/v4.ts';
import { signRemotely } from './remote.ts';
import { resolveTarget, type Target, type TargetOptions } from './target.ts';

/** What a URL may be signed for. `PART` uploads a part, `RESUMABLE` starts a resumable upload at GCS. */
export type PresignMethod = 'GET' | 'PUT' | 'DELETE' | 'HEAD' | 'LIST' | 'PART' | 'RESUMABLE';

/** Options of `presign`. */
export interface PresignOptions extends TargetOptions, AbortOptions {
  /** @default 'GET' */
  method?: PresignMethod | undefined;
  /** At most 7 days, in ms. @default 3_600_000 */
  expiresInMs?: number | undefined;
  /** S3 or HMAC keys, a service account, a remote signer, or a provider of one. */
  credentials: Credentials | CredentialsProvider;
  /** When the validity begins. @default now */
  date?: Date | undefined;
  /** For `PART`. */
  uploadId?: string | undefined;
  /** For `PART`, from 1 to 10,000. */
  partNumber?: number | undefined;
  /** Extra parameters, signed. For `LIST`: prefix, delimiter, start-after, … */
  query?: Record<string, string> | undefined;
  /** Headers that whoever uses the URL promises to send, signed. */
  headers?: Record<string, string> | undefined;
  /** GCS: sign the port as part of the host, for servers that compare. @default false, as in Google's own clients */
  signPort?: boolean | undefined;
}

const VERBS: Record<PresignMethod, HttpMethod> = {
  GET: 'GET',
  PUT: 'PUT',
  DELETE: 'DELETE',
  HEAD: 'HEAD',
  LIST: 'GET',
  PART: 'PUT',
  RESUMABLE: 'POST',
};

/** The request that the URL is for, unsigned. */
function requestFor(target: Target, method: PresignMethod, options: PresignOptions): HttpRequest {
  const query: Record<string, string> = {};
  const headers: Record<string, string> = {};
  if (method === 'LIST') {
    query['list-type'] = '2';
    if (target.key) query['prefix'] = target.key;
  } else if (method === 'PART') {
    const { uploadId, partNumber = 0 } = options;
    if (!uploadId || !(partNumber >= 1 && partNumber <= 10_000)) throw invalid('PART needs uploadId and a partNumber from 1 to 10000');
    Object.assign(query, { partNumber: String(partNumber), uploadId });
  } else if (method === 'RESUMABLE') {
    if (target.service !== 'gs') throw new CloudError('Only GCS has resumable uploads', { code: 'NotSupported' });
    headers['x-goog-resumable'] = 'start';
  }
  for (const [name, value] of Object.entries(options.headers ?? {})) headers[name.toLowerCase()] = value;
  // Through URLSearchParams because it makes lone surrogates U+FFFD.
  const pairs = [...new URLSearchParams({ ...query, ...options.query })].map((pair) => pair.map(encodeRfc3986).join('='));
  const url = pairs.length ? `${target.url}${target.url.includes('?') ? '&' : '?'}${pairs.join('&')}` : target.url;
  return { method: VERBS[method], url, headers };
}

/** {@link PresignOptions}, for a place that is known already. Same errors as `presign`. */
export async function presignTarget(target: Target, options: PresignOptions): Promise<string> {
  const { method = 'GET', date = new Date(), expiresInMs = 3_600_000, signal, signPort } = options;
  if (!Object.hasOwn(VERBS, method)) throw invalid('Unknown method');
  const request = requestFor(target, method, options);
  const place = redactUrl(request.url);
  const source = createCredentialSource(options.credentials, { clock: () => date.getTime() });
  const credentials = await source.get({ url: place, method: request.method, bucket: target.bucket ?? '', signal });
  if (isRemoteSigner(credentials)) {
    const signed = await signRemotely(credentials, request, { signal, allowInsecure: true });
    if (!signed.headers['authorization']) return signed.url;
  } else if (isKeyCredentials(credentials) && target.service === 's3') {
    return createAwsSigner(credentials, { region: target.region, signedHeaders: 'all' }).signQuery(request, date, expiresInMs).url;
  } else if (target.service === 'gs' && (isKeyCredentials(credentials) || isServiceAccount(credentials))) {
    return (await createGoogleSigner(credentials, { signedHeaders: 'all', signPort }).signQuery(request, date, expiresInMs)).url;
  }
  throw new CloudError('These credentials can not sign URLs', { code: 'NotSupported', url: place });
}

/**
 * A URL with which anybody can make one kind of request for a while, without credentials.
 *
 * @param url `s3://bucket/key`, `s3://https://host/bucket/key`, `gs://bucket/key`, or an https URL of S3 or GCS. For `LIST` what
 *   stands behind the bucket is the prefix
 * @returns rejects with `InvalidArgument`, `InvalidUrl`, `UnsupportedProtocol`, `NotSupported` (bearer tokens, basic authentication), or
 *   what the provider rejects with
 * @example await presign('s3://bucket/key', { method: 'PUT', expiresInMs: 60_000, credentials, region: 'eu-west-1' })
 */
export async function presign(url: string, options: PresignOptions): Promise<string> {
  return presignTarget(resolveTarget(url, options, options.method === 'LIST'), options);
}
