/**
 * The URL that a page wants signed, taken apart strictly: what a server could read in another way than we do is refused.
 *
 * @module
 */
import { splitUrl } from '../auth/canonical.ts';
import { MOST_URL_LENGTH } from './protocol.ts';

/** A URL in its canonical form. */
export interface AskedUrl {
  /** Scheme, host and port. */
  origin: string;
  /** The path as it came, percent-encoded. */
  path: string;
  /** The path decoded, without the leading slash. */
  decoded: string;
  /** Parameters, decoded; none twice. */
  query: Map<string, string>;
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/**
 * Whether a decoded segment means what it says: to a server that decodes once more, or that takes paths for those of a disk, it must not
 * be a slash or a step up.
 */
const isPlain = (segment: string): boolean => !/[/\\\p{Cc}]|%(2e|2f|5c|00)/iu.test(segment) && segment !== '.' && segment !== '..';

/** Whether a key, or the prefix of a listing, is the same place to everybody: no segment is empty but the last, none a step up. */
export function isPlainKey(key: string): boolean {
  const segments = key.split('/');
  return segments.every((segment, i) => isPlain(segment) && (segment !== '' || i === segments.length - 1));
}

/**
 * Takes a URL apart.
 *
 * @returns undefined unless it is absolute, http, of the form that URL parsers leave as it is, without user info and fragment, with
 *   segments that are not empty but the last, decode to plain text, and parameters of which none comes twice
 */
export function parseAskedUrl(url: unknown): AskedUrl | undefined {
  if (typeof url !== 'string' || url.length > MOST_URL_LENGTH || /[#@\s]/.test(url) || !URL.canParse(url)) return undefined;
  const { origin, pathname, search, href } = new URL(url);
  const [, path, text] = splitUrl(url);
  // What the parser would change, another one may change otherwise.
  if (href !== url || pathname !== path || !/^https?:/.test(url) || (search && search !== `?${text}`)) return undefined;
  // An encoded slash is none of the key's own.
  const decoded = /%2f/i.test(path) ? undefined : decode(path.slice(1));
  if (decoded === undefined || !isPlainKey(decoded)) return undefined;
  const query = new Map<string, string>();
  for (const pair of text ? text.split('&') : []) {
    // a blank as `+` is a plus to some
    if (pair.includes('+') || pair.includes(';')) return undefined;
    const at = pair.indexOf('=');
    const name = decode(at < 0 ? pair : pair.slice(0, at));
    const value = decode(at < 0 ? '' : pair.slice(at + 1));
    if (!name || value === undefined || query.has(name)) return undefined;
    query.set(name, value);
  }
  return { origin, path, decoded, query };
}
