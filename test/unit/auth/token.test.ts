import { createTokenProvider } from '../../../src/auth/gcs/token.ts';
import { createRsaSigner } from '../../../src/auth/gcs/rsa.ts';
import type { CloudError } from '../../../src/errors.ts';
import type { HttpRequest } from '../../../src/types.ts';
import { fromBase64Url } from '../../../src/util/base64.ts';
import { equal, ok, rejects, test } from '../../harness.ts';
import { canary, everythingOf, fakePort, response, serviceAccount, verifies } from './keys.ts';

const bodyOf = (request: HttpRequest): URLSearchParams => new URLSearchParams(new TextDecoder().decode(request.body as Uint8Array));
const part = (text: string): Record<string, unknown> =>
  JSON.parse(new TextDecoder().decode(fromBase64Url(text))) as Record<string, unknown>;
const granted = (accessToken: string, seconds: unknown = 3600): ReturnType<typeof response> =>
  response(200, JSON.stringify({ access_token: accessToken, expires_in: seconds, token_type: 'Bearer' }));

test('token: the JWT holds what Google asks for and is signed with the key', async () => {
  const account = await serviceAccount('https://token.example/t?x=1');
  const send = fakePort(() => granted('tok'));
  const now = 1_700_000_000_500;
  const token = await createTokenProvider(account, { send, clock: () => now })({});
  equal(token, { accessToken: 'tok', expiration: new Date(now + 3_600_000) });
  const [sent] = send.sent;
  equal(
    [sent!.method, sent!.url, sent!.headers['content-type']],
    ['POST', 'https://token.example/t?x=1', 'application/x-www-form-urlencoded'],
  );
  const form = bodyOf(sent!);
  equal([...form.keys()], ['grant_type', 'assertion']);
  equal(form.get('grant_type'), 'urn:ietf:params:oauth:grant-type:jwt-bearer');
  const [header = '', claims = '', signature = ''] = form.get('assertion')!.split('.');
  equal(part(header), { alg: 'RS256', typ: 'JWT', kid: 'key-1' });
  equal(part(claims), {
    iss: account.client_email,
    scope: 'https://www.googleapis.com/auth/devstorage.read_write',
    aud: account.token_uri,
    iat: 1_700_000_000,
    exp: 1_700_003_600,
  });
  ok(await verifies(`${header}.${claims}`, fromBase64Url(signature)), 'a good signature');
});

test('token: Google is asked unless the account says otherwise, and another scope may be wanted', async () => {
  const { token_uri: _, private_key_id: __, ...account } = await serviceAccount();
  const send = fakePort(() => granted('tok'));
  await createTokenProvider(account, { send, clock: Date.now, scope: 'a b' })({});
  equal(send.sent[0]!.url, 'https://oauth2.googleapis.com/token');
  const [header = '', claims = ''] = bodyOf(send.sent[0]!).get('assertion')!.split('.');
  equal([part(header)['kid'], part(claims)['scope']], [undefined, 'a b']);
});

test('token: one exchange for all who wait, made anew a minute before the end', async () => {
  let now = 1_700_000_000_000;
  let n = 0;
  const send = fakePort(async () => (await new Promise((resolve) => setTimeout(resolve, 5)), granted(`t${++n}`)));
  const provider = createTokenProvider(await serviceAccount(), { send, clock: () => now });
  const all = await Promise.all(Array.from({ length: 20 }, () => provider({})));
  equal([...new Set(all.map(({ accessToken }) => accessToken))], ['t1']);
  now += 3_539_000;
  equal((await provider({})).accessToken, 't1');
  now += 2000;
  equal((await provider({})).accessToken, 't2');
  equal(send.sent.length, 2);
});

test('token: while a new one can not be had the valid one is used', async () => {
  let now = 1_700_000_000_000;
  let status = 200;
  const send = fakePort(() => (status === 200 ? granted('t1') : response(status, 'oh no')));
  const provider = createTokenProvider(await serviceAccount(), { send, clock: () => now });
  await provider({});
  status = 500;
  now += 3_570_000;
  equal((await provider({})).accessToken, 't1');
  now += 31_000;
  await rejects(provider({}), 'ServerError');
});

test('token: refusals by cause, and nothing of the answer in the error', async () => {
  const secret = canary('answer');
  const account = await serviceAccount();
  const tokenOf = (status: number, body: string): Promise<unknown> =>
    createTokenProvider(account, { send: fakePort(() => response(status, body)), clock: Date.now })({});
  const cases: [number, string, string, string | undefined][] = [
    [400, JSON.stringify({ error: 'invalid_grant', error_description: secret }), 'Unauthenticated', 'invalid_grant'],
    [401, JSON.stringify({ error: 'invalid_client', error_description: secret }), 'Unauthenticated', 'invalid_client'],
    [401, secret, 'Unauthenticated', undefined],
    [400, JSON.stringify({ error: { message: secret } }), 'Unauthenticated', undefined],
    [403, JSON.stringify({ error: secret }), 'PermissionDenied', undefined],
    [429, '', 'Throttled', undefined],
    [503, '<html>', 'ServerError', undefined],
    [302, secret, 'InvalidResponse', undefined],
    [200, secret, 'InvalidResponse', undefined],
    [200, 'null', 'InvalidResponse', undefined],
    [200, JSON.stringify({ access_token: 7, note: secret }), 'InvalidResponse', undefined],
    [200, JSON.stringify({ access_token: `${secret}\nx: y` }), 'InvalidResponse', undefined],
    [200, JSON.stringify({ access_token: secret, filler: 'x'.repeat(70_000) }), 'InvalidResponse', undefined],
  ];
  for (const [status, body, code, providerCode] of cases) {
    const error = await rejects<CloudError>(tokenOf(status, body), code);
    equal(error.providerCode, providerCode);
    equal(error.retryable, code === 'Throttled' || code === 'ServerError');
    for (const hidden of [secret, account.private_key, 'assertion=']) ok(!everythingOf(error).includes(hidden), `${code} holds no secret`);
  }
});

test('token: a token without a life is used until it is refused', async () => {
  const provider = createTokenProvider(await serviceAccount(), { send: fakePort(() => granted('t', 'soon')), clock: Date.now });
  equal(await provider({}), { accessToken: 't' });
});

test('token: token_uri only by https or on this machine', async () => {
  const send = fakePort(() => granted('tok'));
  const ask = async (uri: string): Promise<unknown> => createTokenProvider(await serviceAccount(uri), { send, clock: Date.now })({});
  for (const bad of [
    'http://oauth2.googleapis.com/token',
    'http://127.0.0.1.example/',
    'http://localhost.example/',
    'http://10.0.0.1/',
    'http://0.0.0.0/',
    'ftp://localhost/',
    'nonsense',
    'file:///etc',
  ])
    await rejects(ask(bad), 'InvalidArgument');
  equal(send.sent.length, 0);
  for (const good of [
    'https://h.example/',
    'http://127.0.0.1:81/t',
    'http://127.9.9.9/',
    'http://[::1]:8/',
    'http://localhost/',
    'http://a.localhost:9/',
  ])
    await ask(good);
  equal(send.sent.length, 6);
});

test('token: abort ends the wait with the reason itself and the exchange with it', async () => {
  let seen: AbortSignal | undefined;
  const send = fakePort(
    (_, signal) =>
      new Promise((__, reject) => {
        seen = signal;
        signal!.addEventListener('abort', () => reject(signal!.reason));
      }),
  );
  const provider = createTokenProvider(await serviceAccount(), { send, clock: Date.now });
  const controller = new AbortController();
  const waiting = provider({ signal: controller.signal });
  while (!seen) await new Promise((resolve) => setTimeout(resolve, 1));
  const reason = new Error('enough');
  controller.abort(reason);
  await rejects(waiting, (error) => error === reason);
  ok(seen.aborted, 'the exchange is given up');
});

test('RSA keys: what is no key is refused without a word of it', async () => {
  const { private_key: pem } = await serviceAccount();
  const body = pem.replace(/-----.*-----|\s/g, '');
  const bad = [
    '',
    'secret',
    pem.replace('BEGIN PRIVATE', 'BEGIN RSA PRIVATE'),
    pem.replace(/-----END[^]*/, ''),
    pem.replace(body.slice(0, 8), '!!!!!!!!'),
    `-----BEGIN PRIVATE KEY-----\n${body.slice(0, 400)}\n-----END PRIVATE KEY-----`,
    '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----',
  ];
  for (const private_key of bad) {
    const error = await rejects(createRsaSigner({ private_key })('x'), 'InvalidArgument');
    if (private_key) ok(!everythingOf(error).includes(private_key.slice(30, 60) || private_key), 'no piece of the key');
  }
});

test('RSA keys: line ends may be escaped, as in environment variables', async () => {
  const { private_key: pem } = await serviceAccount();
  const text = 'to sign';
  for (const private_key of [pem.replaceAll('\n', '\\n'), pem.replaceAll('\n', '\r\n'), pem.replaceAll('\n', ''), ` \n${pem}`]) {
    ok(await verifies(text, new Uint8Array(await createRsaSigner({ private_key })(text))), 'a good signature');
  }
});
