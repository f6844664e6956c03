/** The fixture server does to answers what its README says. Node only: what is on the wire is looked at by hand. */
import { equal, ok, rejects, sameBytes } from '../harness.ts';
import { pattern } from '../servers/fixture/client.ts';
import type { Fault, FaultRule } from '../servers/fixture/client.ts';
import { raw, sha256 } from '../servers/fixture/raw-client.ts';
import type { SignSpec } from '../servers/fixture/raw-client.ts';
import { key, s3Test } from '../servers/fixture/test-tools.ts';

const body = pattern(1000, 5);

/** One fault on every GET. */
const onGet = (fault: Fault | Fault[]): { faults: FaultRule[] } => ({ faults: [{ match: { method: 'GET' }, fault }] });
const range = (text: string): Partial<SignSpec> => ({ headers: { range: text } });
const gone = (error: { code?: string; message: string }): boolean => error.code === 'ECONNRESET' || error.message === 'aborted';

s3Test('a scenario without faults is a gateway, and its log tells all but secrets', {}, async (ask, scenario) => {
  const reply = await ask({ expires: 60, query: [['x-amz-checksum-mode', 'ENABLED']], headers: { range: 'bytes=0-9' } });
  sameBytes(reply.body, body.subarray(0, 10));
  equal((await ask({ secretAccessKey: 'wrong' })).code, 'SignatureDoesNotMatch');
  equal((await raw({ origin: scenario.base2, path: key })).code, 'AccessDenied');
  await ask({ method: 'PUT', path: '/bucket/new', body: 'hello' });
  equal(new TextDecoder().decode((await scenario.object('new')) ?? undefined), 'hello');
  equal(await scenario.object('none'), null);
  const { requests, counts } = await scenario.log();
  equal(
    requests.map(({ origin, method, path, auth, signature, operation, status }) => [
      origin,
      method,
      path,
      auth,
      signature,
      operation,
      status,
    ]),
    [
      [1, 'GET', key, 'query', 'valid', 'GetObject', 206],
      [1, 'GET', key, 'header', 'SignatureDoesNotMatch', 'GetObject', 403],
      [2, 'GET', key, 'none', 'none', 'GetObject', 403],
      [1, 'PUT', '/bucket/new', 'header', 'valid', 'PutObject', 200],
    ],
  );
  equal([requests[3]?.bodyLength, requests[3]?.bodySha256], [5, sha256('hello')]);
  equal([counts.requests, counts.refused, counts.connections, counts.byMethod['GET'], counts.bytesReceived], [4, 1, 4, 3, 5]);
  ok(requests[0]?.queryKeys.includes('X-Amz-Signature') && requests[0].headers['range'] === 'bytes=0-9', 'names are logged');
  const text = JSON.stringify(requests);
  for (const secret of [scenario.credentials.secretAccessKey, scenario.credentials.accessKeyId])
    ok(!text.includes(secret), 'no credentials in the log');
  ok(!/Signature=|[?&]X-Amz-Signature/.test(text), 'no signature in the log');
});

s3Test('status, nth and times', {}, async (ask, scenario) => {
  await scenario.update({
    faults: [
      { match: { method: 'GET', nth: 2, times: 2 }, fault: { type: 'status', status: 503, headers: { 'retry-after': '7' } } },
      { match: { operation: 'PutObject' }, fault: { type: 'status', status: 500, execute: true } },
      {
        match: { pathPrefix: '/bucket/red' },
        fault: { type: 'status', status: 400, code: 'AuthorizationHeaderMalformed', extra: { Region: 'eu-west-1' } },
      },
    ],
  });
  equal((await ask()).status, 200);
  const slow = await ask();
  equal([slow.status, slow.code, slow.headers['retry-after']], [503, 'SlowDown', '7']);
  equal([(await ask()).status, (await ask()).status], [503, 200]);
  equal(
    [(await ask({ method: 'PUT', path: '/bucket/x', body: 'done' })).code, (await ask({ path: '/bucket/x' })).text],
    ['InternalError', 'done'],
  );
  ok((await ask({ path: '/bucket/red' })).text.includes('<Region>eu-west-1</Region>'), 'extra elements');
  equal(
    (await scenario.log()).requests.map(({ faults }) => faults.join()),
    ['', 'status', 'status', '', 'status', '', 'status'],
  );
});

s3Test(
  'an error in 200 leaves everything as it was',
  { faults: [{ match: { operation: 'CopyObject' }, fault: { type: 'errorIn200' } }] },
  async (ask) => {
    const copy = await ask({ method: 'PUT', path: '/bucket/copy', headers: { 'x-amz-copy-source': key, 'content-length': '0' } });
    equal([copy.status, copy.code], [200, 'InternalError']);
    equal((await ask({ path: '/bucket/copy' })).status, 404);
  },
);

for (const fault of [{ bytes: 300 }, { bytes: 0 }, { bytes: 300, reset: true }, { bytes: 5000 }, { bytes: 0, head: false }]) {
  s3Test(`cut ${JSON.stringify(fault)}`, onGet({ type: 'cut', ...fault }), async (ask, scenario) => {
    if (fault.bytes >= 1000) sameBytes((await ask()).body, body);
    else await rejects(ask(), gone);
    const [entry] = (await scenario.log()).requests;
    equal([entry?.bytesSent, entry?.finished, entry?.aborted], [Math.min(1000, fault.bytes), true, false]);
  });
}

s3Test('a cut that cannot be seen', onGet({ type: 'cut', bytes: 300, closeDelimited: true }), async (ask) => {
  const reply = await ask();
  equal([reply.headers['content-length'], reply.headers['transfer-encoding']], [undefined, undefined]);
  sameBytes(reply.body, body.subarray(0, 300));
});

s3Test('stalls last until the client goes', {}, async (ask, scenario) => {
  for (const fault of [{ type: 'stall', bytes: 10 }, { type: 'headStall' }] satisfies Fault[]) {
    await scenario.update({ ...onGet(fault), clearLog: true });
    const leave = new AbortController();
    const asking = fetch(`${scenario.endpoint}${key}`, { signal: leave.signal });
    if (fault.type === 'stall') equal((await asking).headers.get('content-length') === null, false, 'the head arrives');
    // without a head nothing tells when the request is there
    let inFlight = 0;
    for (let i = 0; i < 200 && inFlight === 0; i++) ({ inFlight } = (await scenario.log({ settled: false })).counts);
    equal(inFlight, 1);
    leave.abort();
    await asking.catch(() => {});
    const { requests, counts } = await scenario.log();
    equal([counts.inFlight, requests[0]?.aborted, requests[0]?.finished], [0, true, false]);
  }
  await scenario.update({ faults: [] });
  equal((await ask()).status, 200);
});

s3Test('lengths that lie', {}, async (ask, scenario) => {
  await scenario.update(onGet({ type: 'wrongLength', delta: 5 }));
  await rejects(ask(), gone);
  await scenario.update(onGet({ type: 'wrongLength', delta: -5 }));
  const seen = await ask().then(
    (reply) => reply.body.length,
    (error: { code?: string }) => String(error.code).slice(0, 3),
  );
  ok(seen === 995 || seen === 'HPE', `995 bytes or a refusal of the surplus, not ${seen}`);
});

s3Test('ranges that are ignored or wrong', {}, async (ask, scenario) => {
  await scenario.update(onGet({ type: 'ignoreRange' }));
  const whole = await ask(range('bytes=10-19'));
  equal([whole.status, whole.body.length, whole.headers['content-range']], [200, 1000, undefined]);
  const cases: [Fault, string | undefined, number][] = [
    [{ type: 'wrongRange' }, 'bytes 11-20/1000', 11],
    [{ type: 'wrongRange', what: 'header', shift: 3 }, 'bytes 13-22/1000', 10],
    [{ type: 'wrongRange', what: 'body', shift: 3 }, 'bytes 10-19/1000', 13],
    [{ type: 'wrongRange', what: 'total', shift: 3 }, 'bytes 10-19/1003', 10],
    [{ type: 'wrongRange', what: 'missing' }, undefined, 10],
  ];
  for (const [fault, contentRange, start] of cases) {
    await scenario.update(onGet(fault));
    const reply = await ask(range('bytes=10-19'));
    equal([reply.status, reply.headers['content-range']], [206, contentRange]);
    sameBytes(reply.body, body.subarray(start, start + 10));
  }
});

s3Test('bytes that are not what their checksum says', {}, async (ask, scenario) => {
  const good = await ask();
  await scenario.update(onGet({ type: 'wrongChecksum', at: 7 }));
  const bad = await ask();
  equal(bad.headers['etag'], good.headers['etag']);
  equal(
    [...bad.body].flatMap((byte, i) => (byte === body[i] ? [] : [i])),
    [7],
  );
  await scenario.update({ faults: [{ match: { method: 'PUT' }, fault: { type: 'corruptUpload', at: 1 } }] });
  const stored = await ask({ method: 'PUT', path: '/bucket/up', body: 'abc', headers: { 'x-amz-checksum-crc32': 'NSRBwg==' } });
  equal([stored.status, (await ask({ path: '/bucket/up' })).text], [200, 'acc']);
});

s3Test('redirects, and what arrives at the other origin', {}, async (ask, scenario) => {
  await scenario.update({ faults: [{ match: { origin: 1 }, fault: { type: 'redirect', status: 307, region: 'eu-west-1' } }] });
  const reply = await ask({ query: [['a', 'b']] });
  equal(
    [reply.status, reply.headers['location'], reply.headers['x-amz-bucket-region'], reply.code],
    [307, `${scenario.base2}${key}?a=b`, 'eu-west-1', 'TemporaryRedirect'],
  );
  await fetch(`${scenario.endpoint}${key}`, { headers: { authorization: 'Bearer secret', 'x-amz-meta-a': '1' } });
  const arrived = (await scenario.log()).requests.filter(({ origin }) => origin === 2);
  equal(
    arrived.map(({ headerNames }) => ['authorization', 'x-amz-meta-a'].map((name) => headerNames.includes(name))),
    [[false, true]],
  );
  await scenario.update({ faults: [{ fault: { type: 'redirect', status: 301, to: null, region: 'eu-west-1' } }] });
  const bare = await ask();
  equal([bare.status, bare.headers['location'], bare.code], [301, undefined, 'PermanentRedirect']);
});

for (const [wrongRegion, status, code] of [
  ['400', 400, 'AuthorizationHeaderMalformed'],
  ['301', 301, 'PermanentRedirect'],
  ['307', 307, 'TemporaryRedirect'],
] as const) {
  s3Test(`a wrong region gets ${wrongRegion}`, { region: 'eu-west-1', wrongRegion }, async (ask, { base2 }) => {
    equal((await ask()).status, 200);
    const reply = await ask({ region: 'us-east-1' });
    equal([reply.status, reply.code, reply.headers['location']], [status, code, wrongRegion === '307' ? base2 : undefined]);
    if (wrongRegion === '400') ok(reply.text.includes('<Region>eu-west-1</Region>'), reply.text);
    equal(reply.headers['x-amz-bucket-region'], 'eu-west-1');
  });
}

s3Test('the clock', {}, async (ask, scenario) => {
  const day = 86_400_000;
  await scenario.update({ faults: [{ match: { nth: 1 }, fault: { type: 'skew', ms: day, age: 60 } }] });
  const skewed = await ask();
  equal([skewed.status, skewed.code, skewed.headers['age']], [403, 'RequestTimeTooSkewed', '60']);
  ok(Math.abs(Date.parse(String(skewed.headers['date'])) - Date.now() - day) < 5000, 'its Date is a day ahead');
  equal((await ask()).status, 200);
  await scenario.update({ clockOffsetMs: -day });
  equal([(await ask()).code, (await ask({ at: Date.now() - day })).status], ['RequestTimeTooSkewed', 200]);
});

s3Test('an object that changes between reads', onGet({ type: 'changeObject' }), async (ask) => {
  const [first, second] = [await ask(), await ask()];
  sameBytes(first.body, body);
  sameBytes(
    second.body,
    body.map((byte) => byte + 1),
  );
  ok(first.headers['etag'] !== second.headers['etag'], 'another ETag');
});

s3Test('headers put on and taken off', {}, async (ask, scenario) => {
  const page = { headers: { origin: 'http://page.test' }, unsigned: ['origin'] };
  equal((await ask(page)).headers['access-control-allow-origin'], '*');
  await scenario.update(onGet([{ type: 'noCors' }, { type: 'dropHeader', names: ['ETag', 'Content-Length'] }]));
  const reply = await ask(page);
  equal(
    ['access-control-allow-origin', 'etag', 'content-length'].map((name) => reply.headers[name]),
    [undefined, undefined, undefined],
  );
  sameBytes(reply.body, body);
  await scenario.update(
    onGet([
      { type: 'encodingHeader', value: 'gzip' },
      { type: 'setHeader', headers: { 'x-a': '1', etag: null } },
    ]),
  );
  const other = await ask(page);
  equal([other.headers['content-encoding'], other.headers['x-a'], other.headers['etag']], ['gzip', '1', undefined]);
  ok(String(other.headers['access-control-expose-headers']).includes('x-a'), 'exposed as well');
});

s3Test('slow answers', {}, async (ask, scenario) => {
  await scenario.update(
    onGet([
      { type: 'delayMs', ms: 30 },
      { type: 'drip', bytes: 400, everyMs: 10 },
    ]),
  );
  sameBytes((await ask()).body, body);
});

s3Test('a body without end is taken only as far as it is read', onGet({ type: 'bigBody', sizeBytes: 1e9 }), async (_, scenario) => {
  const response = await fetch(`${scenario.endpoint}${key}`, { headers: { range: 'bytes=0-9' } });
  equal([response.status, response.headers.get('content-length')], [200, '1000000000']);
  await response.body?.cancel();
  const [entry] = (await scenario.log()).requests;
  ok(entry && entry.bytesSent < 64e6 && entry.aborted, `${entry?.bytesSent} bytes were sent`);
});

s3Test('preflights are counted', {}, async (_, scenario) => {
  const asks = { origin: 'http://page.test', 'access-control-request-method': 'PUT', 'access-control-request-headers': 'x-amz-date' };
  equal((await raw({ origin: scenario.endpoint, method: 'OPTIONS', path: key, headers: asks })).status, 200);
  const { counts, requests } = await scenario.log();
  equal([counts.preflights, counts.requests, requests[0]?.operation], [1, 0, 'Preflight']);
});
