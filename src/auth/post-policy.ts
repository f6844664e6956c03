/**
 * POST policies: HTML forms that upload to a bucket by themselves.
 *
 * @module
 */
import { CloudError } from '../errors.ts';
import type { AbortOptions, Credentials, CredentialsProvider } from '../types.ts';
import { toBase64 } from '../util/base64.ts';
import { createAwsSigner } from './aws/sigv4.ts';
import { expirySeconds, timestamp } from './canonical.ts';
import { createCredentialSource, isKeyCredentials, isServiceAccount } from './credentials.ts';
import { createGoogleSigner } from './gcs/v4.ts';
import { resolveTarget, type TargetOptions } from './target.ts';

/** What the policy asks of the form, beside its fields, e.g. `['starts-with', '$acl', 'public']`. Sizes in bytes. */
export type PostCondition =
  | readonly ['content-length-range', number, number]
  | readonly ['starts-with' | 'eq', string, string]
  | Readonly<Record<string, string>>;

/** Options of `presignPost`. */
export interface PresignPostOptions extends TargetOptions, AbortOptions {
  /** `s3://bucket/key` or `gs://bucket/key`. A key that ends in `${filename}` lets the form choose the rest. */
  url: string;
  /** S3 or HMAC keys, a service account, or a provider of one. */
  credentials: Credentials | CredentialsProvider;
  /** At most 7 days, in ms. @default 3_600_000 */
  expiresInMs?: number | undefined;
  /** @default now */
  date?: Date | undefined;
  /** Further fields of the form, each with just this value. */
  fields?: Record<string, string> | undefined;
  conditions?: readonly PostCondition[] | undefined;
}

/** Where the form goes and what it has to hold; the field `file` comes last. */
export interface PresignedPost {
  url: string;
  fields: Record<string, string>;
}

/** JSON in ASCII, as both services' own libraries write it. */
const asciiJson = (value: unknown): string =>
  JSON.stringify(value).replace(/[\x7f-\uffff]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);

/**
 * Sign a POST policy.
 *
 * @returns rejects as `presign` does
 * @example
 * const conditions = [['content-length-range', 0, 1e6]];
 * const { url, fields } = await presignPost({ url: 's3://bucket/up/${filename}', credentials, region, conditions });
 */
export async function presignPost(options: PresignPostOptions): Promise<PresignedPost> {
  const { date = new Date(), expiresInMs = 3_600_000, fields = {}, conditions = [], signal } = options;
  const { service, bucket, key, region, url } = resolveTarget(options.url, options, true);
  if (bucket === null) throw new CloudError('A POST policy needs an s3:// or gs:// URL', { code: 'NotSupported' });
  const credentials = await createCredentialSource(options.credentials, { clock: () => date.getTime() }).get({
    url,
    method: 'POST',
    bucket,
    signal,
  });
  const aws = service === 's3' && isKeyCredentials(credentials) ? createAwsSigner(credentials, { region }) : undefined;
  const google =
    service === 'gs' && (isKeyCredentials(credentials) || isServiceAccount(credentials)) ? createGoogleSigner(credentials) : undefined;
  if (!aws && !google) throw new CloudError('These credentials can not sign policies', { code: 'NotSupported', url });

  const x = aws ? 'x-amz-' : 'x-goog-';
  const { accessKeyId, sessionToken } = credentials as { accessKeyId?: string; sessionToken?: string };
  const own: Record<string, string> = {
    [`${x}date`]: timestamp(date),
    [`${x}credential`]: aws ? `${accessKeyId}/${aws.scope(date)}` : google!.credential(date),
    [`${x}algorithm`]: aws ? 'AWS4-HMAC-SHA256' : google!.algorithm,
    ...(aws && sessionToken && { [`${x}security-token`]: sessionToken }),
  };
  const open = key.endsWith('${filename}');
  const each = (values: Record<string, string>): Record<string, string>[] =>
    Object.entries(values).map(([name, value]) => ({ [name]: value }));
  const expires = new Date(date.getTime() + expirySeconds(expiresInMs) * 1000).toISOString().replace(/\.\d+Z$/, 'Z');
  const rules = [...conditions, ...each(fields), { bucket }, open ? ['starts-with', '$key', key.slice(0, -11)] : { key }, ...each(own)];
  // Latin letters alone are left, so the text is its own bytes.
  const policy = toBase64(new TextEncoder().encode(asciiJson({ conditions: rules, expiration: expires })));
  const signature = aws ? aws.signText(policy, date) : await google!.signText(policy, date);
  // Google's addresses of buckets end in a slash here, in its own examples and vectors.
  return { url: aws ? url : url.replace(/\/?$/, '/'), fields: { ...fields, key, ...own, policy, [`${x}signature`]: signature } };
}
