/** `anyfile serve`: what it refuses, what it keeps, and that nothing leaves the folder. */
import { createHash } from 'node:crypto';
import { readFileSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { createAwsSigner } from '../../src/sign.ts';
import { signChunked } from '../../src/auth/aws/chunked.ts';
import { createHasher } from '../../src/hash.ts';
import { equal, ok, rejects, test } from '../harness.ts';
import { account, fieldOf, served } from './cli/served.ts';
import { plant, tree } from './cli/run-cli.ts';

const md5 = (text: string): string => createHash('md5').update(text).digest('hex');
const objectsIn = (folder: string): string[] => (tree(folder) ?? []).filter((name) => !name.startsWith('.anyfile.serve'));

test('serve: unsigned, wrongly signed, altered and late requests are refused', async () => {
  await served(async ({ endpoint, ask, store, folder }) => {
    await store.put('a', 'hello');
    const url = `${endpoint}/data/a`;
    const code = async (response: Response): Promise<[number, string | undefined]> => [
      response.status,
      fieldOf(await response.text(), 'Code'),
    ];
    equal(await code(await fetch(url)), [403, 'AccessDenied']);
    equal(await code(await fetch(`${url}?AWSAccessKeyId=SERVE&Signature=x&Expires=9999999999`)), [400, 'InvalidRequest'], 'version 2');
    const sign = (keys: typeof account, region: string, date = new Date(), headers: Record<string, string> = {}): Record<string, string> =>
      createAwsSigner(keys, { region }).signHeaders({ method: 'GET', url, headers }, date).headers;
    const get = (headers: Record<string, string>, at = url): Promise<Response> => fetch(at, { headers });
    equal((await get(sign(account, 'us-east-1'))).status, 200);
    equal(await code(await get(sign({ ...account, secretAccessKey: 'other' }, 'us-east-1'))), [403, 'SignatureDoesNotMatch']);
    equal(await code(await get(sign({ ...account, accessKeyId: 'OTHER' }, 'us-east-1'))), [403, 'InvalidAccessKeyId']);
    equal(await code(await get(sign(account, 'eu-west-1'))), [400, 'AuthorizationHeaderMalformed']);
    equal(await code(await get(sign(account, 'us-east-1', new Date(Date.now() - 1_000_000)))), [403, 'RequestTimeTooSkewed']);
    equal(await code(await get(sign(account, 'us-east-1'), `${endpoint}/data/b`)), [403, 'SignatureDoesNotMatch']);
    equal(await code(await get(sign(account, 'us-east-1'), `${url}?x=1`)), [403, 'SignatureDoesNotMatch']);
    equal(await code(await get({ ...sign(account, 'us-east-1'), 'x-amz-meta-a': '1' })), [403, 'AccessDenied']);
    equal(await code(await get({ ...sign(account, 'us-east-1', new Date(), { 'x-amz-meta-a': '1' }), 'x-amz-meta-a': '2' })), [
      403,
      'SignatureDoesNotMatch',
    ]);

    const signed = (expiresInMs: number, date = new Date()): string =>
      createAwsSigner(account, { region: 'us-east-1' }).signQuery({ method: 'GET', url, headers: {} }, date, expiresInMs).url;
    equal((await fetch(signed(60_000))).status, 200);
    equal(await code(await fetch(signed(60_000).replace('/data/a', '/data/b'))), [403, 'SignatureDoesNotMatch']);
    equal(await code(await fetch(signed(60_000).replace('X-Amz-Expires=60', 'X-Amz-Expires=600'))), [403, 'SignatureDoesNotMatch']);
    equal(await code(await fetch(`${signed(60_000)}&response-content-type=text/html`)), [403, 'SignatureDoesNotMatch']);
    equal(await code(await fetch(signed(60_000, new Date(Date.now() - 120_000)))), [403, 'AccessDenied']);

    // a body that is not the one that was signed
    const body = { method: 'PUT', headers: { 'x-amz-content-sha256': createHash('sha256').update('one').digest('hex') } };
    equal(await code(await ask('/data/b', { ...body, body: 'two' })), [400, 'XAmzContentSHA256Mismatch']);
    equal(
      await code(
        await ask('/data/b', { method: 'PUT', body: 'two', headers: { 'content-md5': Buffer.from(md5('one'), 'hex').toString('base64') } }),
      ),
      [400, 'BadDigest'],
    );
    equal(await code(await ask('/data/b', { method: 'PUT', body: 'two', headers: { 'x-amz-checksum-crc32c': 'AAAAAA==' } })), [
      400,
      'BadDigest',
    ]);
    equal(objectsIn(folder), ['a'], 'nothing of what was refused stays');
  });
});

test('serve: bodies in signed chunks, with a trailer, and chunks that were altered', async () => {
  await served(async ({ endpoint, store, folder }) => {
    const bytes = new Uint8Array(200_000).map((_, i) => (i * 31 + (i >> 8)) & 255);
    const send = async (key: string, alter: (chunk: Uint8Array, i: number) => Uint8Array): Promise<number> => {
      const trailer = {
        name: 'x-amz-checksum-crc32c',
        valueLength: 8,
        create: () => {
          const hash = createHasher('crc32c');
          return {
            update(chunk: Uint8Array): void {
              hash.update(chunk);
            },
            digest: () => Buffer.from(hash.digest()).toString('base64'),
          };
        },
      };
      const source = {
        replayable: true,
        async *open() {
          yield bytes;
        },
      };
      const signer = createAwsSigner(account, { region: 'us-east-1' });
      const request = { method: 'PUT' as const, url: `${endpoint}/data/${key}`, headers: {}, body: source };
      const signed = signChunked(request, { signer, date: new Date(), sizeBytes: bytes.length, trailer });
      const parts: Uint8Array<ArrayBuffer>[] = [];
      let i = 0;
      for await (const chunk of signed.body.open()) parts.push(new Uint8Array(alter(chunk, i++)));
      return (await fetch(signed.url, { method: 'PUT', headers: signed.headers, body: new Blob(parts) })).status;
    };
    const same = (chunk: Uint8Array): Uint8Array => chunk;
    equal(await send('good', same), 200);
    const got = (await store.get('good'))!;
    ok(
      Buffer.from(await got.bytes()).equals(Buffer.from(bytes)) && got.contentEncoding === undefined,
      'the bytes, and not how they were sent',
    );
    const flip =
      (at: number) =>
      (chunk: Uint8Array, i: number): Uint8Array =>
        i === at ? Uint8Array.from(chunk, (byte, j) => (j === 0 ? byte ^ 1 : byte)) : chunk;
    for (const at of [1, 4, 7]) equal(await send(`bad${at}`, flip(at)), 403, `a byte of chunk ${at}`);
    equal(await send('short', (chunk, i) => (i === 4 ? chunk.subarray(1) : chunk)), 403, 'a chunk that is shorter');
    equal(objectsIn(folder), ['good']);
  });
});

test('serve: chunks without signatures, whose checksum stands behind them', async () => {
  await served(async ({ endpoint, store, folder }) => {
    const send = async (key: string, text: string, checksum: string): Promise<[number, string | undefined]> => {
      const headers = {
        'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
        'x-amz-decoded-content-length': String(text.length),
        'x-amz-trailer': 'x-amz-checksum-crc32',
        'content-encoding': 'aws-chunked',
      };
      const url = `${endpoint}/data/${key}`;
      const signed = createAwsSigner(account, { region: 'us-east-1' }).signHeaders({ method: 'PUT', url, headers }, new Date());
      const body = `${text.length.toString(16)}\r\n${text}\r\n0\r\nx-amz-checksum-crc32:${checksum}\r\n\r\n`;
      const answer = await fetch(url, { method: 'PUT', headers: signed.headers, body });
      return [answer.status, fieldOf(await answer.text(), 'Code')];
    };
    // the CRC-32 of the nine digits is 0xCBF43926
    equal(await send('good', '123456789', 'y/Q5Jg=='), [200, undefined]);
    equal(await send('bad', '123456780', 'y/Q5Jg=='), [400, 'BadDigest']);
    const got = (await store.get('good'))!;
    equal([await got.text(), got.contentEncoding], ['123456789', undefined]);
    equal(objectsIn(folder), ['good']);
  });
});

test('serve: a client that leaves in the middle leaves nothing', async () => {
  await served(async ({ endpoint, folder, store }) => {
    await store.put('a', 'before');
    const url = `${endpoint}/data/a`;
    const { headers } = createAwsSigner(account, { region: 'us-east-1' }).signHeaders({ method: 'PUT', url, headers: {} }, new Date());
    const sending = request(url, { method: 'PUT', headers: { ...headers, 'content-length': '1000000' } });
    const failed = new Promise((resolve) => sending.once('error', resolve));
    sending.write(Buffer.alloc(300_000));
    await new Promise((resolve) => setTimeout(resolve, 100));
    sending.destroy(new Error('left'));
    await failed;
    // the next write waits for nobody, and what was begun is gone
    await store.put('a', 'after');
    equal(await (await store.get('a'))!.text(), 'after');
    equal(objectsIn(folder), ['a']);
  });
});

test('serve: no key leads out of the folder, nor into the server’s own', async () => {
  await served(async ({ ask, store, folder }) => {
    const outside = `${folder}-secret.txt`;
    writeFileSync(outside, 'secret');
    try {
      await store.put('a', 'x', { metadata: { a: '1' } });
      const bad = [
        '..%2F..%2Fetc%2Fpasswd',
        '%2e%2e/x',
        'a/../../x',
        'a//b',
        '/x',
        '%2Fetc%2Fpasswd',
        'x%00y',
        '.',
        'a/./b',
        '.anyfile.serve/objects/x',
        '.ANYFILE.serve/x',
      ];
      for (const key of bad) {
        const put = await ask(`/data/${key.replace(/(^|\/)\.\.?(?=\/|$)/g, (dots) => dots.replaceAll('.', '%2E'))}`, {
          method: 'PUT',
          body: 'x',
        });
        ok(put.status >= 400 && put.status < 500, `PUT ${key}: ${put.status}`);
      }
      symlinkSync(outside, join(folder, 'link'));
      symlinkSync('/etc', join(folder, 'etc'));
      for (const key of ['link', 'etc/passwd']) {
        equal((await ask(`/data/${key}`)).status, 403, key);
        equal((await ask(`/data/${key}`, { method: 'PUT', body: 'x' })).status, 403, key);
      }
      equal(readFileSync(outside, 'utf8'), 'secret');
      const names: string[] = [];
      for await (const page of store.list()) names.push(...page.objects.map(({ key }) => key));
      equal(names, ['a'], 'the listing shows neither');
      equal((await ask('/data/?list-type=2&prefix=.anyfile.serve/')).status, 200);
    } finally {
      writeFileSync(outside, '');
    }
  });
});

test('serve: files that others made and changed, and what outlives a restart', async () => {
  await served(async ({ folder, store, restart }) => {
    plant(folder, { 'by/hand.txt': 'hello', 'with space+plus.txt': 'x' });
    const head = (await store.head('by/hand.txt'))!;
    equal([head.etag, head.sizeBytes], [`"${md5('hello')}"`, 5]);
    await store.put('b', 'two', { contentType: 'text/csv', metadata: { a: '1' } });
    await restart();
    const kept = (await store.head('b'))!;
    equal([kept.contentType, kept.metadata, kept.etag], ['text/csv', { a: '1' }, `"${md5('two')}"`]);
    writeFileSync(join(folder, 'b'), 'TWO');
    utimesSync(join(folder, 'b'), new Date(), new Date(Date.now() - 5000));
    const changed = (await store.head('b'))!;
    equal([changed.metadata, changed.etag], [{}, `"${md5('TWO')}"`], 'metadata are of the bytes that they came with');
    const listed: unknown[] = [];
    for await (const page of store.list({ pageSize: 1 })) listed.push(...page.objects.map(({ key, etag }) => [key, etag]));
    equal(listed, [
      ['b', `"${md5('TWO')}"`],
      ['by/hand.txt', `"${md5('hello')}"`],
      ['with space+plus.txt', `"${md5('x')}"`],
    ]);
    equal(objectsIn(folder), ['b', 'by/hand.txt', 'with space+plus.txt']);
    // a file in the place of an emptied folder
    await store.put('d/e/f', 'x');
    await store.delete('d/e/f');
    await store.put('d', 'now a file');
    equal(await (await store.get('d'))!.text(), 'now a file');
    await rejects(store.put('d/x', 'no'), 'AlreadyExists');
  });
});

test('serve: listings of both versions, in pages, with encoded names', async () => {
  await served(async ({ ask, folder }) => {
    plant(folder, { '-first': 'x', 'a b/1': 'x', 'a b/2': 'x', 'c&d': 'x', 'z/1': 'x' });
    const page = async (query: string): Promise<{ keys: string[]; prefixes: string[]; text: string }> => {
      const text = await (await ask(`/data/?${query}`)).text();
      const all = (name: string): string[] => [...text.matchAll(new RegExp(`<${name}>([^<]*)</${name}>`, 'g'))].map((match) => match[1]!);
      return { keys: all('Key'), prefixes: [...text.matchAll(/<CommonPrefixes><Prefix>([^<]*)</g)].map((match) => match[1]!), text };
    };
    equal((await page('list-type=2')).keys, ['-first', 'a b/1', 'a b/2', 'c&#38;d', 'z/1']);
    equal((await page('list-type=2&encoding-type=url')).keys, ['-first', 'a%20b/1', 'a%20b/2', 'c%26d', 'z/1']);
    const first = await page('list-type=2&delimiter=/&max-keys=2');
    equal(
      [first.keys, first.prefixes, fieldOf(first.text, 'IsTruncated'), fieldOf(first.text, 'KeyCount')],
      [['-first'], ['a b/'], 'true', '2'],
    );
    const token = fieldOf(first.text, 'NextContinuationToken')!;
    const second = await page(`list-type=2&delimiter=/&max-keys=2&continuation-token=${token}`);
    equal([second.keys, second.prefixes, fieldOf(second.text, 'IsTruncated')], [['c&#38;d'], ['z/'], 'false']);
    equal((await page('marker=a%20b/1&max-keys=1')).keys, ['a b/2'], 'the first version');
    equal((await page('list-type=2&max-keys=0')).keys, []);
    equal(fieldOf((await page('list-type=2&continuation-token=%00')).text, 'Code'), 'InvalidArgument');
  });
});

test('serve: conditions, ranges and headers of reads', async () => {
  await served(async ({ ask, store }) => {
    const { etag = '' } = await store.put('a', '0123456789');
    const get = (headers: Record<string, string>, query = ''): Promise<Response> => ask(`/data/a${query}`, { headers });
    for (const [range, status, text] of [
      ['bytes=2-4', 206, '234'],
      ['bytes=-3', 206, '789'],
      ['bytes=8-', 206, '89'],
      ['bytes=0-99', 206, '0123456789'],
      ['bytes=4-2', 200, '0123456789'],
      ['lines=1-2', 200, '0123456789'],
      ['bytes=0-1,3-4', 200, '0123456789'],
    ] as const) {
      const response = await get({ range });
      equal([response.status, await response.text()], [status, text], range);
    }
    const past = await get({ range: 'bytes=10-' });
    equal([past.status, past.headers.get('content-range')], [416, 'bytes */10']);
    equal((await get({ 'if-none-match': etag })).status, 304);
    equal((await get({ 'if-match': '"x"' })).status, 412);
    equal((await get({ 'if-modified-since': new Date(Date.now() + 60_000).toUTCString() })).status, 304);
    equal((await get({ 'if-unmodified-since': new Date(0).toUTCString() })).status, 412);
    const other = await get({}, '?response-content-type=text%2Fhtml');
    equal(other.headers.get('content-type'), 'text/html');
    const head = await ask('/data/none', { method: 'HEAD' });
    equal([head.status, await head.text()], [404, '']);
    equal((await ask('/data/a?acl')).status, 501);
    equal((await ask('/data/a?versionId=x')).status, 501);
    equal([(await ask('/other/a')).status, (await ask('/')).status, (await ask('/data', { method: 'HEAD' })).status], [404, 200, 200]);
  });
});

test('serve: bytes, metadata and ETag are of one version, however many write and read', async () => {
  await served(async ({ store }) => {
    let writing = true;
    const write = async (writer: number): Promise<void> => {
      for (let i = 0; i < 15; i++) await store.put('a', `${writer} ${i}`, { metadata: { note: `${writer} ${i}` } });
    };
    const read = async (): Promise<number> => {
      let seen = 0;
      while (writing) {
        const got = await store.get('a');
        if (!got) continue;
        const text = await got.text();
        equal([got.metadata, got.etag], [{ note: text }, `"${md5(text)}"`]);
        seen++;
      }
      return seen;
    };
    const readers = [read(), read(), read()];
    await Promise.all([0, 1, 2, 3].map(write));
    writing = false;
    const seen = await Promise.all(readers);
    ok(
      seen.every((count) => count > 0),
      seen.join(' '),
    );
  });
});

test('serve: pages of allowed origins alone', async () => {
  await served(
    async ({ endpoint, ask, store }) => {
      await store.put('a', 'x', { metadata: { m: '1' } });
      const preflight = (origin: string): Promise<Response> =>
        fetch(`${endpoint}/data/a`, {
          method: 'OPTIONS',
          headers: { origin, 'access-control-request-method': 'PUT', 'access-control-request-headers': 'authorization,x-amz-date' },
        });
      const good = await preflight('https://app.example');
      equal([good.status, good.headers.get('access-control-allow-headers')], [200, 'authorization,x-amz-date']);
      equal((await preflight('https://evil.example')).status, 403);
      const read = await ask('/data/a', { headers: { origin: 'https://app.example' } });
      equal(read.headers.get('access-control-allow-origin'), 'https://app.example');
      ok(read.headers.get('access-control-expose-headers')?.includes('x-amz-meta-m'), 'metadata are exposed');
      equal((await ask('/data/a', { headers: { origin: 'https://evil.example' } })).headers.get('access-control-allow-origin'), null);
    },
    { origins: ['https://app.example'] },
  );
});

test('serve: read only', async () => {
  await served(
    async ({ folder, ask, store }) => {
      plant(folder, { a: 'hello' });
      equal(await (await store.get('a'))!.text(), 'hello');
      equal((await store.head('a'))!.etag, `"${md5('hello')}"`);
      for (const [path, method] of [
        ['/data/a', 'PUT'],
        ['/data/a', 'DELETE'],
        ['/data/a?uploads', 'POST'],
        ['/data/?delete', 'POST'],
      ] as const)
        equal((await ask(path, { method })).status, 403, `${method} ${path}`);
      equal(tree(folder), ['a'], 'nothing is written, not even what was found out');
    },
    { readOnly: true },
  );
});
