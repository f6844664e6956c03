/** The gateway's operations do what S3's do. */
import { createHash, randomBytes } from 'node:crypto';
import { equal, ok, sameBytes } from '../harness.ts';
import { keyPath, percent, raw } from '../servers/fixture/raw-client.ts';
import type { RawReply } from '../servers/fixture/raw-client.ts';
import { expect, gatewayTest, put } from '../servers/gateway/test-tools.ts';

const partXml = ([n, tag]: [number, string]): string => `<Part><PartNumber>${n}</PartNumber><ETag>${tag}</ETag></Part>`;

gatewayTest('keys are kept exactly as sent', async ({ ask }) => {
  const keys = [
    'a/../b',
    '../x',
    './y',
    '.',
    '..',
    '//z',
    'a//b/',
    '%2F',
    '%252F',
    'a b',
    'a+b',
    'ﬁ',
    'e\u0301',
    '\u00e9',
    '😀',
    '\ud83d\ude00x',
    '\u0001',
    'a&b=c?d#e',
  ];
  for (const key of keys) await expect(ask(put(keyPath('bucket', key), `of ${key}`)), 200);
  for (const key of keys) equal((await ask({ path: keyPath('bucket', key) })).text, `of ${key}`, key);
  const list = await ask({
    path: '/bucket',
    query: [
      ['list-type', '2'],
      ['encoding-type', 'url'],
    ],
  });
  const listed = [...list.text.matchAll(/<Key>(.*?)<\/Key>/g)].map(([, key]) => decodeURIComponent((key ?? '').replaceAll('+', ' ')));
  equal(
    listed,
    [...new Set(keys)].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))),
  );
  equal((await ask({ path: '/key', headers: { host: 'bucket.localhost:1' } })).status, 404, 'virtual-host style, no such key');
  equal((await ask({ path: '/a%20b', headers: { host: 'bucket.localhost:1' } })).text, 'of a b');
  await expect(ask(put(keyPath('bucket', 'x'.repeat(1025)), '')), 400, 'KeyTooLongError');
  const plus = await ask({ path: '/bucket/a%2Bb' });
  equal(plus.text, 'of a+b');
  await expect(ask({ path: '/bucket/a+b' }), 403, 'SignatureDoesNotMatch');
});

gatewayTest('ranges and conditions', async ({ ask }) => {
  const { headers } = await ask(put('/bucket/key', '0123456789'));
  const etag = String(headers['etag']);
  const range = async (text: string): Promise<unknown[]> => {
    const reply = await ask({ headers: { range: text } });
    return [reply.status, reply.headers['content-range'], reply.status < 300 ? reply.text : reply.code];
  };
  equal(await range('bytes=2-4'), [206, 'bytes 2-4/10', '234']);
  equal(await range('bytes=7-'), [206, 'bytes 7-9/10', '789']);
  equal(await range('bytes=7-99'), [206, 'bytes 7-9/10', '789']);
  equal(await range('bytes=-3'), [206, 'bytes 7-9/10', '789']);
  equal(await range('bytes=-99'), [206, 'bytes 0-9/10', '0123456789']);
  equal(await range('bytes=10-'), [416, 'bytes */10', 'InvalidRange']);
  equal(await range('bytes=-0'), [416, 'bytes */10', 'InvalidRange']);
  equal(await range('bytes=4-2'), [200, undefined, '0123456789']);
  equal(await range('lines=1-2'), [200, undefined, '0123456789']);
  equal((await ask({ headers: { 'if-none-match': etag } })).status, 304);
  equal((await ask({ headers: { 'if-none-match': '"x"' } })).status, 200);
  equal((await ask({ headers: { 'if-match': etag } })).status, 200);
  await expect(ask({ headers: { 'if-match': '"x"' } }), 412, 'PreconditionFailed');
  await expect(ask(put('/bucket/key', 'x', { 'if-none-match': '*' })), 412, 'PreconditionFailed');
  await expect(ask(put('/bucket/key', 'x', { 'if-match': '"x"' })), 412, 'PreconditionFailed');
  await expect(ask(put('/bucket/none', 'x', { 'if-match': etag })), 404, 'NoSuchKey');
  await expect(ask({ method: 'DELETE', headers: { 'if-match': '"x"' } }), 412, 'PreconditionFailed');
  equal((await ask(put('/bucket/key', 'x', { 'if-match': etag }))).status, 200);
  const head = await ask({ method: 'HEAD' });
  equal([head.status, head.headers['content-length'], head.body.length], [200, '1', 0]);
  equal((await ask({ method: 'DELETE' })).status, 204);
  await expect(ask({}), 404, 'NoSuchKey');
});

gatewayTest('checksums are verified, kept and told', async ({ ask }) => {
  const known = { crc32: 'y/Q5Jg==', crc32c: '4waSgw==', crc64nvme: 'rosUhgp5mIg=' };
  for (const [name, value] of Object.entries(known)) {
    await expect(ask(put('/bucket/key', '123456789', { [`x-amz-checksum-${name}`]: value })), 200);
    const read = await ask({ expires: 60, query: [['x-amz-checksum-mode', 'ENABLED']] });
    equal([read.headers[`x-amz-checksum-${name}`], read.headers['x-amz-checksum-type']], [value, 'FULL_OBJECT']);
    equal((await ask({ headers: { 'x-amz-checksum-mode': 'ENABLED', range: 'bytes=0-1' } })).headers[`x-amz-checksum-${name}`], undefined);
    await expect(ask(put('/bucket/key', '123456780', { [`x-amz-checksum-${name}`]: value })), 400, 'BadDigest');
    await expect(ask(put('/bucket/key', '123456789', { [`x-amz-checksum-${name}`]: 'AAAA' })), 400, 'InvalidRequest');
  }
  const md5 = createHash('md5').update('123456789').digest('base64');
  await expect(ask(put('/bucket/key', '123456789', { 'content-md5': md5 })), 200);
  await expect(ask(put('/bucket/key', '12345678', { 'content-md5': md5 })), 400, 'BadDigest');
  await expect(ask(put('/bucket/key', '12345678', { 'content-md5': 'AAAA' })), 400, 'InvalidDigest');
});

gatewayTest(
  'multipart',
  async ({ ask }) => {
    const parts = [randomBytes(1000), randomBytes(1000), randomBytes(10)];
    const start = async (): Promise<string> =>
      /<UploadId>(.*?)</.exec((await ask({ method: 'POST', query: [['uploads', '']] })).text)?.[1] ?? '';
    const uploadId = await start();
    const etags: string[] = [];
    for (const [i, body] of parts.entries()) {
      const reply = await ask({
        ...put('/bucket/key', body),
        query: [
          ['partNumber', String(i + 1)],
          ['uploadId', uploadId],
        ],
      });
      etags.push(String(reply.headers['etag']));
    }
    const complete = (list: [number, string][], id = uploadId): Promise<RawReply> =>
      ask({
        method: 'POST',
        query: [['uploadId', id]],
        body: `<CompleteMultipartUpload>${list.map(partXml).join('')}</CompleteMultipartUpload>`,
      });
    const all = etags.map((tag, i): [number, string] => [i + 1, tag]);
    await expect(complete(all, 'none'), 404, 'NoSuchUpload');
    await expect(complete([...all].reverse()), 400, 'InvalidPartOrder');
    await expect(complete([[1, etags[1] ?? '']]), 400, 'InvalidPart');
    await expect(
      complete([
        [3, etags[2] ?? ''],
        [4, etags[2] ?? ''],
      ]),
      400,
      'InvalidPart',
    );
    const done = await complete(all);
    const digest = createHash('md5')
      .update(Buffer.concat(parts.map((part) => createHash('md5').update(part).digest())))
      .digest('hex');
    ok(done.text.includes(`&quot;${digest}-3&quot;`), done.text);
    sameBytes((await ask({})).body, Buffer.concat(parts));
    const second = await ask({ query: [['partNumber', '2']] });
    sameBytes(second.body, parts[1] ?? new Uint8Array());
    equal([second.status, second.headers['x-amz-mp-parts-count']], [206, '3']);
    const aborted = await start();
    equal((await ask({ method: 'DELETE', query: [['uploadId', aborted]] })).status, 204);
    await expect(
      ask({
        ...put('/bucket/key', 'x'),
        query: [
          ['partNumber', '1'],
          ['uploadId', aborted],
        ],
      }),
      404,
      'NoSuchUpload',
    );
    const small = await start();
    const tag = String(
      (
        await ask({
          ...put('/bucket/key', 'small'),
          query: [
            ['partNumber', '1'],
            ['uploadId', small],
          ],
        })
      ).headers['etag'],
    );
    await ask({
      ...put('/bucket/key', 'small'),
      query: [
        ['partNumber', '2'],
        ['uploadId', small],
      ],
    });
    await expect(
      complete(
        [
          [1, tag],
          [2, tag],
        ],
        small,
      ),
      400,
      'EntityTooSmall',
    );
  },
  { minPartBytes: 1000 },
);

gatewayTest('copy, batch delete, buckets', async ({ ask, gateway }) => {
  await ask(put('/bucket/a%20%2Bb', 'hello', { 'x-amz-meta-n': '1', 'content-type': 'x/y' }));
  const source = { 'x-amz-copy-source': `/bucket/${percent('a +b')}` };
  await expect(ask({ method: 'PUT', path: '/bucket/copy', headers: { ...source, 'content-length': '0' } }), 200);
  const copied = await ask({ path: '/bucket/copy' });
  equal([copied.text, copied.headers['x-amz-meta-n'], copied.headers['content-type']], ['hello', '1', 'x/y']);
  const nothing = { 'content-length': '0' };
  await expect(
    ask({ method: 'PUT', path: '/bucket/copy', headers: { ...source, ...nothing, 'x-amz-copy-source-if-match': '"x"' } }),
    412,
    'PreconditionFailed',
  );
  await expect(
    ask({ method: 'PUT', path: '/bucket/copy', headers: { ...source, ...nothing, 'if-none-match': '*' } }),
    412,
    'PreconditionFailed',
  );
  await expect(
    ask({ method: 'PUT', path: '/bucket/copy', headers: { ...nothing, 'x-amz-copy-source': '/bucket/none' } }),
    404,
    'NoSuchKey',
  );
  const body = '<Delete><Object><Key>copy</Key></Object><Object><Key>none&amp;such</Key></Object></Delete>';
  const batch = { method: 'POST', path: '/bucket', query: [['delete', '']] as [string, string][], body };
  await expect(ask(batch), 400, 'InvalidRequest');
  const deleted = await ask({ ...batch, headers: { 'content-md5': createHash('md5').update(body).digest('base64') } });
  equal(
    [...deleted.text.matchAll(/<Key>(.*?)</g)].map(([, key]) => key),
    ['copy', 'none&amp;such'],
  );
  await expect(ask({ path: '/bucket/copy' }), 404, 'NoSuchKey');
  await expect(ask({ path: '/nobucket/copy' }), 404, 'NoSuchBucket');
  await expect(ask({ method: 'PUT', path: '/UPPER', headers: nothing }), 400, 'InvalidBucketName');
  equal((await ask({ method: 'PUT', path: '/second', headers: nothing })).status, 200);
  equal((await ask({ method: 'HEAD', path: '/second' })).headers['x-amz-bucket-region'], 'us-east-1');
  equal((await ask({ method: 'DELETE', path: '/second' })).status, 204);
  await expect(ask({ method: 'DELETE', path: '/bucket' }), 409, 'BucketNotEmpty');
  equal(gateway.stats().byOperation['CopyObject'], 4);
});

gatewayTest('pages may read everything, yet only as the bucket says', async ({ ask, origin }) => {
  await ask(put('/bucket/key', 'hello'));
  const asks = {
    origin: 'http://page.test',
    'access-control-request-method': 'PUT',
    'access-control-request-headers': 'authorization,x-amz-date',
  };
  const allowed = await raw({ origin, method: 'OPTIONS', path: '/bucket/key', headers: asks });
  equal(
    [allowed.status, allowed.headers['access-control-allow-origin'], allowed.headers['access-control-allow-headers']],
    [200, '*', 'authorization, x-amz-date'],
  );
  const read = await ask({ headers: { origin: 'http://page.test' }, unsigned: ['origin'] });
  ok(String(read.headers['access-control-expose-headers']).includes('etag'), 'ETag is exposed');
  const refused = await raw({ origin, path: '/bucket/key', headers: { origin: 'http://page.test' } });
  equal([refused.status, refused.headers['access-control-allow-origin']], [403, '*'], 'errors too');
  const rules =
    '<CORSConfiguration><CORSRule><AllowedOrigin>http://*.own</AllowedOrigin><AllowedMethod>GET</AllowedMethod>' +
    '<ExposeHeader>ETag</ExposeHeader></CORSRule></CORSConfiguration>';
  equal((await ask({ method: 'PUT', path: '/bucket', query: [['cors', '']], body: rules })).status, 200);
  await expect(raw({ origin, method: 'OPTIONS', path: '/bucket/key', headers: asks }), 403, 'AccessForbidden');
  const own = await ask({ headers: { origin: 'http://a.own' }, unsigned: ['origin'] });
  equal([own.headers['access-control-allow-origin'], own.headers['access-control-expose-headers']], ['http://a.own', 'ETag']);
  equal((await ask({ headers: { origin: 'http://page.test' }, unsigned: ['origin'] })).headers['access-control-allow-origin'], undefined);
});
