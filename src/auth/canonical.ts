/**
 * What SigV4 and Google's V4 have in common: the canonical form of a request. Written from AWS's description of Signature
 * Version 4 and Google's of V4 signing.
 *
 * @module
 */
import { CloudError } from '../errors.ts';
import { hmacKey, hmacWith, type HmacKey } from '../util/sha256.ts';

/**
 * Which headers a signature covers, besides `host`. `needed`: `x-amz-*`, `x-goog-*`, `content-type` and `content-md5`. `usual`: all but
 * those that runtimes and proxies change (`content-type`, `range`, `user-agent`, …), as aws4fetch does. `all`: all.
 */
export type SignedHeaders = 'needed' | 'usual' | 'all';

const UNSIGNED: Record<SignedHeaders, RegExp> = {
  needed: /^(?!x-(amz|goog)-|content-(md5|type)$)/,
  usual:
    /^(host|authorization|connection|content-(type|length)|range|expect|user-agent|accept-encoding|presigned-expires|x-amzn-trace-id)$/,
  all: /^(host|authorization)$/,
};
const PLAIN = /^[\w\-.~]*$/;
const PLAIN_PATH = /^[\w\-.~/]*$/;

/** An error for a caller who asks for what can not be signed. */
export const invalid = (message: string): CloudError => new CloudError(message, { code: 'InvalidArgument' });

/**
 * A secret that goes into a header as it is. What HTTP can not carry is refused here, because runtimes repeat the whole value in their
 * error; the usual cause is a line end behind a key that was read from a file.
 */
export function headerText(text: string): string {
  if (!/^[\t -~]*$/.test(text)) throw invalid('A secret that no header can carry');
  return text;
}

/** Percent-encode everything but RFC 3986's unreserved characters. Lone surrogates throw: whoever may have some takes them out before. */
export function encodeRfc3986(text: string): string {
  if (PLAIN.test(text)) return text;
  return encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** Scheme with authority, path and query of an absolute URL, as they are; all empty where it is none. */
export function splitUrl(url: string): [origin: string, path: string, query: string] {
  const [, origin = '', path = '', query = ''] = /^(https?:\/\/[^/?#]+)([^?#]*)\??([^#]*)/i.exec(url) ?? [];
  return [origin, path || '/', query];
}

/** `new URL`, with an error of ours that does not repeat the text; an empty one is refused too. */
export function parseHttpUrl(url: string): URL {
  try {
    return new URL(url);
  } catch {
    throw invalid('Not an http URL');
  }
}

/**
 * The path with every segment encoded once, whether it came raw or encoded. An encoded slash becomes a slash, as in the key that it names,
 * and a raw `+` a blank, as at S3.
 *
 * @param again encode what is encoded already once more
 */
export function encodePath(path: string, again?: boolean): string {
  if (PLAIN_PATH.test(path)) return path;
  // The only decoder that takes malformed escapes as the URL standard does.
  if (!again) path = new URLSearchParams(`a=${path.replaceAll('&', '%26')}`).get('a')!;
  return encodeRfc3986(path).replaceAll('%2F', '/');
}

/**
 * Query parameters encoded once and sorted by name, then value.
 *
 * @param extra parameters in canonical form already, `name=value`
 * @param unique keep only the first of equal names, as S3 does
 */
export function canonicalQuery(query: string, extra: string[] = [], unique?: boolean): string {
  if (!query && !extra.length) return query;
  // NUL instead of = sorts names before values: it is below everything that an encoded text can hold.
  const pairs = extra.map((pair) => pair.replace('=', '\0'));
  const seen = new Set<string>();
  for (const [name, value] of new URLSearchParams(`&${query}`)) {
    if (name && !(unique && seen.has(name))) pairs.push(`${encodeRfc3986(name)}\0${encodeRfc3986(value)}`);
    seen.add(name);
  }
  return pairs.sort().join('&').replaceAll('\0', '=');
}

/** The canonical header lines, each with its line end, and their names joined by `;`. */
export function canonicalHeaders(host: string, headers: Record<string, string>, which: SignedHeaders): [lines: string, names: string] {
  const names = ['host'];
  for (const name in headers) if (!UNSIGNED[which].test(name)) names.push(name);
  let lines = '';
  for (const name of names.sort()) lines += `${name}:${name === 'host' ? host : headers[name]!.trim().replace(/\s+/g, ' ')}\n`;
  return [lines, names.join(';')];
}

/** `20150830T123600Z`. */
export function timestamp(date: Date): string {
  if (!(date.getTime() >= 0)) throw invalid('No such date');
  return date.toISOString().replace(/[-:]|\.\d+/g, '');
}

/** Whole seconds of a validity, at most the 7 days that both services allow. */
export function expirySeconds(expiresInMs: number): number {
  const seconds = Math.ceil(expiresInMs / 1000);
  if (!(seconds > 0 && seconds <= 604_800)) throw invalid('expiresInMs must be above 0 and at most 7 days');
  return seconds;
}

/** The key of one day, region and service, derived as both AWS and Google do. */
export function deriveKey(secret: string, scope: string): HmacKey {
  let key = hmacKey(secret);
  for (const part of scope.split('/')) key = hmacKey(hmacWith(key, part));
  return key;
}
