/**
 * Where credentials come from: what the user gave, or a provider whose answer is kept until shortly before it expires.
 *
 * @module
 */
import { CloudError, isCloudError, redactUrl } from '../errors.ts';
import type {
  BasicCredentials,
  Clock,
  Credentials,
  CredentialsProvider,
  CredentialsRequest,
  HeaderCredentials,
  KeyCredentials,
  RemoteSigner,
  ServiceAccountCredentials,
  TokenCredentials,
} from '../types.ts';
import { createSingleFlight } from '../util/single-flight.ts';

/** Gives credentials whenever a request is signed. */
export interface CredentialSource {
  /** At once when they are known. Rejects with `Unauthenticated` when the provider fails, unless it fails with a CloudError of its own. */
  get(request: CredentialsRequest): Credentials | Promise<Credentials>;
  /** The server refused them: ask the provider again next time. */
  invalidate(): void;
  /** How often they were invalidated: whoever derived something from them drops it when this changes. */
  readonly generation: number;
}

/** Options of {@link createCredentialSource}. */
export interface CredentialSourceOptions {
  clock: Clock;
  /** How long before their expiry credentials are fetched anew, in ms. @default 60_000 */
  marginMs?: number | undefined;
}

const has = (value: unknown, ...names: string[]): boolean =>
  typeof value === 'object' && value !== null && names.every((name) => typeof (value as Record<string, unknown>)[name] === 'string');
const can = (value: unknown, name: string): boolean => typeof (value as Record<string, unknown> | null)?.[name] === 'function';

/** S3 or HMAC keys. */
export const isKeyCredentials = (value: unknown): value is KeyCredentials => has(value, 'accessKeyId', 'secretAccessKey');
/** A bearer token. */
export const isTokenCredentials = (value: unknown): value is TokenCredentials => has(value, 'accessToken');
/** The key file of a Google service account. */
export const isServiceAccount = (value: unknown): value is ServiceAccountCredentials => has(value, 'client_email', 'private_key');
/** User and password. */
export const isBasicCredentials = (value: unknown): value is BasicCredentials => has(value, 'user', 'password');
/** An object that makes headers, such as google-auth-library's clients. */
export const isHeaderCredentials = (value: unknown): value is HeaderCredentials => can(value, 'getRequestHeaders');
/** A signer elsewhere. google-auth-library's GoogleAuth has a `sign` of another kind. */
export const isRemoteSigner = (value: unknown): value is RemoteSigner => can(value, 'sign') && !can(value, 'getRequestHeaders');

const isCredentials = (value: unknown): value is Credentials =>
  value === 'anonymous' ||
  [isKeyCredentials, isTokenCredentials, isServiceAccount, isBasicCredentials, isHeaderCredentials, isRemoteSigner].some((is) => is(value));

/** When they expire, in ms since the epoch; dates that came through JSON are texts. */
function expiry(credentials: Credentials): number {
  const { expiration } = credentials as TokenCredentials;
  const time = expiration ? new Date(expiration).getTime() : NaN;
  return Number.isNaN(time) ? Infinity : time;
}

interface Kept {
  credentials: Credentials;
  expires: number;
  /** Not before this is a failed refresh tried again. */
  refreshFrom: number;
}

/**
 * A source over fixed credentials or a provider. The provider is called once per bucket, one call in flight however many wait; each
 * waiter's `signal` ends only its own wait, and the call itself when nobody waits any more. Within `marginMs` of the expiry it is called
 * again; when that fails, what is still valid goes on being used.
 *
 * @throws CloudError `InvalidArgument` when these are no credentials
 */
export function createCredentialSource(from: Credentials | CredentialsProvider, options: CredentialSourceOptions): CredentialSource {
  const { clock, marginMs = 60_000 } = options;
  const provider = typeof from === 'function' ? from : undefined;
  if (!provider && !isCredentials(from)) throw new CloudError('Not credentials of any known kind', { code: 'InvalidArgument' });
  const flight = createSingleFlight<string, Credentials>();
  const kept = new Map<string, Kept>();
  let generation = 0;

  async function call(request: CredentialsRequest, ask: CredentialsProvider, signal: AbortSignal): Promise<Credentials> {
    const asked = generation;
    try {
      const { method, bucket } = request;
      const url = redactUrl(request.url);
      const credentials = await ask({ url, method, bucket, signal });
      if (!isCredentials(credentials))
        throw new CloudError('The credentials provider returned no credentials', { code: 'Unauthenticated', url });
      const expires = expiry(credentials);
      // An answer to a question from before the last `invalidate` may be the refused credentials again.
      if (asked === generation) kept.set(bucket, { credentials, expires, refreshFrom: expires - marginMs });
      return credentials;
    } catch (error) {
      const old = kept.get(request.bucket);
      if (old && old.expires > clock() && asked === generation && !signal.aborted) {
        old.refreshFrom = clock() + marginMs / 6;
        return old.credentials;
      }
      if (signal.aborted || isCloudError(error)) throw error;
      throw new CloudError('The credentials provider failed', { code: 'Unauthenticated', url: request.url, cause: error });
    }
  }

  return {
    get(request) {
      if (!provider) return from as Credentials;
      const found = kept.get(request.bucket);
      if (found && clock() < found.refreshFrom) return found.credentials;
      // The generation is part of the key: after `invalidate` nobody joins a call that began before it.
      return flight(`${generation} ${request.bucket}`, (signal) => call(request, provider, signal), { signal: request.signal });
    },
    invalidate() {
      generation++;
      kept.clear();
    },
    get generation() {
      return generation;
    },
  };
}
