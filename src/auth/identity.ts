/**
 * Who asks, as far as it may be told: what cached bytes of one user are kept apart from another's by. Never a secret.
 *
 * @module
 */
import type { Credentials } from '../types.ts';
import { sha256Hex } from '../util/sha256.ts';
import {
  isBasicCredentials,
  isHeaderCredentials,
  isKeyCredentials,
  isRemoteSigner,
  isServiceAccount,
  isTokenCredentials,
} from './credentials.ts';

/** Who asks. */
export interface Identity {
  /** Names them among those of one service; empty for nobody in particular. */
  readonly id: string;
  /** Whether the same user will have the same id in the next session. What belongs to others is not kept beyond the client. */
  readonly durable: boolean;
}

/** Nobody in particular. */
export const anonymous: Identity = { id: '', durable: true };

const hash = (secret: string): string => sha256Hex(secret).slice(0, 32);

/**
 * Who credentials are of: access keys by their id, service accounts by their address, users by their name. Keys with a session token,
 * bearer tokens and what signs elsewhere are different from session to session for the same user.
 *
 * @param nameOf a name of the caller's own for an object that tells none; the same for the same object
 * @example identityOf({ accessKeyId: 'AKIA1', secretAccessKey }) // { id: 'key:AKIA1', durable: true }
 */
export function identityOf(credentials: Credentials, nameOf: (credentials: object) => string): Identity {
  if (credentials === 'anonymous') return anonymous;
  if (isKeyCredentials(credentials)) return { id: `key:${credentials.accessKeyId}`, durable: !credentials.sessionToken };
  if (isServiceAccount(credentials)) return { id: `account:${credentials.client_email}`, durable: true };
  if (isBasicCredentials(credentials)) return { id: `user:${credentials.user}`, durable: true };
  if (isTokenCredentials(credentials)) return { id: `token:${hash(credentials.accessToken)}`, durable: false };
  return { id: `own:${nameOf(credentials)}`, durable: false };
}

/** A known way to sign by query: what must be there, and what then belongs to the signature. Names are in lower case. */
interface QuerySigning {
  readonly needs: readonly string[];
  readonly owns: RegExp;
}

/**
 * AWS and Google, version 4 and 2; CloudFront, by a time or a policy; Azure, by its version of the service, without what overrides
 * headers of the answer. Sources: the services' documents of signed URLs and of shared access signatures.
 */
const querySignings: readonly QuerySigning[] = [
  { needs: ['x-amz-signature'], owns: /^x-amz-/ },
  { needs: ['x-goog-signature'], owns: /^x-goog-/ },
  { needs: ['signature', 'expires', 'awsaccesskeyid'], owns: /^(signature|expires|awsaccesskeyid|x-amz-security-token)$/ },
  { needs: ['signature', 'expires', 'googleaccessid'], owns: /^(signature|expires|googleaccessid)$/ },
  { needs: ['signature', 'expires', 'key-pair-id'], owns: /^(signature|expires|key-pair-id)$/ },
  { needs: ['signature', 'policy', 'key-pair-id'], owns: /^(signature|policy|key-pair-id)$/ },
  {
    needs: ['sig', 'sv'],
    owns: /^(sig|sv|ss|srt|sp|st|se|spr|sr|si|sip|skoid|sktid|skt|ske|sks|skv|saoid|suoid|scid|sdd|ses)$/,
  },
];

/**
 * What of a query signs it, where that is done in a known way: the same word alone is a parameter like any other.
 *
 * @param names of all parameters, in lower case
 * @returns whether a parameter, in lower case, belongs to the signature
 */
export function signingOf(names: ReadonlySet<string>): (name: string) => boolean {
  const found = querySignings.filter(({ needs }) => needs.every((name) => names.has(name)));
  return (name) => found.some(({ owns }) => owns.test(name));
}

/**
 * Who a signed URL is of: what it names, for as long as this client lives, since it is a key for a while.
 *
 * @returns undefined when nothing signs it
 */
export function identityOfSignedUrl(url: string): Identity | undefined {
  const query = new URLSearchParams(/\?([^#]*)/.exec(url)?.[1] ?? '');
  const names = new Map([...query].map(([name, value]) => [name.toLowerCase(), value]));
  const signature = ['x-amz-signature', 'x-goog-signature', 'signature', 'sig'].find((name) => names.has(name));
  if (signature === undefined) return undefined;
  const credential = ['x-amz-credential', 'x-goog-credential', 'awsaccesskeyid', 'googleaccessid', 'key-pair-id']
    .map((name) => names.get(name))
    .find((value) => value !== undefined);
  return { id: `signed:${hash(credential ?? names.get(signature)!)}`, durable: false };
}

/** Whether these are credentials, as against a map of them. */
export const areCredentials = (value: unknown): value is Credentials =>
  value === 'anonymous' ||
  [isKeyCredentials, isTokenCredentials, isServiceAccount, isBasicCredentials, isHeaderCredentials, isRemoteSigner].some((is) => is(value));
