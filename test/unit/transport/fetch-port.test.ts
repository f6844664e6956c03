import { equal, ok, rejects, sameBytes, test } from '../../harness.ts';
import type { CloudError } from '../../../src/errors.ts';
import { createFetchPort, type FetchPortOptions } from '../../../src/platform/fetch-port.ts';
import { networkError } from '../../../src/platform/network-error.ts';
import { streamed } from '../../../src/platform/outgoing.ts';
import type { HttpRequest } from '../../../src/types.ts';
import { delay } from '../../../src/util/abort.ts';
import { bytesOf, countingSignal, textOf } from './fake.ts';

const url = 'https://h.example/b/k?X-Amz-Signature=SECRET';
const get: HttpRequest = { method: 'GET', url, headers: { range: 'bytes=0-1' } };

type Call = RequestInit & { url: string; duplex?: string };

/** A port over a fetch that answers as told and remembers how it was called. */
function over(
  answer: (call: Call) => Response | Promise<Response>,
  options: FetchPortOptions = {},
): { send: ReturnType<typeof createFetchPort>['send']; close: () => Promise<void>; calls: Call[] } {
  const calls: Call[] = [];
  const fake = async (input: string, init: RequestInit = {}): Promise<Response> => {
    const call = { ...init, url: input };
    calls.push(call);
    if (init.signal?.aborted) throw init.signal.reason;
    return answer(call);
  };
  return { ...createFetchPort(fake as unknown as typeof fetch, options), calls };
}

/** A body of these chunks, which then ends, fails, or stays open. */
function streamOf(
  chunks: string[],
  then: 'end' | 'stall' | Error = 'end',
): ReadableStream<Uint8Array<ArrayBuffer>> & { cancelled?: boolean } {
  const left = [...chunks];
  const stream: ReadableStream<Uint8Array<ArrayBuffer>> & { cancelled?: boolean } = new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      pull(controller) {
        const chunk = left.shift();
        if (chunk !== undefined) controller.enqueue(bytesOf(chunk));
        else if (then === 'end') controller.close();
        else if (then === 'stall') return new Promise(() => {});
        else controller.error(then);
        return undefined;
      },
      cancel: () => void (stream.cancelled = true),
    },
    { highWaterMark: 0 },
  );
  return stream;
}

const never = (): Promise<never> => new Promise(() => {});

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

test('bodies are read in chunks or at once, whatever the length says', async () => {
  for (const length of [undefined, '6', '2', '1000', 'x']) {
    const answer = (): Response => new Response(streamOf(['abc', '', 'de', 'f']), { headers: length ? { 'content-length': length } : {} });
    const { send } = over(answer);
    equal(textOf(await (await send(get)).body.bytes(4)), 'abcdef');
    const { body } = await send(get);
    equal(textOf((await body.read())!), 'abc');
    equal(textOf(await body.bytes()), 'def', 'the rest');
    equal([await body.read(), (await body.bytes()).length], [undefined, 0], 'nothing is left');
  }
  for (const [method, status] of [
    ['HEAD', 200],
    ['GET', 204],
    ['GET', 304],
  ] as const) {
    const { body } = await over(() => new Response(null, { status, headers: { 'content-length': '9' } })).send({ ...get, method });
    equal(await body.read(), undefined);
  }
});

test('a small body is had at once, without a stream; one that could be slow is read in chunks', async () => {
  const streams: string[] = [];
  const answer = (): Response => {
    const response = new Response('abcd', { headers: { 'content-length': '4' } });
    const { body } = response;
    return Object.defineProperty(response, 'body', { get: () => (streams.push('asked'), body) });
  };
  const { body } = await over(answer).send(get, { idleMs: 4 });
  equal(textOf(await body.bytes()), 'abcd');
  equal([await body.read(), (await body.bytes()).length], [undefined, 0], 'nothing is left');
  await body.cancel();
  equal(streams, []);
  const slow = await over(answer).send(get, { idleMs: 3 });
  equal(textOf(await slow.body.bytes()), 'abcd');
  ok(streams.length > 0, 'a stream');
});

test('a small body that stalls, breaks or is given up', async () => {
  const small = (then: 'stall' | Error): (() => Response) => {
    return () => new Response(streamOf(['x'], then), { headers: { 'content-length': '4' } });
  };
  const stalls = await over(small('stall')).send(get, { idleMs: 10 });
  await rejects<CloudError>(stalls.body.bytes(), (error) => error.code === 'Timeout' && error.retryable);
  await rejects(stalls.body.read(), 'Timeout');
  const breaks = await over(small(new TypeError('cut'))).send(get);
  await rejects<CloudError>(breaks.body.bytes(), (error) => error.code === 'Network' && error.retryable);
  await rejects(breaks.body.bytes(), 'Network');
  const given = await over(() => new Response(streamOf(['ab', 'cd']), { headers: { 'content-length': '4' } })).send(get);
  const bytes = given.body.bytes();
  await given.body.cancel();
  equal(textOf(await bytes), 'abcd', 'what was asked for before still comes');
});

test('small leftovers are read, large ones cut', async () => {
  const small = streamOf(['ab', 'cd']);
  const a = await over(() => new Response(small, { headers: { 'content-length': '4' } })).send(get);
  await a.body.read();
  await a.body.cancel();
  ok(!small.cancelled, 'read to its end');
  equal(await a.body.read(), undefined);
  for (const headers of [{ 'content-length': '1000000' }, {}]) {
    const large = streamOf(['ab', 'cd'], 'stall');
    const b = await over(() => new Response(large, { headers })).send(get);
    await b.body.cancel();
    await b.body.cancel();
    ok(large.cancelled, 'cut');
  }
  const broken = await over(() => new Response(streamOf([], new Error('x')), { headers: { 'content-length': '3' } })).send(get);
  await broken.body.cancel();
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

test('no head, a stalled body and one that nobody reads are Timeouts', async () => {
  const head = await rejects<CloudError>(over(never).send(get, { headersMs: 5 }), 'Timeout');
  ok(head.retryable && !head.message.includes('SECRET'), head.message);
  const stall = (): Response => new Response(streamOf(['x'], 'stall'));
  const { body } = await over(stall).send(get, { idleMs: 10 });
  await body.read();
  await rejects(body.read(), 'Timeout');
  await rejects(body.read(), 'Timeout');
  const stream = streamOf(['x'], 'stall');
  const { body: unread } = await over(() => new Response(stream)).send(get, { idleMs: 5 });
  await delay(30);
  ok(stream.cancelled, 'cut while nobody reads');
  await rejects<CloudError>(unread.read(), (error) => error.code === 'Timeout' && error.retryable);
});

test('a body that trickles is no stalled one', async () => {
  let n = 0;
  const stream = new ReadableStream<Uint8Array<ArrayBuffer>>({
    async pull(controller) {
      await delay(10);
      if (n++ < 8) controller.enqueue(bytesOf('x'));
      else controller.close();
    },
  });
  const { body } = await over(() => new Response(stream)).send(get, { idleMs: 60 });
  equal((await body.bytes()).length, 8);
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

const putOf = (body: HttpRequest['body']): HttpRequest => ({ method: 'PUT', url, headers: {}, body });

test('a page is never given a stream: it is gathered, up to a limit', async () => {
  async function* chunks(): AsyncGenerator<Uint8Array> {
    yield bytesOf('ab');
    yield bytesOf('cd');
  }
  const { send, calls } = over(() => new Response(''), { page: true });
  await send(putOf({ open: chunks, replayable: true }));
  sameBytes(calls[0]?.body as Uint8Array, bytesOf('abcd'));
  equal([calls[0]?.headers, calls[0]?.duplex], [{}, 'half']);
  await rejects(send(putOf({ open: chunks, replayable: true, sizeBytes: 0x10000001 })), 'NotSupported');
  equal(calls.length, 1);
});

test('Blobs go without their type; one whose file changed or is gone is not sent', async () => {
  const { send, calls } = over(() => new Response(''), { page: true });
  await send(putOf(new Blob(['abc'], { type: 'text/x' })));
  const sent = calls[0]?.body as Blob;
  equal([await sent.text(), sent.type], ['abc', '']);
  await send(putOf(new Blob([])));
  equal((calls[1]!.body as Blob).size, 0);
  const failing = (error: Error | undefined): Blob => {
    const slice = (): { arrayBuffer: () => Promise<ArrayBuffer> } => ({
      arrayBuffer: () => (error ? Promise.reject(error) : Promise.resolve(new ArrayBuffer(0))),
    });
    return { size: 5, type: '', slice } as unknown as Blob;
  };
  await rejects(send(putOf(failing(new DOMException('changed', 'NotReadableError')))), 'ObjectChanged');
  await rejects(send(putOf(failing(new DOMException('gone', 'NotFoundError')))), 'NotFound');
  await rejects(send(putOf(failing(undefined))), 'ObjectChanged');
  equal(calls.length, 2, 'none of them was sent');
});

test('an error of the body itself comes out as it is', async () => {
  const boom = new Error('boom');
  // eslint-disable-next-line require-yield
  async function* failing(): AsyncGenerator<Uint8Array> {
    throw boom;
  }
  const body = { open: failing, replayable: true };
  await rejects(over(() => new Response('')).send(putOf(body)), (error) => error === boom);
  const wraps = over(
    async (call) => {
      try {
        await (call.body as ReadableStream).getReader().read();
      } catch (cause) {
        throw new TypeError('fetch failed', { cause });
      }
      return new Response('');
    },
    { outgoing: streamed },
  );
  await rejects(wraps.send(putOf(body)), (error) => error === boom);
});

test('where streams can be sent, they are, with their length', async () => {
  const lengths: number[] = [];
  const { send, calls } = over(
    async (call) => {
      lengths.push((await new Response(call.body as ReadableStream).arrayBuffer()).byteLength);
      return new Response('');
    },
    { outgoing: streamed },
  );
  async function* chunks(): AsyncGenerator<Uint8Array> {
    yield bytesOf('ab');
    yield bytesOf('cd');
  }
  await send(putOf({ open: chunks, replayable: true, sizeBytes: 4 }));
  await send(putOf(new Blob(['abc'], { type: 'text/x' })));
  await send(putOf({ open: chunks, replayable: true }));
  equal(lengths, [4, 3, 4]);
  equal(
    calls.map((call) => call.headers),
    [{ 'content-length': '4' }, { 'content-length': '3' }, {}],
  );
  await rejects(send(putOf({ open: chunks, replayable: true, sizeBytes: 9 })), 'InvalidArgument');
});

test('closing the port ends what is under way', async () => {
  const { send, close } = over(never);
  const running = send(get);
  await close();
  const error = await rejects<CloudError>(running, 'Network');
  ok(!error.retryable, 'not to be tried again');
  await rejects(send(get), 'Network');
});
