import { AwsV4Signer } from 'aws4fetch';
import fc from 'fast-check';
import { createAwsSigner } from '../../../src/auth/aws/sigv4.ts';
import type { HttpRequest } from '../../../src/types.ts';
import { env } from '../../env.ts';
import { equal, ok, rejects, test } from '../../harness.ts';
import { input, stamp } from './requests.ts';

const seed = (): { seed: number; numRuns: number } => ({ seed: env().seed, numRuns: 300 });
const region = 'eu-west-1';
const service = 's3';

for (const which of ['all', 'usual'] as const) {
  test(`SigV4: the same bytes as aws4fetch for random S3 requests, ${which} headers`, async () => {
    const property = fc.asyncProperty(input, fc.boolean(), async (given, hashed) => {
      const { method, credentials: keys, date: when } = given;
      const url = `${given.host}/${given.path}${given.query && `?${given.query}`}`;
      const extra = hashed ? { 'x-amz-content-sha256': 'ab'.repeat(32) } : {};
      const request: HttpRequest = { method, url, headers: { ...given.headers, ...extra } };
      const theirs = await new AwsV4Signer({
        method,
        url,
        headers: request.headers,
        ...keys,
        region,
        service,
        datetime: stamp(when),
        allHeaders: which === 'all',
      }).sign();
      const ours = createAwsSigner(keys, { region, signedHeaders: which }).signHeaders(request, when);
      equal(ours.url, url, 'the URL stays');
      equal(Object.fromEntries(new Headers(ours.headers)), Object.fromEntries(theirs.headers));
    });
    await fc.assert(property, seed());
  });

  test(`SigV4: the same query as aws4fetch for random S3 requests, ${which} headers`, async () => {
    const property = fc.asyncProperty(input, fc.integer({ min: 1, max: 604_800 }), async (given, seconds) => {
      const { method, credentials: keys, date: when } = given;
      const url = `${given.host}/${given.path}`;
      const query = given.query && `${given.query}&`;
      const request: HttpRequest = { method, url: `${url}?${given.query}`, headers: given.headers };
      const theirs = await new AwsV4Signer({
        method,
        headers: given.headers,
        ...keys,
        region,
        service,
        url: `${url}?${query}X-Amz-Expires=${seconds}`,
        datetime: stamp(when),
        signQuery: true,
        allHeaders: which === 'all',
      }).sign();
      const ours = createAwsSigner(keys, { region, signedHeaders: which }).signQuery(request, when, seconds * 1000);
      ok(ours.url.startsWith(`${url}?${query}X-Amz-Expires=`), 'what was there stays');
      equal([...new URL(ours.url).searchParams], [...theirs.url.searchParams]);
      equal(ours.headers, given.headers);
    });
    await fc.assert(property, seed());
  });
}

test('SigV4: other services sign a normalised path twice encoded, and the body', async () => {
  const property = fc.asyncProperty(input, fc.string(), async (given, body) => {
    const { credentials: keys, date: when } = given;
    const url = `${given.host}/${given.path}?${given.query}`;
    const theirs = await new AwsV4Signer({
      method: 'POST',
      url,
      body,
      headers: given.headers,
      ...keys,
      region,
      service: 'execute-api',
      datetime: stamp(when),
    }).sign();
    const request: HttpRequest = { method: 'POST', url, headers: given.headers, body: new TextEncoder().encode(body) };
    const ours = createAwsSigner(keys, { region, service: 'execute-api' }).signHeaders(request, when);
    equal(Object.fromEntries(new Headers(ours.headers)), Object.fromEntries(theirs.headers));
  });
  await fc.assert(property, seed());
});

const keys = { accessKeyId: 'AKID', secretAccessKey: `secret-${Math.random()}` };
const get = (url: string, more: Record<string, string> = {}): HttpRequest => ({ method: 'GET', url, headers: more });

test('SigV4: one signer over days, hosts and times signs like a new one', () => {
  const kept = createAwsSigner(keys, { region });
  for (const time of ['2024-02-29T23:59:59.999Z', '2024-03-01T00:00:00Z', '2024-02-29T23:59:59Z', '2025-01-01T00:00:00.500Z'])
    for (const where of ['https://a.example/k', 'https://b.example/k', 'http://a.example:81/k']) {
      const fresh = createAwsSigner(keys, { region });
      equal(kept.signHeaders(get(where), new Date(time)), fresh.signHeaders(get(where), new Date(time)));
      equal(kept.signQuery(get(where), new Date(time)), fresh.signQuery(get(where), new Date(time)));
    }
});

test('SigV4: URLs of one query after another, and of the same again, are those of aws4fetch', async () => {
  const signer = createAwsSigner(keys, { region, signedHeaders: 'all' });
  for (const [second, given] of ['a=1', 'a=1', '', 'b=2&a=3', 'a=1', 'a=1%262', 'a=1', 'a=1'].entries()) {
    const url = `https://h.example/${second}?${given && `${given}&`}X-Amz-Expires=60`;
    const when = new Date(Date.UTC(2026, 0, 1, 0, 0, second >> 2));
    const theirs = await new AwsV4Signer({ ...keys, region, service: 's3', url, datetime: stamp(when), signQuery: true }).sign();
    const ours = signer.signQuery(get(`https://h.example/${second}?${given}`), when, 60_000);
    equal([...new URL(ours.url).searchParams].sort(), [...theirs.url.searchParams].sort());
  }
});

test('SigV4: by default S3 signs host, x-amz-*, content-type and content-md5 alone', () => {
  const all = {
    'x-amz-meta-a': '1',
    'content-type': 'text/plain',
    'content-md5': 'x',
    'user-agent': 'u',
    'accept-encoding': 'gzip',
    range: 'bytes=0-1',
    'if-match': 'e',
    accept: '*/*',
  };
  const { headers } = createAwsSigner(keys, { region }).signHeaders(get('https://h.example/k', all), new Date());
  equal(
    /SignedHeaders=([^,]*)/.exec(headers['authorization']!)![1],
    'content-md5;content-type;host;x-amz-content-sha256;x-amz-date;x-amz-meta-a',
  );
  equal(headers['x-amz-content-sha256'], 'UNSIGNED-PAYLOAD');
  const hash = createAwsSigner(keys, { region }).signHeaders({ ...get('https://h.example/k'), payloadHash: 'abc' }, new Date()).headers[
    'x-amz-content-sha256'
  ];
  equal(hash, 'abc');
});

test('SigV4: S3 paths are signed as they are, dots and double slashes too', () => {
  const sign = (url: string): string => createAwsSigner(keys, { region }).signHeaders(get(url), new Date(0)).headers['authorization']!;
  ok(sign('https://h.example/a/../b') !== sign('https://h.example/b'), 'another signature for ..');
  ok(sign('https://h.example/a//b') !== sign('https://h.example/a/b'), 'another signature for //');
  equal(sign('https://h.example/a b'), sign('https://h.example/a%20b'), 'raw or encoded');
  equal(sign('https://h.example'), sign('https://h.example/'), 'no path');
});

test('SigV4: what can not be signed is refused without a word of the secret', async () => {
  const signer = createAwsSigner(keys, { region });
  const now = new Date();
  const faults = [
    () => createAwsSigner({ accessKeyId: '', secretAccessKey: keys.secretAccessKey }, { region }),
    () => createAwsSigner({ ...keys, secretAccessKey: '' }, { region }),
    () => createAwsSigner(keys, { region: '' }),
    () => signer.signHeaders(get('/relative?token=' + keys.secretAccessKey), now),
    () => signer.signHeaders(get('https://[broken/' + keys.secretAccessKey), now),
    () => signer.signHeaders(get('s3://bucket/key'), now),
    () => signer.signHeaders(get('https://h.example/'), new Date(NaN)),
    () => signer.signQuery(get('https://h.example/'), now, 0),
    () => signer.signQuery(get('https://h.example/'), now, NaN),
    () => signer.signQuery(get('https://h.example/'), now, 604_800_001),
    () => createAwsSigner(keys, { region, service: 'sts' }).signHeaders({ ...get('https://h.example/'), body: new Blob(['x']) }, now),
  ];
  for (const fault of faults) {
    const error = await rejects(fault, 'InvalidArgument');
    ok(!`${error.message}${error.stack}${JSON.stringify(error)}`.includes(keys.secretAccessKey), 'no secret');
  }
  // A fault leaves nothing behind that a later signature could be made with.
  equal(signer.signHeaders(get('https://h.example/'), now), createAwsSigner(keys, { region }).signHeaders(get('https://h.example/'), now));
});
