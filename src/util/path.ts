/**
 * Paths with `/`, without a disk.
 *
 * @module
 */

/** How names begin that disks use for files that are being written: hidden from listings, no key may hold one. */
export const TEMPORARY = '.anyfile-';

/**
 * Resolve `.`, `..` and doubled slashes of a `/`-separated path against an absolute one. `..` stops at the root.
 *
 * @example resolvePath('/a', '../b/./c/') // '/b/c'
 */
export function resolvePath(base: string, path: string): string {
  const out: string[] = [];
  for (const part of (path.startsWith('/') ? path : `${base}/${path}`).split('/')) {
    if (part === '..') out.pop();
    else if (part && part !== '.') out.push(part);
  }
  return `/${out.join('/')}`;
}
