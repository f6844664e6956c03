import { equal, ok, rejects, test } from '../../harness.ts';
import type { CloudError } from '../../../src/errors.ts';
import { type FetchPortOptions } from '../../../src/platform/fetch-port.ts';
import { networkError } from '../../../src/platform/network-error.ts';
import { countingSignal, textOf } from './fake.ts';
import { get, never, over, streamOf, url } from './fake-fetch.ts';

test('a page sends no cookie, cache or referrer, and exactly the headers given', async () => {
  const { send, calls } = over(() => new Response('hi', { headers: { etag: '"e"' } }), { page: true });
  const response = await send(get);
  equal([response.status, response.headers.get('etag'), response.url, textOf(await response.body.bytes())], [200, '"e"', url, 'hi']);
  const { signal, ...call } = calls[0]!;
  equal(call, {
    url,
    method: 'GET',
    headers: { range: 'bytes=0-1' },
    redirect: 'manual',
    cache: 'no-store',
    credentials: 'omit',
    referrerPolicy: 'no-referrer',
  });
  ok(signal instanceof AbortSignal, 'a signal');
});

test('elsewhere none of that, but what the runtime needs', async () => {
  const { send, calls } = over(() => new Response('hi'), {
    init: { decompress: false },
    headers: { 'accept-encoding': 'identity', range: 'never' },
  });
  await send(get);
  const { signal: _, ...call } = calls[0]!;
  equal(call, {
    url,
    method: 'GET',
    headers: { 'accept-encoding': 'identity', range: 'bytes=0-1' },
    redirect: 'manual',
    decompress: false,
  });
});

test('whether the platform decoded the body is said', async () => {
  const gzip = { 'content-encoding': 'gzip' };
  const decoded = async (headers: Record<string, string>, options: FetchPortOptions): Promise<boolean | undefined> =>
    (await over(() => new Response('x', { headers }), options).send(get)).decoded;
  equal(await decoded(gzip, {}), true);
  equal(await decoded(gzip, { storedBytes: true }), false);
  equal(await decoded({ 'content-encoding': 'identity' }, {}), false);
  equal(await decoded({}, {}), false);
  const cors = Object.defineProperty(new Response('x'), 'type', { value: 'cors' });
  equal((await over(() => cors, { page: true }).send(get)).decoded, undefined, 'a page may not see the header');
});

test('an abort rejects with the reason itself, also where fetch does not follow its signal', async () => {
  for (const answer of [never, () => new Response(streamOf(['x'], 'stall'))]) {
    const { controller, signal, listeners } = countingSignal();
    const reason = { it: 'me' };
    const { send } = over(answer);
    const run = async (): Promise<unknown> => (await send(get, { signal })).body.bytes();
    const running = run();
    setTimeout(() => controller.abort(reason), 2);
    await rejects(running, (error) => (error as unknown) === reason);
    await rejects(run, (error) => (error as unknown) === reason);
    ok(listeners() <= 1, 'one listener');
  }
});

test('a signal has no listener after the body, however it ended', async () => {
  const { signal, listeners } = countingSignal();
  const bodies = [
    () => new Response('x'),
    () => new Response(null, { status: 204 }),
    () => new Response(streamOf(['x'], new Error('cut'))),
    () => Promise.reject(new TypeError('no')),
  ];
  for (const answer of bodies) {
    const { send } = over(answer);
    await send(get, { signal })
      .then((response) => response.body.bytes())
      .catch(() => {});
    equal(listeners(), 0);
    await send(get, { signal })
      .then((response) => response.body.cancel())
      .catch(() => {});
    equal(listeners(), 0);
  }
});

test('what a platform says never shows the query', async () => {
  const bun = Object.assign(new TypeError('Unable to connect'), { code: 'ECONNREFUSED', path: url });
  const deno = new TypeError('fetch failed', { cause: new TypeError(`error sending request for url (${url}): client error`) });
  const node = new TypeError('fetch failed', {
    cause: Object.assign(new Error(`connect to https://user:SECRET@h/ ${url}`), { code: 'ECONNRESET' }),
  });
  for (const failure of [bun, deno, node, `text ${url}`, undefined]) {
    const error = await rejects<CloudError>(over(() => Promise.reject(failure)).send(get), 'Network');
    const cause = error.cause as Error;
    const shown = [
      error.message,
      error.stack,
      JSON.stringify(error),
      cause.message,
      cause.stack,
      JSON.stringify(cause),
      String(cause.cause),
    ].join();
    ok(!shown.includes('SECRET') && error.retryable, shown);
  }
  equal(
    (await rejects<CloudError>(over(() => Promise.reject(bun)).send(get), 'Network')).message,
    'GET https://h.example/b/k failed: ECONNREFUSED',
  );
});

test('failures are told apart by their code', () => {
  const of = (error: unknown): [string, boolean] => {
    const { code, retryable } = networkError(error, get);
    return [code, retryable];
  };
  const coded = (code: string): Error => Object.assign(new Error('x'), { code });
  equal(
    ['ECONNRESET', 'EAI_AGAIN', 'UND_ERR_SOCKET', 'HPE_INVALID_EOF_STATE', 'EPIPE'].map((it) => of(coded(it))),
    Array.from({ length: 5 }, () => ['Network', true]),
  );
  equal(
    ['ENOTFOUND', 'CERT_HAS_EXPIRED', 'DEPTH_ZERO_SELF_SIGNED_CERT', 'ERR_TLS_CERT_ALTNAME_INVALID', 'UND_ERR_CLOSED'].map((it) =>
      of(coded(it)),
    ),
    Array.from({ length: 5 }, () => ['Network', false]),
  );
  equal(
    ['UND_ERR_CONNECT_TIMEOUT', 'ETIMEDOUT', 'UND_ERR_BODY_TIMEOUT'].map((it) => of(coded(it))),
    Array.from({ length: 3 }, () => ['Timeout', true]),
  );
  equal(of(new DOMException('late', 'TimeoutError')), ['Timeout', true]);
  equal(of(coded('UND_ERR_INVALID_ARG')), ['InvalidArgument', false]);
  equal(of(new TypeError('fetch failed', { cause: coded('ENOTFOUND') })), ['Network', false]);
  equal(of(new AggregateError([coded('ECONNREFUSED')])), ['Network', true]);
});

test('a page asks whether the server is there, without the query, and says what may be wrong', async () => {
  const failed = new TypeError(`NetworkError at ${url}`);
  const answers = over((call) => (call.mode === 'no-cors' ? new Response('') : Promise.reject(failed)), { page: true });
  const error = await rejects<CloudError>(answers.send(get), 'CorsOrNetwork');
  ok(!error.retryable && /credentials/.test(error.message) && /CORS/.test(error.message), error.message);
  const { signal: _, ...probe } = answers.calls[1]!;
  equal(probe, {
    url: 'https://h.example/b/k',
    method: 'HEAD',
    mode: 'no-cors',
    cache: 'no-store',
    credentials: 'omit',
    referrerPolicy: 'no-referrer',
  });
  const down = over(() => Promise.reject(failed), { page: true });
  ok((await rejects<CloudError>(down.send(get), 'Network')).retryable, 'down');
  equal(down.calls.length, 2);
  const elsewhere = over(() => Promise.reject(failed));
  await rejects(elsewhere.send(get), 'Network');
  equal(elsewhere.calls.length, 1, 'no probe outside of a page');
});

test('an abort ends the question whether the server is there', async () => {
  const { controller, signal } = countingSignal();
  const reason = { it: 'me' };
  const { send } = over((call) => (call.mode === 'no-cors' ? never() : Promise.reject(new TypeError('no'))), { page: true });
  const running = send(get, { signal });
  setTimeout(() => controller.abort(reason), 2);
  await rejects(running, (error) => (error as unknown) === reason);
});

test('a redirect that a page cannot see is an error, unless it may follow', async () => {
  const opaque = (): Response => Object.defineProperties(new Response(''), { type: { value: 'opaqueredirect' }, status: { value: 0 } });
  const { send, calls } = over(opaque, { page: true });
  equal((await rejects<CloudError>(send(get), 'Redirected')).status, undefined);
  const page = over(() => new Response('x'), { page: true });
  await page.send(get, { redirect: 'follow' });
  equal([calls[0]?.redirect, page.calls[0]?.redirect], ['manual', 'follow']);
  const moved = (): Response => new Response('', { status: 302, headers: { location: '/x' } });
  const plain = over(moved);
  equal((await plain.send(get, { redirect: 'follow' })).status, 302, 'elsewhere it is handed out');
  equal(plain.calls[0]?.redirect, 'manual');
  equal((await rejects<CloudError>(over(moved).send(get, { redirect: 'error' }), 'Redirected')).status, 302);
});

test('closing the port ends what is under way', async () => {
  const { send, close } = over(never);
  const running = send(get);
  await close();
  const error = await rejects<CloudError>(running, 'Network');
  ok(!error.retryable, 'not to be tried again');
  await rejects(send(get), 'Network');
});
