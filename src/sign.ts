/**
 * Signatures of S3 and GCS without a client, in any runtime: `anyfile/sign`.
 *
 * @example
 * import { presign, signAws } from 'anyfile/sign';
 * const link = await presign('s3://bucket/report.pdf', { expiresInMs: 600_000, credentials, region: 'eu-west-1' });
 * const response = await fetch(url, { headers: signAws({ url }, { credentials, region: 'eu-west-1' }) });
 *
 * @module
 */
import { createAwsCore, signAwsHeaders, type AwsCore, type AwsSignerOptions } from './auth/aws/sigv4.ts';
import type { SignedHeaders } from './auth/canonical.ts';
import { createGoogleSigner } from './auth/gcs/v4.ts';
import type { HttpMethod, HttpRequest, KeyCredentials, ServiceAccountCredentials } from './types.ts';

export { createAwsSigner, type AwsSigner, type AwsSignerOptions } from './auth/aws/sigv4.ts';
export { assumeRole, type AssumeRoleOptions } from './auth/aws/sts.ts';
export { presignPost, type PostCondition, type PresignedPost, type PresignPostOptions } from './auth/post-policy.ts';
export { presign, type PresignMethod, type PresignOptions } from './auth/presign.ts';
export type { SignedHeaders };

/** A request to sign; a `Request` fits where its body need not be signed. */
export interface SignRequest {
  /** @default 'GET' */
  method?: string | undefined;
  /** Absolute; raw or percent-encoded. */
  url: string | URL;
  headers?: Headers | Record<string, string> | undefined;
  /** Signed for AWS services other than S3. */
  body?: unknown;
  /** Hex SHA-256 of the body, or a literal such as `UNSIGNED-PAYLOAD`. */
  payloadHash?: string | undefined;
}

/** Options of {@link signAws}. */
export interface SignAwsOptions extends AwsSignerOptions {
  credentials: KeyCredentials;
  /** @default now */
  date?: Date | undefined;
}

/** Options of {@link signGoogle}. */
export interface SignGoogleOptions {
  /** A service account, or an HMAC key. */
  credentials: ServiceAccountCredentials | KeyCredentials;
  /** @default now */
  date?: Date | undefined;
  /** Life of the signed URL, at most 7 days, in ms. @default 3_600_000 */
  expiresInMs?: number | undefined;
  /** Put the signature into headers instead of the URL. @default false */
  inHeaders?: boolean | undefined;
  /** @default 'all' */
  signedHeaders?: SignedHeaders | undefined;
  /** Sign the port as part of the host, for servers that compare. @default false, as in Google's own clients */
  signPort?: boolean | undefined;
}

function toRequest({ method = 'GET', url, headers = {}, body, payloadHash }: SignRequest): HttpRequest {
  const lower: Record<string, string> = {};
  for (const [name, value] of headers instanceof Headers ? headers : Object.entries(headers)) lower[name.toLowerCase()] = value;
  return { method: method.toUpperCase() as HttpMethod, url: String(url), headers: lower, body: body as HttpRequest['body'], payloadHash };
}

/** Signers by credentials: the derived key is most of the work. Held weakly, so a secret lives no longer than its owner lets it. */
const signers = /* @__PURE__ */ new WeakMap<KeyCredentials, { id: string; core: AwsCore }>();

/**
 * The headers of a request to S3 or another AWS service, with its signature; synchronous. Signers are kept for as long as the same
 * credentials object is used.
 *
 * Which headers are signed: by default all but those that runtimes and proxies change, so that the result equals aws4fetch's.
 *
 * @returns all headers to send, names in lower case
 * @throws CloudError `InvalidArgument`
 * @example await fetch(url, { headers: signAws({ url }, { credentials, region: 'eu-west-1' }) })
 */
export function signAws(request: SignRequest, options: SignAwsOptions): Record<string, string> {
  const { credentials, date = new Date(), signedHeaders = 'usual' } = options;
  // Whoever changes the credentials in place gets a new signer.
  const id = [credentials, { ...options, date: 0 }].flatMap(Object.values).join('\n');
  let kept = signers.get(credentials);
  if (kept?.id !== id) signers.set(credentials, (kept = { id, core: createAwsCore(credentials, { ...options, signedHeaders }) }));
  return signAwsHeaders(kept.core, toRequest(request), date).headers;
}

/**
 * A request to GCS's XML API with its V4 signature, in the URL or in headers.
 *
 * @returns rejects with `InvalidArgument`, or `NotSupported` in pages without WebCrypto
 * @example const { url, headers } = await signGoogle({ url: 'https://storage.googleapis.com/bucket/key' }, { credentials: serviceAccount })
 */
export async function signGoogle(
  request: SignRequest,
  options: SignGoogleOptions,
): Promise<{ url: string; headers: Record<string, string> }> {
  const { credentials, date = new Date(), expiresInMs = 3_600_000, inHeaders = false, signedHeaders = 'all', signPort } = options;
  const signer = createGoogleSigner(credentials, { signedHeaders, signPort });
  const { url, headers } = await (inHeaders
    ? signer.signHeaders(toRequest(request), date)
    : signer.signQuery(toRequest(request), date, expiresInMs));
  return { url, headers };
}
