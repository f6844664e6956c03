import { equal, rejects, runAll, sameBytes, skip, test } from '../harness.ts';

const fails = (fn: () => unknown): Promise<Error> =>
  rejects(
    async () => await fn(),
    (error: Error) => error instanceof Error,
  );

test('equal tells apart what JSON does not', async () => {
  equal({ a: [1, new Uint8Array([1, 2])], n: NaN, z: -0 }, { a: [1, new Uint8Array([1, 2])], n: NaN, z: 0 });
  equal(new Map([['a', { b: 1 }]]), new Map([['a', { b: 1 }]]));
  equal(new Date(5), new Date(5));
  equal(new URL('http://a/b'), new URL('http://a/b'));
  await fails(() => equal(new URL('http://a/b'), new URL('http://a/c')));
  await fails(() => equal({ a: undefined }, {}));
  await fails(() => equal({}, { a: undefined }));
  await fails(() => equal([undefined], []));
  await fails(() => equal(new Uint8Array([1]), new Uint8Array([2])));
  await fails(() => equal(new Uint8Array([1]), new Int8Array([1])));
  await fails(() => equal([1], { 0: 1 }));
  await fails(() => equal(1n, 1));
  await fails(() => equal(null, undefined));
  await fails(() => equal(new Set([1]), new Set([2])));
  await fails(() => equal(new Date(5), new Date(6)));
  const { message } = await fails(() => equal({ a: { b: [1, 2] } }, { a: { b: [1, 3] } }, 'it'));
  equal(message, 'it: at .a.b[1] expected 3, got 2');
});

test('sameBytes compares bytes behind any view', async () => {
  sameBytes(new Uint8Array([0, 1, 2]).subarray(1), new Uint8Array([1, 2]).buffer);
  await fails(() => sameBytes(new Uint8Array([1, 2]), new Uint8Array([1])));
  await fails(() => sameBytes(new Uint8Array([1]), new Uint8Array([1, 2])));
  await fails(() => sameBytes(new Uint8Array(0), new Uint8Array([1])));
  await fails(() => sameBytes(null, new Uint8Array(0)));
});

test('rejects wants a rejection, and the right one', async () => {
  const refused = Object.assign(new Error('no'), { code: 'NotFound' });
  equal(await rejects(Promise.reject(refused), 'NotFound'), refused);
  equal(
    await rejects(
      () => {
        throw refused;
      },
      (error) => error === refused,
    ),
    refused,
  );
  await fails(() => rejects(Promise.resolve(1), 'NotFound'));
  await fails(() => rejects(Promise.reject(refused), 'Timeout'));
  await fails(() => rejects(Promise.reject(refused), () => false));
});

test('a run reports failures, skips, late tests and stray rejections', async () => {
  test('passes', () => {});
  test('fails', () => equal(1, 2));
  test('skips', () => skip('because'));
  test('hangs', () => new Promise(() => {}), { timeoutMs: 10 });
  const results = await runAll();
  equal(
    results.map(({ name, state, reason }) => ({ name, state, reason: reason ?? '' })),
    [
      { name: 'passes', state: 'pass', reason: '' },
      { name: 'fails', state: 'fail', reason: '' },
      { name: 'skips', state: 'skip', reason: 'because' },
      { name: 'hangs', state: 'fail', reason: '' },
    ],
  );
  equal(results[3]?.error?.message, 'timed out after 10 ms');
});
