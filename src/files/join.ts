/** Paths as POSIX joins them. @module */

/**
 * Join parts with one slash; a part that begins with `/` or names a protocol starts over; nothing gives ''.
 *
 * @example joinPaths('a', 'b') // 'a/b'
 */
export function joinPaths(...parts: readonly string[]): string {
  let path = '';
  for (const part of parts) {
    if (part.startsWith('/') || /^[\w+.-]+:\/\//.test(part)) path = part;
    else path += path === '' || path.endsWith('/') ? part : `/${part}`;
  }
  return path;
}
