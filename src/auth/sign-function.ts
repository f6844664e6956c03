/**
 * Turns credentials of any kind into the transport's {@link SignFunction}.
 *
 * @module
 */
import { CloudError, isCloudError } from '../errors.ts';
import type { Credentials, HeaderCredentials, HttpRequest, SignContext, SignFunction } from '../types.ts';
import { abortable } from '../util/abort.ts';
import { toBase64 } from '../util/base64.ts';
import { headerText, invalid } from './canonical.ts';
import { isBasicCredentials, isHeaderCredentials, isRemoteSigner, isTokenCredentials, type CredentialSource } from './credentials.ts';
import { refuseInsecure } from './insecure.ts';
import { signRemotely } from './remote.ts';
import type { ServiceSigner, ServiceSigning, ServiceSigningOptions } from './service-signing.ts';

/** Options of {@link createSignFunction}. */
export interface SignFunctionOptions extends ServiceSigningOptions {
  service: 's3' | 'gs' | 'http';
  /** Handed to the credentials provider. */
  bucket: string;
  /** Whether this request is signed in its query: in pages every other way costs a preflight. */
  inQuery: (request: HttpRequest) => boolean;
  /** Let credentials go to a plain http host elsewhere: for an endpoint that the user named. @default false */
  allowInsecure?: boolean | undefined;
  /** `signWithAws` or `signWithGoogle`. @default loaded for the service when first needed, so that neither brings the other along */
  signing?: ServiceSigning | undefined;
}

async function loadSigning(service: SignFunctionOptions['service']): Promise<ServiceSigning> {
  if (service === 's3') return (await import('./aws/sign-with-aws.ts')).signWithAws;
  if (service === 'gs') return (await import('./gcs/sign-with-google.ts')).signWithGoogle;
  return () => undefined;
}

const withHeaders = (request: HttpRequest, more: Record<string, string>): HttpRequest => ({
  ...request,
  headers: { ...request.headers, ...more },
});

async function headersFrom(credentials: HeaderCredentials, url: string, signal: AbortSignal | undefined): Promise<Record<string, string>> {
  let given: Headers | Record<string, string> | undefined;
  try {
    given = await abortable(Promise.resolve(credentials.getRequestHeaders(url)), signal);
  } catch (error) {
    if (signal?.aborted || isCloudError(error)) throw error;
    throw new CloudError('getRequestHeaders failed', { code: 'Unauthenticated', url, cause: error });
  }
  const entries = typeof given?.forEach === 'function' ? [...(given as Headers)] : Object.entries(Object(given) as Record<string, string>);
  return Object.fromEntries(entries.map(([name, value]) => [name.toLowerCase(), headerText(value)]));
}

/**
 * Signs each attempt with what the source gives: S3 and HMAC keys and service accounts in the header or, where `inQuery` says so, in the
 * query; tokens as bearer, user and password as basic authentication; header credentials and remote signers as they say;
 * `'anonymous'` not at all. A service account signs queries itself and else fetches a bearer token.
 *
 * `generation` is that of the source, so that credentials that were refused are told from those that came since.
 *
 * @returns rejects with `InvalidArgument` for credentials that the service does not know, and rather than send any to a plain http host
 *   elsewhere; with what the source rejects with; with `signal.reason`
 */
export function createSignFunction(source: CredentialSource, options: SignFunctionOptions): SignFunction & { generation: () => number } {
  const { service, bucket, inQuery, allowInsecure = false } = options;
  let { signing } = options;
  let signers = new WeakMap<object, ServiceSigner>();
  let generation = source.generation;
  let safeOrigin = '';

  function checkOrigin(url: string): void {
    const origin = url.slice(0, url.indexOf('/', 8) + 1);
    if (allowInsecure || (origin && origin === safeOrigin)) return;
    refuseInsecure(url, 'Credentials');
    safeOrigin = origin;
  }

  /** The signer that was made for these credentials. */
  function signerOf(credentials: object): ServiceSigner | undefined {
    if (generation !== source.generation) {
      // The credentials were refused: tokens that were made of them go too.
      signers = new WeakMap();
      generation = source.generation;
    }
    return signers.get(credentials);
  }

  async function signAny(credentials: Credentials, request: HttpRequest, context: SignContext): Promise<HttpRequest> {
    const { url } = request;
    const { signal } = context;
    if (credentials === 'anonymous') return request;
    if (isRemoteSigner(credentials)) return signRemotely(credentials, request, { signal, allowInsecure });
    checkOrigin(url);
    if (isTokenCredentials(credentials)) return withHeaders(request, { authorization: `Bearer ${headerText(credentials.accessToken)}` });
    if (isBasicCredentials(credentials)) {
      const { user, password } = credentials;
      if (user.includes(':')) throw invalid('A user name can not hold a colon');
      return withHeaders(request, { authorization: `Basic ${toBase64(new TextEncoder().encode(`${user}:${password}`))}` });
    }
    if (isHeaderCredentials(credentials)) return withHeaders(request, await headersFrom(credentials, url, signal));
    signing ??= await loadSigning(service);
    // From here to the map nothing waits: two requests must not make two signers, each with a token of its own.
    let signer = signerOf(credentials);
    if (!signer) {
      signer = signing(credentials, options);
      if (!signer) throw invalid(`These credentials do not fit ${service}`);
      signers.set(credentials, signer);
    }
    return signer(request, context, inQuery(request));
  }

  const sign: SignFunction = (request, context) => {
    const { method, url } = request;
    const credentials = source.get({ url, method, bucket, signal: context.signal });
    if (credentials instanceof Promise) return credentials.then((found) => signAny(found, request, context));
    // keys that signed before do so again without a wait
    const signer = credentials !== 'anonymous' && signerOf(credentials);
    if (!signer) return signAny(credentials, request, context);
    checkOrigin(url);
    return signer(request, context, inQuery(request));
  };
  return Object.assign(sign, { generation: () => source.generation });
}
