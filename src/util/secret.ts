/**
 * Credentials as the files and settings of cloud-files, AWS and Google spell them. Pure.
 *
 * @module
 */
import { CloudError } from '../errors.ts';
import type { Credentials } from '../types.ts';

const TEXTS = ['accessKeyId', 'secretAccessKey', 'accessToken', 'client_email', 'private_key', 'user', 'password', 'token'] as const;

/**
 * Credentials out of a parsed secret or its JSON text: AWS_ACCESS_KEY_ID with AWS_SECRET_ACCESS_KEY and perhaps AWS_SESSION_TOKEN, a
 * service account's key, user and password, a token, or a credentials object of ours.
 *
 * @param what names the secret in the error
 * @throws CloudError `InvalidArgument`; nothing of the secret is repeated
 */
export function parseSecret(secret: unknown, what: string): Credentials {
  let value = secret as Record<string, unknown> | null;
  try {
    if (typeof secret === 'string') value = JSON.parse(secret) as Record<string, unknown> | null;
  } catch {
    // JSON.parse quotes the text in its error.
    throw new CloudError(`${what} is not JSON`, { code: 'InvalidArgument' });
  }
  const {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken,
    ...rest
  } = Object(value) as Record<string, unknown>;
  const given: Record<string, unknown> =
    accessKeyId || secretAccessKey ? { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) } : rest;
  const has = (...names: (typeof TEXTS)[number][]): boolean => names.every((name) => typeof given[name] === 'string' && given[name] !== '');
  if (has('accessKeyId', 'secretAccessKey') || has('accessToken') || has('client_email', 'private_key'))
    return given as unknown as Credentials;
  if (has('user', 'password')) return { user: given['user'] as string, password: given['password'] as string };
  if (has('token')) return { accessToken: given['token'] as string };
  throw new CloudError(`${what} holds no credentials of a known kind`, { code: 'InvalidArgument' });
}
