/**
 * AWS Signature Version 4, in headers and in the query. Synchronous: no request ever waits for its signature.
 *
 * @module
 */
import type { HttpRequest, KeyCredentials } from '../../types.ts';
import { hmacHex, sha256Hex, type HmacKey } from '../../util/sha256.ts';
import {
  canonicalHeaders,
  canonicalQuery,
  deriveKey,
  encodePath,
  encodeRfc3986,
  expirySeconds,
  headerText,
  invalid,
  parseHttpUrl,
  splitUrl,
  timestamp,
  type SignedHeaders,
} from '../canonical.ts';

/** Options of {@link createAwsSigner}. */
export interface AwsSignerOptions {
  region: string;
  /** @default 's3' */
  service?: string | undefined;
  /** Resolve `.`, `..` and `//` in the path. @default true unless the service is s3, where every path is a key of its own */
  normalizePath?: boolean | undefined;
  /** Encode a path a second time that is encoded already. @default true unless the service is s3 */
  doubleEncode?: boolean | undefined;
  /** @default 'needed' for s3, else 'usual' */
  signedHeaders?: SignedHeaders | undefined;
}

/** Signs with one pair of keys; keeps the key derived for the day. */
export interface AwsSigner {
  /** The request with `authorization` and `x-amz-*` headers. */
  signHeaders(request: HttpRequest, date: Date): HttpRequest;
  /**
   * The request with the signature in its URL.
   *
   * @param expiresInMs at most 7 days. @default 3_600_000
   */
  signQuery(request: HttpRequest, date: Date, expiresInMs?: number): HttpRequest;
  /** `20150830/us-east-1/s3/aws4_request`. */
  scope(date: Date): string;
  /** Hex HMAC of any text under the day's key: for chunks and POST policies. */
  signText(text: string, date: Date): string;
}

/** The name of the one algorithm. */
export const ALGORITHM = 'AWS4-HMAC-SHA256';
const HASH = 'x-amz-content-sha256';
const UNSIGNED = 'UNSIGNED-PAYLOAD';

/** Hash of the body where the signature has to cover it; streams have to bring theirs as `payloadHash`. */
function bodyHash(body: HttpRequest['body'] | string): string {
  if (body && typeof body !== 'string' && !(body instanceof Uint8Array)) throw invalid('payloadHash missing');
  return sha256Hex(body || '');
}

/**
 * A pair of keys with what is derived from them. What changes once a second, once a day and with the host is kept: it is most of
 * the work.
 */
export interface AwsCore {
  readonly id: string;
  readonly token: string | undefined;
  readonly s3: boolean;
  stamp: string;
  scope: string;
  /** Of the day in {@link AwsCore.scope}. */
  key: HmacKey;
  /** Everything until the next call is signed for this time. */
  setTime(date: Date): void;
  /** The names of the signed headers, the signature, and the URL's two parts; `queryOf` makes the canonical query. */
  seal(
    request: HttpRequest,
    headers: Record<string, string>,
    hash: string,
    queryOf?: (query: string, names: string) => string,
  ): [names: string, signature: string, base: string, query: string];
  hmac(text: string): string;
}

/**
 * The part of {@link createAwsSigner} that {@link signAwsHeaders} and {@link signAwsQuery} share; each of them can be had without the
 * other.
 */
export function createAwsCore(credentials: KeyCredentials, options: AwsSignerOptions): AwsCore {
  const { accessKeyId, secretAccessKey, sessionToken } = credentials;
  const { region, service = 's3' } = options;
  const s3 = service === 's3';
  const { normalizePath = !s3, doubleEncode = !s3, signedHeaders = s3 ? 'needed' : 'usual' } = options;
  if (!accessKeyId || !secretAccessKey || !region) throw invalid('Keys or region missing');
  headerText(accessKeyId + (sessionToken ?? ''));
  let second = NaN;
  let lastOrigin = ' ';
  let host = '';

  const core: AwsCore = {
    id: accessKeyId,
    token: sessionToken,
    s3,
    stamp: '',
    scope: '',
    key: undefined!,
    setTime(date) {
      const now = Math.floor(date.getTime() / 1000);
      if (now === second) return;
      core.stamp = timestamp(date);
      second = now;
      const today = `${core.stamp.slice(0, 8)}/${region}/${service}/aws4_request`;
      if (today !== core.scope) core.key = deriveKey(`AWS4${secretAccessKey}`, (core.scope = today));
    },
    seal({ method, url }, headers, hash, queryOf = (query) => canonicalQuery(query, [], s3)) {
      const [origin, path, query] = splitUrl(url);
      const base = origin + path;
      if (origin !== lastOrigin) {
        host = parseHttpUrl(origin).host;
        lastOrigin = origin;
      }
      const [lines, names] = canonicalHeaders(host, headers, signedHeaders);
      const plain = normalizePath ? parseHttpUrl(base).pathname.replace(/\/+/g, '/') : path;
      const canonical = `${method}\n${encodePath(plain, doubleEncode)}\n${queryOf(query, names)}\n${lines}\n${names}\n${hash}`;
      return [names, core.hmac(`${ALGORITHM}\n${core.stamp}\n${core.scope}\n${sha256Hex(canonical)}`), base, query];
    },
    hmac: (text) => hmacHex(core.key, text),
  };
  return core;
}

/** See {@link AwsSigner.signHeaders}. */
export function signAwsHeaders(core: AwsCore, request: HttpRequest, date: Date): HttpRequest {
  const { s3, token } = core;
  core.setTime(date);
  // The new name stands first: V8 takes 2 µs more for a property behind a spread.
  const headers: Record<string, string> = { 'x-amz-date': '', ...request.headers };
  headers['x-amz-date'] = core.stamp;
  const hash = headers[HASH] ?? request.payloadHash ?? (s3 ? UNSIGNED : bodyHash(request.body));
  if (s3) headers[HASH] = hash;
  if (token) headers['x-amz-security-token'] = token;
  const [names, signature] = core.seal(request, headers, hash);
  headers['authorization'] = `${ALGORITHM} Credential=${core.id}/${core.scope}, SignedHeaders=${names}, Signature=${signature}`;
  return { ...request, headers };
}

let lastQuery = '';
let lastParams = '';

/** {@link canonicalQuery}; keeps the last answer, since a page reads thousands of keys with one and the same query. */
function recentQuery(query: string, extra: string[], unique: boolean): string {
  const asked = `${query}#${extra.join('&')}#${unique}`;
  if (asked !== lastQuery) {
    lastParams = canonicalQuery(query, extra, unique);
    lastQuery = asked;
  }
  return lastParams;
}

/** See {@link AwsSigner.signQuery}. */
export function signAwsQuery(core: AwsCore, request: HttpRequest, date: Date, expiresInMs = 3_600_000): HttpRequest {
  const { s3, token } = core;
  core.setTime(date);
  const hash = request.headers[HASH] ?? (s3 ? UNSIGNED : (request.payloadHash ?? bodyHash(request.body)));
  let extra: string[] = [];
  const [, signature, base, query] = core.seal(request, request.headers, hash, (given, names) => {
    extra = [
      `X-Amz-Expires=${expirySeconds(expiresInMs)}`,
      `X-Amz-Date=${core.stamp}`,
      ...(token ? [`X-Amz-Security-Token=${encodeRfc3986(token)}`] : []),
      `X-Amz-Algorithm=${ALGORITHM}`,
      `X-Amz-Credential=${encodeRfc3986(`${core.id}/${core.scope}`)}`,
      `X-Amz-SignedHeaders=${encodeRfc3986(names)}`,
    ];
    return recentQuery(given, extra, s3);
  });
  return { ...request, url: `${base}?${query ? `${query}&` : ''}${extra.join('&')}&X-Amz-Signature=${signature}` };
}

/**
 * A signer for one pair of keys. Equal to aws4fetch, byte for byte, for equal sets of signed headers.
 *
 * URLs may be raw or percent-encoded: each part is encoded once. Paths of S3 are signed as they are, `..` included. The payload counts as
 * UNSIGNED-PAYLOAD for s3 unless the request brings a `payloadHash` or an `x-amz-content-sha256` header.
 *
 * @throws CloudError `InvalidArgument`: no keys, a URL that is not absolute, an expiry above 7 days
 * @example createAwsSigner(keys, { region: 'eu-west-1' }).signHeaders({ method: 'GET', url, headers: {} }, new Date())
 */
export const createAwsSigner = (credentials: KeyCredentials, options: AwsSignerOptions): AwsSigner =>
  awsSignerOn(createAwsCore(credentials, options));

/** A signer on a core, whatever that computes with. */
export function awsSignerOn(core: AwsCore): AwsSigner {
  return {
    signHeaders: (request, date) => signAwsHeaders(core, request, date),
    signQuery: (request, date, expiresInMs) => signAwsQuery(core, request, date, expiresInMs),
    scope(date) {
      core.setTime(date);
      return core.scope;
    },
    signText(text, date) {
      core.setTime(date);
      return core.hmac(text);
    },
  };
}
