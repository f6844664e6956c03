/**
 * Any path as the text of one: a plain path is on the runtime's own disk.
 *
 * @module
 */
import { formatUrl } from '../url/format.ts';
import { parseUrl } from '../url/parse.ts';
import { AnyPathTypeError } from './errors.ts';
import { hasScheme } from './path-text.ts';
import { PureCloudPath } from './pure-path.ts';

/** @throws AnyPathTypeError: neither text nor a path; CloudError `InvalidUrl` */
export function anyText(path: unknown): string {
  if (path instanceof PureCloudPath) return path.toString();
  const text = path instanceof URL ? path.href : path;
  if (typeof text !== 'string') throw new AnyPathTypeError(`neither a path nor a URL, but ${text === null ? 'null' : typeof text}`);
  if (hasScheme(text)) return text;
  return formatUrl(parseUrl(text)).replace(/\/*$/, '') + (/[\\/]$/.test(text) ? '/' : '');
}
