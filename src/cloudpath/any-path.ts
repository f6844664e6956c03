/**
 * A path of whatever kind.
 *
 * @module
 */
import type { SessionOptions } from '../store/session.ts';
import { anyText } from './any-text.ts';
import { CloudPath } from './cloud-path.ts';

/**
 * A CloudPath of a URL, a path, or a plain path, which is on the runtime's own disk: `file://` in Node, `opfs://` in browsers.
 *
 * @throws AnyPathTypeError neither text nor a path; InvalidPrefixError CloudError `InvalidUrl`
 * @example anyPath('data/a.csv').toString() // 'file:///home/me/data/a.csv'
 */
export function anyPath(path: string | URL | CloudPath, options: SessionOptions = {}): CloudPath {
  return path instanceof CloudPath && Object.keys(options).length === 0 ? path : new CloudPath(anyText(path), options);
}
