/**
 * Google Cloud Storage's V4 signatures, in headers and in the query, by a service account (GOOG4-RSA-SHA256) or an HMAC key
 * (GOOG4-HMAC-SHA256), for the XML API. Written from Google's "V4 signing process".
 *
 * @module
 */
import type { HttpRequest, KeyCredentials, ServiceAccountCredentials } from '../../types.ts';
import { toHex } from '../../util/base64.ts';
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
import { createRsaSigner } from './rsa.ts';

/** Options of {@link createGoogleSigner}. */
export interface GoogleSignerOptions {
  /** @default 'needed' */
  signedHeaders?: SignedHeaders | undefined;
  /** Sign the port as part of the host: Google's clients and vectors leave it out, a server that compares wants it in. @default false */
  signPort?: boolean | undefined;
}

/** Signs with one service account or HMAC key; the key is imported or derived once. */
export interface GoogleSigner {
  readonly algorithm: string;
  /** The request with the signature in its URL, for at most 7 days. */
  signQuery(request: HttpRequest, date: Date, expiresInMs: number): Promise<HttpRequest>;
  /** The request with `authorization`, `x-goog-date` and `x-goog-content-sha256`. */
  signHeaders(request: HttpRequest, date: Date): Promise<HttpRequest>;
  /** `name/20190201/auto/storage/goog4_request`. */
  credential(date: Date): string;
  /** Hex signature of any text: for POST policies. */
  signText(text: string, date: Date): Promise<string>;
}

const HASH = 'x-goog-content-sha256';
const scopeOf = (date: Date): string => `${timestamp(date).slice(0, 8)}/auto/storage/goog4_request`;

/**
 * A signer for one service account or HMAC key.
 *
 * @throws CloudError `InvalidArgument`: no key at all; later, a `private_key` that is none
 */
export function createGoogleSigner(
  credentials: ServiceAccountCredentials | KeyCredentials,
  options: GoogleSignerOptions = {},
): GoogleSigner {
  const { signedHeaders = 'needed', signPort = false } = options;
  const hmac = 'secretAccessKey' in credentials;
  const name = hmac ? credentials.accessKeyId : credentials.client_email;
  if (!name || !(hmac ? credentials.secretAccessKey : credentials.private_key))
    throw invalid('Signing needs a service account or an HMAC key');
  headerText(name);
  const algorithm = hmac ? 'GOOG4-HMAC-SHA256' : 'GOOG4-RSA-SHA256';
  const rsa = hmac ? undefined : createRsaSigner(credentials);
  let scope = '';
  let key: HmacKey;

  async function signText(text: string, date: Date): Promise<string> {
    if (!hmac) return toHex(await rsa!(text));
    const today = scopeOf(date);
    if (today !== scope) key = deriveKey(`GOOG4${credentials.secretAccessKey}`, (scope = today));
    return hmacHex(key, text);
  }

  /** Everything but the place where the signature goes. */
  function prepare(
    request: HttpRequest,
    headers: Record<string, string>,
  ): { base: string; path: string; query: string; lines: string; names: string } {
    const [origin, path, query] = splitUrl(request.url);
    const { host, hostname } = parseHttpUrl(origin);
    const [lines, names] = canonicalHeaders(signPort ? host : hostname, headers, signedHeaders);
    return { base: origin + path, path, query, lines, names };
  }

  const sign = (method: string, path: string, query: string, lines: string, names: string, hash: string, date: Date): Promise<string> => {
    const canonical = `${method}\n${encodePath(path.replaceAll('+', '%2B'))}\n${query}\n${lines}\n${names}\n${hash}`;
    return signText(`${algorithm}\n${timestamp(date)}\n${scopeOf(date)}\n${sha256Hex(canonical)}`, date);
  };

  return {
    algorithm,
    credential: (date) => `${name}/${scopeOf(date)}`,
    signText,
    async signQuery(request, date, expiresInMs) {
      const { base, path, query, lines, names } = prepare(request, request.headers);
      const all = canonicalQuery(query, [
        `X-Goog-Algorithm=${algorithm}`,
        `X-Goog-Credential=${encodeRfc3986(`${name}/${scopeOf(date)}`)}`,
        `X-Goog-Date=${timestamp(date)}`,
        `X-Goog-Expires=${expirySeconds(expiresInMs)}`,
        `X-Goog-SignedHeaders=${encodeRfc3986(names)}`,
      ]);
      const signature = await sign(request.method, path, all, lines, names, request.headers[HASH] ?? 'UNSIGNED-PAYLOAD', date);
      return { ...request, url: `${base}?${all}&X-Goog-Signature=${signature}` };
    },
    async signHeaders(request, date) {
      const hash = request.headers[HASH] ?? request.payloadHash ?? 'UNSIGNED-PAYLOAD';
      const headers: Record<string, string> = { ...request.headers, 'x-goog-date': timestamp(date), [HASH]: hash };
      const { path, query, lines, names } = prepare(request, headers);
      const signature = await sign(request.method, path, canonicalQuery(query), lines, names, hash, date);
      headers['authorization'] = `${algorithm} Credential=${name}/${scopeOf(date)}, SignedHeaders=${names}, Signature=${signature}`;
      return { ...request, headers };
    },
  };
}
