/**
 * Bearer tokens for a service account: a signed JWT is exchanged for a token (RFC 7523, Google's "OAuth 2.0 for server to server").
 *
 * @module
 */
import { CloudError, type ErrorCode } from '../../errors.ts';
import type { AbortOptions, Clock, HttpPort, HttpResponse, ServiceAccountCredentials, TokenCredentials } from '../../types.ts';
import { toBase64Url } from '../../util/base64.ts';
import { createCredentialSource } from '../credentials.ts';
import { refuseInsecure } from '../insecure.ts';
import { createRsaSigner } from './rsa.ts';

/** Options of {@link createTokenProvider}. */
export interface TokenProviderOptions {
  /** Makes the exchange; a chain apart from the one that waits for the token. */
  send: HttpPort;
  clock: Clock;
  /** @default 'https://www.googleapis.com/auth/devstorage.read_write' */
  scope?: string | undefined;
}

/** Gives the token that is valid now. */
export type TokenProvider = (options: AbortOptions) => Promise<TokenCredentials>;

const READ_WRITE = 'https://www.googleapis.com/auth/devstorage.read_write';
const GOOGLE = 'https://oauth2.googleapis.com/token';
const MAX_ANSWER_BYTES = 65_536;
const encoder = /* @__PURE__ */ new TextEncoder();
const encodePart = (value: object): string => toBase64Url(encoder.encode(JSON.stringify(value)));

/** The answer as JSON, or undefined where it is something else or too long. */
async function readJson({ body }: HttpResponse): Promise<Record<string, unknown> | undefined> {
  const decoder = new TextDecoder();
  let text = '';
  let size = 0;
  for (let chunk = await body.read(); chunk; chunk = await body.read()) {
    if ((size += chunk.length) > MAX_ANSWER_BYTES) {
      await body.cancel();
      return undefined;
    }
    text += decoder.decode(chunk, { stream: true });
  }
  try {
    return Object(JSON.parse(text + decoder.decode())) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}

/** The answer's error; of its text only the code is used, and only when it looks like one. */
function refused(url: string, status: number, answer: Record<string, unknown> | undefined): CloudError {
  const code: ErrorCode =
    status === 429
      ? 'Throttled'
      : status >= 500
        ? 'ServerError'
        : status === 400 || status === 401
          ? 'Unauthenticated'
          : status === 403
            ? 'PermissionDenied'
            : 'InvalidResponse';
  const named = answer?.['error'];
  const providerCode = typeof named === 'string' && /^\w{1,40}$/.test(named) ? named : undefined;
  return new CloudError(`The token endpoint refused the service account${providerCode ? `: ${providerCode}` : ''}`, {
    code,
    status,
    url,
    providerCode,
    operation: 'token',
    retryable: status === 429 || status >= 500,
  });
}

/**
 * Tokens for a service account: one exchange in flight, made anew a minute before the token expires. `token_uri` is used when it is https
 * or on this machine.
 *
 * @returns rejects with `Unauthenticated` (invalid_grant, 401), `InvalidArgument` (a key that is none, a token_uri over plain http),
 *   `InvalidResponse`, or what the port rejects with
 */
export function createTokenProvider(account: ServiceAccountCredentials, options: TokenProviderOptions): TokenProvider {
  const { send, clock, scope = READ_WRITE } = options;
  const url = account.token_uri ?? GOOGLE;
  const sign = createRsaSigner(account);

  async function exchange(signal: AbortSignal | undefined): Promise<TokenCredentials> {
    refuseInsecure(url, "The service account's token");
    const iat = Math.floor(clock() / 1000);
    const header = { alg: 'RS256', typ: 'JWT', ...(account.private_key_id && { kid: account.private_key_id }) };
    const claims = `${encodePart(header)}.${encodePart({ iss: account.client_email, scope, aud: url, iat, exp: iat + 3600 })}`;
    const assertion = `${claims}.${toBase64Url(await sign(claims))}`;
    const body = encoder.encode(`grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=${assertion}`);
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const response = await send({ method: 'POST', url, headers, body }, { signal, headersMs: 30_000, idleMs: 30_000 });
    const answer = await readJson(response);
    if (response.status !== 200) throw refused(url, response.status, answer);
    const { access_token: accessToken, expires_in: seconds } = answer ?? {};
    if (typeof accessToken !== 'string' || !/^[!-~]+$/.test(accessToken))
      throw new CloudError('The token endpoint sent no token', { code: 'InvalidResponse', url });
    return { accessToken, ...(Number(seconds) > 0 && { expiration: new Date(clock() + Number(seconds) * 1000) }) };
  }

  const source = createCredentialSource(({ signal }) => exchange(signal), { clock });
  return ({ signal }) => source.get({ url, method: 'POST', bucket: '', signal }) as Promise<TokenCredentials>;
}
