/** STS, plain files and the control API of the fixture server. */
import { need } from '../env.ts';
import { equal, ok, rejects } from '../harness.ts';
import { openScenario, withScenario } from '../servers/fixture/client.ts';
import { raw, sha256, sign } from '../servers/fixture/raw-client.ts';
import type { RawReply, SignSpec } from '../servers/fixture/raw-client.ts';
import { key, nodeTest } from '../servers/fixture/test-tools.ts';

nodeTest('sts gives sessions that S3 takes, until they end', () =>
  withScenario('sts', { objects: [{ key: 'key', text: 'hello' }] }, async ({ endpoint, credentials, update, log }) => {
    const form = (fields: Record<string, string>): string => new URLSearchParams({ Version: '2011-06-15', ...fields }).toString();
    const assume = form({
      Action: 'AssumeRole',
      RoleArn: 'arn:aws:iam::000000000000:role/r',
      RoleSessionName: 'me',
      DurationSeconds: '900',
    });
    const call = (spec: Partial<SignSpec>): Promise<RawReply> =>
      raw(
        sign({
          origin: endpoint,
          path: '/',
          method: 'POST',
          service: 'sts',
          headers: { 'content-type': 'application/x-www-form-urlencoded' },
          ...credentials,
          ...spec,
        }),
      );
    equal((await call({ body: assume, secretAccessKey: 'wrong' })).code, 'SignatureDoesNotMatch');
    equal((await call({ body: assume, service: 's3', headers: { 'x-amz-content-sha256': sha256(assume) } })).status, 400);
    equal((await call({ body: form({ Action: 'AssumeRole' }) })).code, 'ValidationError');
    const signed = sign({ origin: endpoint, path: '/', method: 'POST', service: 'sts', body: assume, ...credentials });
    equal((await raw({ ...signed, body: assume.replace('=me', '=you') })).code, 'SignatureDoesNotMatch');
    const { text } = await call({ body: assume });
    const field = (name: string): string => new RegExp(`<${name}>(.*?)</${name}>`).exec(text)?.[1] ?? '';
    const session = { accessKeyId: field('AccessKeyId'), secretAccessKey: field('SecretAccessKey'), sessionToken: field('SessionToken') };
    const read = (spec: Partial<SignSpec>): Promise<RawReply> => raw(sign({ origin: endpoint, path: key, ...session, ...spec }));
    equal([(await read({})).text, (await read({ expires: 60 })).text], ['hello', 'hello']);
    equal((await read({ sessionToken: undefined })).code, 'InvalidAccessKeyId');
    ok(Math.abs(Date.parse(field('Expiration')) - Date.now() - 900_000) < 5000, 'lives 900 s');
    await update({ revokeTokens: true });
    equal((await read({})).code, 'ExpiredToken');
    equal((await log()).counts.byOperation['AssumeRole'], 5);
  }),
);

nodeTest('a session can expire at any request', () =>
  withScenario(
    's3',
    { sessionToken: true, objects: [{ key: 'key', text: 'x' }], faults: [{ match: { nth: 1 }, fault: { type: 'expiredToken' } }] },
    async ({ endpoint, credentials }) => {
      const statuses = [];
      for (let i = 0; i < 2; i++) statuses.push((await raw(sign({ origin: endpoint, path: key, ...credentials }))).status);
      equal(statuses, [400, 200]);
    },
  ),
);

nodeTest('http: files, validators, passwords, redirects', () =>
  withScenario(
    'http',
    {
      files: {
        '/a b': { text: 'hello world' },
        '/plain': { text: 'hello', ranges: false, etag: false, lastModified: false, headStatus: 403 },
        '/z': { text: 'hello', gzip: true, headers: { 'Content-Encoding': 'gzip' } },
        '/secret': { text: 'hidden', basic: { user: 'u', password: 'p:ü' } },
        '/away': { redirect: { status: 302, path: '/a%20b' } },
      },
    },
    async ({ endpoint, base2, log }) => {
      const get = (path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<RawReply> =>
        raw({ origin: endpoint, path, headers, method });
      const whole = await get('/a%20b');
      equal([whole.text, whole.headers['accept-ranges']], ['hello world', 'bytes']);
      const etag = String(whole.headers['etag']);
      equal((await get('/a%20b', { 'if-none-match': etag })).status, 304);
      equal((await get('/a%20b', { 'if-modified-since': String(whole.headers['last-modified']) })).status, 304);
      equal([(await get('/a%20b', { 'if-match': '"x"' })).status, (await get('/a%20b', { 'if-match': etag })).status], [412, 200]);
      const part = await get('/a%20b', { range: 'bytes=6-' });
      equal([part.status, part.text, part.headers['content-range']], [206, 'world', 'bytes 6-10/11']);
      equal(
        [(await get('/a%20b', { range: 'bytes=6-', 'if-range': '"x"' })).status, (await get('/a%20b', { range: 'bytes=11-' })).status],
        [200, 416],
      );
      const plain = await get('/plain', { range: 'bytes=1-2' });
      equal([plain.status, plain.text, plain.headers['etag'], plain.headers['last-modified']], [200, 'hello', undefined, undefined]);
      equal([(await get('/plain', {}, 'HEAD')).status, (await get('/a%20b', {}, 'HEAD')).headers['content-length']], [403, '11']);
      equal(await (await fetch(`${endpoint}/z`)).text(), 'hello', 'fetch undoes gzip');
      equal([...(await get('/z')).body.subarray(0, 2)], [31, 139], 'stored bytes');
      const basic = (pair: string): Record<string, string> => ({ authorization: `Basic ${Buffer.from(pair).toString('base64')}` });
      const statuses = [await get('/secret'), await get('/secret', basic('u:x')), await get('/secret', basic('u:p:ü'))].map(
        (reply) => reply.status,
      );
      equal(statuses, [401, 401, 200]);
      equal((await get('/away')).headers['location'], `${base2}/a%20b`);
      equal([(await get('/none')).status, (await get('/a%20b', {}, 'PUT')).status], [404, 405]);
      equal(
        (await log()).requests.filter(({ auth }) => auth === 'basic').map(({ signature }) => signature),
        ['Unauthorized', 'valid'],
      );
    },
  ),
);

nodeTest('http: files may change between reads', () =>
  withScenario(
    'http',
    { files: { '/a': { text: 'one' } }, faults: [{ match: { nth: 1 }, fault: { type: 'changeObject', text: 'two!' } }] },
    async ({ endpoint }) => {
      const [a, b] = [await raw({ origin: endpoint, path: '/a' }), await raw({ origin: endpoint, path: '/a' })];
      equal([a.text, b.text, a.headers['etag'] === b.headers['etag']], ['one', 'two!', false]);
    },
  ),
);

nodeTest('control: nothing unknown is accepted, and closed is closed', async () => {
  const { base } = need('fixture');
  const wrong = [
    { kind: 'ftp' },
    { kind: 's3', colour: 'red' },
    { kind: 's3', faults: [{ fault: { type: 'nonsense' } }] },
    { kind: 's3', faults: [{ match: { verb: 'GET' }, fault: { type: 'headStall' } }] },
    { kind: 's3', faults: [{ fault: { type: 'cut' } }] },
    { kind: 's3', faults: [{ fault: { type: 'cut', bytes: 1, k: 2 } }] },
    { kind: 's3', objects: [{ key: 'a', bucket: 'nobucket' }] },
    { kind: 'http', objects: [] },
  ];
  for (const options of wrong)
    equal(
      (await fetch(`${base}/__control/scenario`, { method: 'POST', body: JSON.stringify(options) })).status,
      400,
      JSON.stringify(options),
    );
  const { id, endpoint, close } = await openScenario('http', { files: { '/': { text: 'x' } } });
  equal((await raw({ origin: endpoint, path: '/' })).text, 'x');
  await close();
  await rejects(raw({ origin: endpoint, path: '/' }), 'ECONNREFUSED');
  equal((await fetch(`${base}/__control/log?id=${id}`)).status, 400);
  equal((await fetch(`${base}/__control/health`)).headers.get('access-control-allow-origin'), '*');
});
