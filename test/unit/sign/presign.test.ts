import { createAwsSigner } from '../../../src/auth/aws/sigv4.ts';
import { CloudError } from '../../../src/errors.ts';
import { presign, presignPost, signAws, signGoogle, type PresignOptions } from '../../../src/sign.ts';
import type { Credentials } from '../../../src/types.ts';
import { need, uniqueName, type S3Server } from '../../env.ts';
import { equal, ok, rejects, test } from '../../harness.ts';
import { openScenario } from '../../servers/fixture/client.ts';
import { canary, everythingOf, serviceAccount } from '../auth/keys.ts';

const credentials = { accessKeyId: 'AK', secretAccessKey: 'SK' };
const date = new Date('2024-05-06T07:08:09Z');
const region = 'eu-west-1';
const from = (more: Partial<PresignOptions> = {}): PresignOptions => ({ credentials, date, region, ...more });

/** Where the URL goes, and its own parameters. */
function parts(url: string): [address: string, params: Record<string, string>] {
  const { origin, pathname, searchParams } = new URL(url);
  return [origin + pathname, Object.fromEntries([...searchParams].filter(([name]) => !/^X-(Amz|Goog)-/.test(name)))];
}

test('presign: the address of every form of URL', async () => {
  const table: [string, Partial<PresignOptions>, string][] = [
    ['s3://bucket/a/b c+ü', {}, 'https://bucket.s3.eu-west-1.amazonaws.com/a/b%20c%2B%C3%BC'],
    ['s3://my.bucket/k', {}, 'https://s3.eu-west-1.amazonaws.com/my.bucket/k'],
    ['s3://bucket/k', { forcePathStyle: true }, 'https://s3.eu-west-1.amazonaws.com/bucket/k'],
    ['s3://bucket/k', { region: undefined }, 'https://bucket.s3.us-east-1.amazonaws.com/k'],
    ['s3://bucket/k', { endpoint: 'http://127.0.0.1:9' }, 'http://127.0.0.1:9/bucket/k'],
    ['s3://bucket/k', { endpoint: 'http://127.0.0.1:9', host: 'public.example:81' }, 'http://public.example:81/bucket/k'],
    ['s3://bucket/k', { endpoint: 'http://127.0.0.1:9', host: 'https://public.example' }, 'https://public.example/bucket/k'],
    ['s3://bucket/k', { bucketHost: 'cdn.example' }, 'https://cdn.example/k'],
    ['s3://https://h.example:5/bucket/a/b', {}, 'https://h.example:5/bucket/a/b'],
    ['gs://bucket/a b', {}, 'https://storage.googleapis.com/bucket/a%20b'],
    ['gs://bucket/k', { host: 'public.example' }, 'https://public.example/bucket/k'],
    ['https://bucket.s3.eu-west-1.amazonaws.com/a%20b', {}, 'https://bucket.s3.eu-west-1.amazonaws.com/a%20b'],
    ['https://s3.eu-west-1.amazonaws.com/bucket/k', {}, 'https://s3.eu-west-1.amazonaws.com/bucket/k'],
    ['https://storage.googleapis.com/bucket/k', {}, 'https://storage.googleapis.com/bucket/k'],
    ['https://bucket.storage.googleapis.com/k', {}, 'https://bucket.storage.googleapis.com/k'],
    ['https://minio.example/bucket/k', { service: 's3' }, 'https://minio.example/bucket/k'],
    ['http://127.0.0.1:9/bucket/k', { service: 's3' }, 'http://127.0.0.1:9/bucket/k'],
  ];
  for (const [url, more, want] of table) equal(parts(await presign(url, from(more)))[0], want, url);
});

test('presign: the region is taken from an Amazon host', async () => {
  const scope = async (url: string): Promise<string> =>
    new URL(await presign(url, from({ region: undefined }))).searchParams.get('X-Amz-Credential')!.split('/')[2]!;
  equal(await scope('https://bucket.s3.ap-southeast-2.amazonaws.com/k'), 'ap-southeast-2');
  equal(await scope('https://s3.us-gov-west-1.amazonaws.com/b/k'), 'us-gov-west-1');
  equal(await scope('https://s3-eu-west-1.amazonaws.com/b/k'), 'eu-west-1');
  equal(await scope('https://bucket.s3.dualstack.eu-central-1.amazonaws.com/k'), 'eu-central-1');
  equal(await scope('https://bucket.s3.cn-north-1.amazonaws.com.cn/k'), 'cn-north-1');
  equal(await scope('https://bucket.s3.amazonaws.com/k'), 'us-east-1');
  equal(await scope('s3://https://s3.eu-west-3.amazonaws.com/bucket/k'), 'eu-west-3');
});

test('presign: what each method asks for', async () => {
  const url = 's3://bucket/dir/';
  equal(parts(await presign(url, from({ method: 'LIST' }))), [
    'https://bucket.s3.eu-west-1.amazonaws.com/',
    { 'list-type': '2', prefix: 'dir/' },
  ]);
  equal(parts(await presign(url, from({ method: 'LIST', query: { prefix: 'x', delimiter: '/' } })))[1], {
    'list-type': '2',
    prefix: 'x',
    delimiter: '/',
  });
  equal(parts(await presign('gs://bucket', from({ method: 'LIST' }))), ['https://storage.googleapis.com/bucket', { 'list-type': '2' }]);
  equal(parts(await presign('s3://bucket/k', from({ method: 'PART', uploadId: 'u/+1', partNumber: 10_000 })))[1], {
    partNumber: '10000',
    uploadId: 'u/+1',
  });
  equal(
    parts(await presign('s3://bucket/k', from({ query: { 'response-content-type': 'text/plain; charset=utf-8', '\ud800': 'x' } })))[1],
    { 'response-content-type': 'text/plain; charset=utf-8', '\ufffd': 'x' },
  );
  equal(parts(await presign('https://bucket.s3.amazonaws.com/k?versionId=3#frag', from({ query: { a: '1' } })))[1], {
    versionId: '3',
    a: '1',
  });
  const resumable = new URL(await presign('gs://bucket/k', from({ method: 'RESUMABLE' })));
  equal(resumable.searchParams.get('X-Goog-SignedHeaders'), 'host;x-goog-resumable');
  const put = new URL(
    await presign('s3://bucket/k', from({ method: 'PUT', headers: { 'Content-Type': 'a/b', 'X-Amz-Acl': 'private', Range: 'bytes=0-1' } })),
  );
  equal(put.searchParams.get('X-Amz-SignedHeaders'), 'content-type;host;range;x-amz-acl');
  // The same request signed by hand.
  const signed = createAwsSigner(credentials, { region }).signQuery(
    { method: 'DELETE', url: 'https://bucket.s3.eu-west-1.amazonaws.com/k', headers: {} },
    date,
    60_000,
  );
  equal(await presign('s3://bucket/k', from({ method: 'DELETE', expiresInMs: 59_001 })), signed.url);
});

test('presign: credentials by provider, by a remote signer, and such as can not sign', async () => {
  const asked: unknown[] = [];
  await presign('s3://bucket/k?', from({ credentials: async ({ signal: _, ...request }) => (asked.push(request), credentials) }));
  equal(asked, [{ url: 'https://bucket.s3.eu-west-1.amazonaws.com/k%3F', method: 'GET', bucket: 'bucket' }]);
  const remote = { sign: async ({ url }: { url: string }) => ({ url: `${url}?signed` }) };
  equal(await presign('s3://bucket/k', from({ credentials: remote })), 'https://bucket.s3.eu-west-1.amazonaws.com/k?signed');
  const account = await serviceAccount();
  const unable: [string, Credentials][] = [
    ['s3://bucket/k', { accessToken: 't' }],
    ['gs://bucket/k', { accessToken: 't' }],
    ['s3://bucket/k', { user: 'u', password: 'p' }],
    ['gs://bucket/k', 'anonymous'],
    ['s3://bucket/k', account],
    ['s3://bucket/k', { sign: async ({ url }) => ({ url, headers: { authorization: 'x' } }) }],
    ['gs://bucket/k', { getRequestHeaders: async () => ({}) }],
  ];
  for (const [url, kind] of unable) await rejects(presign(url, from({ credentials: kind })), 'NotSupported');
  const controller = new AbortController();
  const reason = {};
  const waiting = presign('s3://bucket/k', from({ credentials: () => new Promise(() => {}), signal: controller.signal }));
  controller.abort(reason);
  await rejects(waiting, (error) => (error as unknown) === reason);
});

test('presign: what can not be is refused, without the secret', async () => {
  const secret = canary('presign');
  const keys = { accessKeyId: 'AK', secretAccessKey: secret, sessionToken: secret };
  const cases: [string, Partial<PresignOptions>, string][] = [
    ['s3://bucket/k', { expiresInMs: 0 }, 'InvalidArgument'],
    ['s3://bucket/k', { expiresInMs: 604_800_001 }, 'InvalidArgument'],
    ['gs://bucket/k', { expiresInMs: 604_800_001 }, 'InvalidArgument'],
    ['s3://bucket/k', { date: new Date(NaN) }, 'InvalidArgument'],
    ['s3://bucket/k', { method: 'PART' }, 'InvalidArgument'],
    ['s3://bucket/k', { method: 'PART', uploadId: 'u', partNumber: 10_001 }, 'InvalidArgument'],
    ['s3://bucket/k', { method: 'RESUMABLE' }, 'NotSupported'],
    ['s3://bucket/k', { method: 'TRACE' as 'GET' }, 'InvalidArgument'],
    ['s3://bucket/k', { endpoint: 'nonsense' }, 'InvalidArgument'],
    ['https://elsewhere.example/bucket/k', {}, 'InvalidArgument'],
    ['mem://bucket/k', {}, 'NotSupported'],
    ['nosuch://bucket/k', {}, 'UnsupportedProtocol'],
    ['', {}, 'InvalidUrl'],
    ['s3://bucket/k', { credentials: { ...keys, accessKeyId: `${secret}\n` } }, 'InvalidArgument'],
    ['gs://bucket/k', { credentials: { ...keys, accessKeyId: '' } }, 'InvalidArgument'],
    ['s3://bucket/k', { credentials: { secretAccessKey: secret } as Credentials & object }, 'InvalidArgument'],
  ];
  for (const [url, more, code] of cases) {
    const error = await rejects<CloudError>(presign(url, from({ credentials: keys, ...more })), code);
    ok(error instanceof CloudError && !everythingOf(error).includes(secret), `${url} keeps its secret`);
  }
});

test('signAws: any form of request, all headers back, and keys that change', async () => {
  const url = 'https://bucket.s3.eu-west-1.amazonaws.com/k';
  const want = createAwsSigner(credentials, { region, signedHeaders: 'usual' }).signHeaders(
    { method: 'PUT', url, headers: { 'x-amz-meta-a': '1', range: 'bytes=0-1' } },
    date,
  ).headers;
  const o = { credentials, region, date };
  equal(signAws({ method: 'put', url: new URL(url), headers: { 'X-Amz-Meta-A': '1', Range: 'bytes=0-1' } }, o), want);
  equal(signAws({ method: 'PUT', url, headers: new Headers({ 'x-amz-meta-a': '1', range: 'bytes=0-1' }) }, o), want);
  ok(signAws({ url: new Request(url).url }, o)['authorization'], 'a plain GET');
  const keys = { ...credentials };
  const before = signAws({ url }, { ...o, credentials: keys })['authorization'];
  keys.secretAccessKey = 'another';
  ok(signAws({ url }, { ...o, credentials: keys })['authorization'] !== before, 'a key that was changed in place counts');
  ok(signAws({ url }, { ...o, region: 'us-east-1' })['authorization'] !== before, 'so does the region');
  equal(signAws({ url }, o)['authorization'], before);
  const body = '{"a":1}';
  const other = { credentials, region, date, service: 'execute-api' };
  equal(signAws({ method: 'POST', url, body }, other), signAws({ method: 'POST', url, body: new TextEncoder().encode(body) }, other));
  await rejects(() => signAws({ method: 'POST', url, body: new Blob(['x']) }, other), 'InvalidArgument');
});

const text = async (response: Promise<Response>): Promise<string> => (await response).text();

for (const name of ['versitygw', 'minio'] as const) {
  const at = (server: S3Server, key: string): [string, PresignOptions] => [
    `s3://${server.endpoint}/${server.bucket}/${key}`,
    { credentials: server, region: server.region, expiresInMs: 60_000 },
  ];

  test(`presign: a round trip per method at ${name}`, async () => {
    const server = need(name);
    const [url, options] = at(server, `${uniqueName('presign')}/a b+ü!*'(){}.txt`);
    const put = await presign(url, { ...options, method: 'PUT', headers: { 'content-type': 'text/plain' } });
    equal((await fetch(put, { method: 'PUT', body: 'hello', headers: { 'content-type': 'text/plain' } })).status, 200);
    const get = await presign(url, { ...options, query: { 'response-content-type': 'x/y' } });
    const response = await fetch(get);
    equal([response.status, response.headers.get('content-type'), await response.text()], [200, 'x/y', 'hello']);
    equal((await fetch(await presign(url, { ...options, method: 'HEAD' }), { method: 'HEAD' })).status, 200);
    const list = await presign(url.replace(/ b.*/, ''), { ...options, method: 'LIST', query: { delimiter: '~' } });
    ok((await text(fetch(list))).includes('<Key>'), 'the key is listed');
    // Tampering in any place is refused.
    for (const bad of [
      get.replace('x%2Fy', 'x%2Fz'),
      get.replace('/a%20b', '/a%20c'),
      get.replace(/.$/, (c) => (c === '0' ? '1' : '0')),
      `${get}&x=1`,
      get.replace('Expires=60', 'Expires=61'),
    ]) {
      const { status } = await fetch(bad).catch(() => ({ status: 403 }));
      equal(status, 403);
    }
    const bare = { ...server, secretAccessKey: 'wrong' };
    equal((await fetch(await presign(url, { ...options, credentials: bare })).catch(() => ({ status: 403 }))).status, 403);
    equal((await fetch(await presign(url, { ...options, method: 'DELETE' }), { method: 'DELETE' })).status, 204);
    equal((await fetch(await presign(url, options))).status, 404);
  });

  test(`presign: parts of an upload at ${name}`, async () => {
    const server = need(name);
    const [url, options] = at(server, uniqueName('parts'));
    const address = url.replace('s3://', '');
    const call = async (method: string, query: string, body?: string): Promise<string> => {
      const target = `${address}?${query}`;
      return text(
        fetch(target, {
          method,
          headers: signAws({ method, url: target }, { credentials: server, region: server.region }),
          ...(body !== undefined && { body }),
        }),
      );
    };
    const uploadId = /<UploadId>([^<]+)/.exec(await call('POST', 'uploads='))![1]!;
    const part = await fetch(await presign(url, { ...options, method: 'PART', uploadId, partNumber: 1 }), { method: 'PUT', body: 'part' });
    equal(part.status, 200);
    const etag = /<ETag>([^<]+)/.exec(await call('GET', `uploadId=${uploadId}`))![1]!;
    const done = await call(
      'POST',
      `uploadId=${uploadId}`,
      `<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>${etag}</ETag></Part></CompleteMultipartUpload>`,
    );
    ok(done.includes('CompleteMultipartUploadResult'), 'the upload is complete');
    equal(await text(fetch(await presign(url, options))), 'part');
  });

  test(`presignPost: ${name} takes a form that fits and refuses others`, async () => {
    const server = need(name);
    const prefix = uniqueName('post');
    const post = await presignPost({
      url: `s3://${server.endpoint}/${server.bucket}/${prefix}/\${filename}`,
      credentials: server,
      region: server.region,
      expiresInMs: 60_000,
      fields: { 'x-amz-meta-note': 'é' },
      conditions: [['content-length-range', 1, 10]],
    });
    const submit = async (change: Record<string, string>, file: string): Promise<number> => {
      // Written by hand: versitygw does not take every runtime's FormData, and WebKit gives no bytes of one.
      const piece = (name: string, value: string): string => `--limit\r\nContent-Disposition: form-data; name="${name}"${value}\r\n`;
      const fields = Object.entries({ ...post.fields, ...change }).map(([name, value]) => piece(name, `\r\n\r\n${value}`));
      const body = `${fields.join('')}${piece('file', `; filename="f.txt"\r\nContent-Type: text/plain\r\n\r\n${file}`)}--limit--\r\n`;
      const headers = { 'content-type': 'multipart/form-data; boundary=limit' };
      return (await fetch(post.url, { method: 'POST', body, headers }).catch(() => ({ status: 403 }))).status;
    };
    // versitygw does not put the file's name in the place of ${filename}.
    equal(await submit(name === 'minio' ? {} : { key: `${prefix}/f.txt` }, 'hello'), 204);
    equal(
      await text(
        fetch(await presign(`s3://${server.endpoint}/${server.bucket}/${prefix}/f.txt`, { credentials: server, region: server.region })),
      ),
      'hello',
    );
    for (const [change, file] of [
      [{}, 'x'.repeat(11)],
      [{ key: 'elsewhere' }, 'x'],
      [{ 'x-amz-meta-note': 'other' }, 'x'],
      [{ policy: btoa('{}') }, 'x'],
    ] as [Record<string, string>, string][]) {
      const status = await submit(change, file);
      ok(status >= 400 && status < 500, `refused, not ${status}`);
    }
  });
}

test('presign and signGoogle: the fixture server verifies both kinds of keys', async () => {
  const gcs = await openScenario('gcs', { objects: [{ key: 'a b/ü+', text: 'hello' }] });
  try {
    const { endpoint, bucket, serviceAccount: account, credentials: hmac } = gcs;
    for (const keys of [account, hmac]) {
      const options = { credentials: keys, endpoint, signPort: true, expiresInMs: 60_000 };
      equal(await text(fetch(await presign(`gs://${bucket}/a b/ü+`, options))), 'hello');
      equal(
        (
          await fetch(await presign(`gs://${bucket}/new`, { ...options, method: 'PUT', headers: { 'x-goog-meta-a': '1' } }), {
            method: 'PUT',
            body: 'x',
            headers: { 'x-goog-meta-a': '1' },
          })
        ).status,
        200,
      );
      ok((await text(fetch(await presign(`gs://${bucket}/n`, { ...options, method: 'LIST' })))).includes('<Key>new</Key>'), 'listed');
      const signed = await signGoogle({ url: `${endpoint}/${bucket}/new` }, { credentials: keys, inHeaders: true, signPort: true });
      equal(await text(fetch(signed.url, { headers: signed.headers })), 'x');
      equal((await fetch(await presign(`gs://${bucket}/new`, { ...options, method: 'DELETE' }), { method: 'DELETE' })).status, 204);
      const good = await presign(`gs://${bucket}/a b/ü+`, options);
      equal((await fetch(good.replace(/.$/, (c) => (c === '0' ? '1' : '0')))).status, 403);
    }
    const { counts } = await gcs.log();
    equal(counts.refused, 2);
  } finally {
    await gcs.close();
  }
});
