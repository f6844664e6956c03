import { equal, ok, rejects, test } from '../../harness.ts';
import { CloudError } from '../../../src/errors.ts';
import type { RequestOptions, TransportInit } from '../../../src/transport/compose.ts';
import { createLimiter } from '../../../src/transport/limit.ts';
import { createObserver } from '../../../src/transport/observe.ts';
import { following } from '../../../src/transport/redirect.ts';
import { abortable, delay } from '../../../src/util/abort.ts';
import { bytesOf, countingSignal, network, textOf, type Answer } from './fake.ts';
import { url, get, put, rig, about, free, read, type Rig } from './rig.ts';

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
  const sign: TransportInit['sign'] = (request) => ({ ...request, headers: { 'x-token': 'secret' } });
  for (const maker of [sign, async (...args: Parameters<typeof sign>) => sign(...args)]) {
    const held = rig(() => ({}), { sign: maker });
    await read(await held.send(get, { ...about, ...following }));
    equal(held.arrivals[0]?.options.redirect, 'manual', 'a page must not follow with what signs');
  }
  const open = rig(() => ({}), { sign: (request) => request });
  await read(await open.send(get, { ...about, ...following }));
  equal(open.arrivals[0]?.options.redirect, 'follow', 'nothing was signed');
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
