/**
 * Patterns of paths, as shells and `.gitignore` files know them. Pure.
 *
 * @module
 */
import { CloudError } from '../errors.ts';

const special = /[.*+?^${}()|[\]\\/]/g;
const literal = (text: string): string => text.replace(special, '\\$&');

/**
 * A pattern as a regular expression for whole paths: `*` and `?` within one part, `**` over any number of parts, `[a-z]`, `[!a-z]`,
 * `{a,b}`, and, but between brackets, `\` in front of what is meant as it stands. A name that begins with a dot is like any other.
 *
 * @throws CloudError `InvalidArgument`: a bracket or brace that does not end
 * @example globToRegExp('**\/*.{csv,parquet}').test('a/b/c.csv') // true
 */
export function globToRegExp(pattern: string): RegExp {
  let out = '';
  let braces = 0;
  for (let i = 0; i < pattern.length; i++) {
    const c = pattern[i]!;
    if (c === '\\' && i + 1 < pattern.length) out += literal(pattern[++i]!);
    else if (c === '*' && pattern.startsWith('**', i) && (i === 0 || pattern[i - 1] === '/') && /^(\/|$)/.test(pattern.slice(i + 2))) {
      // `**/` is also no part at all; at the end it is all that is below.
      out += pattern[i + 2] === '/' ? '(?:[^/]+/)*' : '.*';
      i += pattern[i + 2] === '/' ? 2 : 1;
    } else if (c === '*') {
      out += '[^/]*';
      while (pattern[i + 1] === '*') i++;
    } else if (c === '?') out += '[^/]';
    else if (c === '[') {
      const negated = /[!^]/.test(pattern[i + 1] ?? '');
      const start = i + (negated ? 2 : 1);
      // A bracket at the beginning is meant as it stands.
      const end = pattern.indexOf(']', start + 1);
      if (end < 0) throw unfinished(pattern);
      // No range takes the slash.
      out += `(?!/)[${negated ? '^' : ''}${pattern.slice(start, end).replace(/[\\\]^[]/g, '\\$&')}]`;
      i = end;
    } else if (c === '{') {
      out += '(?:';
      braces++;
    } else if (c === '}' && braces) {
      out += ')';
      braces--;
    } else if (c === ',' && braces) out += '|';
    else out += literal(c);
  }
  if (braces) throw unfinished(pattern);
  try {
    return new RegExp(`^${out}$`, 'su');
  } catch (cause) {
    throw new CloudError(`'${pattern}' is no pattern`, { code: 'InvalidArgument', cause });
  }
}

const unfinished = (pattern: string): CloudError =>
  new CloudError(`the pattern '${pattern}' has a bracket without its end`, { code: 'InvalidArgument' });

/** Options of {@link pathFilter}. */
export interface PathFilterOptions {
  /** Patterns of which one must match; one without a slash is for the last part, so one in front is for the top. @default all paths */
  include?: string | readonly string[] | undefined;
  /** Patterns of which none may match. @default none */
  exclude?: string | readonly string[] | undefined;
}

/** Whether a path is wanted, by patterns. @throws CloudError `InvalidArgument` */
export function pathFilter({ include, exclude }: PathFilterOptions): (path: string) => boolean {
  const compile = (patterns: string | readonly string[]): RegExp[] =>
    [patterns]
      .flat()
      .map((pattern) => globToRegExp(pattern.includes('/') || pattern === '**' ? pattern.replace(/^\//, '') : `**/${pattern}`));
  const wanted = include === undefined ? undefined : compile(include);
  const unwanted = compile(exclude ?? []);
  return (path) => (wanted?.some((one) => one.test(path)) ?? true) && !unwanted.some((one) => one.test(path));
}
