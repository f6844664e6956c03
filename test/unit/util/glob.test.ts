/** Patterns of paths, by examples and against a matcher that tries everything. */
import fc from 'fast-check';
import { globToRegExp, pathFilter } from '../../../src/util/glob.ts';
import { env } from '../../env.ts';
import { equal, ok, rejects, test } from '../../harness.ts';

const examples: readonly [pattern: string, matches: readonly string[], others: readonly string[]][] = [
  ['a.csv', ['a.csv'], ['b/a.csv', 'axcsv', 'a.csvx', '']],
  ['*', ['a', '.hidden', 'a.b'], ['a/b']],
  ['*.csv', ['a.csv', '.csv'], ['a.csv.gz', 'b/a.csv', 'acsv']],
  ['a?c', ['abc', 'a😀c', 'a\nc'], ['ac', 'a/c', 'abbc']],
  ['**', ['a', 'a/b/c'], []],
  ['**/a', ['a', 'b/a', 'b/c/a'], ['ba', 'a/b']],
  ['a/**', ['a/b', 'a/b/c'], ['a', 'b/a/c']],
  ['a/**/b', ['a/b', 'a/x/b', 'a/x/y/b'], ['ab', 'a/xb']],
  ['a**b', ['ab', 'axb'], ['a/b']],
  ['a/***', ['a/x'], ['a/x/y']],
  ['[a-c]', ['a', 'b', 'c'], ['d', '-', 'ab']],
  ['[!a-c]', ['d', '!'], ['a', '/']],
  ['[^a-c]', ['d', '^'], ['a', '/']],
  ['[]]', [']'], ['[', '']],
  ['[]a]', [']', 'a'], ['b']],
  ['[!]a]', ['b'], [']', 'a']],
  ['[a-]', ['a', '-'], ['b']],
  ['[.-0]', ['.', '0'], ['/']],
  ['[a\\]', ['a', '\\'], ['b']],
  ['[[^]', ['[', '^'], ['a']],
  ['{a,b*}.csv', ['a.csv', 'b.csv', 'bx.csv'], ['c.csv', 'ab.csv']],
  ['{a,{b,c}d}', ['a', 'bd', 'cd'], ['b', 'ad']],
  ['{a/b,c}', ['a/b', 'c'], ['a', 'b']],
  ['a{,b}', ['a', 'ab'], ['b']],
  ['a,b}', ['a,b}'], ['a']],
  ['\\*\\{\\,\\}', ['*{,}'], ['a{,}']],
  ['a\\', ['a\\'], ['a']],
  ['(a|b)$^+.', ['(a|b)$^+.'], ['a', '(a|b)$^+x']],
];

test('patterns by examples', () => {
  for (const [pattern, matches, others] of examples) {
    const expression = globToRegExp(pattern);
    for (const path of matches) ok(expression.test(path), `${pattern} to match ${JSON.stringify(path)}`);
    for (const path of others) ok(!expression.test(path), `${pattern} not to match ${JSON.stringify(path)}`);
  }
});

test('patterns without an end are refused', async () => {
  for (const pattern of ['[', '[a', '[]', '[!]', 'a{b', '{a,{b}', '[z-a]']) await rejects(() => globToRegExp(pattern), 'InvalidArgument');
  await rejects(() => pathFilter({ include: ['*', '['] }), 'InvalidArgument');
  await rejects(() => pathFilter({ exclude: '{' }), 'InvalidArgument');
});

test('filters: names anywhere, paths from the top, and what is taken away', () => {
  const paths = ['a.csv', 'b.txt', 'sub/a.csv', 'sub/deep/c.csv', 'sub/.hidden.csv'];
  const chosen = (options: Parameters<typeof pathFilter>[0]): string[] => paths.filter(pathFilter(options));
  equal(chosen({}), paths);
  equal(chosen({ include: '*.csv' }), ['a.csv', 'sub/a.csv', 'sub/deep/c.csv', 'sub/.hidden.csv']);
  equal(chosen({ include: '/*.csv' }), ['a.csv']);
  equal(chosen({ include: 'sub/*.csv' }), ['sub/a.csv', 'sub/.hidden.csv']);
  equal(chosen({ include: ['b.*', 'deep/*', '**/deep/*'] }), ['b.txt', 'sub/deep/c.csv']);
  equal(chosen({ exclude: ['sub/**'] }), ['a.csv', 'b.txt']);
  equal(chosen({ include: '**', exclude: ['a.csv', '.*'] }), ['b.txt', 'sub/deep/c.csv']);
  equal(chosen({ include: [] }), []);
});

// ---------------------------------------------------------------- against a matcher that tries everything

type Atom = { text: string; match: (char: string) => boolean } | '*' | Atom[][];
type Segment = Atom[] | '**';

const special = new Set('*?[]{},\\!');
const literal = fc
  .constantFrom('a', 'b', '.', '-', '*', '{', ',', ']', '\\', '😀')
  .map((char): Atom => ({ text: special.has(char) ? `\\${char}` : char, match: (other: string) => other === char }));
const single = fc.constantFrom<Atom>(
  { text: '?', match: () => true },
  { text: '[ab]', match: (char: string) => 'ab'.includes(char) },
  { text: '[!a.]', match: (char: string) => !'a.'.includes(char) },
  { text: '[,-b]', match: (char: string) => char >= ',' && char <= 'b' },
  { text: '[]*{]', match: (char: string) => ']*{'.includes(char) },
);
const simple = fc.oneof({ weight: 4, arbitrary: literal }, { weight: 2, arbitrary: single }, fc.constant<Atom>('*'));
const choice = fc.array(fc.array(simple, { maxLength: 2 }), { minLength: 1, maxLength: 3 }).map((all): Atom => all);
const segment = fc.array(fc.oneof({ weight: 5, arbitrary: simple }, choice), { maxLength: 4 });

function textOf(atom: Atom): string {
  if (atom === '*') return '*';
  return Array.isArray(atom) ? `{${atom.map((all) => all.map(textOf).join('')).join(',')}}` : atom.text;
}

function fits(atoms: readonly Atom[], chars: readonly string[]): boolean {
  const [first, ...rest] = atoms;
  if (first === undefined) return chars.length === 0;
  if (first === '*') return chars.some((_, i) => fits(rest, chars.slice(i))) || fits(rest, []);
  if (Array.isArray(first)) return first.some((all) => fits([...all, ...rest], chars));
  return chars.length > 0 && first.match(chars[0]!) && fits(rest, chars.slice(1));
}

function matches(segments: readonly Segment[], parts: readonly string[]): boolean {
  const [first, ...rest] = segments;
  if (first === undefined) return parts.length === 0;
  if (first !== '**') return parts.length > 0 && fits(first, [...parts[0]!]) && matches(rest, parts.slice(1));
  // At the end it is all that is below, else any number of parts.
  if (!rest.length) return parts.length > 0;
  return Array.from({ length: parts.length + 1 }, (_, i) => i).some((i) => matches(rest, parts.slice(i)));
}

test('random patterns match what a matcher that tries everything finds', () => {
  const segments = fc
    .array(fc.oneof({ weight: 3, arbitrary: segment }, fc.constant<Segment>('**')), { minLength: 1, maxLength: 4 })
    .map((all) => all.map((one): [Segment, string] => [one, one === '**' ? '**' : one.map(textOf).join('')]))
    .filter((all) => all.every(([one, text]) => one === '**' || text !== '**') && all.some(([, text]) => text !== ''));
  const part = fc
    .array(fc.constantFrom('a', 'b', '.', '-', '*', '{', ',', ']', '\\', '😀'), { minLength: 1, maxLength: 4 })
    .map((chars) => chars.join(''));
  const path = fc.array(part, { minLength: 1, maxLength: 4 });
  let found = 0;
  fc.assert(
    fc.property(segments, fc.array(path, { minLength: 1, maxLength: 8 }), (pattern, paths) => {
      const text = pattern.map(([, one]) => one).join('/');
      const expression = globToRegExp(text);
      for (const parts of paths) {
        const want = matches(
          pattern.map(([one]) => one),
          parts,
        );
        found += Number(want);
        if (expression.test(parts.join('/')) !== want) throw new Error(`${text} on ${parts.join('/')}: expected ${want}`);
      }
    }),
    { seed: env().seed, numRuns: 1500 },
  );
  ok(found > 50, `some of them to match, ${found} did`);
});
