import fc from 'fast-check';
import { isPathKey, keyToPath } from '../../../src/store/file-path.ts';
import { resolvePath } from '../../../src/util/path.ts';
import { env } from '../../env.ts';
import { equal, ok, rejects, test } from '../../harness.ts';

const HOSTILE = [
  '',
  '/',
  '/etc/passwd',
  '//host/share',
  '\\\\host\\share',
  '\\\\?\\C:\\x',
  'C:',
  'C:/Windows',
  'c:\\Windows',
  '..',
  '../x',
  'a/..',
  'a/../b',
  'a/../../b',
  './a',
  '.',
  'a/.',
  'a/./b',
  'a//b',
  'a/',
  'a\0',
  'a\0/../b',
  '\ud800',
  'a/.anyfile-1',
  '.anyfile-x/y',
  'x'.repeat(256),
  `a/${'ü'.repeat(128)}`,
];
const ON_WINDOWS = [
  'a\\b',
  '..\\x',
  'a/..\\x',
  'a:b',
  'file.txt:stream',
  'con',
  'NUL',
  'a/aux.txt',
  'com1',
  'dot.',
  'blank ',
  'a/b*',
  'q?',
  'a|b',
  '"a"',
  '<a>',
  'a\u0007',
];

test('hostile keys are no paths', async () => {
  for (const root of ['/data', '/', 'C:/data', '//host/share']) {
    for (const key of HOSTILE) await rejects(() => keyToPath(root, key), 'InvalidArgument');
    for (const key of [undefined, null, 7, {}, ['a']]) await rejects(() => keyToPath(root, key as never), 'InvalidArgument');
  }
  for (const key of ON_WINDOWS) {
    await rejects(() => keyToPath('C:/data', key), 'InvalidArgument');
    equal(keyToPath('/data', key), `/data/${key}`);
  }
  for (const key of ['a\\b', '\\', '..\\x']) await rejects(() => keyToPath('/data', key, { backslash: false }), 'InvalidArgument');
});

test('ordinary keys are paths', () => {
  equal(keyToPath('/', 'a/b'), '/a/b');
  equal(keyToPath('/data', 'a'), '/data/a');
  equal(keyToPath('/data/', 'a'), '/data/a');
  equal(keyToPath('C:/data', 'a/b.c'), 'C:/data/a/b.c');
  for (const key of ['...', '..a', 'a..', '.hidden/x', 'x'.repeat(255), 'a b', '~', '%2e%2e', 'ab:c'])
    equal(keyToPath('/d', key), `/d/${key}`);
});

test('no key leads out of the root', () => {
  const piece = fc.constantFrom('..', '.', '/', '\\', 'a', '', ':', 'C', '\0', ' ', '~', '...', '%2e');
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), fc.constantFrom('/r/oot', '/'), (parts, root) => {
      const key = parts.join('');
      if (!isPathKey(root, key)) return;
      const path = keyToPath(root, key);
      equal(resolvePath('/elsewhere', path), path, 'nothing left to resolve');
      ok(path.startsWith(root) && path.length > root.length);
    }),
    { seed: env().seed, numRuns: 1000 },
  );
});
