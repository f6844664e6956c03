import fc from 'fast-check';
import { InvalidPrefixError } from '../../../src/cloudpath/errors.ts';
import { compilePattern } from '../../../src/cloudpath/pattern.ts';
import { PureCloudPath } from '../../../src/cloudpath/pure-path.ts';
import { isCloudError } from '../../../src/errors.ts';
import { env } from '../../env.ts';
import { equal, ok, test } from '../../harness.ts';

const pure = (text: string): PureCloudPath => new PureCloudPath(text, { aliases: new Map([['lab', 's3://https://lab.example/']]) });

function error(act: () => unknown): unknown {
  try {
    act();
  } catch (caught) {
    return caught;
  }
  throw new Error('nothing was thrown');
}

test('anchors: services, endpoints, aliases, hosts, disks', () => {
  const told = (text: string): unknown => {
    const { protocol, anchor, drive, bucket, key, parts } = pure(text);
    return { protocol, anchor, drive, bucket, key, parts: parts.slice(1) };
  };
  equal(told('s3://https://Host:9/bkt/a//b/'), {
    protocol: 's3',
    anchor: 's3://https://Host:9/',
    drive: 'bkt',
    bucket: 'bkt',
    key: 'a//b/',
    parts: ['bkt', 'a', 'b'],
  });
  equal(told('lab://bkt/a'), { protocol: 's3', anchor: 'lab://', drive: 'bkt', bucket: 'bkt', key: 'a', parts: ['bkt', 'a'] });
  equal(told('https://h:1/a/b.csv?x=/y#z'), {
    protocol: 'https',
    anchor: 'https://h:1/',
    drive: 'h:1',
    bucket: '',
    key: 'a/b.csv?x=/y#z',
    parts: ['a', 'b.csv'],
  });
  equal(told('file:///data/x/'), { protocol: 'file', anchor: 'file:///', drive: '', bucket: '', key: 'data/x', parts: ['data', 'x'] });
  equal(told('mem://b/a/./b'), { protocol: 'mem', anchor: 'mem://', drive: 'b', bucket: 'b', key: 'a/./b', parts: ['b', 'a', 'b'] });
});

test('what begins as no path is an InvalidPrefixError', () => {
  for (const text of ['', 'a/b', '/a', 'az://b/k', 'unknown://b', 's3:/b', 's3:b', 's3:// \0', 's3://\ud800'])
    ok(error(() => pure(text)) instanceof InvalidPrefixError, text);
  ok(error(() => pure(5 as unknown as string)) instanceof InvalidPrefixError);
  ok(
    isCloudError(
      error(() => pure('https://user:secret@h/a')),
      'InvalidUrl',
    ),
  );
  ok(!String(error(() => pure('s3://https://user:secret@h/b/a'))).includes('secret'));
  equal(['s3://b', 'https://h/', 'x://b', 'a', 5].map(PureCloudPath.isValid), [true, true, false, false, false]);
});

test('web addresses keep the slash that says what is a folder', () => {
  const text = (path: PureCloudPath): string => String(path);
  equal(text(pure('https://h/a/b.csv?x=1').parent), 'https://h/a/');
  equal(text(pure('https://h/a/').join('b')), 'https://h/a/b');
  equal(text(pure('https://h/a/').join('b/')), 'https://h/a/b/');
  equal(text(pure('https://h/a/').join('')), 'https://h/a/');
  equal(text(pure('https://h/a/b').join('/c')), 'https://h/c');
  equal(text(pure('https://h/a').parent), 'https://h/');
  equal(text(pure('https://h/a/b.csv?x=1').withSuffix('.json')), 'https://h/a/b.json');
  equal(pure('https://h/a/b.csv?x=1.2').suffixes, ['.csv']);
});

test('going up stops at the root, and a URL is not joined', () => {
  equal(String(pure('s3://b/a').join('../../../c')), 's3://c');
  equal(String(pure('s3://b').parent.parent), 's3://');
  equal(String(pure('file:///a').join('..', 'b')), 'file:///b');
  ok(
    isCloudError(
      error(() => pure('s3://b/a').join('s3://c/d')),
      'InvalidArgument',
    ),
  );
});

test('names: what is none is refused', () => {
  for (const name of ['', '.', '..', 'a/b'])
    ok(
      isCloudError(
        error(() => pure('s3://b/a').withName(name)),
        'InvalidArgument',
      ),
      name,
    );
  for (const suffix of ['x', '.', './x', '.x/', '.x.'])
    ok(
      isCloudError(
        error(() => pure('s3://b/a').withSuffix(suffix)),
        'InvalidArgument',
      ),
      suffix,
    );
  ok(
    isCloudError(
      error(() => pure('s3://').withName('b')),
      'InvalidArgument',
    ),
  );
  equal(String(pure('s3://b/a.tar.gz').withSuffix('.tar.zst')), 's3://b/a.tar.tar.zst');
  equal(String(pure('s3://b/a/x').withSegments('c', 'd', '..', 'e')), 's3://c/e');
  const of = (text: string): unknown[] => [pure(text).stem, pure(text).suffix, pure(text).suffixes];
  // as pathlib of Python 3.11
  equal(of('s3://b/.hidden'), ['.hidden', '', []]);
  equal(of('s3://b/.hidden.txt'), ['.hidden', '.txt', ['.txt']]);
  equal(of('s3://b/a.'), ['a.', '', []]);
  equal(of('s3://b/a..b'), ['a.', '.b', ['.', '.b']]);
});

test('relativeTo goes up where it is told to', () => {
  const at = pure('s3://b/a/x/y');
  equal(at.relativeTo('s3://b/a/x/y/'), '.');
  equal(at.relativeTo('s3://b/a/z/w', { walkUp: true }), '../../x/y');
  equal(at.relativeTo('s3://b'), 'a/x/y');
  equal(at.relativeTo('s3://'), 'b/a/x/y');
  for (const other of ['s3://b/a/z', 's3://c', 'gs://b/a', 's3://b/a/..', 'a'])
    ok(
      isCloudError(
        error(() => at.relativeTo(other)),
        'InvalidArgument',
      ),
      other,
    );
  ok(
    isCloudError(
      error(() => at.relativeTo('s3://c', { walkUp: true })),
      'InvalidArgument',
    ),
  );
  equal(pure('file:///a/b').relativeTo('file:///c', { walkUp: true }), '../a/b');
  equal(
    [at.isRelativeTo('s3://b/a'), at.isRelativeTo('s3://b/a/x/y/z'), at.isRelativeTo('s3://b/A'), at.isRelativeTo('x')],
    [true, false, false, false],
  );
});

test('match looks at the end, fullMatch at all of it', () => {
  const at = pure('s3://b/a/x/File.csv');
  const matches = ['*.csv', 'x/*', '*/*/*.csv', 's3://b/*/x/File.csv', 'File.*', '**/File.csv', '[E-G]ile.csv', '[!a]ile.csv'];
  for (const pattern of matches) ok(at.match(pattern), pattern);
  for (const pattern of [
    'file.csv',
    'a/*',
    's3://b/*.csv',
    's3://c/a/x/File.csv',
    'gs://b/a/x/File.csv',
    '*/*/*/*/*',
    '[!F]ile.csv',
    '/a/x/File.csv',
  ])
    ok(!at.match(pattern), pattern);
  ok(at.match('/b/a/x/*'));
  ok(at.match('file.CSV', { caseSensitive: false }));
  for (const pattern of ['**', '**/*.csv', 'a/**', 'a/**/File.csv', 'a/x/**/File.csv', 'a/x/File.csv/**', 's3://b/**', '/b/a/**'])
    ok(at.fullMatch(pattern), pattern);
  for (const pattern of ['*.csv', 'b/**', 'a/*', 's3://b/*', '**/x', 'a/**/x/*/*.csv']) ok(!at.fullMatch(pattern), pattern);
  for (const pattern of ['', '/', '.', 's3://'])
    ok(
      isCloudError(
        error(() => at.match(pattern)),
        'InvalidArgument',
      ),
      pattern,
    );
});

test('patterns: brackets as fnmatch has them', () => {
  const fits = (pattern: string, name: string): boolean => compilePattern([pattern], true).test(name);
  equal(
    ['[a-c]', '[]]', '[!]]', '[', '[a', 'x[', '[c-a]', '[!c-a]', '[a-]', '[\\]', '[*]', '[^a]', '[a&&b]', '\\*'].map((pattern) => [
      pattern,
      ['b', ']', '[', '[a', 'x[', '-', '\\', '*', '^', '&', '\\x', '/'].filter((name) => fits(pattern, name)),
    ]),
    [
      ['[a-c]', ['b']],
      ['[]]', [']']],
      ['[!]]', ['b', '[', '-', '\\', '*', '^', '&']],
      ['[', ['[']],
      ['[a', ['[a']],
      ['x[', ['x[']],
      ['[c-a]', []],
      ['[!c-a]', ['b', ']', '[', '-', '\\', '*', '^', '&']],
      ['[a-]', ['-']],
      ['[\\]', ['\\']],
      ['[*]', ['*']],
      ['[^a]', ['^']],
      ['[a&&b]', ['b', '&']],
      ['\\*', ['\\', '\\x']],
    ],
  );
  ok(fits('?', '😀') && fits('[😀-😂]', '😁') && !fits('?', 'ab'));
});

// ---------------------------------------------------------------- properties

const name = fc
  .string({ unit: fc.constantFrom(...'ab.#? %ü字😀\\-'), minLength: 1, maxLength: 6 })
  .filter((text) => text !== '.' && text !== '..');
const bucketed = fc.tuple(
  fc.constantFrom('s3://', 'gs://', 'mem://', 's3://http://h:1/', 'lab://'),
  fc.array(name, { minLength: 1, maxLength: 5 }),
);
const seed = { seed: env().seed, numRuns: 200 };

test('joining, going up and telling where undo one another', () => {
  fc.assert(
    fc.property(bucketed, fc.array(name, { minLength: 1, maxLength: 4 }), ([anchor, names], more) => {
      const base = pure(anchor + names.join('/'));
      const joined = base.join(...more);
      equal(joined.relativeTo(base), more.join('/'));
      ok(base.join(more.join('/')).equals(joined));
      ok(joined.join(...more.map(() => '..')).equals(base));
      ok(more.reduce((path) => path.parent, joined).equals(base));
      ok(base.join(base.join('x').relativeTo(base)).equals(base.join('x')));
      ok(joined.parents.some((parent) => parent.equals(base)));
      ok(joined.isRelativeTo(base) && joined.compare(base) > 0 && base.compare(joined) < 0);
      equal(joined.parts, [anchor, ...names, ...more]);
    }),
    seed,
  );
});

test('a name is its stem and suffix, and can be put back', () => {
  fc.assert(
    fc.property(bucketed, name, ([anchor, names], own) => {
      const path = pure(anchor + names.join('/')).join(own);
      equal(path.stem + path.suffix, path.name);
      ok(path.withName('x').withName(path.name).equals(path));
      ok(path.withStem('x').withStem(path.stem).equals(path) || path.suffix === '');
      if (path.suffix !== '') ok(path.withSuffix(path.suffix).equals(path));
      ok(path.fullMatch('**') && path.match('*'));
    }),
    seed,
  );
});

test('the order is total, and every text is kept', () => {
  fc.assert(
    fc.property(fc.array(fc.array(name, { minLength: 1, maxLength: 3 }), { minLength: 3, maxLength: 3 }), (all) => {
      const [a, b, c] = all.map((names) => pure(`mem://${names.join('/')}`)) as [PureCloudPath, PureCloudPath, PureCloudPath];
      equal(Math.sign(a.compare(b)) + Math.sign(b.compare(a)), 0);
      if (a.compare(b) <= 0 && b.compare(c) <= 0) ok(a.compare(c) <= 0);
      equal(a.compare(b) === 0, a.parts.join('/') === b.parts.join('/'));
      equal(JSON.parse(JSON.stringify(a)), String(a));
    }),
    seed,
  );
});
