import { createRemoteSigner, createSignerHandler, type RemoteSignerOptions, type SignerQuestion } from '../../../src/signer.ts';
import type { CloudError } from '../../../src/errors.ts';
import { equal, ok, rejects, test } from '../../harness.ts';

const host = 'http://127.0.0.1:9';
const address = 'https://app.example/sign';

interface Rig {
  posts: SignerQuestion[];
  logins: (string | null)[];
  now: number;
  signer: ReturnType<typeof createRemoteSigner>;
  /** What is answered instead of the handler. */
  answers: (() => Response | Promise<Response>)[];
  aborted: number;
}

/** A signer whose server is the handler itself. */
function rig(more: Partial<RemoteSignerOptions> = {}): Rig {
  const its: Rig = { posts: [], logins: [], now: 1_800_000_000_000, answers: [], aborted: 0, signer: undefined! };
  const handler = createSignerHandler({
    allow: [{ url: `s3://${host}/bucket/`, operations: ['read', 'write'] }],
    credentials: { accessKeyId: 'AK', secretAccessKey: 'SK' },
    authorize: (_, { key }) => !key.startsWith('no'),
    clock: () => its.now,
  });
  const fetch = async (url: string, init: RequestInit): Promise<Response> => {
    equal(url, address);
    its.posts.push(JSON.parse(init.body as string) as SignerQuestion);
    its.logins.push(new Headers(init.headers).get('authorization'));
    init.signal?.addEventListener('abort', () => its.aborted++);
    const answer = its.answers.shift();
    if (!answer) return await handler(new Request(url, { method: 'POST', headers: init.headers!, body: init.body! }));
    return await Promise.race([
      answer(),
      new Promise<never>((_, reject) => init.signal?.addEventListener('abort', () => reject(init.signal?.reason))),
    ]);
  };
  its.signer = createRemoteSigner({ url: address, fetch: fetch as typeof globalThis.fetch, clock: () => its.now, ...more });
  return its;
}

const get = (key: string, headers: Record<string, string> = {}): { method: string; url: string; headers: Record<string, string> } => ({
  method: 'GET',
  url: `${host}/bucket/${key}`,
  headers,
});
const json = (value: unknown, status = 200, headers: Record<string, string> = {}): Response =>
  new Response(JSON.stringify(value), { status, headers });

test('requests of one turn are one question, equal ones are asked once', async () => {
  const { signer, posts, logins } = rig({ headers: async () => ({ authorization: 'Bearer x' }) });
  const keys = Array.from({ length: 250 }, (_, i) => `k${i}`);
  const urls = await Promise.all(
    [...keys, ...keys].map(async (key) => (await signer.sign(get(key, { range: `bytes=0-${key.length}` }))).url),
  );
  equal(
    posts.map(({ requests }) => requests.length),
    [100, 100, 50],
  );
  equal(posts[0]!.requests[0], { method: 'GET', url: `${host}/bucket/k0`, headers: {} }, 'no header that is not signed');
  equal(urls.slice(0, 250), urls.slice(250));
  ok(
    urls.every((url, i) => url.startsWith(`${host}/bucket/k${i % 250}?`)),
    'each its own',
  );
  equal(logins, ['Bearer x', 'Bearer x', 'Bearer x']);
});

test('long questions are parted by their bytes', async () => {
  const { signer, posts } = rig();
  await Promise.all(Array.from({ length: 60 }, (_, i) => signer.sign(get(`${i}${'x'.repeat(7000)}`))));
  equal(
    posts.map(({ requests }) => requests.length),
    [37, 23],
  );
});

test('a URL is kept until shortly before its end, by method and signed headers', async () => {
  const its = rig({ marginMs: 40_000 });
  const first = await its.signer.sign(get('a'));
  const put = { method: 'PUT', url: `${host}/bucket/a`, headers: { 'content-type': 'text/plain', 'if-match': '"x"' } };
  await its.signer.sign(put);
  await its.signer.sign({ ...put, headers: { 'content-type': 'text/html' } });
  equal([its.posts.length, its.posts[1]!.requests[0]!.headers], [3, { 'content-type': 'text/plain' }]);
  its.now += 259_999;
  equal(await its.signer.sign(get('a', { range: 'bytes=5-6' })), first);
  await its.signer.sign(put);
  equal(its.posts.length, 3);
  its.now += 1;
  ok((await its.signer.sign(get('a'))).url !== first.url, 'another one');
  equal(its.posts.length, 4);
  its.now -= 3_600_000;
  await its.signer.sign(get('a'));
  equal(its.posts.length, 5, 'a clock that was put back');
});

test('the oldest URLs are forgotten first', async () => {
  const { signer, posts } = rig({ maxKept: 2 });
  for (const key of ['a', 'b', 'c', 'b', 'c', 'a']) await signer.sign(get(key));
  equal(
    posts.map(({ requests }) => requests[0]!.url.at(-1)),
    ['a', 'b', 'c', 'a'],
  );
});

test('what is refused rejects alone, with its code, and is asked again next time', async () => {
  const { signer, posts } = rig();
  const [good, bad, elsewhere] = await Promise.allSettled([
    signer.sign(get('yes')),
    signer.sign(get('no')),
    signer.sign({ ...get('x'), url: 'https://other.example/x?y=1' }),
  ]);
  equal(good.status, 'fulfilled');
  for (const one of [bad, elsewhere]) {
    const { code, url } = (one as PromiseRejectedResult).reason as CloudError;
    equal([code, url?.includes('?')], ['PermissionDenied', false]);
  }
  equal(posts.length, 1);
  await rejects(signer.sign(get('no')), 'PermissionDenied');
  equal(posts.length, 2);
});

test('an abort ends its own wait, and the question when nobody waits', async () => {
  const its = rig();
  let let_go = (): void => {};
  its.answers.push(
    () =>
      new Promise<Response>(
        (resolve) => (let_go = () => resolve(json({ version: 1, results: [{ url: `${host}/bucket/a?s`, expiresInMs: 9 }] }))),
      ),
  );
  const [one, two] = [new AbortController(), new AbortController()];
  const first = its.signer.sign({ ...get('a'), signal: one.signal });
  const second = its.signer.sign({ ...get('a'), signal: two.signal });
  while (!its.posts.length) await new Promise((resolve) => setTimeout(resolve, 1));
  const reason = new Error('enough');
  one.abort(reason);
  await rejects(first, (error) => error === reason);
  equal(its.aborted, 0);
  let_go();
  equal((await second).url, `${host}/bucket/a?s`);

  its.answers.push(() => new Promise<Response>(() => {}));
  const third = new AbortController();
  const waiting = its.signer.sign({ ...get('b'), signal: third.signal });
  while (its.posts.length < 2) await new Promise((resolve) => setTimeout(resolve, 1));
  third.abort(reason);
  await rejects(waiting, (error) => error === reason);
  equal(its.aborted, 1);

  const early = new AbortController();
  const never = its.signer.sign({ ...get('c'), signal: early.signal });
  early.abort(reason);
  await rejects(never, (error) => error === reason);
  await rejects(its.signer.sign({ ...get('c'), signal: early.signal }), (error) => error === reason);
  await its.signer.sign(get('d'));
  equal(
    its.posts.map(({ requests }) => requests[0]!.url.at(-1)),
    ['a', 'b', 'd'],
    'what was given up in the same turn is not asked',
  );
});

test('a signer that fails is asked again; one that refuses is not', async () => {
  const failing = rig();
  failing.answers.push(
    () => json({}, 503, { 'retry-after': '0' }),
    () => Promise.reject(new TypeError('no network')),
  );
  await failing.signer.sign(get('a'));
  equal(failing.posts.length, 3);

  const table: [answer: () => Response | Promise<Response>, code: string, posts: number][] = [
    [() => json({}, 503, { 'retry-after': '0' }), 'ServerError', 2],
    [() => json({}, 429, { 'retry-after': '0' }), 'Throttled', 2],
    [() => Promise.reject(new TypeError('secret')), 'Network', 2],
    [() => json({}, 401), 'Unauthenticated', 1],
    [() => json({}, 403), 'PermissionDenied', 1],
    [() => json({}, 404), 'InvalidResponse', 1],
    [() => new Response(null, { status: 302, headers: { location: '/login' } }), 'Unauthenticated', 1],
    [() => new Response('<html>'), 'InvalidResponse', 1],
    [() => json(null), 'InvalidResponse', 1],
    [() => json({ version: 1, results: [] }), 'InvalidResponse', 1],
    [() => json({ version: 1, results: [null] }), 'InvalidResponse', 1],
    [() => json({ version: 1, results: [{ url: 'https://evil.example/bucket/a?s', expiresInMs: 9 }] }), 'InvalidResponse', 1],
    [() => json({ version: 1, results: [{ url: `${host}/bucket/b?s`, expiresInMs: 9 }] }), 'InvalidResponse', 1],
    [() => json({ version: 1, results: [{ url: `${host}/bucket/a?s`, expiresInMs: 0 }] }), 'InvalidResponse', 1],
  ];
  for (const [answer, code, posts] of table) {
    const its = rig({ attempts: 2 });
    its.answers.push(answer, answer);
    const error = await rejects<CloudError>(its.signer.sign(get('a')), code);
    equal(its.posts.length, posts, code);
    ok(!/secret|html/.test(`${error.message}${String(error.cause)}`), 'nothing of the answer in the error');
  }
  await rejects(rig({ headers: () => Promise.reject(new Error('no session')) }).signer.sign(get('a')), 'Unauthenticated');
  await rejects(rig({ timeoutMs: 5, attempts: 1, fetch: (() => new Promise(() => {})) as never }).signer.sign(get('a')), 'Timeout');
});

test('its address', async () => {
  for (const url of ['http://app.example/sign', 'ftp://127.0.0.1/', 'https://'])
    await rejects(() => createRemoteSigner({ url }), 'InvalidArgument');
  ok(createRemoteSigner({ url: 'http://localhost:8080/sign' }), 'this machine');
});
