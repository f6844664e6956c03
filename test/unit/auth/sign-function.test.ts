import { createAwsSigner } from '../../../src/auth/aws/sigv4.ts';
import { createCredentialSource } from '../../../src/auth/credentials.ts';
import { createGoogleSigner } from '../../../src/auth/gcs/v4.ts';
import { createSignFunction, type SignFunctionOptions } from '../../../src/auth/sign-function.ts';
import { CloudError } from '../../../src/errors.ts';
import type { Credentials, CredentialsProvider, HttpRequest, SignFunction } from '../../../src/types.ts';
import { equal, ok, rejects, test } from '../../harness.ts';
import { canary, everythingOf, fakePort, response, serviceAccount } from './keys.ts';

const date = new Date('2024-05-06T07:08:09Z');
const url = 'https://h.example/b/k?a=1';
const get: HttpRequest = { method: 'GET', url, headers: { range: 'bytes=0-1' } };
const nowhere = fakePort(() => {
  throw new CloudError('nothing is sent here', { code: 'Network' });
});

type AsyncSign = (...given: Parameters<SignFunction>) => Promise<HttpRequest>;

function signer(from: Credentials | CredentialsProvider, more: Partial<SignFunctionOptions> = {}): AsyncSign {
  const source = createCredentialSource(from, { clock: Date.now });
  const sign = createSignFunction(source, {
    service: 's3',
    bucket: 'b',
    region: () => 'eu-west-1',
    inQuery: () => false,
    send: nowhere,
    clock: Date.now,
    ...more,
  });
  return async (request, context) => sign(request, context);
}
const keys = { accessKeyId: 'AK', secretAccessKey: canary('key'), sessionToken: 'session' };

test('sign function: S3 keys in the header or the query, with the region of the moment', async () => {
  let region = 'eu-west-1';
  const sign = signer(keys, { region: () => region });
  equal(await sign(get, { date }), createAwsSigner(keys, { region }).signHeaders(get, date));
  region = 'us-east-2';
  equal(await sign(get, { date }), createAwsSigner(keys, { region }).signHeaders(get, date));
  const inQuery = signer(keys, { inQuery: ({ method }) => method === 'GET' });
  equal(await inQuery(get, { date }), createAwsSigner(keys, { region: 'eu-west-1' }).signQuery(get, date, 900_000));
  const put: HttpRequest = { method: 'PUT', url, headers: {} };
  equal(await inQuery(put, { date }), createAwsSigner(keys, { region: 'eu-west-1' }).signHeaders(put, date));
  equal(get.headers, { range: 'bytes=0-1' }, 'the request itself stays');
});

test('sign function: GCS by HMAC key, header and query, with the port as sent', async () => {
  const local: HttpRequest = { ...get, url: 'http://127.0.0.1:4443/b/k' };
  const google = createGoogleSigner(keys, { signPort: true });
  equal(await signer(keys, { service: 'gs' })(local, { date }), await google.signHeaders(local, date));
  equal(await signer(keys, { service: 'gs', inQuery: () => true })(local, { date }), await google.signQuery(local, date, 900_000));
  ok(
    (await google.signHeaders(local, date)).headers['authorization'] !==
      (await createGoogleSigner(keys).signHeaders(local, date)).headers['authorization'],
    'the port counts',
  );
});

test('sign function: a service account signs queries and brings bearer tokens elsewhere', async () => {
  const account = await serviceAccount();
  let n = 0;
  const send = fakePort(() => response(200, JSON.stringify({ access_token: `tok${++n}`, expires_in: 3600 })));
  const source = createCredentialSource(account, { clock: Date.now });
  const options: SignFunctionOptions = {
    service: 'gs',
    bucket: 'b',
    region: () => 'auto',
    inQuery: ({ method }) => method === 'HEAD',
    send,
    clock: Date.now,
  };
  const sign = createSignFunction(source, options);
  const results = await Promise.all(Array.from({ length: 10 }, async () => sign(get, { date })));
  equal(
    results.map(({ headers }) => headers),
    results.map(() => ({ range: 'bytes=0-1', authorization: 'Bearer tok1' })),
  );
  equal(results[0]!.url, url);
  equal(send.sent.length, 1);
  const head: HttpRequest = { ...get, method: 'HEAD' };
  equal(await sign(head, { date }), await createGoogleSigner(account).signQuery(head, date, 900_000));
  equal(send.sent.length, 1);
  source.invalidate();
  equal((await sign(get, { date })).headers['authorization'], 'Bearer tok2');
});

test('sign function: tokens, user and password, header credentials, nobody', async () => {
  const headersOf = async (credentials: Credentials | CredentialsProvider): Promise<Record<string, string>> =>
    (await signer(credentials, { service: 'http' })(get, { date })).headers;
  equal(await headersOf({ accessToken: 'tok' }), { range: 'bytes=0-1', authorization: 'Bearer tok' });
  equal(await headersOf({ user: 'ü', password: 'p:w' }), { range: 'bytes=0-1', authorization: 'Basic w7w6cDp3' });
  equal(await headersOf({ getRequestHeaders: async (at) => ({ Authorization: `Bearer for ${at}`, 'X-Goog-User-Project': 'p' }) }), {
    range: 'bytes=0-1',
    authorization: `Bearer for ${url}`,
    'x-goog-user-project': 'p',
  });
  equal(await headersOf({ getRequestHeaders: async () => new Headers({ Authorization: 'A' }) }), {
    range: 'bytes=0-1',
    authorization: 'A',
  });
  const sign = signer('anonymous');
  ok((await sign(get, { date })) === get, 'the very same request');
});

test('sign function: a remote signer is told the request and may change URL and headers', async () => {
  const told: unknown[] = [];
  const remote = {
    sign: async ({ signal: _, ...asked }: object & { signal?: AbortSignal | undefined }) => (
      told.push(asked),
      { url: 'https://h.example/signed', headers: { 'X-Extra': '1' } }
    ),
  };
  equal(await signer(remote)(get, { date }), {
    method: 'GET',
    url: 'https://h.example/signed',
    headers: { range: 'bytes=0-1', 'x-extra': '1' },
  });
  equal(told, [{ method: 'GET', url, headers: { range: 'bytes=0-1' } }]);
  for (const answer of [undefined, {}, { url: 3 }, { url: '/relative' }, { url: 'javascript:1' }, { url: 'https://[x' }]) {
    await rejects(signer({ sign: async () => answer as { url: string } })(get, { date }), 'InvalidResponse');
  }
  await rejects(
    signer({ sign: async () => ({ url: 'http://elsewhere.example/', headers: { Authorization: 'x' } }) })(get, { date }),
    'InvalidResponse',
  );
  await rejects(
    signer({
      sign: async () => {
        throw new Error('down');
      },
    })(get, { date }),
    'Unauthenticated',
  );
});

test('sign function: the provider learns the object without its query', async () => {
  const asked: unknown[] = [];
  const sign = signer(({ signal: _, ...request }) => (asked.push(request), 'anonymous'));
  await sign({ ...get, url: 'https://user:pw@h.example/b/k?secret=1#x' }, { date });
  equal(asked, [{ url: 'https://h.example/b/k', method: 'GET', bucket: 'b' }]);
});

test('sign function: credentials do not go over plain http to another machine', async () => {
  const account = await serviceAccount();
  const kinds: Credentials[] = [
    keys,
    { accessToken: 't' },
    { user: 'u', password: 'p' },
    { getRequestHeaders: async () => ({ authorization: 'x' }) },
  ];
  const plain: HttpRequest = { ...get, url: 'http://store.example/b/k' };
  for (const kind of kinds) {
    await rejects(signer(kind)(plain, { date }), 'InvalidArgument');
    ok((await signer(kind, { allowInsecure: true })(plain, { date })).headers['authorization'], 'unless it is allowed');
    for (const host of ['127.0.0.1:9000', 'localhost', 'bucket.localhost:9', '[::1]:1', '127.1']) {
      ok((await signer(kind)({ ...get, url: `http://${host}/b/k` }, { date })).headers['authorization'], host);
    }
    for (const host of [
      '127.0.0.1.example',
      'localhost.example',
      '128.0.0.1',
      '0.0.0.0',
      '192.168.1.1',
      '[::2]',
      'xlocalhost',
      '.localhost',
    ]) {
      await rejects(signer(kind)({ ...get, url: `http://${host}/b/k` }, { date }), 'InvalidArgument');
    }
  }
  await rejects(signer(account, { service: 'gs', inQuery: () => true })(plain, { date }), 'InvalidArgument');
  ok((await signer('anonymous')(plain, { date })) === plain, 'nobody may');
  equal((await signer({ sign: async ({ url: asked }) => ({ url: asked }) })(plain, { date })).url, plain.url, 'a remote signer may');
  // A host that was fine does not make the next one fine.
  const sign = signer(keys);
  await sign({ ...get, url: 'http://localhost/x' }, { date });
  await rejects(sign(plain, { date }), 'InvalidArgument');
  await rejects(sign({ ...get, url: 'http://localhost.example/x' }, { date }), 'InvalidArgument');
});

test('sign function: credentials that the service does not know are refused', async () => {
  const account = await serviceAccount();
  await rejects(signer(account, { service: 's3' })(get, { date }), 'InvalidArgument');
  await rejects(signer(account, { service: 'http' })(get, { date }), 'InvalidArgument');
  await rejects(signer(keys, { service: 'http' })(get, { date }), 'InvalidArgument');
});

test('sign function: abort while credentials are made rejects with the reason itself', async () => {
  const never = (): Promise<never> => new Promise(() => {});
  for (const kind of [never, { getRequestHeaders: never }, { sign: never }]) {
    const controller = new AbortController();
    const reason = Symbol('enough');
    const waiting = signer(kind)(get, { date, signal: controller.signal });
    controller.abort(reason);
    await rejects(waiting, (error) => (error as unknown) === reason);
  }
});

test('sign function: no error holds a secret', async () => {
  const secrets = Array.from({ length: 8 }, (_, i) => canary(`s${i}`));
  const [a = '', b = '', c = '', d = '', e = '', f = '', g = '', h = ''] = secrets;
  const account = await serviceAccount();
  const faulty: [Credentials | CredentialsProvider, Partial<SignFunctionOptions>?][] = [
    [{ accessKeyId: `A\n${a}`, secretAccessKey: b }],
    [{ accessKeyId: 'A', secretAccessKey: b, sessionToken: `${c}\n` }],
    [{ accessKeyId: '', secretAccessKey: b }],
    [{ accessKeyId: `A\r${a}`, secretAccessKey: b }, { service: 'gs' }],
    [{ accessToken: `${d}\n` }],
    [{ accessToken: `${d}é` }],
    [{ user: `u:${e}`, password: f }],
    [{ getRequestHeaders: async () => ({ authorization: `Bearer ${g}\n` }) }],
    [{ sign: async () => ({ url: 'https://h.example/', headers: { authorization: `x\n${h}` } }) }],
    [{ sign: async () => ({ url: `https://[${h}` }) }],
    [{ sign: async () => ({ url: `http://h.example/?X-Amz-Signature=${h}`, headers: { authorization: h } }) }],
    [() => ({ accessKeyId: a, secret: b }) as unknown as Credentials],
    [{ ...account, private_key: `-----BEGIN PRIVATE KEY-----\n${a}\n-----END PRIVATE KEY-----` }, { service: 'gs' }],
    [{ ...account, token_uri: `http://elsewhere.example/?x=${a}` }, { service: 'gs' }],
    [account, { service: 'gs', send: fakePort(() => response(400, JSON.stringify({ error: a, error_description: b }))) }],
    [{ accessKeyId: a, secretAccessKey: b }, { service: 'http' }],
    [{ accessKeyId: a, secretAccessKey: b, sessionToken: c }, { region: () => '' }],
  ];
  for (const [i, [credentials, more]] of faulty.entries()) {
    const error = await rejects(
      signer(credentials, more)({ ...get, url: `${url}&token=${a}` }, { date }),
      (thrown) => thrown instanceof CloudError,
    );
    for (const secret of [...secrets, account.private_key.slice(60, 120)])
      ok(!everythingOf(error).includes(secret), `case ${i} keeps its secrets`);
  }
  for (const bad of ['http://h.example/?', 'https://[broken/?', 'relative?']) {
    const error = await rejects(signer({ accessKeyId: 'A', secretAccessKey: b })({ ...get, url: bad + a }, { date }), 'InvalidArgument');
    ok(!everythingOf(error).includes(a) && !everythingOf(error).includes(b), `${bad} keeps its secret`);
  }
});
