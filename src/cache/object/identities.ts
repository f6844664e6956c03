/**
 * Whose values a client may have kept: all that its options name, and those that it was seen to use.
 *
 * @module
 */
import { areCredentials, anonymous, identityOf, type Identity } from '../../auth/identity.ts';
import type { ClientOptions } from '../../store/options.ts';

/** One identity at one kind of service. */
export interface Known {
  readonly provider: string;
  readonly identity: Identity;
}

/** Kinds of services that are cached. */
const providers = ['s3', 'gs', 'http'] as const;

const everywhere = (identity: Identity): Known[] => providers.map((provider) => ({ provider, identity }));

/** An id that a user gave. */
export const namedIdentity = (name: string): Identity => ({ id: `name:${name}`, durable: true });

/**
 * The identities that last and that a client's options name, whether or not it used them: after a reload it is to find what it kept before.
 * What providers would answer is not known without asking them.
 *
 * @param env a variable of the environment
 */
export function identitiesNamed(options: ClientOptions, env: (name: string) => string | undefined): Known[] {
  const { credentials, cache } = options;
  const found: Known[] = everywhere(anonymous);
  if (cache?.identity) found.push(...everywhere(namedIdentity(cache.identity)));
  const add = (provider: string | undefined, given: unknown): void => {
    if (!areCredentials(given)) return;
    const identity = identityOf(given, () => '');
    if (identity.durable) found.push(...(provider === undefined ? everywhere(identity) : [{ provider, identity }]));
  };
  if (credentials === undefined) {
    const accessKeyId = env('AWS_ACCESS_KEY_ID');
    if (accessKeyId && !env('AWS_SESSION_TOKEN')) add('s3', { accessKeyId, secretAccessKey: '' });
  } else if (areCredentials(credentials)) add(undefined, credentials);
  else if (typeof credentials === 'object')
    for (const [name, given] of Object.entries(credentials)) add(name.split(':', 1)[0]!.replace('https', 'http'), given);
  return found;
}
