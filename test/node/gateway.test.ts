/** The gateway verifies signatures, hashes, chunks and tokens. Node only: it is a Node server, and the requests are written by hand. */
import { AwsClient } from 'aws4fetch';
import { createHash, randomBytes } from 'node:crypto';
import { env } from '../env.ts';
import { equal, ok, sameBytes, skip, test } from '../harness.ts';
import { keyPath, raw, sha256, sign, signChunked } from '../servers/fixture/raw-client.ts';
import { account, expect, gatewayTest, put } from '../servers/gateway/test-tools.ts';

const minute = 60_000;

gatewayTest('agrees with aws4fetch on headers and queries', async ({ origin }) => {
  const client = new AwsClient({ ...account, service: 's3', region: 'us-east-1', retries: 0 });
  for (const key of ['plain', 'with space', 'a+b', 'ü/😀', "q'()*!~", 'x=1&y', '100%']) {
    const url = `${origin}${keyPath('bucket', key)}`;
    const stored = await client.fetch(url, { method: 'PUT', body: `body of ${key}`, headers: { 'x-amz-meta-a': 'b  c' } });
    equal(stored.status, 200, await stored.text());
    const read = await client.fetch(url);
    equal([await read.text(), read.headers.get('x-amz-meta-a')], [`body of ${key}`, 'b  c']);
    const signed = await client.sign(`${url}?X-Amz-Expires=60`, { aws: { signQuery: true } });
    equal(await (await fetch(signed.url)).text(), `body of ${key}`, 'by query');
  }
  const list = await (await client.fetch(`${origin}/bucket?list-type=2&prefix=${encodeURIComponent('a+')}`)).text();
  ok(list.includes('<Key>a+b</Key>') && list.includes('<KeyCount>1</KeyCount>'), list);
});

gatewayTest('refuses what was not signed so', async ({ ask, spec, origin }) => {
  await expect(ask(put('/bucket/key', 'hello')), 200);
  await expect(ask({ secretAccessKey: 'wrong' }), 403, 'SignatureDoesNotMatch');
  await expect(ask({ accessKeyId: 'nobody' }), 403, 'InvalidAccessKeyId');
  await expect(ask({ sessionToken: 'x' }), 400, 'InvalidToken');
  await expect(ask({ region: 'eu-west-1' }), 400, 'AuthorizationHeaderMalformed');
  await expect(ask({ service: 'sts', headers: { 'x-amz-content-sha256': sha256('') } }), 400, 'AuthorizationHeaderMalformed');
  await expect(ask({ terminator: 'aws5_request' }), 400, 'AuthorizationHeaderMalformed');
  await expect(ask({ at: Date.now() - 16 * minute }), 403, 'RequestTimeTooSkewed');
  await expect(ask({ at: Date.now() + 16 * minute }), 403, 'RequestTimeTooSkewed');
  await expect(ask({ at: Date.now() - 14 * minute }), 200);
  await expect(ask({ headers: { 'x-amz-meta-a': '1' }, unsigned: ['x-amz-meta-a'] }), 403, 'AccessDenied');
  await expect(ask({ unsigned: ['host'] }), 403, 'AccessDenied');
  await expect(ask({ unsigned: ['x-amz-content-sha256'] }), 403, 'AccessDenied');
  await expect(raw({ origin, path: '/bucket/key' }), 403, 'AccessDenied');

  const good = sign(spec({ headers: { range: 'bytes=0-1' }, query: [['a', 'b']] }));
  equal((await raw(good)).text, 'he');
  for (const change of [
    { path: good.path.replace('a=b', 'a=c') },
    { path: `${good.path}&more=1` },
    { path: good.path.replace('key', 'kex') },
    { method: 'HEAD' },
    { headers: { ...good.headers, range: 'bytes=0-2' } },
    { headers: { ...good.headers, host: 'localhost' } },
    { headers: { ...good.headers, authorization: good.headers['authorization']?.replace(/.$/, (c) => (c === '0' ? '1' : '0')) ?? '' } },
  ]) {
    const reply = await raw({ ...good, ...change });
    equal(
      [reply.status, change.method === 'HEAD' ? 'SignatureDoesNotMatch' : reply.code],
      [403, 'SignatureDoesNotMatch'],
      JSON.stringify(change),
    );
  }
  const spaced = await raw({ ...good, path: good.path.replace('a=b', 'a=%62') });
  equal(spaced.status, 206, 'another spelling of the same query is the same query');
});

gatewayTest('compares the payload with its hash', async ({ ask, spec }) => {
  const good = sign(spec(put('/bucket/key', 'hello')));
  await expect(raw({ ...good, body: 'hellp' }), 400, 'XAmzContentSHA256Mismatch');
  await expect(raw(good), 200);
  await expect(ask({ ...put('/bucket/key', 'x'), payloadHash: 'UNSIGNED-PAYLOAD' }), 200);
  await expect(ask({ ...put('/bucket/key', 'x'), payloadHash: 'nonsense' }), 400, 'InvalidArgument');
  equal((await ask({})).text, 'x');
});

gatewayTest('signed queries expire, begin, and cannot be altered', async ({ ask, spec, origin }) => {
  await expect(ask(put('/bucket/key', 'hello')), 200);
  equal((await ask({ expires: 60 })).text, 'hello');
  const expired = await expect(ask({ expires: 60, at: Date.now() - 2 * minute }), 403, 'AccessDenied');
  ok(expired.text.includes('Request has expired'), expired.text);
  await expect(ask({ expires: 3600, at: Date.now() + 20 * minute }), 403, 'AccessDenied');
  await expect(ask({ expires: 3600, at: Date.now() + 5 * minute }), 200);
  for (const expires of [0, 604_801]) await expect(ask({ expires }), 400, 'AuthorizationQueryParametersError');
  await expect(ask({ expires: 60, region: 'eu-west-1' }), 400, 'AuthorizationQueryParametersError');
  const good = sign(spec({ expires: 60 }));
  await expect(raw({ ...good, path: good.path.replace('Expires=60', 'Expires=61') }), 403, 'SignatureDoesNotMatch');
  await expect(raw({ ...good, path: `${good.path}&response-content-type=a%2Fb` }), 403, 'SignatureDoesNotMatch');
  await expect(raw({ ...good, method: 'DELETE' }), 403, 'SignatureDoesNotMatch');
  await expect(raw({ ...good, headers: { ...good.headers, 'x-amz-acl': 'public-read' } }), 403, 'AccessDenied');
  await expect(raw({ ...good, headers: { ...good.headers, authorization: 'AWS4-HMAC-SHA256 x' } }), 400, 'InvalidArgument');
  await expect(raw({ origin, path: good.path.replace(/X-Amz-Date=[^&]*&/, '') }), 400, 'AuthorizationQueryParametersError');
  const typed = await ask({
    expires: 60,
    query: [
      ['response-content-type', 'a/b'],
      ['response-content-encoding', 'identity'],
    ],
  });
  equal([typed.headers['content-type'], typed.headers['content-encoding']], ['a/b', 'identity']);
});

const session = { accessKeyId: 'S'.repeat(20), secretAccessKey: 'sss', sessionToken: 'to/ke+n=' };
gatewayTest(
  'session tokens must be there and be right',
  async ({ ask }) => {
    await expect(ask({ ...session, ...put('/bucket/key', 'hello') }), 200);
    await expect(ask({ ...session, expires: 60 }), 200);
    await expect(ask({ ...session, sessionToken: undefined }), 403, 'InvalidAccessKeyId');
    await expect(ask({ ...session, sessionToken: 'other' }), 400, 'InvalidToken');
    await expect(ask({ ...session, unsigned: ['x-amz-security-token'] }), 403, 'AccessDenied');
    await expect(ask({ ...session, accessKeyId: 'OLD', sessionToken: 'old' }), 400, 'ExpiredToken');
  },
  { accounts: [session, { ...session, accessKeyId: 'OLD', sessionToken: 'old', expiresAt: 1 }] },
);

const big = randomBytes(20_000);
const chunks = [big.subarray(0, 9000), big.subarray(9000, 19_000), big.subarray(19_000)];
const crc = createHash('sha256').update(big).digest('base64');

/** What is done to a chunked upload, and what the gateway says. */
const tampering: [string, (pieces: Buffer[]) => Buffer[], boolean, [number, string?]][] = [
  ['as it is', (pieces) => pieces, false, [200]],
  ['with a trailer', (pieces) => pieces, true, [200]],
  ['a byte of the second chunk', ([a, b, ...rest]) => [a, flip(b, 500), ...rest] as Buffer[], false, [403, 'SignatureDoesNotMatch']],
  ['a chunk signature', ([a, ...rest]) => [otherDigit(a, 30), ...rest] as Buffer[], false, [403, 'SignatureDoesNotMatch']],
  ['chunks swapped', ([a, b, ...rest]) => [b, a, ...rest] as Buffer[], false, [403, 'SignatureDoesNotMatch']],
  ['a chunk left out', ([, b, ...rest]) => [b, ...rest] as Buffer[], false, [403, 'SignatureDoesNotMatch']],
  ['the last chunk left out', (pieces) => pieces.slice(0, 3), false, [400, 'IncompleteBody']],
  ['the trailer altered', (pieces) => pieces.map((piece, i) => (i === 4 ? flip(piece, 30) : piece)), true, [403, 'SignatureDoesNotMatch']],
  ['the trailer left out', (pieces) => pieces.filter((_, i) => i !== 4), true, [400, 'MalformedTrailerError']],
];
function otherDigit(piece: Buffer | undefined, at: number): Buffer {
  const copy = Buffer.from(piece ?? []);
  copy.write(copy.toString('latin1', at, at + 1) === '0' ? '1' : '0', at, 'latin1');
  return copy;
}
function flip(piece: Buffer | undefined, at: number): Buffer {
  const copy = Buffer.from(piece ?? []);
  copy[at] = (copy[at] ?? 0) ^ 1;
  return copy;
}

gatewayTest('verifies every chunk and the trailer', async ({ spec, ask }) => {
  for (const [what, tamper, withTrailer, [want, code]] of tampering) {
    const signed = signChunked(
      spec({ path: '/bucket/chunked', headers: { 'content-encoding': 'aws-chunked,gzip' } }),
      chunks,
      withTrailer ? ['x-amz-checksum-sha256', crc] : undefined,
    );
    const reply = await raw({ ...signed, body: Buffer.concat(tamper(signed.pieces)) });
    equal([reply.status, reply.code], [want, code], `${what}: ${reply.text}`);
  }
  const read = await ask({ path: '/bucket/chunked', headers: { 'x-amz-checksum-mode': 'ENABLED' } });
  sameBytes(read.body, big);
  equal([read.headers['x-amz-checksum-sha256'], read.headers['content-encoding']], [crc, 'gzip']);
  const wrong = signChunked(spec({ path: '/bucket/chunked' }), chunks, ['x-amz-checksum-sha256', sha256('x').slice(0, 43) + '=']);
  equal((await raw({ ...wrong, body: Buffer.concat(wrong.pieces) })).status, 400, 'a checksum of other bytes, rightly signed');
  const small = signChunked(spec({ path: '/bucket/chunked' }), [big.subarray(0, 10), big.subarray(10)]);
  await expect(raw({ ...small, body: Buffer.concat(small.pieces) }), 403, 'InvalidChunkSizeError');
});

test('gateway: versitygw takes and refuses the same chunked uploads', async () => {
  if (!env().engine.startsWith('node')) skip('written for Node');
  const { versitygw } = env().s3;
  if (!versitygw) return skip('versitygw: not started');
  const { endpoint, bucket, ...keys } = versitygw;
  for (const [what, tamper, withTrailer, [want]] of tampering) {
    const spec = { origin: endpoint, path: `/${bucket}/gateway-self-test`, ...keys };
    const signed = signChunked(spec, chunks, withTrailer ? ['x-amz-checksum-sha256', crc] : undefined);
    const reply = await raw({ ...signed, body: Buffer.concat(tamper(signed.pieces)) });
    equal(reply.status === 200, want === 200, `${what}: ${reply.status} ${reply.text}`);
  }
});
