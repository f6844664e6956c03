/**
 * The part of signature version 4 that AWS and Google have in common, from AWS's "Create a signed AWS API request" and
 * Google's "Canonical requests". Written from the side of the one who verifies.
 *
 * @module
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { decodeText } from './http.mjs';

export const sha256Hex = (data) => createHash('sha256').update(data).digest('hex');
export const hmac = (key, text) => createHmac('sha256', key).update(text).digest();

/** RFC 3986: all but the unreserved characters. */
const encodeStrict = (text) => encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

/**
 * The canonical request of what really arrived.
 *
 * @param request see http.mjs
 * @param {{ signedHeaders: string[], payloadHash: string, without?: string, plusIsSpace?: boolean }} options `without`: the query
 *   parameter that holds the signature; `plusIsSpace`: whether a literal `+` in the path means a space (S3 yes, GCS no)
 */
export function canonicalRequest(request, { signedHeaders, payloadHash, without, plusIsSpace = true }) {
  const path = decodeText(plusIsSpace ? request.path.replaceAll('+', ' ') : request.path);
  const query = request.query
    .filter(([name]) => name !== without)
    .map(([name, value]) => [encodeStrict(name), encodeStrict(value)])
    .sort(([a, x], [b, y]) => (a < b ? -1 : a > b ? 1 : x < y ? -1 : x > y ? 1 : 0))
    .map((pair) => pair.join('='));
  const headers = signedHeaders.map((name) => `${name}:${(request.headers[name] ?? '').trim().replace(/[ \t]+/g, ' ')}\n`);
  return [
    request.method,
    path.split('/').map(encodeStrict).join('/'),
    query.join('&'),
    headers.join(''),
    signedHeaders.join(';'),
    payloadHash,
  ].join('\n');
}

/** `algorithm, date, scope, hash of the canonical request`, one a line. */
export const stringToSign = (algorithm, date, scope, canonical) => [algorithm, date, scope, sha256Hex(canonical)].join('\n');

/** The key that a secret gives for a scope `[day, region, service, terminator]`. */
export const signingKey = (prefix, secret, scope) => scope.reduce(hmac, prefix + secret);

/** Compares two hex texts in constant time. */
export function sameHex(a, b) {
  const [left, right] = [Buffer.from(String(a)), Buffer.from(String(b))];
  return left.length === right.length && timingSafeEqual(left, right);
}

/**
 * The parts of a credential `KEY/20240101/region/service/terminator`; the key may hold slashes or an `@`.
 *
 * @returns {{ key: string, scope: string[] } | undefined}
 */
export function parseCredential(text) {
  const parts = (text ?? '').split('/');
  if (parts.length < 5) return undefined;
  return { key: parts.slice(0, -4).join('/'), scope: parts.slice(-4) };
}

/** ms of `20240101T000000Z`, or NaN. */
export function parseBasicDate(text) {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text ?? '');
  return match ? Date.UTC(...[match[1], match[2] - 1, ...match.slice(3)].map(Number)) : NaN;
}

/** The fields of `ALGORITHM a=b, c=d`. */
export function parseAuthorization(text) {
  const at = text.indexOf(' ');
  const fields = text
    .slice(at + 1)
    .split(',')
    .map((part) => part.trim().split(/=(.*)/s, 2));
  return { scheme: at < 0 ? text : text.slice(0, at), fields: Object.fromEntries(fields) };
}

/** Names that begin with `prefix`, arrived, and are not among the signed ones. */
export const unsignedHeaders = (request, prefix, signed) =>
  Object.keys(request.headers).filter((name) => name.startsWith(prefix) && !signed.includes(name));
