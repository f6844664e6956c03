// Runs in workerd: the built package, by its name, signs a URL, takes bytes through the memory store, and works with codecs whose modules it
// is given, for workerd makes no code of bytes.
import { openStore } from 'anyfile';
import * as gzip from 'anyfile/codecs/gzip';
import * as xz from 'anyfile/codecs/xz';
import * as zstd from 'anyfile/codecs/zstd';
import { compress, decompress, init } from 'anyfile/codecs';
import { crc32c, md5, toHex } from 'anyfile/hash';
import { presign } from 'anyfile/sign';
import { createRemoteSigner, createSignerHandler } from 'anyfile/signer';
import xzModule from 'anyfile/wasm/xz.wasm';
import zstdModule from 'anyfile/wasm/zstd.wasm';
import { codecSuite } from '../conformance/codec-suite.ts';
import { utf8 } from '../conformance/codec-traits.ts';
import { gzipFarSuite } from '../conformance/gzip-far.ts';
import { noise } from '../conformance/noise.ts';
import { equal, ok, rejects, runAll, sameBytes, test } from '../harness.ts';

test('a URL is signed', async () => {
  const credentials = { accessKeyId: 'AKID', secretAccessKey: crypto.randomUUID() };
  const url = new URL(await presign('s3://bucket/a key', { credentials, region: 'us-east-1', expiresInMs: 60_000 }));
  equal(url.searchParams.get('X-Amz-Expires'), '60');
  ok(/^[0-9a-f]{64}$/.test(url.searchParams.get('X-Amz-Signature') ?? ''), 'a signature of 64 digits');
  ok(!url.href.includes(credentials.secretAccessKey), 'no secret in the URL');
});

test('the signer signs what it may, for the client that asks it', async () => {
  const handler = createSignerHandler({
    allow: [{ url: 's3://bucket/public/', operations: ['read', 'list'] }],
    credentials: { accessKeyId: 'AKID', secretAccessKey: crypto.randomUUID() },
    authorize: (request) => request.headers.get('authorization') === 'Bearer me' || null,
  });
  const signer = (authorization) =>
    createRemoteSigner({
      url: 'https://app.example/sign',
      headers: { authorization },
      fetch: (url, init) => handler(new Request(url, init)),
    });
  const at = (key) => ({ method: 'GET', url: `https://bucket.s3.us-east-1.amazonaws.com/${key}`, headers: {} });
  const mine = signer('Bearer me');
  const [a, b] = await Promise.all([mine.sign(at('public/a')), mine.sign(at('public/b'))]);
  ok(/^[0-9a-f]{64}$/.test(new URL(a.url).searchParams.get('X-Amz-Signature') ?? ''), 'a signature of 64 digits');
  ok(b.url.startsWith(at('public/b').url), 'its own URL');
  await rejects(mine.sign(at('secret')), 'PermissionDenied');
  await rejects(signer('').sign(at('public/a')), 'Unauthenticated');
});

test('the memory store gives back what was put', async () => {
  const store = openStore(`mem://${crypto.randomUUID()}/`);
  await store.put('a/b', 'hello');
  const got = await store.get('a/b');
  equal(await got?.text(), 'hello');
  equal(await store.get('a/c'), null);
});

test('a codec without a module is a typed error', async () => {
  for (const encoding of ['bz2', 'zstd', 'xz', 'br']) await rejects(compress(utf8('hello'), encoding), 'NotSupported');
  await rejects(
    init({ bz2: { bytes: new Uint8Array(8) } }).then(() => decompress(noise(10), 'bz2')),
    'NotSupported',
  );
});

test('codecs take their modules', async () => {
  ok(xzModule instanceof WebAssembly.Module && zstdModule instanceof WebAssembly.Module, 'modules');
  await init({ zstd: { module: zstdModule } });
  await xz.init({ module: xzModule });
  for (const encoding of ['zstd', 'xz']) {
    const plain = noise(100_000);
    sameBytes(await decompress(await compress(plain, encoding), encoding), plain, encoding);
  }
});

codecSuite({ encoding: 'gzip', codec: gzip, levels: [0, 1, 9, 12], wrongLevels: [-1, 13], checked: true, joins: true });
gzipFarSuite(gzip);
codecSuite({ encoding: 'zstd', codec: zstd, levels: [-5, 0, 1, 9], wrongLevels: [23, 100], checked: true, joins: true });
codecSuite({ encoding: 'xz', codec: xz, levels: [0, 6], wrongLevels: [-1, 10], checked: true, joins: true, padding: new Uint8Array(8) });

test('checksums and hashes are made without a module', () => {
  equal([crc32c(utf8('123456789')), toHex(md5(utf8('123456789')))], [0xe3069283, '25f9e794323b453885f5181f1b624d0b']);
});

export default {
  async fetch(request) {
    if (new URL(request.url).pathname === '/ready') return new Response('yes');
    const lines = [];
    const results = await runAll(({ name, state, error }) => {
      if (state === 'fail') lines.push(`not ok - ${name}: ${error?.stack || error?.message}`);
    });
    const failed = results.filter(({ state }) => state === 'fail').length;
    return new Response([...lines, `${results.length - failed} passed, ${failed} failed`].join('\n'));
  },
};
