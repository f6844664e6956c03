import fc from 'fast-check';
import { checkKey, encodeKey, joinKey } from '../../../src/url/key.ts';
import { env } from '../../env.ts';
import { equal, ok, rejects, test } from '../../harness.ts';

test('encodeKey leaves the unreserved and the slash', async () => {
  equal(encodeKey("a b/c+d!'()*%~-._/ü😀"), 'a%20b/c%2Bd%21%27%28%29%2A%25~-._/%C3%BC%F0%9F%98%80');
  equal(encodeKey('AZaz09'), 'AZaz09');
  equal(encodeKey('\n\x7f'), '%0A%7F');
  await rejects(() => encodeKey('\ud800'), 'InvalidArgument');
});

test('encodeKey is undone by decoding, and a URL parser leaves it as it is', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme' }).filter((s) => !/\0|\p{Surrogate}/u.test(s)),
      (key) => {
        const encoded = encodeKey(key);
        ok(/^([\w.~/-]|%[0-9A-F]{2})*$/.test(encoded), encoded);
        equal(decodeURIComponent(encoded), key);
        if (!/(^|\/)\.\.?(\/|$)/.test(key)) equal(new URL(`http://h/${encoded}`).pathname, `/${encoded}`);
      },
    ),
    { seed: env().seed, numRuns: 300 },
  );
});

test('checkKey', async () => {
  for (const key of ['', '\0', 'a\0', 'a\ud800', '\udc00', 7 as never, undefined as never])
    await rejects(() => checkKey(key), 'InvalidArgument');
  for (const key of ['.', '..', 'a/../b', 'a/.', './a', 'a/..']) {
    equal(checkKey(key), key);
    await rejects(() => checkKey(key, { http: true }), 'InvalidArgument');
  }
  for (const key of ['a', 'a/', '/a', 'a//b', '...', 'a..b', '..a/b.', '😀', ' ']) equal(checkKey(key, { http: true }), key);
});

test('joinKey has one slash at each joint', () => {
  equal(joinKey('dir/', 'sub', 'file'), 'dir/sub/file');
  equal(joinKey('dir', '/file'), 'dir/file');
  equal(joinKey('', 'a', '', 'b'), 'a/b');
  equal(joinKey('a', 'b/'), 'a/b/');
  equal(joinKey('a//', 'b'), 'a//b');
  equal(joinKey(), '');
});
