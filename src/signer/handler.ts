/**
 * The signer on the app's own server: `createSignerHandler`.
 *
 * @module
 */
import { createAwsSigner } from '../auth/aws/sigv4.ts';
import { createCredentialSource, isKeyCredentials } from '../auth/credentials.ts';
import { CloudError, type ErrorCode } from '../errors.ts';
import type { Clock, Credentials, CredentialsProvider, HttpMethod } from '../types.ts';
import { isPlainKey, parseAskedUrl } from './asked-url.ts';
import { corsHeaders, readJson, sendJson, type CorsOptions } from './http.ts';
import { headersOf, operationOf } from './operation.ts';
import {
  MOST_BODY_BYTES,
  MOST_REQUESTS,
  type AskedSignature,
  type SignerOperation,
  type SignerRefusal,
  type SignerResult,
} from './protocol.ts';
import { isBelow, placeOf, type PlaceOptions, type SignerRule } from './rules.ts';

/** One request as the app's own login is asked about it; all of it was checked against the rules. */
export interface AskedOperation {
  operation: SignerOperation;
  method: string;
  /** Without parameters. */
  url: string;
  bucket: string;
  /** Of the object; for listings the prefix. */
  key: string;
}

/** True or an identity: allowed. False: this one may not. Null: nobody is logged in. */
export type Authorization = boolean | null | { identity: string };

/** What was decided about one request, for the app's log: no signature and no secret is in it. */
export interface SignerDecision extends Partial<AskedOperation> {
  allowed: boolean;
  /** Why not. */
  reason?: SignerRefusal | undefined;
  /** What `authorize` gave. */
  identity?: string | undefined;
}

/** Options of {@link createSignerHandler}. */
export interface SignerHandlerOptions extends PlaceOptions, CorsOptions {
  /** What may be signed; whatever is not named may not. */
  allow: readonly SignerRule[];
  /** S3 or HMAC keys, or a provider of them. They should not be able to do more than the rules allow. */
  credentials: Credentials | CredentialsProvider;
  /**
   * The app's own login, asked for each request that the rules allow, with the POST as it came (its body is read).
   *
   * @example authorize: async (request, { key }) => {
   *   const user = await userOf(request.headers.get('cookie'));
   *   return user && key.startsWith(`home/${user.name}/`) ? { identity: user.name } : null;
   * }
   */
  authorize: (request: Request, asked: AskedOperation) => Authorization | Promise<Authorization>;
  /** Told of every decision, e.g. to log it. A call that throws refuses the request. */
  onDecision?: ((decision: SignerDecision) => void) | undefined;
  /** How long a signed URL is good for, in ms; at most 7 days, and not beyond the credentials' own end. @default 300_000 */
  expiresInMs?: number | undefined;
  /** Requests in one POST. @default 100 */
  maxRequests?: number | undefined;
  /** Of the POST's body. @default 262_144 */
  maxBodyBytes?: number | undefined;
  clock?: Clock | undefined;
}

const told: Record<SignerRefusal, [code: ErrorCode, message: string]> = {
  url: ['InvalidArgument', 'not the canonical URL of an object or a bucket'],
  method: ['NotSupported', 'this method is not signed'],
  query: ['NotSupported', 'these parameters are of no operation that is signed'],
  header: ['PermissionDenied', 'a header that may not be signed'],
  place: ['PermissionDenied', 'this operation is not allowed here'],
  denied: ['PermissionDenied', 'not allowed'],
  login: ['Unauthenticated', 'not logged in'],
  failed: ['ServerError', 'the signer failed'],
};

const isRefusal = (text: SignerOperation | SignerRefusal): text is SignerRefusal => Object.hasOwn(told, text);

/**
 * Makes a handler that signs URLs of S3 (and of whatever speaks its API) for pages that hold no key: a function of a web request, as Deno,
 * Bun and workerd take it; in Node behind any adapter of web requests. What the page needs is `createRemoteSigner`.
 *
 * It signs the method, the URL and the headers that change what a request does, for places and operations that `allow` names and
 * `authorize` agrees to. Ways around a place (dot segments, encoded slashes, other hosts) and parameters of other operations (`?acl`,
 * `?policy`,
 * `?delete`) are refused, each request for itself. Neither signed URLs nor secrets are logged or told in errors.
 *
 * @throws CloudError `InvalidArgument`: rules or credentials that are none, or no `authorize`
 * @example
 * const sign = createSignerHandler({
 *   allow: [{ url: 's3://bucket/public/', operations: ['read', 'list'] }, { url: 's3://bucket/inbox/', operations: ['write'] }],
 *   credentials: { accessKeyId, secretAccessKey },
 *   region: 'eu-central-1',
 *   authorize: (request) => isLoggedIn(request.headers.get('cookie')),
 * });
 * export default { fetch: (request) => (new URL(request.url).pathname === '/sign' ? sign(request) : new Response(null, { status: 404 })) };
 */
export function createSignerHandler(options: SignerHandlerOptions): (request: Request) => Promise<Response> {
  const { authorize, onDecision, expiresInMs = 300_000, clock = Date.now } = options;
  const { maxRequests = MOST_REQUESTS, maxBodyBytes = MOST_BODY_BYTES } = options;
  if (typeof authorize !== 'function')
    throw new CloudError('a signer needs `authorize`, the login of the app', { code: 'InvalidArgument', operation: 'createSignerHandler' });
  const places = options.allow.map((rule) => placeOf(rule, options));
  const source = createCredentialSource(options.credentials, { clock });

  async function answer(request: Request, asked: AskedSignature, about: SignerDecision): Promise<SignerResult | SignerRefusal> {
    const { method } = asked;
    const url = parseAskedUrl(asked.url);
    if (!url || typeof method !== 'string') return 'url';
    let reason: SignerRefusal = 'place';
    for (const place of places) {
      const key = place.keyOf(url);
      if (key === undefined) continue;
      const operation = operationOf({ method, key, query: url.query, versions: place.versions });
      const subject = operation === 'list' ? (url.query.get('prefix') ?? '') : key;
      const plain = url.origin + url.path;
      const allowed = !isRefusal(operation) && place.operations.has(operation) && isPlainKey(subject) && isBelow(subject, place);
      if (!allowed) {
        if (isRefusal(operation)) reason = operation;
        continue;
      }
      const headers = headersOf(asked.headers, place.headers);
      if (!headers) {
        reason = 'header';
        continue;
      }
      const operationAsked: AskedOperation = { operation, method, url: plain, bucket: place.bucket, key: subject };
      Object.assign(about, operationAsked);
      const given = await authorize(request, operationAsked);
      if (!given) return given === false ? 'denied' : 'login';
      if (given !== true) about.identity = given.identity;
      const credentials = await source.get({ url: plain, method, bucket: place.bucket, signal: request.signal });
      if (!isKeyCredentials(credentials)) return 'failed';
      const now = clock();
      const left = credentials.expiration ? new Date(credentials.expiration).getTime() - now : Infinity;
      const life = Math.floor(Math.min(expiresInMs, left) / 1000) * 1000;
      const signer = createAwsSigner(credentials, { region: place.region });
      const signed = signer.signQuery({ method: method as HttpMethod, url: asked.url, headers }, new Date(now), life);
      return { url: signed.url, expiresInMs: life };
    }
    return reason;
  }

  async function decide(request: Request, asked: unknown): Promise<SignerResult> {
    const about: SignerDecision = { allowed: false };
    let result: SignerResult | SignerRefusal;
    try {
      result = await answer(request, Object(asked) as AskedSignature, about);
      about.allowed = typeof result === 'object';
      if (typeof result === 'string') about.reason = result;
      onDecision?.(about);
    } catch {
      // what the login or the credentials failed of may hold a secret
      result = 'failed';
    }
    if (typeof result === 'object') return result;
    const [code, message] = told[result];
    return { error: { code, reason: result, message } };
  }

  return async (request) => {
    const cors = corsHeaders(request, options);
    const refuse = (status: number, code: ErrorCode, message: string): Response => sendJson({ error: { code, message } }, status, cors);
    if (request.method === 'OPTIONS') return new Response(null, { status: 204, headers: cors });
    if (request.method !== 'POST') return refuse(405, 'NotSupported', 'a signer takes POST');
    // With another type a page of any origin could post without being asked about CORS first.
    if (!/^application\/json\b/i.test(request.headers.get('content-type') ?? ''))
      return refuse(415, 'InvalidArgument', 'a signer takes application/json');
    const body = await readJson(request, maxBodyBytes);
    if (body.isLarge) return refuse(413, 'InvalidArgument', `more than ${maxBodyBytes} bytes`);
    const { version, requests } = Object(body.value) as { version?: unknown; requests?: unknown };
    if (version !== 1 || !Array.isArray(requests)) return refuse(400, 'InvalidArgument', 'not a question of version 1');
    if (requests.length > maxRequests) return refuse(413, 'InvalidArgument', `more than ${maxRequests} requests`);
    return sendJson({ version: 1, results: await Promise.all(requests.map((asked) => decide(request, asked))) }, 200, cors);
  };
}
