/** The GCS scenario keeps to the API. Node only. */
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { equal, rejects, sameBytes } from '../harness.ts';
import { pattern } from '../servers/fixture/client.ts';
import { asJson, gcsTest, object, reasonOf, seed, upload } from '../servers/fixture/gcs/test-tools.ts';
import type { Call } from '../servers/fixture/gcs/test-tools.ts';
import { percent } from '../servers/fixture/raw-client.ts';

gcsTest('objects, media and metadata', seed, async ({ call, json, objects }) => {
  const info = await json(object);
  equal([info['name'], info['size'], info['generation'], info['metadata']], ['key', '5', objects[0]?.generation, { a: '1', b: '2' }]);
  equal([info['md5Hash'], info['crc32c']], [objects[0]?.md5, objects[0]?.crc32c]);
  for (const path of [`${object}?alt=media`, `/download${object}?alt=media`, '/bucket/key']) {
    const { text, headers } = await call(path);
    equal(
      [text, headers['x-goog-hash'], headers['x-goog-generation']],
      ['hello', `crc32c=${objects[0]?.crc32c}, md5=${objects[0]?.md5}`, objects[0]?.generation],
    );
    equal(
      [headers['x-goog-stored-content-encoding'], headers['x-goog-stored-content-length'], headers['content-type']],
      ['identity', '5', 'x/y'],
    );
    const part = await call(path, { headers: { range: 'bytes=1-2' } });
    equal([part.status, part.text, part.headers['content-range']], [206, 'el', 'bytes 1-2/5']);
    equal((await call(path, { headers: { range: 'bytes=5-' } })).status, 416);
  }
  const patched = await json(object, {
    method: 'PATCH',
    headers: asJson,
    body: JSON.stringify({ contentType: null, cacheControl: 'no-store', metadata: { a: null, c: '3' } }),
  });
  equal(
    [patched['metadata'], patched['metageneration'], patched['contentType'], patched['cacheControl']],
    [{ b: '2', c: '3' }, '2', undefined, 'no-store'],
  );
  equal((await json(object, { method: 'PATCH', headers: asJson, body: '{"metadata":null}' }))['metadata'], undefined);
  await rejects(json(object, { method: 'PATCH', headers: asJson, body: '{"metadata":{"a":1}}' }), '400');
  await rejects(json('/storage/v1/b/bucket/o/none'), '404');
  const media = await call('/storage/v1/b/bucket/o/none?alt=media');
  equal([media.status, media.text], [404, 'No such object: bucket/none']);
  equal((await call('/bucket/none')).code, 'NoSuchKey');
  equal((await call('/nobucket/none')).code, 'NoSuchBucket');
  equal([(await call(object, { method: 'DELETE' })).status, (await call(object, { method: 'DELETE' })).status], [204, 404]);
});

gcsTest('preconditions count on every operation', seed, async ({ call, json, objects }) => {
  const generation = String(objects[0]?.generation);
  const wrong = ['ifGenerationMatch=1', `ifGenerationNotMatch=${generation}`, 'ifMetagenerationMatch=9', 'ifMetagenerationNotMatch=1'];
  for (const condition of wrong) {
    const reads = condition.includes('Not') ? 304 : 412;
    const status = async (path: string, options?: Call): Promise<number> =>
      (await call(`${path}${path.includes('?') ? '&' : '?'}${condition}`, options)).status;
    equal([await status(object), await status(`${object}?alt=media`)], [reads, reads], condition);
    equal(await status(object, { method: 'PATCH', headers: asJson, body: '{}' }), 412);
    equal(await status(object, { method: 'DELETE' }), 412);
    equal(await status(upload('uploadType=media&name=key'), { method: 'POST', body: 'x' }), 412);
    equal(await status(upload('uploadType=resumable&name=key'), { method: 'POST' }), 412);
    equal(await status(`${object}/compose`, { method: 'POST', headers: asJson, body: '{"sourceObjects":[{"name":"key"}]}' }), 412);
    equal(await status(`${object}/rewriteTo/b/bucket/o/key`, { method: 'POST' }), 412);
    equal((await call(`${object}/rewriteTo/b/bucket/o/b?${condition.replace('if', 'ifSource')}`, { method: 'POST' })).status, 412);
  }
  equal((await call(upload('uploadType=media&name=new&ifGenerationMatch=0'), { method: 'POST', body: 'x' })).status, 200);
  const again = await call(upload('uploadType=media&name=new&ifGenerationMatch=0'), { method: 'POST', body: 'x' });
  equal([again.status, reasonOf(again)], [412, 'conditionNotMet']);
  equal(
    (await call('/bucket/new', { method: 'PUT', body: 'x', headers: { 'x-goog-if-generation-match': '0' } })).code,
    'PreconditionFailed',
  );
  equal((await call('/bucket/key', { headers: { 'if-none-match': `"${createHash('md5').update('hello').digest('hex')}"` } })).status, 304);
  equal((await json(`${object}?ifGenerationMatch=${generation}`))['generation'], generation);
  await rejects(json(`${object}?generation=1`), '404');
});

gcsTest('media and multipart uploads, with hashes', {}, async ({ call, json, object: stored }) => {
  const md5 = createHash('md5').update('hello').digest('base64');
  const media = await json(upload(`uploadType=media&name=${percent('a/b c')}`), {
    method: 'POST',
    body: 'hello',
    headers: { 'content-type': 'x/y', 'x-goog-hash': `md5=${md5}` },
  });
  equal([media['name'], media['contentType'], media['md5Hash']], ['a/b c', 'x/y', md5]);
  equal(
    (await call(upload('uploadType=media&name=x'), { method: 'POST', body: 'hellp', headers: { 'x-goog-hash': `md5=${md5}` } })).status,
    400,
  );
  const related = (metadata: object, bytes: Uint8Array): Call => ({
    method: 'POST',
    headers: { 'content-type': 'multipart/related; boundary="--mark"' },
    body: Buffer.concat([
      Buffer.from(
        `----mark\r\ncontent-type: application/json; charset=UTF-8\r\n\r\n${JSON.stringify(metadata)}\r\n` +
          '----mark\r\ncontent-type: a/b\r\n\r\n',
      ),
      bytes,
      Buffer.from('\r\n----mark--'),
    ]),
  });
  const bytes = pattern(3000);
  const both = await json(upload('uploadType=multipart'), related({ name: 'multi', metadata: { a: 'ü' }, contentEncoding: 'br' }, bytes));
  equal([both['metadata'], both['contentType'], both['contentEncoding'], both['size']], [{ a: 'ü' }, 'a/b', 'br', '3000']);
  sameBytes(await stored('multi'), bytes);
  equal(
    (await call(upload('uploadType=multipart'), related({ name: 'multi', md5Hash: md5 }, bytes))).status,
    400,
    'md5Hash of other bytes',
  );
  equal((await call(upload('uploadType=multipart'), related({ name: 'm', metadata: { a: 1 } }, bytes))).status, 400);
  equal((await call(upload('uploadType=multipart'), { ...related({ name: 'm' }, bytes), body: 'nonsense' })).status, 400);
});

gcsTest('resumable uploads', {}, async ({ call, update, object: stored, endpoint }) => {
  const granule = 262_144;
  const bytes = pattern(2 * granule + 1000, 3);
  const start = async (body = '{"metadata":{"a":"1"}}', more: Record<string, string> = {}): Promise<string> =>
    String(
      (
        await call(upload('uploadType=resumable&name=big'), {
          method: 'POST',
          body,
          headers: { ...asJson, 'x-upload-content-type': 'x/y', ...more },
        })
      ).headers['location'],
    ).replace(endpoint, '');
  const at = async (session: string, range: string, from = 0, to = 0, more: Record<string, string> = {}): Promise<unknown[]> => {
    const reply = await call(session, {
      method: 'PUT',
      token: '',
      body: bytes.subarray(from, to),
      headers: { 'content-range': `bytes ${range}`, ...more },
    });
    return [reply.status, reply.headers['range']];
  };
  const session = await start();
  const total = bytes.length;
  equal(await at(session, '*/*'), [308, undefined], 'nothing yet');
  equal(await at(session, `0-${granule - 1}/*`, 0, granule), [308, `bytes=0-${granule - 1}`]);
  equal(await at(session, '*/*'), [308, `bytes=0-${granule - 1}`], 'a status query changes nothing');
  equal(await at(session, `${granule}-${granule + 99}/*`, granule, granule + 100), [400, undefined], 'granularity');
  equal(await at(session, `${granule}-${2 * granule - 1}/*`, granule, 2 * granule - 1), [400, undefined], 'a body of another length');
  equal(await at(session, `${2 * granule}-${total - 1}/${total}`, 2 * granule, total), [503, undefined], 'a gap');
  equal(await at(session, `0-${2 * granule - 1}/*`, 0, 2 * granule), [308, `bytes=0-${2 * granule - 1}`], 'known bytes are skipped');
  equal(await stored('big'), null);
  equal((await at(session, `${2 * granule}-${total - 1}/${total}`, 2 * granule, total))[0], 200);
  sameBytes(await stored('big'), bytes);
  equal((await at(session, '*/*'))[0], 200, 'done stays done');

  const broken = await start();
  await update({ faults: [{ match: { method: 'PUT', nth: 1 }, fault: { type: 'partialUpload', bytes: granule + 5 } }] });
  equal(await at(broken, `0-${total - 1}/${total}`, 0, total), [503, undefined]);
  equal(await at(broken, `*/${total}`), [308, `bytes=0-${granule - 1}`]);
  const silent = await call(broken, { method: 'PUT', headers: { 'content-range': 'bytes */*', 'x-guploader-no-308': 'yes' } });
  equal([silent.status, silent.headers['x-http-status-code-override'], silent.headers['range']], [200, '308', `bytes=0-${granule - 1}`]);
  const wrong = await start('{"crc32c":"AAAAAA=="}');
  equal((await at(wrong, `0-${total - 1}/${total}`, 0, total))[0], 400, 'crc32c of other bytes');
  const announced = await start('', { 'x-upload-content-length': '5' });
  equal((await at(announced, `0-${total - 1}/${total}`, 0, total))[0], 400, 'announced another length');
  const cancelled = await start();
  equal([(await call(cancelled, { method: 'DELETE' })).status, (await at(cancelled, '*/*'))[0]], [499, 499]);
  equal((await at(upload('uploadType=resumable&upload_id=none'), '*/*'))[0], 404);
});

gcsTest('lists, copies, composes', { rewriteBytesPerCall: 1_048_576 }, async ({ call, json, update }) => {
  await update({ objects: ['a', 'a/b', 'b/c', 'b/d', 'ﬁ', '😀'].map((key) => ({ key, text: key })) });
  const list = async (query: string): Promise<unknown[]> => {
    const names: unknown[] = [];
    for (let token = ''; ;) {
      const page = await json(`/storage/v1/b/bucket/o?${query}${token && `&pageToken=${percent(token)}`}`);
      names.push(
        ...((page['items'] ?? []) as { name: string }[]).map(({ name }) => name),
        ...((page['prefixes'] ?? []) as string[]).map((name) => [name]),
      );
      token = (page['nextPageToken'] as string | undefined) ?? '';
      if (!token) return names;
    }
  };
  equal(await list(''), ['a', 'a/b', 'b/c', 'b/d', 'ﬁ', '😀']);
  equal(await list('maxResults=1'), ['a', 'a/b', 'b/c', 'b/d', 'ﬁ', '😀']);
  equal(await list('delimiter=/&maxResults=1'), ['a', ['a/'], ['b/'], 'ﬁ', '😀']);
  equal(await list('prefix=b/'), ['b/c', 'b/d']);
  equal(await list('startOffset=b%2Fc&endOffset=b%2Fd'), ['b/c']);
  const xml = await call('/bucket?list-type=2&delimiter=/&max-keys=2');
  equal(
    [...xml.text.matchAll(/<(?:Key|Prefix)>([^<]+)</g)].map(([, name]) => name),
    ['a', 'a/'],
  );
  await update({ objects: [{ key: 'big', pattern: { sizeBytes: 3_000_000 }, metadata: { n: '1' } }] });
  const rewrite = (token = ''): Promise<Record<string, unknown>> =>
    json(`/storage/v1/b/bucket/o/big/rewriteTo/b/bucket/o/copy?rewriteToken=${percent(token)}`.replace(/\?rewriteToken=$/, ''), {
      method: 'POST',
    });
  const first = await rewrite();
  equal([first['done'], first['totalBytesRewritten'], first['objectSize']], [false, '1048576', '3000000']);
  equal((await rewrite(String(first['rewriteToken'])))['done'], false);
  const last = await rewrite(String(first['rewriteToken']));
  equal([last['done'], (last['resource'] as Record<string, unknown>)['metadata']], [true, { n: '1' }]);
  await rejects(rewrite('nonsense'), '400');
  const composed = await json('/storage/v1/b/bucket/o/whole/compose', {
    method: 'POST',
    headers: asJson,
    body: JSON.stringify({ sourceObjects: [{ name: 'a' }, { name: 'a/b' }], destination: { contentType: 'x/y' } }),
  });
  equal([composed['componentCount'], composed['md5Hash'], composed['size'], composed['contentType']], [2, undefined, '4', 'x/y']);
  equal((await call('/bucket/whole')).text, 'aa/b');
  equal(String((await call('/bucket/whole')).headers['x-goog-hash']).includes('md5'), false);
});

gcsTest(
  'gzip objects are decoded unless asked for',
  { objects: [{ key: 'z', text: 'hello '.repeat(100), gzip: true, contentEncoding: 'gzip' }] },
  async ({ call }) => {
    const stored = gzipSync('hello '.repeat(100));
    for (const path of ['/bucket/z', '/storage/v1/b/bucket/o/z?alt=media']) {
      const decoded = await call(path, { headers: { range: 'bytes=0-4' } });
      equal(
        [decoded.status, decoded.text.length, decoded.headers['content-length'], decoded.headers['content-encoding']],
        [200, 600, undefined, undefined],
      );
      equal(decoded.headers['x-goog-stored-content-encoding'], 'gzip');
      const raws = await call(path, { headers: { 'accept-encoding': 'gzip' } });
      equal(
        [raws.headers['content-encoding'], raws.headers['content-length'], raws.body.length],
        ['gzip', String(stored.length), stored.length],
      );
      const part = await call(path, { headers: { 'accept-encoding': 'gzip', range: 'bytes=0-1' } });
      equal([part.status, [...part.body]], [206, [31, 139]]);
    }
  },
);

gcsTest('faults speak the dialect of the path', seed, async ({ call, update }) => {
  const faults = [429, 503].map((status, i) => ({ match: { nth: i * 3 + 1, times: 3 }, fault: { type: 'status' as const, status } }));
  await update({ faults });
  for (const [status, reason, code] of [
    [429, 'rateLimitExceeded', 'SlowDown'],
    [503, 'backendError', 'ServiceUnavailable'],
  ] as const) {
    const [jsonReply, media, xml] = [await call(object), await call(`${object}?alt=media`), await call('/bucket/key')];
    equal([jsonReply.status, media.status, xml.status], [status, status, status]);
    equal([reasonOf(jsonReply), xml.code], [reason, code]);
  }
});
