import { createHttpPort, sendsLikeAPage, storedBytes } from '#platform';
import { env } from '../env.ts';
import { equal, ok, rejects, sameBytes, skip, test } from '../harness.ts';
import { pattern, withScenario, type FaultRule, type HttpFile, type Scenarios } from '../servers/fixture/client.ts';
import type { CloudError } from '../../src/errors.ts';
import { createTransport, type RequestOptions, type Transport, type TransportInit } from '../../src/transport/compose.ts';
import { createLimiter } from '../../src/transport/limit.ts';
import { following } from '../../src/transport/redirect.ts';
import { statusError } from '../../src/transport/refused.ts';
import { createSkewTable } from '../../src/transport/skew.ts';
import type { HttpPort, HttpRequest, HttpResponse } from '../../src/types.ts';
import { delay } from '../../src/util/abort.ts';

const about: RequestOptions = { operation: 'get', key: 'a.bin' };
const size = 300_000;
const content = pattern(size);
const files: Record<string, HttpFile> = { '/a.bin': { pattern: { sizeBytes: size } } };

interface Rig {
  http: Scenarios['http'];
  port: HttpPort;
  send: Transport;
  waits: number[];
  get: HttpRequest;
}

/** The engine's own port, bare and in a chain whose waits are recorded and not waited, against a scenario of files. */
async function against(
  options: { faults?: FaultRule[]; files?: Record<string, HttpFile>; init?: Partial<TransportInit> },
  use: (rig: Rig) => Promise<void>,
): Promise<void> {
  await withScenario('http', { files: options.files ?? files, faults: options.faults ?? [] }, async (http) => {
    const { send: port, close } = createHttpPort();
    const waits: number[] = [];
    const sleep = async (ms: number): Promise<void> => void waits.push(ms);
    const send = createTransport({
      port,
      toError: statusError,
      limiter: createLimiter(),
      skew: createSkewTable(),
      sleep,
      random: () => 0.5,
      ...options.init,
    });
    const get: HttpRequest = { method: 'GET', url: `${http.endpoint}/a.bin?X-Amz-Signature=SECRET`, headers: {} };
    try {
      await use({ http, port, send, waits, get });
    } finally {
      await close();
    }
  });
}

const readAll = async ({ body }: HttpResponse): Promise<number> => {
  let n = 0;
  for (let chunk = await body.read(); chunk; chunk = await body.read()) n += chunk.length;
  return n;
};
/** Waits until the connection of the one request is gone; the test's own time-out ends that when it stays. */
const untilClosed = async (http: Scenarios['http']): Promise<void> => {
  for (let open = true; open; await delay(20)) {
    const { counts, requests } = await http.log({ settled: false });
    open = counts.open > 0 && !requests[0]?.aborted;
  }
};
const noSecret = (error: CloudError): void => {
  const causes: string[] = [];
  for (let it: unknown = error; it instanceof Error; it = it.cause) causes.push(it.message, String(it.stack), JSON.stringify(it));
  ok(!causes.join().includes('SECRET'), 'no secret in the error');
};

test('a body comes whole, at once and in chunks', () =>
  against({}, async ({ send, get, port }) => {
    const response = await send(get, about);
    equal(response.headers.get('content-length'), String(size));
    sameBytes(await response.body.bytes(), content);
    equal(await readAll(await send(get, about)), size);
    const { body } = await port({ ...get, headers: { range: 'bytes=10-19' } });
    sameBytes(await body.bytes(), content.subarray(10, 20));
  }));

test('a body that is cut is Truncated, wherever', () =>
  against({}, async ({ http, send, get }) => {
    for (const bytes of [1, 1000, 65_536, size - 1]) {
      for (const reset of [false, true]) {
        await http.update({ faults: [{ fault: { type: 'cut', bytes, reset } }] });
        const error = await rejects<CloudError>(
          async () => (await send(get, about)).body.bytes(),
          (e) => e.code === 'Truncated' || (reset && e.code === 'Network'),
        );
        ok(error.retryable, 'may be tried again');
        noSecret(error);
      }
    }
  }));

test('a connection that ends without a head is a retryable Network error', () =>
  against({ faults: [{ fault: { type: 'cut', bytes: 0, head: false } }] }, async ({ port, get, send, waits }) => {
    const error = await rejects<CloudError>(port(get), 'Network');
    ok(error.retryable, 'may be tried again');
    noSecret(error);
    await rejects(send(get, about), 'Network');
    equal(waits, [250, 500, 1000, 2000, 4000, 8000]);
  }));

test('a length that promises more is Truncated', () =>
  against({ faults: [{ fault: { type: 'wrongLength', delta: 5000 } }] }, async ({ send, get }) => {
    await rejects(async () => (await send(get, about)).body.bytes(), 'Truncated');
  }));

test(
  'a server that never answers, and one that stops in the middle, are Timeouts',
  () =>
    against({ init: { timeouts: { headersMs: 150, idleMs: 150 }, retry: { attempts: 1 } } }, async ({ http, send, get }) => {
      await http.update({ faults: [{ fault: { type: 'headStall' } }] });
      noSecret(await rejects<CloudError>(send(get, about), (e) => e.code === 'Timeout' && e.retryable));
      await http.update({ faults: [{ fault: { type: 'stall', bytes: 1000 } }] });
      for (const way of [readAll, (response: HttpResponse) => response.body.bytes()]) {
        const error = await rejects<CloudError>(
          async () => way(await send(get, about)),
          (e) => e.code === 'Timeout' && e.retryable,
        );
        equal([error.operation, error.key], ['get', 'a.bin']);
        noSecret(error);
      }
      const { counts } = await http.log();
      equal(counts.inFlight, 0, 'no connection is left waiting');
    }),
  { timeoutMs: 30_000 },
);

test(
  'a body that nobody reads is cut, and the read that comes too late is a Timeout',
  () =>
    against({ faults: [{ fault: { type: 'bigBody', sizeBytes: 400_000_000 } }] }, async ({ http, port, get }) => {
      const { body } = await port(get, { idleMs: 200 });
      await untilClosed(http);
      const error = await rejects<CloudError>(async () => {
        while (await body.read());
      }, 'Timeout');
      ok(error.retryable, 'may be tried again');
    }),
  { timeoutMs: 30_000 },
);

test('a body that comes slowly is none that stalls', () =>
  against({ faults: [{ fault: { type: 'drip', bytes: 20_000, everyMs: 100 } }] }, async ({ port, get }) => {
    equal((await (await port(get, { idleMs: 1000 })).body.bytes()).length, size);
  }));

test('503 is tried again, after what Retry-After says', () =>
  against(
    {
      faults: [
        { match: { nth: 1 }, fault: { type: 'status', status: 503, headers: { 'retry-after': '3' } } },
        { match: { nth: 2 }, fault: { type: 'status', status: 503 } },
      ],
    },
    async ({ http, send, get, waits }) => {
      sameBytes(await (await send(get, about)).body.bytes(), content);
      equal([(await http.log()).counts.requests, waits], [3, [3000, 500]]);
    },
  ));

test('what is refused for good is asked for once, and its body pins no connection', () =>
  against({ faults: [{ fault: { type: 'status', status: 403, body: 'x'.repeat(500_000) } }] }, async ({ http, send, get }) => {
    for (let i = 0; i < 3; i++) noSecret(await rejects<CloudError>(send(get, about), 'PermissionDenied'));
    const { counts } = await http.log();
    equal([counts.requests, counts.inFlight], [3, 0]);
  }));

test(
  'an abort rejects with the reason itself, and the connection is given up',
  () =>
    against({}, async ({ http, send, get }) => {
      for (const phase of ['head', 'body'] as const) {
        await http.update({
          faults: [{ fault: phase === 'head' ? { type: 'headStall' } : { type: 'stall', bytes: 1000 } }],
          clearLog: true,
        });
        const controller = new AbortController();
        const reason = { phase };
        const run = async (): Promise<unknown> => (await send(get, { ...about, signal: controller.signal })).body.bytes();
        const running = run();
        running.catch(() => {});
        while (!(await http.log({ settled: false })).counts.requests) await delay(5);
        if (phase === 'body') await delay(30);
        controller.abort(reason);
        await rejects(running, (error) => (error as unknown) === reason);
        equal((await http.log()).counts.inFlight, 0, phase);
        await rejects(run, (error) => (error as unknown) === reason);
      }
    }),
  { timeoutMs: 30_000 },
);

test(
  'a large body that is cancelled is not fetched',
  () =>
    against({ faults: [{ fault: { type: 'bigBody', sizeBytes: 400_000_000 } }] }, async ({ http, port, get }) => {
      const { body } = await port(get);
      await body.read();
      await body.cancel();
      await untilClosed(http);
      const [request] = (await http.log({ settled: false })).requests;
      ok(
        (request?.bytesSent ?? Infinity) < 200_000_000, // WebKit reads far ahead by itself
        `${request?.bytesSent} bytes were sent`,
      );
    }),
  { timeoutMs: 30_000 },
);

test('reads follow redirects to another origin without what they should not say there', () =>
  against({ files: { ...files, '/moved': { redirect: { status: 302, to: 'base2', path: '/a.bin' } } } }, async ({ http, send, get }) => {
    const headers: Record<string, string> = sendsLikeAPage
      ? {}
      : { authorization: 'Basic eDp5', 'x-amz-security-token': 't', range: 'bytes=0-9' };
    const response = await send({ ...get, url: `${http.endpoint}/moved`, headers }, { ...about, ...following });
    equal((await response.body.bytes()).length, sendsLikeAPage ? size : 10);
    equal(response.url, `${http.base2}/a.bin`);
    const { requests } = await http.log();
    equal(
      requests.map((it) => it.origin),
      [1, 2],
    );
    equal(
      requests[1]?.headerNames.filter((name) => /^(authorization|x-amz-)/.test(name)),
      [],
    );
    const error = await rejects<CloudError>(send({ ...get, url: `${http.endpoint}/moved?X-Amz-Signature=SECRET` }, about), 'Redirected');
    equal(error.status, sendsLikeAPage ? undefined : 302);
  }));

test('a redirect in a circle ends', () =>
  against({ files: { '/a.bin': { redirect: { status: 302 } } } }, async ({ http, send, get }) => {
    await rejects(
      send(get, { ...about, ...following }),
      (e: CloudError) => e.code === (sendsLikeAPage ? 'CorsOrNetwork' : 'Redirected') || e.code === 'Network',
    );
    if (!sendsLikeAPage) equal((await http.log()).counts.requests, 6);
  }));

test('bodies come as stored where the runtime can, and where not it is said', () =>
  against(
    { files: { '/a.bin': { text: 'hello '.repeat(100), gzip: true, headers: { 'content-encoding': 'gzip' } } } },
    async ({ port, get, send }) => {
      const { body, decoded, headers } = await port(get);
      const bytes = await body.bytes();
      equal(decoded, !storedBytes());
      equal(bytes[0] === 0x1f, storedBytes(), 'the first byte of gzip');
      equal(headers.get('content-encoding'), 'gzip');
      if (storedBytes()) equal(bytes.length, Number(headers.get('content-length')));
      equal((await (await send(get, about)).body.bytes()).length, bytes.length, 'a decoded body is not counted');
    },
  ));

test('HEAD has a length and no body', () =>
  against({}, async ({ send, get }) => {
    const { headers, body } = await send({ ...get, method: 'HEAD' }, about);
    equal([headers.get('content-length'), await body.read()], [String(size), undefined]);
  }));

test('a server that is not there is a retryable Network error', async () => {
  let gone = '';
  await withScenario('http', {}, async (http) => void (gone = http.endpoint));
  const { send, close } = createHttpPort();
  const error = await rejects<CloudError>(send({ method: 'GET', url: `${gone}/x?X-Amz-Signature=SECRET`, headers: {} }), 'Network');
  ok(error.retryable, 'may be tried again');
  noSecret(error);
  await close();
});

test('an answer without CORS headers is told from a server that is down', () =>
  against({ faults: [{ fault: { type: 'noCors' } }] }, async ({ http, send, get }) => {
    if (!sendsLikeAPage) skip('only pages have CORS');
    const error = await rejects<CloudError>(send(get, about), 'CorsOrNetwork');
    ok(!error.retryable, 'not tried again');
    noSecret(error);
    const { requests } = await http.log();
    equal(
      requests.map((it) => it.method),
      ['GET', 'HEAD'],
    );
    equal(requests[1]?.queryKeys, [], 'the query is not sent once more');
  }));

test(
  'uploads of every kind arrive whole',
  () =>
    withScenario('gcs', {}, async (gcs) => {
      const { send, close } = createHttpPort();
      const bytes = pattern(3_000_000, 5);
      async function* chunks(): AsyncGenerator<Uint8Array> {
        for (let at = 0; at < bytes.length; at += 70_000) yield bytes.slice(at, at + 70_000);
      }
      const bodies: [string, HttpRequest['body']][] = [
        ['bytes', bytes],
        ['view', bytes.slice(0, 10).subarray(2, 9)],
        ['none', new Uint8Array()],
        ['blob', new Blob([bytes], { type: 'text/wrong' })],
        ['stream', { open: chunks, replayable: true, sizeBytes: bytes.length }],
        ['unknown', { open: chunks, replayable: true }],
      ];
      for (const [name, body] of bodies) {
        const url = `${gcs.endpoint}/upload/storage/v1/b/${gcs.bucket}/o?uploadType=media&name=${name}`;
        const response = await send({
          method: 'POST',
          url,
          headers: { authorization: `Bearer ${gcs.accessToken}`, 'content-type': 'x/y' },
          body,
        });
        const answer = new TextDecoder().decode(await response.body.bytes());
        equal(response.status, 200, answer);
        sameBytes(await gcs.object(name), name === 'none' ? new Uint8Array() : name === 'view' ? bytes.subarray(2, 9) : bytes, name);
      }
      const { requests } = await gcs.log();
      const uploads = requests.filter((it) => it.method === 'POST');
      equal(
        uploads.map((it) => it.headers['content-type']),
        bodies.map(() => 'x/y'),
      );
      const lengths = uploads.map((it) => it.headers['content-length']);
      equal(lengths.slice(0, 5), ['3000000', '7', '0', '3000000', '3000000']);
      await close();
    }),
  { timeoutMs: 30_000 },
);

test("an upload whose source fails rejects with the source's own error and stores nothing", () =>
  withScenario('gcs', {}, async (gcs) => {
    const { send, close } = createHttpPort();
    const boom = new Error('boom');
    async function* chunks(): AsyncGenerator<Uint8Array> {
      yield new Uint8Array(100_000);
      throw boom;
    }
    const url = `${gcs.endpoint}/upload/storage/v1/b/${gcs.bucket}/o?uploadType=media&name=x`;
    const headers = { authorization: `Bearer ${gcs.accessToken}` };
    const request: HttpRequest = { method: 'POST', url, headers, body: { open: chunks, replayable: true, sizeBytes: 200_000 } };
    await rejects(send(request), (error) => error === boom);
    const short = {
      async *open() {
        yield new Uint8Array(100_000);
      },
      replayable: true,
      sizeBytes: 200_000,
    };
    const gathers = sendsLikeAPage || env().engine === 'deno';
    if (!gathers) await rejects(send({ ...request, body: short }), 'InvalidArgument');
    equal(await gcs.object('x'), null);
    await close();
  }));

test(
  'an upload that is refused before its end gives the refusal, and one that nobody takes is a Timeout',
  () =>
    withScenario(
      'gcs',
      {
        faults: [
          { match: { method: 'POST', nth: 1 }, fault: { type: 'status', status: 503 } },
          { match: { method: 'POST', nth: 2 }, fault: { type: 'headStall' } },
        ],
      },
      async (gcs) => {
        const { send, close } = createHttpPort();
        const url = `${gcs.endpoint}/upload/storage/v1/b/${gcs.bucket}/o?uploadType=media&name=x`;
        const request: HttpRequest = {
          method: 'POST',
          url,
          headers: { authorization: `Bearer ${gcs.accessToken}` },
          body: new Uint8Array(8_000_000),
        };
        const refused = await send(request);
        equal(refused.status, 503);
        await refused.body.cancel();
        await rejects(send(request, { headersMs: 400 }), 'Timeout');
        await close();
      },
    ),
  { timeoutMs: 30_000 },
);
