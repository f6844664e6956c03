import { equal, ok, rejects, sameBytes, test } from '../../harness.ts';
import { CloudError } from '../../../src/errors.ts';
import type { HttpRequest, HttpResponse, SignContext } from '../../../src/types.ts';
import { createTransport, type RequestOptions, type Transport, type TransportInit } from '../../../src/transport/compose.ts';
import { createLimiter, type Limiter } from '../../../src/transport/limit.ts';
import { createObserver, type RequestEvent } from '../../../src/transport/observe.ts';
import { following } from '../../../src/transport/redirect.ts';
import { statusError } from '../../../src/transport/refused.ts';
import { createSkewTable } from '../../../src/transport/skew.ts';
import { abortable, delay } from '../../../src/util/abort.ts';
import {
  bytesOf,
  countingSignal,
  fakePort,
  fakeTime,
  network,
  textOf,
  type Answer,
  type Arrival,
  type FakePort,
  type FakeTime,
} from './fake.ts';

const url = 'https://h.example/b/k?X-Amz-Signature=SECRET';
const get: HttpRequest = { method: 'GET', url, headers: {} };
const put = (body: HttpRequest['body']): HttpRequest => ({ method: 'PUT', url, headers: {}, body });

interface Rig extends FakePort {
  send: Transport;
  time: FakeTime;
  limiter: Limiter;
  events: RequestEvent[];
  stats: ReturnType<typeof createObserver>['stats'];
}

/** A whole chain over a fake port: no wait is real, no number random. */
function rig(answer: (arrival: Arrival, n: number) => Answer | Promise<Answer>, init: Partial<TransportInit> = {}): Rig {
  const fake = fakePort(answer);
  const time = fakeTime();
  const limiter = init.limiter ?? createLimiter({ concurrency: 4 });
  const events: RequestEvent[] = [];
  const { observe, stats } = createObserver((event) => events.push(event));
  const toError = (request: HttpRequest, response: HttpResponse): CloudError => statusError(request, response, time.clock());
  const { clock, sleep } = time;
  const send = createTransport({
    port: fake.port,
    toError,
    skew: createSkewTable(),
    clock,
    sleep,
    random: () => 0.5,
    observe,
    ...init,
    limiter,
  });
  return { ...fake, send, time, limiter, events, stats };
}

const about: RequestOptions = { operation: 'get', key: 'k' };
const free = ({ limiter, open }: Rig): void => equal([limiter.slots('https://h.example').used, open()], [0, 0], 'slots and bodies in use');
const read = async (response: HttpResponse): Promise<string> => textOf(await response.body.bytes());

test('a good answer goes through, with its body', async () => {
  const it = rig(() => ({ headers: { etag: '"e"' }, body: 'hello' }));
  const response = await it.send(get, about);
  equal([response.status, response.headers.get('etag'), it.limiter.slots('https://h.example').used], [200, '"e"', 1]);
  equal(await read(response), 'hello');
  free(it);
  equal(
    it.events.map(({ durationMs, ...event }) => (ok(durationMs >= 0), event)),
    [
      {
        method: 'GET',
        url: 'https://h.example/b/k',
        operation: 'get',
        attempt: 1,
        status: 200,
        error: undefined,
        bytesSent: 0,
        bytesReceived: 5,
      },
    ],
  );
});

test('chunk by chunk as well, and an empty body needs no reading', async () => {
  const it = rig((_, n) => (n === 0 ? { body: [bytesOf('ab'), bytesOf('c')] } : { status: 204 }));
  const { body } = await it.send(get, about);
  equal([await body.read(), await body.read(), await body.read(), await body.read()], [bytesOf('ab'), bytesOf('c'), undefined, undefined]);
  free(it);
  await it.send({ ...get, method: 'DELETE' }, about);
  equal(it.limiter.slots('https://h.example').used, 0);
  equal(
    it.events.map((event) => event.bytesReceived),
    [3, 0],
  );
});

test('what is transient is tried seven times, with growing random waits', async () => {
  const it = rig(() => ({ status: 500, body: 'x'.repeat(100_000) }));
  const error = await rejects<CloudError>(it.send(get, about), 'ServerError');
  equal([it.arrivals.length, error.operation, error.key, error.status], [7, 'get', 'k', 500]);
  equal(it.time.waits, [250, 500, 1000, 2000, 4000, 8000]);
  equal(it.stats(), { requests: 7, retries: 6, bytesSent: 0, bytesReceived: 7 * 65_536 });
  free(it);
});

test('network failures are tried again, and the answer that comes in the end counts', async () => {
  const it = rig((_, n) => (n < 3 ? { fail: network() } : { body: 'ok' }));
  equal(await read(await it.send(get, about)), 'ok');
  equal(
    it.events.map(({ attempt, error, status }) => [attempt, error, status]),
    [
      [1, 'Network', undefined],
      [2, 'Network', undefined],
      [3, 'Network', undefined],
      [4, undefined, 200],
    ],
  );
  free(it);
});

test('what is not transient is not tried again', async () => {
  for (const status of [400, 403, 404, 412, 501]) {
    const it = rig(() => ({ status, body: 'why' }));
    await rejects<CloudError>(it.send(get, about), (error) => error.status === status);
    equal([it.arrivals.length, it.time.waits.length], [1, 0], String(status));
    free(it);
  }
  const it = rig(() => ({ fail: new CloudError('no', { code: 'CorsOrNetwork' }) }));
  await rejects(it.send(get, about), 'CorsOrNetwork');
  equal(it.arrivals.length, 1);
});

test('errors that are no CloudErrors come out as they are', async () => {
  const bug = new TypeError('bug');
  const it = rig(() => Promise.reject(bug));
  await rejects(it.send(get, about), (error) => error === bug);
  equal(it.arrivals.length, 1);
  free(it);
});

test('the number of attempts and the waits can be set', async () => {
  const it = rig(() => ({ status: 500 }), { retry: { attempts: 3, minDelayMs: 10, maxDelayMs: 12 } });
  await rejects(it.send(get, about), 'ServerError');
  equal(it.time.waits, [5, 6]);
});

test('Retry-After is the least wait, in seconds or as a date, and capped', async () => {
  const it = rig((_, n) => {
    const at = new Date(Math.ceil(it.time.clock() / 1000) * 1000 + 9000).toUTCString();
    return n === 3 ? { body: 'ok' } : { status: 503, headers: { 'retry-after': ['3', at, '99999'][n] ?? '' } };
  });
  await read(await it.send(get, about));
  equal([it.time.waits[0], it.time.waits[2]], [3000, 60_000]);
  ok((it.time.waits[1] ?? 0) >= 9000 && (it.time.waits[1] ?? 0) <= 10_000, 'the date');
});

test('throttling halves the slots, good answers bring them back', async () => {
  const it = rig((_, n) => (n === 0 ? { status: 503 } : { body: 'ok' }));
  await read(await it.send(get, about));
  equal(it.limiter.slots('https://h.example').limit, 2);
  for (let i = 0; i < 8; i++) await read(await it.send(get, about));
  equal(it.limiter.slots('https://h.example').limit, 4);
});

test('a wait between attempts holds no slot', async () => {
  const it = rig((_, n) => (n === 0 ? { status: 503 } : { body: 'ok' }), { limiter: createLimiter({ concurrency: 1 }) });
  const used: number[] = [];
  it.time.onWait = () => used.push(it.limiter.slots('https://h.example').used);
  await read(await it.send(get, about));
  equal(used, [0]);
});

test('no more than the slots are on the way at once', async () => {
  let now = 0;
  let most = 0;
  const it = rig(async () => {
    most = Math.max(most, ++now);
    await delay(1);
    now--;
    return { body: 'ok' };
  });
  await Promise.all(Array.from({ length: 20 }, async () => read(await it.send(get, about))));
  equal([most, it.arrivals.length], [4, 20]);
  free(it);
});

test('more unread bodies than slots do not stand still', async () => {
  const it = rig(() => ({ body: 'ok' }), { limiter: createLimiter({ concurrency: 2, lendMs: 2 }) });
  const responses = await Promise.all(Array.from({ length: 7 }, () => it.send(get, about)));
  equal(
    await Promise.all(responses.map(read)),
    Array.from({ length: 7 }, () => 'ok'),
  );
  free(it);
});

test('each attempt is signed anew, in its slot, with the time of then', async () => {
  const dates: number[] = [];
  const used: number[] = [];
  const it = rig((_, n) => (n < 2 ? { status: 500 } : { body: 'ok' }), {
    sign: async (request: HttpRequest, { date }: SignContext) => {
      used.push(it.limiter.slots('https://h.example').used);
      dates.push(date.getTime());
      return { ...request, headers: { ...request.headers, authorization: `AWS4 ${dates.length}` } };
    },
  });
  const start = it.time.clock();
  await read(await it.send(get, about));
  equal(
    it.arrivals.map((arrival) => arrival.headers['authorization']),
    ['AWS4 1', 'AWS4 2', 'AWS4 3'],
  );
  equal(dates, [start, start + 250, start + 750]);
  equal(used, [1, 1, 1]);
  equal(get.headers, {}, 'the request given is left alone');
});

test('what the signer rejects with is not tried again here', async () => {
  const it = rig(() => ({}), { sign: () => Promise.reject(network()) });
  await rejects(it.send(get, about), 'Network');
  equal([it.arrivals.length, it.time.waits.length], [0, 0]);
  free(it);
});

test('a 401 makes the credentials be forgotten, once', async () => {
  let token = 1;
  let forgotten = 0;
  const init: Partial<TransportInit> = {
    sign: (request) => ({ ...request, headers: { authorization: `Bearer ${token}` } }),
    invalidate: () => {
      forgotten++;
      token++;
    },
  };
  const good = rig(({ headers }) => (headers['authorization'] === 'Bearer 2' ? { body: 'ok' } : { status: 401 }), init);
  equal(await read(await good.send({ ...get, method: 'POST' }, about)), 'ok', 'also for POST: it was refused');
  equal([forgotten, good.time.waits.length], [1, 0]);
  const bad = rig(() => ({ status: 401 }), init);
  await rejects(bad.send(get, about), 'Unauthenticated');
  equal([bad.arrivals.length, forgotten], [2, 2]);
  const fixed = rig(() => ({ status: 401 }));
  await rejects(fixed.send(get, about), 'Unauthenticated');
  equal(fixed.arrivals.length, 1, 'nothing to forget');
});

test('a refused time is learnt from a fresh reply, corrected once', async () => {
  const toError = (request: HttpRequest, response: HttpResponse): CloudError =>
    response.status === 403 ? new CloudError('skew', { code: 'ClockSkew', status: 403 }) : statusError(request, response);
  const sign: TransportInit['sign'] = (request, { date }) => ({ ...request, headers: { 'x-amz-date': date.toISOString() } });
  const server = 1_700_000_000_000 + 86_400_000;
  const refuse = (headers: Record<string, string> = {}): Answer => ({
    status: 403,
    headers: { date: new Date(server).toUTCString(), ...headers },
  });
  const it = rig(({ headers }) => (Math.abs(Date.parse(headers['x-amz-date'] ?? '') - server) < 900_000 ? { body: 'ok' } : refuse()), {
    sign,
    toError,
  });
  equal(await read(await it.send(get, about)), 'ok');
  equal([it.arrivals.length, it.time.waits.length], [2, 0]);
  await read(await it.send(get, about));
  equal(it.arrivals.length, 3, 'the next request is right at once');
  const cached = rig(() => refuse({ age: '5' }), { sign, toError });
  await rejects(cached.send(get, about), 'ClockSkew');
  equal(cached.arrivals.length, 1, 'a cached reply teaches nothing');
  const stubborn = rig(() => refuse(), { sign, toError });
  await rejects(stubborn.send(get, about), 'ClockSkew');
  equal(stubborn.arrivals.length, 2);
});

test('bodies that can be replayed are sent again whole', async () => {
  const bytes = bytesOf('payload');
  async function* chunks(): AsyncGenerator<Uint8Array> {
    yield bytes.subarray(0, 3);
    yield bytes.subarray(3);
  }
  for (const body of [bytes, new Blob([bytes]), { open: chunks, replayable: true, sizeBytes: 7 }]) {
    const it = rig((_, n) => (n === 0 ? { status: 503 } : n === 1 ? { fail: network() } : {}));
    await it.send(put(body), { operation: 'put' });
    equal(it.arrivals.length, 3);
    for (const arrival of it.arrivals) sameBytes(arrival.body, bytes);
    equal(it.stats().bytesSent, 21);
    free(it);
  }
});

test('a body that can be read once is not sent again, never an empty one, and the error says so', async () => {
  async function* chunks(): AsyncGenerator<Uint8Array> {
    yield bytesOf('once');
  }
  for (const answer of [{ status: 503 }, { fail: network() }, { status: 401 }] as Answer[]) {
    const it = rig(() => answer, { invalidate: () => {} });
    const error = await rejects<CloudError>(it.send(put({ open: chunks, replayable: false }), { operation: 'put' }), (e) =>
      ['Throttled', 'Network', 'Unauthenticated'].includes(e.code),
    );
    equal([it.arrivals.length, it.time.waits.length, error.retryable], [1, 0, false]);
    ok(error.message.includes('read only once'), error.message);
    free(it);
  }
});

test('a body that nobody opened may still be sent', async () => {
  let opened = 0;
  const body = {
    replayable: false,
    async *open(): AsyncGenerator<Uint8Array> {
      opened++;
      yield bytesOf('x');
    },
  };
  let calls = 0;
  const send = createTransport({
    port: async (request) => {
      if (++calls < 3) throw network();
      for await (const _ of (request.body as typeof body).open());
      return {
        status: 200,
        headers: new Headers(),
        url,
        body: { read: async () => undefined, bytes: async () => new Uint8Array(), cancel: async () => {} },
      };
    },
    toError: statusError,
    limiter: createLimiter(),
    skew: createSkewTable(),
    sleep: async () => {},
  });
  await send(put(body), { operation: 'put' });
  equal([calls, opened], [3, 1]);
});

test('POST and PATCH are tried again only when told that it does no harm', async () => {
  for (const method of ['POST', 'PATCH'] as const) {
    const it = rig(() => ({ status: 500 }));
    await rejects(it.send({ ...get, method }, about), 'ServerError');
    equal(it.arrivals.length, 1);
    await rejects(it.send({ ...get, method }, { ...about, idempotent: true }), 'ServerError');
    equal(it.arrivals.length, 8);
  }
  const it = rig(() => ({ fail: network() }));
  await rejects(it.send(put(bytesOf('x')), { operation: 'put', idempotent: false }), 'Network');
  equal(it.arrivals.length, 1);
});

test('a body that ends early is Truncated, one that is too long too', async () => {
  const cases: [Answer, boolean][] = [
    [{ headers: { 'content-length': '9' }, body: 'hello' }, true],
    [{ headers: { 'content-length': '3' }, body: 'hello' }, false],
    [{ headers: { 'content-length': '9' }, body: 'hello', then: network() }, true],
    [{ headers: { 'content-length': '' }, body: 'hello', then: network() }, true],
  ];
  for (const [answer, retryable] of cases) {
    for (const way of ['bytes', 'read'] as const) {
      const it = rig(() => answer);
      const { body } = await it.send(get, about);
      const all = async (): Promise<void> => {
        if (way === 'bytes') await body.bytes();
        else while (await body.read());
      };
      const error = await rejects<CloudError>(all, 'Truncated');
      equal([error.retryable, error.operation, error.key, error.url], [retryable, 'get', 'k', 'https://h.example/b/k']);
      equal(
        it.events.map((event) => event.error),
        ['Truncated'],
      );
      free(it);
    }
  }
});

test('where a page may have decoded a body, only what no encoding explains is Truncated', async () => {
  const of = (length: number, body: number): Answer => ({
    headers: { 'content-length': String(length) },
    body: [new Uint8Array(body)],
    decoded: undefined,
  });
  for (const answer of [of(51, 33), of(33, 51), of(100_000, 99_700), of(5, 0)]) {
    equal((await (await rig(() => answer).send(get, about)).body.bytes()).length, (answer.body as Uint8Array[])[0]?.length);
  }
  await rejects(async () => (await rig(() => of(100_000, 99_000)).send(get, about)).body.bytes(), 'Truncated');
});

test('a length says nothing of a body that was decoded, of HEAD and of 304', async () => {
  const decoded = rig(() => ({ headers: { 'content-length': '3' }, body: 'hello', decoded: true }));
  equal(await read(await decoded.send(get, about)), 'hello');
  const head = rig(() => ({ headers: { 'content-length': '5' }, body: '' }));
  equal(await read(await head.send({ ...get, method: 'HEAD' }, about)), '');
  free(head);
  const unchanged = rig(() => ({ status: 304, headers: { 'content-length': '5' } }));
  equal((await unchanged.send(get, { ...about, accept: (status) => status === 304 })).status, 304);
  equal(unchanged.limiter.slots('https://h.example').used, 0);
});

test('an error in the body of a 200 is found where asked for', async () => {
  const inspect: TransportInit['inspect'] = (_, __, body) =>
    textOf(body).includes('<Error>') ? new CloudError('slow', { code: 'Throttled', retryable: true }) : undefined;
  const it = rig((_, n) => ({ body: n === 0 ? '<Error>' : '<Fine>' }), { inspect });
  const response = await it.send({ ...get, method: 'PUT' }, { operation: 'copy', checkBody: true });
  equal(await read(response), '<Fine>');
  equal([it.arrivals.length, it.limiter.slots('https://h.example').limit], [2, 2]);
  equal(
    it.events.map((event) => event.error),
    ['Throttled', undefined],
  );
  const cut = rig((_, n) => (n === 0 ? { body: '<Fi', then: network() } : { body: '<Fine>' }), { inspect });
  equal(await read(await cut.send(get, { operation: 'copy', checkBody: true })), '<Fine>', 'cut while it is looked at');
  free(cut);
  equal(await read(await rig(() => ({ body: '<Error>' }), { inspect }).send(get, about)), '<Error>', 'not asked for');
});

test('unsigned reads follow redirects, at most five, without secrets to another origin', async () => {
  const it = rig(({ url }, n) =>
    url.startsWith('https://h.') ? { status: 302, headers: { location: 'https://other.example/z' }, body: 'moved' } : { body: `ok ${n}` },
  );
  const headers = { authorization: 'Basic x', range: 'bytes=0-1' };
  const response = await it.send({ ...get, headers }, { ...about, ...following });
  equal([response.url, await read(response)], ['https://other.example/z', 'ok 1']);
  equal(it.arrivals[1]?.headers, { range: 'bytes=0-1' });
  equal(it.arrivals[0]?.options.redirect, 'follow');
  free(it);
  const round = rig(() => ({ status: 301, headers: { location: '/again' } }));
  await rejects(round.send(get, { ...about, ...following }), 'Redirected');
  equal([round.arrivals.length, round.time.waits.length], [6, 0]);
});

test('others make an error of a redirect, or say where to go themselves', async () => {
  const there = { status: 301, headers: { location: 'https://evil.example/', 'x-amz-bucket-region': 'eu-west-1' } };
  const it = rig(() => there, { sign: (request) => ({ ...request, headers: { authorization: 'x' } }) });
  await rejects(it.send(get, about), 'Redirected');
  equal([it.arrivals.length, it.arrivals[0]?.options.redirect], [1, 'manual']);
  let region = 'us-east-1';
  const moved = rig(({ headers }) => (headers['authorization'] === 'eu-west-1' ? { body: 'ok' } : there), {
    sign: (request) => ({ ...request, headers: { authorization: region } }),
  });
  const redirect: RequestOptions['redirect'] = (request, response) => {
    const next = response.headers.get('x-amz-bucket-region');
    if (!next || next === region) return undefined;
    region = next;
    return { ...request, url: 'https://h.eu.example/b/k' };
  };
  equal(await read(await moved.send(put(bytesOf('x')), { ...about, redirect })), 'ok');
  equal(
    moved.arrivals.map((arrival) => [arrival.url, arrival.body?.length]),
    [
      [url, 1],
      ['https://h.eu.example/b/k', 1],
    ],
  );
  const circle = rig(() => there);
  await rejects(circle.send(get, { ...about, redirect: (request) => request }), 'Redirected');
  ok(circle.arrivals.length <= 8, 'not for ever');
});

test('an abort rejects with the reason itself in every phase, and leaves nothing behind', async () => {
  const phases: Record<string, (abort: () => void) => [Rig, RequestOptions?]> = {
    'before it began': (abort) => {
      abort();
      return [rig(() => ({}))];
    },
    'in the queue': (abort) => {
      const it = rig(() => ({}), { limiter: createLimiter({ concurrency: 1 }) });
      void it.limiter.acquire('https://h.example');
      setTimeout(abort, 2);
      return [it];
    },
    'while signing': (abort) => {
      setTimeout(abort, 2);
      return [rig(() => ({}), { sign: () => new Promise(() => {}) })];
    },
    'waiting for the head': (abort) => {
      setTimeout(abort, 2);
      return [rig(() => ({ fail: 'hang' }))];
    },
    'reading a refusal': (abort) => {
      setTimeout(abort, 2);
      return [rig(() => ({ status: 500, body: 'x', then: 'stall' }))];
    },
    'looking into the body': (abort) => {
      setTimeout(abort, 2);
      return [rig(() => ({ body: 'x', then: 'stall' }), { inspect: () => undefined }), { operation: 'copy', checkBody: true }];
    },
    'between attempts': (abort) => {
      const it = rig(() => ({ status: 500 }));
      it.time.onWait = abort;
      return [it];
    },
  };
  for (const [phase, make] of Object.entries(phases)) {
    const { controller, signal } = countingSignal();
    const reason = { phase };
    const [it, options = about] = make(() => controller.abort(reason));
    await rejects(it.send(get, { ...options, signal }), (error) => (error as unknown) === reason);
    equal(it.open(), 0, phase);
    const { used, waiting } = it.limiter.slots('https://h.example');
    equal([used, waiting], [phase === 'in the queue' ? 1 : 0, 0], phase);
  }
  const { controller, signal } = countingSignal();
  const reason = { phase: 'mid body' };
  const it = rig(() => ({ body: 'x', then: 'stall' }));
  const { body } = await it.send(get, { ...about, signal });
  await body.read();
  setTimeout(() => controller.abort(reason), 2);
  await rejects(body.read(), (error) => (error as unknown) === reason);
  await rejects(body.read(), (error) => (error as unknown) === reason);
  free(it);
});

test('a hundred requests on one signal leave no listener', async () => {
  const { signal, listeners } = countingSignal();
  const it = rig((_, n) => (n % 3 === 0 ? { status: 500 } : { body: 'ok' }), {
    sign: async (request) => abortable(Promise.resolve(request), signal),
    timeouts: { overallMs: 60_000 },
  });
  await Promise.all(
    Array.from({ length: 100 }, async (_, i) => {
      const { body } = await it.send(get, { ...about, signal });
      if (i % 2) await body.bytes();
      else await body.cancel();
    }),
  );
  equal(listeners(), 0);
  free(it);
});

test('a limit for the whole request covers waits and body, and is a Timeout', async () => {
  const slow = rig(() => ({ fail: 'hang' }), { timeouts: { overallMs: 5 } });
  const error = await rejects<CloudError>(slow.send(get, about), 'Timeout');
  ok(!error.message.includes('SECRET') && error.retryable, error.message);
  equal(slow.arrivals.length, 1, 'not tried again');
  const stalled = rig(() => ({ body: 'x', then: 'stall' }), { timeouts: { overallMs: 5 } });
  const { body } = await stalled.send(get, about);
  await body.read();
  await rejects(body.read(), 'Timeout');
  free(stalled);
  const retrying = rig(() => ({ status: 503 }), { timeouts: { overallMs: 5 }, sleep: (_, signal) => delay(3_600_000, signal) });
  await rejects(retrying.send(get, about), 'Timeout');
});

test('timeouts reach the port', async () => {
  const it = rig(() => ({}), { timeouts: { headersMs: 11, idleMs: 22 } });
  await it.send(get, about);
  equal([it.arrivals[0]?.options.headersMs, it.arrivals[0]?.options.idleMs], [11, 22]);
  const usual = rig(() => ({}));
  await usual.send(get, about);
  equal([usual.arrivals[0]?.options.headersMs, usual.arrivals[0]?.options.idleMs], [60_000, 30_000]);
});

test('toError sees the request and a bounded body, which it may read twice or not at all', async () => {
  const seen: string[] = [];
  const it = rig(() => ({ status: 404, body: '<Code>NoSuchBucket</Code>' }), {
    toError: async (request, response) => {
      seen.push(request.method, textOf(await response.body.bytes()));
      return new CloudError('gone', { code: 'NotFound', status: response.status });
    },
  });
  await rejects(it.send(get, about), 'NotFound');
  equal(seen, ['GET', '<Code>NoSuchBucket</Code>']);
  free(it);
});

test('an observer that throws harms nothing', async () => {
  const { observe, stats } = createObserver(() => {
    throw new Error('mine');
  });
  const it = rig(() => ({ body: 'ok' }), { observe });
  equal(await read(await it.send(get, about)), 'ok');
  equal(stats().requests, 1);
  free(it);
});

test('no secret is in any error or event', async () => {
  const answers: Answer[] = [
    { status: 500 },
    { status: 403 },
    { headers: { 'content-length': '9' }, body: 'x' },
    { status: 302, headers: { location: 'http://u:SECRET@h/' } },
  ];
  for (const answer of answers) {
    const it = rig(() => answer, { retry: { attempts: 2 } });
    const error = await rejects<CloudError>(
      async () => (await it.send(get, { ...about, ...following })).body.bytes(),
      (e) => e.code.length > 0,
    );
    const shown = [
      error.message,
      error.stack,
      JSON.stringify(error),
      JSON.stringify(it.events),
      String((error.cause as Error | undefined)?.stack),
    ].join();
    ok(!shown.includes('SECRET'), shown);
  }
});
