import fc from 'fast-check';
import { env } from '../../env.ts';
import { equal, ok, rejects, test } from '../../harness.ts';
import type { HttpRequest, HttpResponse } from '../../../src/types.ts';
import { followRedirect } from '../../../src/transport/redirect.ts';
import { memoryBody, readRefused, statusError } from '../../../src/transport/refused.ts';
import { parseRetryAfter } from '../../../src/transport/retry-after.ts';
import { backOff, trackBody } from '../../../src/transport/retry.ts';
import { createSkewTable } from '../../../src/transport/skew.ts';
import { delay } from '../../../src/util/abort.ts';
import { createLimiter, type Slot } from '../../../src/transport/limit.ts';

const now = Date.parse('2026-11-21T10:00:00Z');

test('Retry-After: seconds, dates, nonsense', () => {
  const cases: [string | null | undefined, number | undefined][] = [
    ['0', 0],
    ['120', 120_000],
    [' 5 ', 5000],
    ['1.5', 1500],
    ['Sat, 21 Nov 2026 10:00:30 GMT', 30_000],
    ['Saturday, 21-Nov-26 10:00:30 GMT', 30_000],
    ['Sat, 21 Nov 2026 09:00:00 GMT', 0],
    ['-5', undefined],
    ['soon', undefined],
    ['5 minutes', undefined],
    ['2026', 2_026_000],
    ['', undefined],
    [null, undefined],
    [undefined, undefined],
  ];
  for (const [value, want] of cases) equal(parseRetryAfter(value, now), want, String(value));
});

test('Retry-After never throws and is never negative', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const ms = parseRetryAfter(text, now);
      ok(ms === undefined || ms >= 0, 'undefined or not negative');
    }),
    { seed: env().seed },
  );
});

test('the wait doubles, is random from 0, and is capped', () => {
  const most = [1, 2, 3, 7, 8, 9, 60].map((failures) => backOff(failures, {}, () => 0.999999999));
  equal(most.map(Math.round), [500, 1000, 2000, 32_000, 60_000, 60_000, 60_000]);
  equal(
    backOff(5, {}, () => 0),
    0,
  );
  equal(
    backOff(3, { minDelayMs: 10, maxDelayMs: 25 }, () => 1),
    25,
  );
});

test('what the server asks for is the least wait, up to the cap', () => {
  equal(
    backOff(1, {}, () => 0.5, 3000),
    3000,
  );
  equal(
    backOff(7, {}, () => 0.5, 3000),
    16_000,
  );
  equal(
    backOff(1, {}, () => 0.5, 86_400_000),
    60_000,
  );
});

test('a body that can be read once may be sent again until it was opened', async () => {
  async function* chunks(): AsyncGenerator<Uint8Array> {
    yield new Uint8Array(3);
    yield new Uint8Array(4);
  }
  const once = trackBody({ open: chunks, replayable: false, sizeBytes: 7 });
  ok(once.replayable(), 'not opened yet');
  const body = once.body as { open(): AsyncIterable<Uint8Array>; sizeBytes?: number };
  equal(body.sizeBytes, 7);
  for await (const _ of body.open()) break;
  equal(once.sent(), 3);
  ok(!once.replayable(), 'opened');
  const again = trackBody({ open: chunks, replayable: true });
  for await (const _ of (again.body as typeof body).open());
  equal([again.sent(), again.replayable()], [7, true]);
  const bytes = new Uint8Array(5);
  const plain = trackBody(bytes);
  ok(plain.body === bytes, 'bytes are left alone');
  equal([plain.sent(), plain.replayable(), trackBody(new Blob(['abc'])).sent(), trackBody(undefined).sent()], [5, true, 3, 0]);
});

test('skew is learnt from a fresh error reply alone, per host', () => {
  const table = createSkewTable();
  const reply = (headers: Record<string, string>): Headers => new Headers(headers);
  const date = 'Sat, 21 Nov 2026 11:00:00 GMT';
  ok(!table.learn('a', reply({ date, age: '0' }), now, 0), 'a cached reply');
  ok(!table.learn('a', reply({}), now, 0), 'no date');
  ok(!table.learn('a', reply({ date: 'gibberish' }), now, 0), 'no date that can be read');
  ok(!table.learn('a', reply({ date: 'Sat, 21 Nov 2026 10:00:01 GMT' }), now, 0), 'a second is no skew');
  equal(table.get('a'), 0);
  ok(table.learn('a', reply({ date }), now, 0), 'an hour is');
  equal([table.get('a'), table.get('b')], [3_600_000, 0]);
  ok(!table.learn('a', reply({ date }), now, 3_600_000), 'the same again teaches nothing');
  ok(table.learn('a', reply({ date }), now, 0), 'but it is news to what was signed before');
  ok(table.learn('a', reply({ date: 'Sat, 21 Nov 2026 10:00:00 GMT' }), now, 3_600_000), 'and back');
  equal(table.get('a'), 0);
});

const request = (url: string, headers: Record<string, string> = {}, method: HttpRequest['method'] = 'GET'): HttpRequest => ({
  method,
  url,
  headers,
});
const answer = (status: number, headers: Record<string, string>): HttpResponse => ({
  status,
  headers: new Headers(headers),
  url: '',
  body: memoryBody(new Uint8Array()),
});
const secrets = { authorization: 'Bearer x', cookie: 'a=b', 'x-amz-security-token': 't', 'x-goog-user-project': 'p' };

test('redirects of reads are followed, with harmless headers only to another origin', () => {
  const headers = { ...secrets, range: 'bytes=0-9', 'if-none-match': '"e"' };
  const from = request('https://a.example/x/y?q=1', headers);
  for (const status of [301, 302, 303, 307, 308]) {
    equal(
      followRedirect(from, answer(status, { location: 'z' }), 0),
      { method: 'GET', url: 'https://a.example/x/z', headers },
      String(status),
    );
  }
  const other = followRedirect(from, answer(302, { location: 'https://b.example/z?s=2#frag' }), 4);
  equal(other, { method: 'GET', url: 'https://b.example/z?s=2', headers: { range: 'bytes=0-9', 'if-none-match': '"e"' } });
  equal(
    followRedirect(from, answer(302, { location: 'https://a.example:444/' }), 0)?.headers['authorization'],
    undefined,
    'another port is another origin',
  );
  equal(followRedirect(request('http://a.example/'), answer(302, { location: '//b.example/' }), 0)?.url, 'http://b.example/');
});

test('what is no redirect is not followed', () => {
  const from = request('https://a.example/');
  equal(followRedirect(from, answer(302, {}), 0), undefined);
  for (const status of [200, 300, 304, 305, 400])
    equal(followRedirect(from, answer(status, { location: '/b' }), 0), undefined, String(status));
});

test('redirects that are refused say Redirected and show no secret', async () => {
  const to = (location: string, from = request('https://a.example/x?sig=SECRET', secrets), hops = 0) =>
    rejects(() => followRedirect(from, answer(302, { location }), hops), 'Redirected');
  const errors = [
    await to('http://a.example/'),
    await to('https://b.example/', request('https://a.example/?sig=SECRET', {}, 'PUT')),
    await to('/y', undefined, 5),
    await to('ftp://b.example/'),
    await to('javascript:alert(1)'),
    await to('https://user:SECRET@b.example/'),
    await to('https://'),
  ];
  for (const error of errors) ok(!`${error.message}${error.stack}${JSON.stringify(error)}`.includes('SECRET'), 'no secret');
});

test('a refused body is read up to 64 KiB and then let go', async () => {
  let cancelled = 0;
  let reads = 0;
  const endless = {
    read: async () => {
      reads++;
      return new Uint8Array(10_000).fill(reads);
    },
    bytes: async () => new Uint8Array(),
    cancel: async () => void cancelled++,
  };
  const bytes = await readRefused(endless);
  equal([bytes.length, cancelled, reads], [65_536, 1, 7]);
  const broken = { ...endless, read: () => Promise.reject(new Error('cut')) };
  equal((await readRefused(broken)).length, 0);
  equal(await memoryBody(bytes).bytes(), bytes);
  const twice = memoryBody(new Uint8Array([1]));
  equal([await twice.read(), await twice.read()], [new Uint8Array([1]), undefined]);
});

test('a status alone gives a code, whether to retry, and when', () => {
  const of = (status: number): [string, boolean] => {
    const { code, retryable } = statusError(request('https://h/k?s=SECRET'), answer(status, {}));
    return [code, retryable];
  };
  equal([304, 400, 401, 403, 404, 412, 416, 418].map(of), [
    ['NotModified', false],
    ['InvalidArgument', false],
    ['Unauthenticated', false],
    ['PermissionDenied', false],
    ['NotFound', false],
    ['PreconditionFailed', false],
    ['RangeNotSatisfiable', false],
    ['InvalidResponse', false],
  ]);
  equal([408, 429, 500, 501, 502, 503, 504, 507, 302].map(of), [
    ['Timeout', true],
    ['Throttled', true],
    ['ServerError', true],
    ['ServerError', false],
    ['ServerError', true],
    ['Throttled', true],
    ['ServerError', true],
    ['QuotaExceeded', false],
    ['Redirected', false],
  ]);
  const error = statusError(request('https://h/k?s=SECRET'), answer(503, { 'retry-after': '7' }));
  equal([error.retryAfterMs, error.url], [7000, 'https://h/k']);
  ok(!error.message.includes('SECRET'), 'no query');
});

test('slots: at most so many, first come first served, per host', async () => {
  const limiter = createLimiter({ concurrency: 2 });
  const a = limiter.acquire('h') as Slot;
  const b = limiter.acquire('h') as Slot;
  ok('release' in a && 'release' in b, 'at once while there are some');
  ok('release' in limiter.acquire('other'), 'another host has its own');
  const order: string[] = [];
  const third = Promise.resolve(limiter.acquire('h')).then((slot) => (order.push('third'), slot));
  const fourth = Promise.resolve(limiter.acquire('h')).then((slot) => (order.push('fourth'), slot));
  equal(limiter.slots('h'), { limit: 2, used: 2, waiting: 2 });
  b.release();
  b.release();
  await third;
  equal(order, ['third']);
  a.release();
  (await fourth).release();
  (await third).release();
  equal(limiter.slots('h'), { limit: 2, used: 0, waiting: 0 });
});

test('whoever aborts in the queue leaves it, with the reason', async () => {
  const limiter = createLimiter({ concurrency: 1 });
  const first = limiter.acquire('h') as Slot;
  const controller = new AbortController();
  const reason = { it: 'me' };
  const gone = limiter.acquire('h', controller.signal) as Promise<Slot>;
  const next = limiter.acquire('h') as Promise<Slot>;
  controller.abort(reason);
  await rejects(gone, (error) => (error as unknown) === reason);
  await rejects(
    async () => limiter.acquire('h', controller.signal),
    (error) => (error as unknown) === reason,
  );
  equal(limiter.slots('h').waiting, 1);
  first.release();
  (await next).release();
  equal(limiter.slots('h').used, 0);
});

test('slots halve once per wave of throttling, never below 1, and grow back', async () => {
  const limiter = createLimiter({ concurrency: 8 });
  const wave = (outcome: 'good' | 'throttled' | undefined, n: number): void => {
    const slots = Array.from({ length: n }, () => limiter.acquire('h') as Slot);
    for (const slot of slots) slot.release(outcome);
  };
  wave('throttled', 8);
  equal(limiter.slots('h').limit, 4, 'eight refusals of one moment halve once');
  wave('throttled', 1);
  wave('throttled', 1);
  wave('throttled', 1);
  equal(limiter.slots('h').limit, 1);
  wave('good', 1);
  equal(limiter.slots('h').limit, 2);
  wave(undefined, 2);
  equal(limiter.slots('h').limit, 2, 'other failures say nothing');
  for (let i = 0; i < 60; i++) wave('good', 1);
  equal(limiter.slots('h').limit, 8, 'no more than there were');
});

test('slots whose holders do not read are lent to those who wait', async () => {
  const limiter = createLimiter({ concurrency: 2, lendMs: 5 });
  const busy = limiter.acquire('h') as Slot;
  const idle = limiter.acquire('h') as Slot;
  idle.busy = false;
  const third = await limiter.acquire('h');
  equal(limiter.slots('h'), { limit: 2, used: 2, waiting: 0 }, 'the idle one was lent, the busy one was not');
  idle.release();
  equal(limiter.slots('h').used, 2, 'a lent slot is not given back twice');
  busy.release();
  third.release();
  await delay(12);
  equal(limiter.slots('h'), { limit: 2, used: 0, waiting: 0 });
});

test('any order of taking, releasing and aborting leaves all slots free', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 4 }), fc.array(fc.nat(5), { maxLength: 40 }), async (concurrency, moves) => {
      const limiter = createLimiter({ concurrency, lendMs: 10_000 });
      const held: Slot[] = [];
      const controllers: AbortController[] = [];
      const pending: Promise<unknown>[] = [];
      for (const move of moves) {
        if (move < 3) {
          const controller = new AbortController();
          controllers.push(controller);
          const got = limiter.acquire('h', controller.signal);
          pending.push(
            Promise.resolve(got).then(
              (slot) => held.push(slot),
              () => {},
            ),
          );
        } else if (move === 3) held.shift()?.release('throttled');
        else if (move === 4) held.pop()?.release('good');
        else controllers.pop()?.abort();
        await Promise.resolve();
        ok(limiter.slots('h').used <= concurrency, 'never more than there are');
      }
      for (const controller of controllers) controller.abort();
      await Promise.all(pending);
      for (const slot of held) slot.release();
      const { used, waiting } = limiter.slots('h');
      equal([used, waiting], [0, 0]);
    }),
    { seed: env().seed, numRuns: 200 },
  );
});
