/**
 * What pages of other origins may do: all that a signature allows, or nothing.
 *
 * Source: the Fetch standard, "CORS protocol".
 *
 * @module
 */
import { S3Error } from './errors.ts';
import { xmlReply, type Reply } from './reply.ts';
import type { S3Request } from './request.ts';
import { element } from './xml.ts';

const METHODS = ['GET', 'HEAD', 'PUT', 'POST', 'DELETE'];
const ALWAYS = ['etag', 'content-range', 'content-length', 'content-encoding', 'accept-ranges', 'date', 'x-amz-request-id'];

const allows = (origins: readonly string[], origin: string | undefined): origin is string =>
  origin !== undefined && (origins.includes('*') || origins.includes(origin));

/** Headers that let a page of an allowed origin read an answer. */
export function corsHeaders(
  origins: readonly string[],
  request: S3Request,
  answered: Readonly<Record<string, string>>,
): Record<string, string> {
  const { origin } = request.headers;
  if (origins.length === 0) return {};
  if (!allows(origins, origin)) return { vary: 'Origin' };
  return {
    'access-control-allow-origin': origin,
    'access-control-expose-headers': [...new Set([...ALWAYS, ...Object.keys(answered)])].join(', '),
    vary: 'Origin',
  };
}

/** The answer to OPTIONS. @throws S3Error `AccessForbidden` */
export function preflight(origins: readonly string[], { headers }: S3Request): Reply {
  const { origin } = headers;
  const method = headers['access-control-request-method'] ?? '';
  if (!allows(origins, origin) || !METHODS.includes(method))
    throw new S3Error(403, 'AccessForbidden', 'CORSResponse: this request is not allowed: start anyfile serve with --cors ORIGIN');
  const names = headers['access-control-request-headers'];
  return {
    status: 200,
    headers: {
      'access-control-allow-origin': origin,
      'access-control-allow-methods': METHODS.join(', '),
      ...(names !== undefined && { 'access-control-allow-headers': names }),
      ...(headers['access-control-request-private-network'] !== undefined && { 'access-control-allow-private-network': 'true' }),
      'access-control-max-age': '600',
      vary: 'Origin, Access-Control-Request-Headers, Access-Control-Request-Method',
    },
  };
}

/** GET ?cors: the rules that hold, as a bucket would tell them. */
export function corsRulesReply(origins: readonly string[]): Reply {
  if (origins.length === 0) throw new S3Error(404, 'NoSuchCORSConfiguration', 'No origin is allowed: see --cors');
  const rule = [
    ...origins.map((origin) => element('AllowedOrigin', origin)),
    ...METHODS.map((method) => element('AllowedMethod', method)),
    element('AllowedHeader', '*'),
  ];
  return xmlReply('CORSConfiguration', `<CORSRule>${rule.join('')}</CORSRule>`);
}
