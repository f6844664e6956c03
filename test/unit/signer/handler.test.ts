import { isCloudError } from '../../../src/errors.ts';
import {
  createSignerHandler,
  type SignerAnswer,
  type SignerDecision,
  type SignerHandlerOptions,
  type SignerResult,
} from '../../../src/signer.ts';
import { equal, ok, rejects, test } from '../../harness.ts';

const secretAccessKey = 'a-secret-that-nobody-may-see';
const host = 'http://127.0.0.1:9';
const now = Date.parse('2026-05-06T07:08:09Z');

function handler(more: Partial<SignerHandlerOptions> = {}): (request: Request) => Promise<Response> {
  return createSignerHandler({
    allow: [
      { url: `s3://${host}/bucket/read/`, operations: ['read', 'list'] },
      { url: `s3://${host}/bucket/write/`, operations: ['write'] },
      { url: `s3://${host}/bucket/one.txt`, operations: ['read', 'delete'] },
      { url: 's3://amazon/', operations: ['read', 'list'], region: 'eu-west-1' },
    ],
    credentials: { accessKeyId: 'AK', secretAccessKey },
    authorize: () => true,
    clock: () => now,
    ...more,
  });
}

function post(body: unknown, headers: Record<string, string> = {}): Request {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return new Request('https://app.example/sign', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: text,
  });
}

type Asked = [method: unknown, url: unknown, headers?: unknown];

async function ask(sign: (request: Request) => Promise<Response>, ...asked: Asked[]): Promise<SignerResult[]> {
  const response = await sign(post({ version: 1, requests: asked.map(([method, url, headers]) => ({ method, url, headers })) }));
  equal(response.status, 200);
  return ((await response.json()) as SignerAnswer).results;
}

const reasonOf = (result: SignerResult | undefined): string => (result && 'error' in result ? result.error.reason : 'signed');

test('what is allowed is signed, and for a while', async () => {
  const allowed: Asked[] = [
    ['GET', `${host}/bucket/read/a%20b`],
    ['GET', `${host}/bucket/read/a?response-content-encoding=identity`],
    ['HEAD', `${host}/bucket/read/a?x-amz-checksum-mode=ENABLED`],
    ['GET', `${host}/bucket?list-type=2&prefix=read%2F&delimiter=%2F`],
    ['GET', `${host}/bucket/?list-type=2&prefix=read%2Fdeep%2Fer&start-after=read%2Fx`],
    ['PUT', `${host}/bucket/write/a`, { 'content-type': 'text/plain', 'x-amz-meta-note': 'x' }],
    ['POST', `${host}/bucket/write/a?uploads=`],
    ['PUT', `${host}/bucket/write/a?partNumber=2&uploadId=u`],
    ['POST', `${host}/bucket/write/a?uploadId=u`],
    ['DELETE', `${host}/bucket/write/a?uploadId=u`],
    ['GET', `${host}/bucket/write/a?uploadId=u&max-parts=1000`],
    ['GET', `${host}/bucket/one.txt`],
    ['DELETE', `${host}/bucket/one.txt`],
    ['GET', 'https://amazon.s3.eu-west-1.amazonaws.com/k'],
    ['GET', 'https://s3.eu-west-1.amazonaws.com/amazon/k'],
  ];
  const results = await ask(handler(), ...allowed);
  for (const [i, result] of results.entries()) {
    const [, asked] = allowed[i]!;
    ok('url' in result, `a URL for ${String(asked)}`);
    const url = new URL(result.url);
    ok(result.url.startsWith(String(asked).split('?')[0]!), 'the same place');
    equal([url.searchParams.get('X-Amz-Expires'), result.expiresInMs], ['300', 300_000]);
    ok(/^[0-9a-f]{64}$/.test(url.searchParams.get('X-Amz-Signature')!), 'a signature');
  }
  ok('url' in results[5]! && results[5].url.includes('SignedHeaders=content-type%3Bhost%3Bx-amz-meta-note'), 'the headers are signed');
  equal(
    (await ask(handler({ expiresInMs: 60_500 }), allowed[0]!)).map((one) => 'url' in one && one.expiresInMs),
    [60_000],
  );
});

test('ways around a place, other operations and dangerous headers are refused, each with its reason', async () => {
  const refused: [reason: string, ...asked: Asked][] = [
    ['url', 'GET', `${host}/bucket/read/../secret`],
    ['url', 'GET', `${host}/bucket/read/%2e%2e/secret`],
    ['url', 'GET', `${host}/bucket/read/%252e%252e/secret`],
    ['url', 'GET', `${host}/bucket/read/..%2fsecret`],
    ['url', 'GET', `${host}/bucket/read%2Fa`],
    ['url', 'GET', `${host}/bucket/read/a%252fb`],
    ['url', 'GET', `${host}/bucket/read/a%5Cb`],
    ['url', 'GET', `${host}/bucket/read/a\\b`],
    ['url', 'GET', `${host}/bucket/read//a`],
    ['url', 'GET', `${host}/bucket/read/a%00`],
    ['url', 'GET', `${host}/bucket/read/%zz`],
    ['url', 'GET', `${host}/bucket/read/a b`],
    ['url', 'GET', `${host}/bucket/read/a#b`],
    ['url', 'GET', 'http://user@127.0.0.1:9/bucket/read/a'],
    ['url', 'GET', '/bucket/read/a'],
    ['url', 'GET', 'file:///bucket/read/a'],
    ['url', 'GET', `${host}/bucket/read/${'a'.repeat(9000)}`],
    ['url', 'GET', 7],
    ['url', 7, `${host}/bucket/read/a`],
    ['url', 'GET', `${host}/bucket?list-type=2&prefix=read%2F&prefix=secret%2F`],
    ['place', 'GET', 'http://127.0.0.1:90/bucket/read/a'],
    ['place', 'GET', 'http://127.0.0.1/bucket/read/a'],
    ['place', 'GET', 'https://127.0.0.1:9/bucket/read/a'],
    ['place', 'GET', 'http://bucket.127.0.0.1:9/read/a'.replace('127.0.0.1', 'localhost')],
    ['place', 'GET', `${host}/bucket2/read/a`],
    ['place', 'GET', `${host}/BUCKET/read/a`],
    ['place', 'GET', `${host}/bucket/read`],
    ['place', 'GET', `${host}/bucket/readme`],
    ['place', 'GET', `${host}/bucket/one.txt2`],
    ['place', 'PUT', `${host}/bucket/read/a`],
    ['place', 'DELETE', `${host}/bucket/write/a`],
    ['place', 'GET', `${host}/bucket/write/a`],
    ['place', 'GET', `${host}/bucket?list-type=2`],
    ['place', 'GET', `${host}/bucket?list-type=2&prefix=`],
    ['place', 'GET', `${host}/bucket?list-type=2&prefix=rea`],
    ['place', 'GET', `${host}/bucket?list-type=2&prefix=read%2F..%2Fsecret%2F`],
    ['place', 'GET', `${host}/bucket?list-type=2&prefix=read%2F%2Fa`],
    ['query', 'GET', `${host}/bucket?prefix=read%2F`],
    ['query', 'GET', `${host}/bucket?uploads=&list-type=2&prefix=read%2F`],
    ['query', 'GET', `${host}/bucket?versions=&prefix=read%2F`],
    ['query', 'GET', `${host}/bucket?policy`],
    ['query', 'GET', `${host}/bucket/read/a?acl`],
    ['query', 'GET', `${host}/bucket/read/a?policy=`],
    ['query', 'GET', `${host}/bucket/read/a?versionId=1`],
    ['query', 'GET', `${host}/bucket/read/a?X-Amz-Expires=604800`],
    ['query', 'PUT', `${host}/bucket/write/a?acl`],
    ['query', 'PUT', `${host}/bucket/write/a?tagging=`],
    ['query', 'PUT', `${host}/bucket/write/a?partNumber=1&uploadId=`],
    ['query', 'POST', `${host}/bucket/write/a?restore`],
    ['query', 'POST', `${host}/bucket/write/a`],
    ['query', 'DELETE', `${host}/bucket/one.txt?tagging`],
    ['method', 'POST', `${host}/bucket?delete`],
    ['method', 'PUT', `${host}/bucket`],
    ['method', 'DELETE', `${host}/bucket/`],
    ['method', 'PATCH', `${host}/bucket/write/a`],
    ['method', 'get', `${host}/bucket/read/a`],
    ['header', 'PUT', `${host}/bucket/write/a`, { 'x-amz-copy-source': '/bucket/secret' }],
    ['header', 'PUT', `${host}/bucket/write/a`, { 'X-Amz-Acl': 'public-read' }],
    ['header', 'PUT', `${host}/bucket/write/a`, { 'x-amz-grant-read': 'x' }],
    ['header', 'PUT', `${host}/bucket/write/a`, { host: 'evil.example' }],
    ['header', 'PUT', `${host}/bucket/write/a`, { 'content-type': 'a\nx-amz-acl:public-read' }],
    ['header', 'PUT', `${host}/bucket/write/a`, ['content-type']],
  ];
  const sign = handler({ expiresInMs: 10_000 });
  const results = await ask(sign, ...refused.map(([, ...asked]) => asked));
  equal(
    results.map((result, i) => `${reasonOf(result)} ${JSON.stringify(refused[i]!.slice(1))}`),
    refused.map(([reason, ...asked]) => `${reason} ${JSON.stringify(asked)}`),
  );
  for (const result of results) ok('error' in result && result.error.message && result.error.code, 'a code and a message');
});

test('a rule can let versions and further headers be named', async () => {
  const sign = handler({
    allow: [{ url: `s3://${host}/bucket/`, operations: ['read', 'write'], versions: true, headers: ['X-Amz-Storage-Class'] }],
  });
  const asked: Asked[] = [
    ['GET', `${host}/bucket/a?versionId=1`],
    ['PUT', `${host}/bucket/a`, { 'x-amz-storage-class': 'STANDARD_IA' }],
    ['PUT', `${host}/bucket/a`, { 'x-amz-acl': 'private' }],
  ];
  equal((await ask(sign, ...asked)).map(reasonOf), ['signed', 'signed', 'header']);
});

test('the login decides last, of what the rules allow; a log hears of all and of no signature', async () => {
  const asked: string[] = [];
  const log: SignerDecision[] = [];
  const sign = handler({
    authorize: async (request, { key, operation, bucket, url }) => {
      asked.push([request.headers.get('cookie') ?? '', operation, bucket, key, url].join(' '));
      if (key.endsWith('throws')) throw new Error(secretAccessKey);
      return key.endsWith('nobody') ? null : key.endsWith('no') ? false : { identity: 'ann' };
    },
    onDecision: (decision) => log.push(decision),
  });
  const names = ['yes', 'no', 'nobody', 'throws'];
  const question = {
    version: 1,
    requests: [...names.map((name) => ({ method: 'GET', url: `${host}/bucket/read/${name}` })), { method: 'GET', url: `${host}/x` }],
  };
  const response = await sign(post(question, { 'x-login': '1' }));
  const text = await response.text();
  equal((JSON.parse(text) as SignerAnswer).results.map(reasonOf), ['signed', 'denied', 'login', 'failed', 'place']);
  ok(!text.includes(secretAccessKey), 'no secret in the answer');
  equal(
    asked,
    names.map((name) => ` read bucket read/${name} ${host}/bucket/read/${name}`),
  );
  equal(log.map(({ allowed, reason, identity }) => [allowed, reason, identity].join()).sort(), [
    'false,denied,',
    'false,login,',
    'false,place,',
    'true,,ann',
  ]);
  ok(!/Signature|secret/i.test(JSON.stringify(log)), 'no signature in the log');
});

test('credentials that fail, end soon or are of another kind', async () => {
  const url = `${host}/bucket/read/a`;
  const fails = handler({ credentials: () => Promise.reject(new Error(secretAccessKey)) });
  const token = handler({ credentials: { accessToken: 'x' } });
  const gone = handler({ credentials: () => ({ accessKeyId: 'AK', secretAccessKey, expiration: new Date(now - 1) }) });
  for (const sign of [fails, token, gone]) equal((await ask(sign, ['GET', url])).map(reasonOf), ['failed']);
  const soon = handler({
    credentials: () => ({ accessKeyId: 'AK', secretAccessKey, sessionToken: 'T', expiration: new Date(now + 90_000) }),
  });
  const [result] = await ask(soon, ['GET', url]);
  ok(result && 'url' in result && result.url.includes('X-Amz-Security-Token=T'), 'the session token');
  equal(result.expiresInMs, 90_000);
});

test('what is no question is refused as a whole', async () => {
  const sign = handler({ maxRequests: 2, maxBodyBytes: 500 });
  const one = { method: 'GET', url: `${host}/bucket/read/a` };
  const table: [Request, number][] = [
    [new Request('https://app.example/sign'), 405],
    [new Request('https://app.example/sign', { method: 'POST', headers: { 'content-type': 'text/plain' }, body: '{}' }), 415],
    [post('{'), 400],
    [post('"large"'), 400],
    [post('null'), 400],
    [post({ version: 2, requests: [] }), 400],
    [post({ version: 1, requests: {} }), 400],
    [post({ version: 1, requests: [one, one, one] }), 413],
    [post({ version: 1, requests: [], more: 'x'.repeat(500) }), 413],
    [post({ version: 1, requests: [] }), 200],
  ];
  for (const [request, status] of table) {
    const response = await sign(request);
    equal(response.status, status);
    equal([response.headers.get('cache-control'), response.headers.get('content-type')], ['no-store', 'application/json']);
    const { error } = (await response.json()) as { error?: { code: string } };
    equal(typeof error?.code, status === 200 ? 'undefined' : 'string');
  }
  equal((await ask(sign, [null, null])).map(reasonOf), ['url']);
  equal(((await (await sign(post({ version: 1, requests: [null] }))).json()) as SignerAnswer).results.map(reasonOf), ['url']);
});

test('CORS for the origins that are named', async () => {
  const allowed = (response: Response): (string | null)[] =>
    ['origin', 'credentials', 'headers'].map((name) => response.headers.get(`access-control-allow-${name}`));
  // A page's Request takes no Origin, which is the browser's own: these stand in for those that a server gets.
  const preflight = (origin: string): Request =>
    ({ method: 'OPTIONS', headers: new Map([['origin', origin]]), url: 'https://app.example/sign' }) as unknown as Request;
  const named = handler({ origins: ['https://page.example'], allowCookies: true, allowHeaders: ['x-csrf'] });
  equal((await named(preflight('https://page.example'))).status, 204);
  equal(allowed(await named(preflight('https://page.example'))), ['https://page.example', 'true', 'content-type, authorization, x-csrf']);
  equal(allowed(await named(preflight('https://page.example.evil'))), [null, null, null]);
  equal(allowed(await handler()(preflight('https://page.example'))), [null, null, null]);
  const all = await handler({ origins: '*', allowCookies: true })(preflight('https://x.example'));
  equal([...allowed(all), all.headers.get('vary')], ['*', null, 'content-type, authorization', 'origin']);
});

test('rules that are none are refused when the handler is made', async () => {
  const wrong: SignerHandlerOptions['allow'][] = [
    [{ url: 'gs://bucket/' }],
    [{ url: 'https://host/bucket/' }],
    [{ url: 's3://bucket/key', operations: ['list'] }],
    [{ url: 's3://bucket/', operations: ['everything' as 'read'] }],
  ];
  for (const allow of wrong) await rejects(() => handler({ allow }), 'InvalidArgument');
  await rejects(() => handler({ credentials: {} as 'anonymous' }), 'InvalidArgument');
  await rejects(() => handler({ authorize: undefined as unknown as () => true }), 'InvalidArgument');
  await rejects(
    () => handler({ allow: [{ url: 's3://' }] }),
    (error) => isCloudError(error),
  );
});
