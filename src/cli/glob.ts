/**
 * Patterns in the last part of a path: `x*`, `x**`, `*SUFFIX`, `**SUFFIX`, and the groups of `ls -e`. Pure.
 *
 * @module
 */
import { UsageError } from './io.ts';

/** A pattern, taken apart. */
export interface Glob {
  /** What stands in front of the last part, with its slash. */
  folder: string;
  /** Names begin with this … */
  prefix: string;
  /** … and end in this. */
  suffix: string;
  /** One level: `*`; `**` goes into folders. */
  flat: boolean;
}

/**
 * Take a path apart at its star.
 *
 * @returns `undefined` when there is none in its last part: the path is a name
 * @throws UsageError when there are several
 * @example parseGlob('gs://b/dir/pre*.txt') // { folder: 'gs://b/dir/', prefix: 'pre', suffix: '.txt', flat: true }
 */
export function parseGlob(path: string): Glob | undefined {
  // the query of a web address is no pattern
  if (/^https?:\/\/[^?]*\?/i.test(path)) return undefined;
  const cut = path.lastIndexOf('/') + 1;
  const last = path.slice(cut);
  const star = /^([^*]*)(\*+)([^*]*)(.*)$/s.exec(last);
  if (!star) return undefined;
  const [, prefix = '', stars = '', suffix = '', more] = star;
  if (stars.length > 2 || more) throw new UsageError(`${last}: a pattern holds one * or one **`);
  return { folder: path.slice(0, cut), prefix, suffix, flat: stars === '*' };
}

/**
 * Expand each `[alphanumerics]` to one of its characters at a time; the rightmost changes fastest, repeats are kept, anything else in
 * brackets is text.
 *
 * @example expandGroups('a[12]b[xy]') // ['a1bx', 'a1by', 'a2bx', 'a2by']
 */
export function expandGroups(text: string): string[] {
  const group = /\[([a-z0-9]+)\]/i.exec(text);
  if (!group) return [text];
  const front = text.slice(0, group.index);
  const rest = expandGroups(text.slice(group.index + group[0].length));
  return [...(group[1] ?? '')].flatMap((character) => rest.map((tail) => front + character + tail));
}
