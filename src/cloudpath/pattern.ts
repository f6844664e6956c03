/**
 * Patterns of paths as Python's `fnmatch` and `pathlib` know them: `*`, `?`, `[ab]`, `[!a]`, ranges, and `**` as a whole name. Pure.
 *
 * @module
 */

/** Whether a name is a pattern, not the name itself. */
export const isMagic = (name: string): boolean => /[*?[]/.test(name);

/** What a pattern of one name begins with, before anything that is not meant as it stands. */
export const literalHead = (name: string): string => /^[^*?[]*/.exec(name)![0];

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');

/** One name of a pattern as the source of a regular expression; no part of it takes a slash. */
function sourceOf(name: string): string {
  let out = '';
  for (let i = 0; i < name.length; i++) {
    const c = name[i]!;
    if (c === '*') {
      while (name[i + 1] === '*') i++;
      out += '[^/]*';
    } else if (c === '?') out += '[^/]';
    else if (c === '[') {
      const negated = name[i + 1] === '!';
      const start = i + (negated ? 2 : 1);
      // a bracket at the beginning is meant as it stands, and so is one that does not end
      const end = name.indexOf(']', start + 1);
      if (end < 0) out += '\\[';
      else {
        out += setSource(name.slice(start, end), negated);
        i = end;
      }
    } else out += escaped(c);
  }
  return out;
}

/** The characters of a bracket. A range that is upside down is empty, as in Python. */
function setSource(set: string, negated: boolean): string {
  const code = (c: string): string => `\\u{${c.codePointAt(0)!.toString(16)}}`;
  const all = [...set];
  let out = '';
  for (let i = 0; i < all.length; i++) {
    const from = all[i]!;
    const to = all[i + 1] === '-' ? all[i + 2] : undefined;
    if (to === undefined) out += code(from);
    else {
      if (from.codePointAt(0)! <= to.codePointAt(0)!) out += `${code(from)}-${code(to)}`;
      i += 2;
    }
  }
  if (out === '') return negated ? '[^/]' : '(?!)';
  return `(?!/)[${negated ? '^' : ''}${out}]`;
}

/**
 * Compile names of a pattern for whole paths of names joined by `/`, or for single names.
 *
 * @param names of the pattern; `**` takes any number of names, also none
 * @param caseSensitive whether `A` is another letter than `a`
 */
export function compilePattern(names: readonly string[], caseSensitive: boolean): RegExp {
  const wanted = names.filter((name, index) => name !== '**' || names[index - 1] !== '**');
  let source = '';
  wanted.forEach((name, index) => {
    if (name !== '**') source += (index > 0 && wanted[index - 1] !== '**' ? '/' : '') + sourceOf(name);
    else if (index === wanted.length - 1) source += index === 0 ? '.*' : '(?:/.*)?';
    else source += index === 0 ? '(?:.*/)?' : '/(?:.*/)?';
  });
  return new RegExp(`^${source}$`, caseSensitive ? 'su' : 'siu');
}
