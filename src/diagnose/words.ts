/**
 * What a store's refusal means, and what to do about it.
 *
 * @module
 */
import { isCloudError, type CloudError } from '../errors.ts';
import type { DiagnosisCheck, Snippet } from './types.ts';

/** What the refusal is about. */
export type About = 'signature' | 'bucket' | 'region' | 'right' | 'other';

/** A refusal in words. */
export interface Refusal extends Pick<DiagnosisCheck, 'what' | 'fix'> {
  about: About;
}

const told = ({ status, providerCode, code }: CloudError): string => [status, providerCode ?? code].filter(Boolean).join(' ');

/** Which of the causes an error has. */
export function explainRefusal(error: unknown): Refusal {
  if (!isCloudError(error)) return { about: 'other', what: 'failed', fix: undefined };
  const { code, providerCode = '' } = error;
  const words = told(error);
  if (providerCode === 'AuthorizationHeaderMalformed' || code === 'Redirected')
    return {
      about: 'region',
      what: `the bucket is in another region than the one that was signed for [${words}]`,
      fix: 'Set the region (--region, AWS_REGION, region).',
    };
  if (code === 'SignatureMismatch')
    return {
      about: 'signature',
      what: `the server knows the access key, but its secret is another one [${words}]`,
      fix: 'Copy the secret again. Where it is right, something between here and the server changes requests, e.g. a proxy that sets another Host.',
    };
  // versitygw has no other words for a key that it does not know
  if (code === 'Unauthenticated' || /^(InvalidAccessKeyId|XAdmin(NoSuch|User)\w*)$/.test(providerCode)) {
    const expired = /Expired/.test(providerCode);
    return {
      about: 'signature',
      what: expired ? `the credentials have expired [${words}]` : `the server does not know these credentials [${words}]`,
      fix: expired
        ? 'Fetch new ones, e.g. aws sso login.'
        : 'Look whether they belong to this service: keys of one endpoint mean nothing to another. Temporary keys need their session token.',
    };
  }
  if (code === 'ClockSkew')
    return { about: 'signature', what: `the server refuses the time of the request [${words}]`, fix: 'Set the clock of this machine.' };
  if (code === 'PermissionDenied') return { about: 'right', what: `not allowed [${words}]`, fix: undefined };
  if (code === 'NotFound')
    return {
      about: 'bucket',
      what: `there is no such bucket [${words}]`,
      fix: 'Look at its name, and whether the endpoint is the one that it is at.',
    };
  return { about: 'other', what: `failed: ${error.message} [${words}]`, fix: undefined };
}

/** The statement that gives a right, where the service has such a language. */
export function policyFor(
  service: string | undefined,
  bucket: string,
  right: 'list' | 'read' | 'write',
): { fix: string; snippet?: Snippet } {
  if (service === 'gcs') {
    const role = right === 'write' ? 'roles/storage.objectUser' : 'roles/storage.objectViewer';
    return {
      fix: `Give whoever asks the role ${role} on the bucket:`,
      snippet: { label: 'In a shell', text: `gcloud storage buckets add-iam-policy-binding gs://${bucket} --member=MEMBER --role=${role}` },
    };
  }
  if (service === undefined) return { fix: 'Ask whoever runs the server.' };
  const actions = { list: ['s3:ListBucket'], read: ['s3:GetObject'], write: ['s3:PutObject', 's3:DeleteObject'] }[right];
  const Resource = `arn:aws:s3:::${bucket}${right === 'list' ? '' : '/*'}`;
  return {
    fix: `Whoever asks needs ${actions.join(' and ')}:`,
    snippet: {
      label: 'Statement for the policy of the user or role',
      text: JSON.stringify({ Effect: 'Allow', Action: actions, Resource }, null, 2),
    },
  };
}
