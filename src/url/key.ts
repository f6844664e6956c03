/**
 * Keys of objects: joining, checking and percent-encoding. Pure.
 *
 * @module
 */
import { CloudError } from '../errors.ts';

/** Matches what no store can carry: NUL, and surrogates without their other half, which have no UTF-8. */
export const UNENCODABLE: RegExp = /\0|\p{Surrogate}/u;

/**
 * Percent-encode a key for a URL's path as RFC 3986 section 2 says: every byte of its UTF-8 but the unreserved ones
 * (letters, digits, `-._~`) becomes `%XX`; `/` stays. This is also the canonical form that SigV4 signs.
 *
 * @param key checked by {@link checkKey}; a lone surrogate throws `InvalidArgument`
 * @example encodeKey('a b/ü*') // 'a%20b/%C3%BC%2A'
 */
export function encodeKey(key: string): string {
  if (/^[\w.~/-]*$/.test(key)) return key;
  if (UNENCODABLE.test(key)) throw refused(key);
  return encodeURIComponent(key)
    .replace(/%2F/g, '/')
    .replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}

/**
 * Refuse a key that a store cannot carry.
 *
 * @param options.http the key travels in a URL's path: `.` and `..` segments are refused too, because URL parsers collapse them
 * @returns the key as it came
 * @throws CloudError `InvalidArgument`: not a string, empty, NUL, lone surrogates, dot segments
 */
export function checkKey(key: string, options: { http?: boolean | undefined } = {}): string {
  if (typeof key !== 'string' || !key || UNENCODABLE.test(key) || (options.http && /(^|\/)\.\.?(\/|$)/.test(key))) throw refused(key);
  return key;
}

/**
 * Join parts of a key with exactly one `/` at each joint; empty parts count for nothing. Dots are left alone.
 *
 * @example joinKey('dir/', 'sub', 'file') // 'dir/sub/file'
 */
export function joinKey(...parts: readonly string[]): string {
  return parts.reduce((left, right) => (left && right ? `${left.replace(/\/$/, '')}/${right.replace(/^\//, '')}` : left || right), '');
}

function refused(key: unknown): CloudError {
  return new CloudError('not a usable key', { code: 'InvalidArgument', key: typeof key === 'string' ? key : typeof key });
}
