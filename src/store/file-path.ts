/**
 * The one way from a key to a path on a disk.
 *
 * @module
 */
import { CloudError } from '../errors.ts';
import { UNENCODABLE } from '../url/key.ts';
import { TEMPORARY } from '../util/path.ts';

/** Options of {@link keyToPath}. */
export interface PathOptions {
  /** `\` may be part of a name; never on Windows. @default true */
  backslash?: boolean | undefined;
}

/**
 * Put a key under a root, or refuse it: absolute, drive and UNC paths, NUL, lone surrogates, `.`, `..`, empty and temporary segments,
 * segments above 255 bytes; where the root is a Windows one also `\`, `:`, device names and a dot or blank at a segment's end.
 * What this gives is below the root as text; symbolic links are the disk's affair.
 *
 * @param root absolute, `/`-separated, e.g. `/data`, `/`, `C:/data`
 * @throws CloudError `InvalidArgument`
 * @example keyToPath('/data', 'a/b') // '/data/a/b'
 */
export function keyToPath(root: string, key: string, options: PathOptions = {}): string {
  if (!isPathKey(root, key, options)) throw new CloudError('this key is not a path below the folder', { code: 'InvalidArgument', key });
  return `${root.replace(/\/$/, '')}/${key}`;
}

/** Whether {@link keyToPath} takes the key. */
export function isPathKey(root: string, key: string, options: PathOptions = {}): boolean {
  const windows = /^([a-z]:|\/\/)/i.test(root);
  return (
    typeof key === 'string' &&
    !UNENCODABLE.test(key) &&
    !/^([a-z]:([\\/]|$)|\\\\)/i.test(key) &&
    !((windows || options.backslash === false) && key.includes('\\')) &&
    key
      .split('/')
      .every((part) => isName(part) && !(windows && /[:<>"|?*\x01-\x1f]|[. ]$|^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i.test(part)))
  );
}

const isName = (part: string): boolean =>
  part !== '' &&
  part !== '.' &&
  part !== '..' &&
  !part.startsWith(TEMPORARY) &&
  (part.length < 86 || new TextEncoder().encode(part).length < 256);
