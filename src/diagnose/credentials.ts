/**
 * Which credentials would be used, and where they come from. Never what is in them.
 *
 * @module
 */
import { defaultCredentials } from '#platform';
import {
  isBasicCredentials,
  isHeaderCredentials,
  isKeyCredentials,
  isRemoteSigner,
  isServiceAccount,
  isTokenCredentials,
} from '../auth/credentials.ts';
import { areCredentials } from '../auth/identity.ts';
import { isCloudError } from '../errors.ts';
import type { StoreContext } from '../store/context.ts';
import { scopeOf } from '../store/endpoint-of.ts';
import { wireOf } from '../store/wire.ts';
import type { AbortOptions, Credentials, CredentialsRequest, Location } from '../types.ts';
import { throwIfAborted } from '../util/abort.ts';
import type { DiagnosisCheck } from './types.ts';

/** What was found. */
export interface FoundCredentials {
  check: DiagnosisCheck;
  /** Absent where the client asks for none, or none are to be had. */
  credentials?: Credentials | undefined;
}

function kindOf(credentials: Credentials): string {
  if (credentials === 'anonymous') return 'none: requests go out unsigned';
  if (isKeyCredentials(credentials)) return credentials.sessionToken ? 'an access key with a session token' : 'an access key';
  if (isTokenCredentials(credentials)) return 'a bearer token';
  if (isServiceAccount(credentials)) return 'a service account';
  if (isBasicCredentials(credentials)) return 'user and password';
  if (isRemoteSigner(credentials)) return 'a signer elsewhere';
  return isHeaderCredentials(credentials) ? 'a client of google-auth-library, or one like it' : 'credentials';
}

const span = (ms: number): string => (ms < 5_400_000 ? `${Math.max(1, Math.round(ms / 60_000))} min` : `${Math.round(ms / 3_600_000)} h`);

/** What can be seen in credentials without asking a server. */
function oddity(credentials: Credentials, now: number): Pick<DiagnosisCheck, 'what' | 'fix'> | undefined {
  const { expiration } = credentials as { expiration?: Date | undefined };
  const left = expiration ? new Date(expiration).getTime() - now : NaN;
  if (left <= 0) return { what: `they expired ${span(-left)} ago`, fix: 'Sign in again, e.g. aws sso login, or fetch new ones.' };
  if (isKeyCredentials(credentials)) {
    const { accessKeyId, secretAccessKey, sessionToken } = credentials;
    if (/\s/.test(accessKeyId + secretAccessKey + (sessionToken ?? '')))
      return {
        what: 'there is a blank or a line end in them',
        fix: 'Copy them again: the usual cause is a line end behind a key in a file.',
      };
    if (accessKeyId.startsWith('ASIA') && !sessionToken)
      return { what: 'the key is a temporary one, and its session token is missing', fix: 'Set AWS_SESSION_TOKEN, or sessionToken, too.' };
    if (/^A[KS]IA[A-Z\d]{16}$/.test(accessKeyId) && secretAccessKey.length !== 40)
      return { what: 'the secret is not as long as Amazon’s are', fix: 'Copy it again: one is 40 characters long.' };
  }
  return undefined;
}

/** Whether the client was told any for this service; if not, they are looked for. */
function isTold({ options }: StoreContext, service: string, bucket: string): boolean {
  const { credentials, noSignRequest } = options;
  if (noSignRequest) return true;
  if (credentials === undefined || typeof credentials !== 'object' || areCredentials(credentials)) return credentials !== undefined;
  return `${service}://${bucket}` in credentials || service in credentials;
}

/** Find the credentials as the store will. */
export async function checkCredentials(
  context: StoreContext,
  location: Location,
  url: string,
  options: AbortOptions,
): Promise<FoundCredentials> {
  const found = scopeOf(context, location);
  if (!found) return { check: { name: 'credentials', ok: null, what: `${location.protocol}:// needs none` } };
  const { service, scope } = found;
  const told = isTold(context, service, scope.bucket);
  let where = context.options.noSignRequest ? ', as noSignRequest says' : told ? ', given to the client' : '';
  const request: CredentialsRequest = { url, method: 'GET', bucket: scope.bucket, signal: options.signal };
  try {
    const look =
      told || scope.emulator
        ? undefined
        : defaultCredentials(service, {
            profile: context.options.profile,
            alias: scope.alias ?? undefined,
            host: scope.host ?? undefined,
            onFound: (place: string) => (where = `, from ${place}`),
          });
    if (scope.emulator && !told) where = ': STORAGE_EMULATOR_HOST names an emulator';
    const credentials = look ? await look(request) : await wireOf(context).credentials(service, scope).get(request);
    const odd = oddity(credentials, context.clock());
    const what = `${kindOf(credentials)}${where}`;
    if (odd) return { credentials, check: { name: 'credentials', ok: false, what: `${what}: ${odd.what}`, fix: odd.fix } };
    const { expiration } = credentials as { expiration?: Date | undefined };
    const life = expiration ? `, good for ${span(new Date(expiration).getTime() - context.clock())}` : '';
    return { credentials, check: { name: 'credentials', ok: true, what: what + life } };
  } catch (error) {
    throwIfAborted(options.signal);
    if (!isCloudError(error)) throw error;
    return {
      check: {
        name: 'credentials',
        ok: false,
        what: error.message,
        fix:
          service === 'gs'
            ? 'Set GOOGLE_APPLICATION_CREDENTIALS, or sign in: gcloud auth application-default login. A public bucket needs none: --no-sign-request, noSignRequest.'
            : 'Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or sign in: aws sso login. A public bucket needs none: --no-sign-request, noSignRequest.',
      },
    };
  }
}
