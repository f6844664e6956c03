import {
  createCredentialSource,
  isBasicCredentials,
  isHeaderCredentials,
  isKeyCredentials,
  isRemoteSigner,
  isServiceAccount,
  isTokenCredentials,
} from '../../../src/auth/credentials.ts';
import { CloudError } from '../../../src/errors.ts';
import type { Credentials, CredentialsRequest, TokenCredentials } from '../../../src/types.ts';
import { equal, ok, rejects, test } from '../../harness.ts';

const request: CredentialsRequest = { url: 'https://h.example/b/k', method: 'GET', bucket: 'b' };
const token = (name: string, expires?: number): TokenCredentials => ({
  accessToken: name,
  ...(expires !== undefined && { expiration: new Date(expires) }),
});
const nameOf = (credentials: Credentials): string => (credentials as TokenCredentials).accessToken;

test('credentials: kinds are told apart', () => {
  const kinds = [isKeyCredentials, isTokenCredentials, isServiceAccount, isBasicCredentials, isHeaderCredentials, isRemoteSigner];
  const samples: unknown[] = [
    { accessKeyId: 'a', secretAccessKey: 's' },
    { accessToken: 't' },
    { client_email: 'e', private_key: 'k', type: 'service_account' },
    { user: 'u', password: '' },
    { getRequestHeaders: async () => ({}), sign: async () => '' }, // as GoogleAuth has both
    { sign: async () => ({ url: '' }) },
  ];
  for (const [i, sample] of samples.entries())
    equal(
      kinds.map((is) => is(sample)),
      kinds.map((_, n) => n === i),
      `kind ${i}`,
    );
  for (const none of [null, undefined, 'anonymous', {}, 3, { accessKeyId: 'a' }, { user: 'u' }])
    ok(!kinds.some((is) => is(none)), 'no kind');
});

test('credentials: fixed ones are given as they are, others are refused at once', async () => {
  const fixed = { accessToken: 't', expiration: new Date(0) };
  ok((await createCredentialSource(fixed, { clock: () => 1 }).get(request)) === fixed, 'the object itself');
  equal(await createCredentialSource('anonymous', { clock: () => 1 }).get(request), 'anonymous');
  await rejects(() => createCredentialSource({ accessKeyId: 'x' } as unknown as Credentials, { clock: () => 1 }), 'InvalidArgument');
});

test('credentials: a provider is called once per bucket, with what it is asked for, and again before the expiry', async () => {
  let now = 1000;
  const asked: CredentialsRequest[] = [];
  const source = createCredentialSource((asking) => (asked.push(asking), token(`${asking.bucket}${asked.length}`, now + 100_000)), {
    clock: () => now,
  });
  equal(nameOf(await source.get(request)), 'b1');
  equal(nameOf(await source.get({ ...request, bucket: 'c' })), 'c2');
  now += 39_999;
  equal(nameOf(await source.get(request)), 'b1');
  now += 1;
  equal(nameOf(await source.get(request)), 'b3');
  equal(
    asked.map(({ url, method, bucket }) => `${method} ${url} ${bucket}`),
    ['GET https://h.example/b/k b', 'GET https://h.example/b/k c', 'GET https://h.example/b/k b'],
  );
  ok(asked[0]!.signal instanceof AbortSignal, 'a signal of its own');
});

test('credentials: without expiry they are kept for good, and a text is an expiry too', async () => {
  let calls = 0;
  const forever = createCredentialSource(() => token(`t${++calls}`), { clock: () => calls * 1e12 });
  await forever.get(request);
  await forever.get(request);
  equal(calls, 1);
  const asText = createCredentialSource(() => ({ accessToken: `t${++calls}`, expiration: '2020-01-01T00:00:00Z' as unknown as Date }), {
    clock: Date.now,
  });
  await asText.get(request);
  await asText.get(request);
  equal(calls, 3);
});

test('credentials: 100 who wait make one call', async () => {
  let calls = 0;
  const source = createCredentialSource(async () => (await new Promise((resolve) => setTimeout(resolve, 5)), token(`t${++calls}`)), {
    clock: Date.now,
  });
  const all = await Promise.all(Array.from({ length: 100 }, async () => source.get(request)));
  equal(calls, 1);
  ok(
    all.every((one) => one === all[0]),
    'the same object',
  );
});

test('credentials: who aborts leaves alone with the reason itself; the call ends when nobody waits', async () => {
  const signals: AbortSignal[] = [];
  let finish = (_: Credentials): void => {};
  const source = createCredentialSource(
    ({ signal }) => {
      signals.push(signal!);
      return new Promise<Credentials>((resolve) => (finish = resolve));
    },
    { clock: Date.now },
  );
  const one = new AbortController();
  const two = new AbortController();
  const reason = { my: 'reason' };
  const first = Promise.resolve(source.get({ ...request, signal: one.signal }));
  const second = source.get({ ...request, signal: two.signal });
  one.abort(reason);
  await rejects(first, (error: unknown) => error === reason);
  ok(!signals[0]!.aborted, 'the call goes on for the second');
  finish(token('t'));
  equal(nameOf(await second), 't');

  source.invalidate();
  const third = Promise.resolve(source.get({ ...request, signal: two.signal }));
  two.abort(reason);
  await rejects(third, (error: unknown) => error === reason);
  ok(signals[1]!.aborted, 'nobody waits any more');
  const gone = AbortSignal.abort(reason);
  await rejects(
    async () => source.get({ ...request, signal: gone }),
    (error: unknown) => error === reason,
  );
});

test('credentials: a failed refresh keeps what is still valid, and is not repeated at every request', async () => {
  let now = 0;
  let calls = 0;
  let fails = false;
  const source = createCredentialSource(
    () => {
      calls++;
      if (fails) throw new Error('down');
      return token(`t${calls}`, now + 100_000);
    },
    { clock: () => now },
  );
  await source.get(request);
  fails = true;
  now = 50_000;
  equal(nameOf(await source.get(request)), 't1');
  equal(nameOf(await source.get(request)), 't1');
  equal(calls, 2);
  now = 60_000;
  equal(nameOf(await source.get(request)), 't1');
  equal(calls, 3);
  now = 100_000;
  const error = await rejects(async () => source.get(request), 'Unauthenticated');
  equal((error.cause as Error).message, 'down');
  fails = false;
  equal(nameOf(await source.get(request)), 't5');
});

test('credentials: after invalidate the provider is asked again, and an answer from before does not count', async () => {
  const answers: ((credentials: Credentials) => void)[] = [];
  const source = createCredentialSource(() => new Promise<Credentials>((resolve) => answers.push(resolve)), { clock: Date.now });
  const before = source.get(request);
  equal(source.generation, 0);
  source.invalidate();
  equal(source.generation, 1);
  const after = source.get(request);
  equal(answers.length, 2);
  answers[1]!(token('new'));
  equal(nameOf(await after), 'new');
  answers[0]!(token('old'));
  equal(nameOf(await before), 'old');
  equal(nameOf(await source.get(request)), 'new');
});

test('credentials: a failure after invalidate does not bring the refused ones back', async () => {
  let calls = 0;
  const source = createCredentialSource(
    () => {
      if (calls++) throw new Error('down');
      return token('refused', Date.now() + 1e9);
    },
    { clock: Date.now },
  );
  await source.get(request);
  source.invalidate();
  await rejects(async () => source.get(request), 'Unauthenticated');
});

test('credentials: providers that throw, reject or give nothing', async () => {
  const get = async (provider: () => unknown): Promise<Credentials> =>
    createCredentialSource(provider as () => Credentials, { clock: Date.now }).get(request);
  await rejects(
    get(() => undefined),
    'Unauthenticated',
  );
  await rejects(
    get(() => ({ accessKeyId: 'only' })),
    'Unauthenticated',
  );
  await rejects(
    get(() => {
      throw new TypeError('x');
    }),
    'Unauthenticated',
  );
  await rejects(
    get(async () => {
      throw new TypeError('x');
    }),
    'Unauthenticated',
  );
  const own = new CloudError('own', { code: 'Throttled', retryable: true });
  await rejects(
    get(async () => {
      throw own;
    }),
    (error) => error === own,
  );
});
