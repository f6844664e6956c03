import { equal, ok, rejects, sameBytes, test } from '../../harness.ts';
import { CloudError } from '../../../src/errors.ts';
import type { HttpRequest, HttpResponse, SignContext } from '../../../src/types.ts';
import { createTransport, type TransportInit } from '../../../src/transport/compose.ts';
import { createLimiter } from '../../../src/transport/limit.ts';
import { statusError } from '../../../src/transport/refused.ts';
import { createCredentialSource } from '../../../src/auth/credentials.ts';
import { createSignFunction } from '../../../src/auth/sign-function.ts';
import { createSkewTable } from '../../../src/transport/skew.ts';
import { delay } from '../../../src/util/abort.ts';
import { bytesOf, network, type Answer } from './fake.ts';
import { url, get, put, rig, about, free, read } from './rig.ts';

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

test('of requests that are refused at once one makes the credentials be forgotten', async () => {
  let calls = 0;
  const source = createCredentialSource(async () => ({ accessToken: String(++calls) }), { clock: () => 0 });
  const sign = createSignFunction(source, {
    service: 'gs',
    bucket: 'b',
    region: () => '',
    inQuery: () => false,
    send: () => Promise.reject(network()),
    clock: () => 0,
  });
  let refused = 0;
  // one after the other they hear that they were refused, each when the one before has been answered
  let turn: Promise<unknown> = Promise.resolve();
  const it = rig(
    async ({ headers }) => {
      if (headers['authorization'] !== 'Bearer 1') return { body: 'ok' };
      refused++;
      await (turn = turn.then(() => new Promise((resolve) => setTimeout(resolve, 5))));
      return { status: 401 };
    },
    { sign, invalidate: () => source.invalidate(), limiter: createLimiter({ concurrency: 8 }) },
  );
  const got = await Promise.all(Array.from({ length: 8 }, async () => read(await it.send(get, about))));
  equal([new Set(got).size, got[0], refused > 1], [1, 'ok', true]);
  equal([calls, source.generation], [2, 1]);
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
  const late: (() => void)[] = [];
  const together = rig(
    async ({ headers }) => {
      if (Math.abs(Date.parse(headers['x-amz-date'] ?? '') - server) < 900_000) return { body: 'ok' };
      if (late.push(() => {}) < 4) await new Promise<void>((resolve) => void (late[late.length - 1] = resolve));
      for (const go of late) go();
      return refuse();
    },
    { sign, toError },
  );
  const all = await Promise.all([1, 2, 3, 4].map(async () => read(await together.send(get, about))));
  equal([all, together.arrivals.length], [['ok', 'ok', 'ok', 'ok'], 8], 'all that were signed before the correction');
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
