import fc from 'fast-check';
import { gcsAddress, s3Address } from '../../../src/url/endpoint.ts';
import { env } from '../../env.ts';
import { equal, rejects, test } from '../../harness.ts';

test('addresses: S3 by host where Amazon has the certificate, by path elsewhere', () => {
  const region = 'eu-west-1';
  const table: [Parameters<typeof s3Address>[0], string][] = [
    [{ bucket: 'bucket', key: 'a/b c', region }, 'https://bucket.s3.eu-west-1.amazonaws.com/a/b%20c'],
    [{ bucket: 'bucket', region }, 'https://bucket.s3.eu-west-1.amazonaws.com/'],
    [{ bucket: 'my.bucket', key: 'k', region }, 'https://s3.eu-west-1.amazonaws.com/my.bucket/k'],
    [{ bucket: 'my.bucket', region }, 'https://s3.eu-west-1.amazonaws.com/my.bucket'],
    [{ bucket: 'Old_Bucket', key: 'k', region }, 'https://s3.eu-west-1.amazonaws.com/Old_Bucket/k'],
    [{ bucket: 'bucket', key: 'k', region, forcePathStyle: true }, 'https://s3.eu-west-1.amazonaws.com/bucket/k'],
    [{ bucket: 'my.bucket', key: 'k', region, forcePathStyle: false }, 'https://my.bucket.s3.eu-west-1.amazonaws.com/k'],
    [{ bucket: 'bucket', key: 'k', region: 'cn-north-1' }, 'https://bucket.s3.cn-north-1.amazonaws.com.cn/k'],
    [
      { bucket: 'bucket', key: 'k', region, endpoint: 'https://s3.dualstack.eu-west-1.amazonaws.com/' },
      'https://bucket.s3.dualstack.eu-west-1.amazonaws.com/k',
    ],
    [{ bucket: 'bucket', key: 'k', region, endpoint: 'http://127.0.0.1:9000' }, 'http://127.0.0.1:9000/bucket/k'],
    [{ bucket: 'bucket', key: '', region, endpoint: 'http://127.0.0.1:9000/' }, 'http://127.0.0.1:9000/bucket'],
    [{ bucket: 'bucket', key: 'k', region, endpoint: 'http://localhost:9000', forcePathStyle: false }, 'http://bucket.localhost:9000/k'],
    [{ bucket: 'bucket', key: '/k//', region, endpoint: 'https://h.example/base/path/' }, 'https://h.example/base/path/bucket//k//'],
    [{ bucket: 'bucket', key: 'k', region, endpoint: 'https://amazonaws.com.evil.example' }, 'https://amazonaws.com.evil.example/bucket/k'],
  ];
  for (const [init, want] of table) equal(s3Address(init), want);
});

test('addresses: GCS by path unless told otherwise', () => {
  equal(gcsAddress({ bucket: 'b', key: 'a/ö' }), 'https://storage.googleapis.com/b/a/%C3%B6');
  equal(gcsAddress({ bucket: 'b' }), 'https://storage.googleapis.com/b');
  equal(gcsAddress({ bucket: 'b', key: 'k', forcePathStyle: false }), 'https://b.storage.googleapis.com/k');
  equal(gcsAddress({ bucket: 'b', key: 'k', endpoint: 'http://127.0.0.1:4443' }), 'http://127.0.0.1:4443/b/k');
});

test('addresses: endpoints and buckets that can not be are refused', async () => {
  for (const endpoint of [
    'ftp://h',
    'h.example',
    '',
    'https://',
    'https://user:pw@h.example',
    'https://h.example/?x=1',
    'https://h.example/#x',
  ]) {
    await rejects(() => s3Address({ bucket: 'bucket', key: 'k', region: 'r', endpoint }), 'InvalidArgument');
    await rejects(() => gcsAddress({ bucket: 'bucket', key: 'k', endpoint }), 'InvalidArgument');
  }
  for (const bucket of ['', 'a/b', 'evil.example/', 'a@b', 'a:80', 'ä'])
    await rejects(() => s3Address({ bucket, region: 'r', forcePathStyle: false }), 'InvalidArgument');
  await rejects(() => s3Address({ bucket: '', region: 'r' }), 'InvalidArgument');
});

test('addresses: every key comes back out of its URL', () => {
  const dots = /(^|\/)(\.|\.\.)(\/|$)/;
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme', minLength: 1 }).filter((key) => !dots.test(key) && !key.includes('\0') && !/\p{Surrogate}/u.test(key)),
      (key) => {
        for (const address of [
          s3Address({ bucket: 'bucket', key, region: 'r' }),
          gcsAddress({ bucket: 'bucket', key, forcePathStyle: false }),
        ]) {
          equal(decodeURIComponent(new URL(address).pathname.slice(1)), key);
        }
      },
    ),
    { seed: env().seed },
  );
});
