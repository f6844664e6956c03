/** The GCS scenario verifies assertions, tokens and signatures. Node only. */
import { createSign, generateKeyPairSync } from 'node:crypto';
import { equal, ok } from '../harness.ts';
import { gcsTest, object, reasonOf, seed, upload } from '../servers/fixture/gcs/test-tools.ts';
import { raw, sha256, sign } from '../servers/fixture/raw-client.ts';
import type { RawReply, SignSpec } from '../servers/fixture/raw-client.ts';

let another: string | undefined;
/** A private key that belongs to nobody, as PEM. */
const anotherKey = (): string =>
  (another ??= generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());

function jwt(claims: Record<string, unknown>, privateKey: string, header: Record<string, unknown> = {}): string {
  const parts = [{ alg: 'RS256', typ: 'JWT', ...header }, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'));
  return `${parts.join('.')}.${createSign('RSA-SHA256').update(parts.join('.')).sign(privateKey, 'base64url')}`;
}

gcsTest('the token endpoint checks the assertion', { ...seed, tokenTtlMs: 60_000 }, async ({ serviceAccount, endpoint, call, log }) => {
  const now = Math.floor(Date.now() / 1000);
  const scope = 'https://www.googleapis.com/auth/devstorage.read_write';
  const claims = { iss: serviceAccount.client_email, aud: serviceAccount.token_uri, scope, iat: now, exp: now + 3600 };
  const grant = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
  const exchange = async (assertion: string, grantType = grant): Promise<Record<string, unknown>> => {
    const form = new URLSearchParams({ grant_type: grantType, assertion }).toString();
    const reply = await raw({
      origin: endpoint,
      method: 'POST',
      path: '/token',
      body: form,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    return { status: reply.status, ...(JSON.parse(reply.text) as object) };
  };
  const own = (changed: Record<string, unknown>, header = {}): Promise<Record<string, unknown>> =>
    exchange(jwt({ ...claims, ...changed }, serviceAccount.private_key, header));
  const privateKey = anotherKey();
  const good = jwt(claims, serviceAccount.private_key);
  const [header, payload, signature] = good.split('.');
  const other = Buffer.from(JSON.stringify({ ...claims, scope: `${scope} x` })).toString('base64url');
  const none = Buffer.from(JSON.stringify({ alg: 'none' })).toString('base64url');
  const refused: [string, Promise<Record<string, unknown>>][] = [
    ['another key', exchange(jwt(claims, privateKey))],
    ['another payload', exchange([header, other, signature].join('.'))],
    ['alg none', exchange([none, payload, signature].join('.'))],
    ['not a JWT', exchange('nonsense')],
    ['another issuer', own({ iss: 'nobody@example.com' })],
    ['another audience', own({ aud: 'https://oauth2.example.com/token' })],
    ['expired', own({ iat: now - 4000, exp: now - 400 })],
    ['longer than an hour', own({ exp: now + 3700 })],
    ['from the future', own({ iat: now + 600, exp: now + 1200 })],
    ['another kid', own({}, { kid: 'x' })],
  ];
  for (const [what, reply] of refused) equal([(await reply)['status'], (await reply)['error']], [400, 'invalid_grant'], what);
  equal((await own({ scope: 'https://example.com/x' }))['error'], 'invalid_scope');
  equal((await exchange(good, 'password'))['error'], 'unsupported_grant_type');
  equal((await log()).counts.tokenExchanges, 0);

  const {
    access_token: token,
    expires_in: life,
    token_type: type,
  } = await exchange(jwt(claims, serviceAccount.private_key, { kid: serviceAccount.private_key_id }));
  equal([life, type], [60, 'Bearer']);
  equal((await call(object, { token: String(token) })).status, 200);
  const reader = await own({ scope: 'https://www.googleapis.com/auth/devstorage.read_only' });
  equal((await call(object, { token: String(reader['access_token']) })).status, 200);
  const write = await call(upload('uploadType=media&name=x'), { method: 'POST', body: 'x', token: String(reader['access_token']) });
  equal([write.status, reasonOf(write)], [403, 'insufficientPermissions']);
  const { counts, requests } = await log();
  equal([counts.tokenExchanges, counts.refused], [2, 12]);
  ok(!JSON.stringify(requests).includes(String(token)), 'no token in the log');
});

gcsTest('tokens expire, are revoked, and must be there', seed, async ({ call, update, accessToken }) => {
  const missing = await call(object, { token: '' });
  equal([missing.status, reasonOf(missing)], [401, 'required']);
  const wrong = await call(object, { token: 'nonsense' });
  equal([wrong.status, reasonOf(wrong), String(wrong.headers['www-authenticate']).includes('invalid_token')], [401, 'authError', true]);
  const xml = [await call('/bucket/key', { token: '' }), await call('/bucket/key', { token: 'x' }), await call('/bucket/key')];
  equal(
    xml.map(({ status, code }) => [status, code]),
    [
      [403, 'AccessDenied'],
      [401, 'AuthenticationRequired'],
      [200, undefined],
    ],
  );
  await update({ faults: [{ match: { nth: 1 }, fault: { type: 'expiredToken', revoke: false } }] });
  equal([(await call(object)).status, (await call(object)).status], [401, 200]);
  await update({ clockOffsetMs: 3_600_001 });
  equal((await call(object)).status, 401, 'after its time');
  await update({ clockOffsetMs: 0, faults: [{ match: { nth: 1 }, fault: { type: 'expiredToken' } }] });
  equal([(await call(object)).status, (await call(object)).status], [401, 401], 'revoked');
  ok(accessToken.length > 20, 'a token was given');
});

for (const kind of ['RSA', 'HMAC'] as const) {
  gcsTest(`GOOG4-${kind}-SHA256 is verified`, seed, async ({ endpoint, serviceAccount, credentials }) => {
    const keys =
      kind === 'HMAC'
        ? credentials
        : { accessKeyId: serviceAccount.client_email, secretAccessKey: '', privateKey: serviceAccount.private_key };
    const privateKey = anotherKey();
    const wrongKey = kind === 'HMAC' ? { secretAccessKey: 'wrong' } : { privateKey };
    const spec = (given: Partial<SignSpec>): SignSpec => ({
      origin: endpoint,
      path: '/bucket/key',
      provider: 'GOOG4',
      region: 'auto',
      ...keys,
      ...given,
    });
    const ask = (given: Partial<SignSpec>): Promise<RawReply> => raw(sign(spec(given)));
    const code = async (reply: Promise<RawReply>): Promise<unknown> => (({ status, code: name }) => [status, name])(await reply);
    const minute = 60_000;
    for (const life of [{ expires: 60 }, {}]) {
      equal((await ask(life)).text, 'hello');
      equal(
        (await ask({ ...life, method: 'PUT', path: '/bucket/a%2Bb%20%C3%BC', body: 'x', headers: { 'x-goog-meta-n': '1' } })).status,
        200,
      );
      equal((await ask({ ...life, path: '/bucket/a%2Bb%20%C3%BC' })).headers['x-goog-meta-n'], '1');
      equal(await code(ask({ ...life, ...wrongKey })), [403, 'SignatureDoesNotMatch']);
      equal(await code(ask({ ...life, accessKeyId: 'nobody' })), [403, 'InvalidSecurity']);
      equal(await code(ask({ ...life, service: 's3' })), [400, 'InvalidCredential']);
      equal(await code(ask({ ...life, headers: { 'x-goog-meta-a': '1' }, unsigned: ['x-goog-meta-a'] })), [400, 'MalformedSecurityHeader']);
      const good = sign(spec({ ...life, query: [['generation', '1']] }));
      equal(await code(raw({ ...good, path: good.path.replace('generation=1', 'generation=2') })), [403, 'SignatureDoesNotMatch']);
      equal(await code(raw({ ...good, path: good.path.replace('/key', '/kex') })), [403, 'SignatureDoesNotMatch']);
      equal(await code(raw({ ...good, method: 'DELETE' })), [403, 'SignatureDoesNotMatch']);
    }
    equal(await code(ask({ expires: 60, at: Date.now() - 2 * minute })), [400, 'ExpiredToken']);
    equal(await code(ask({ expires: 60, at: Date.now() + 20 * minute })), [403, 'AccessDenied']);
    equal(await code(ask({ expires: 604_801 })), [400, 'AuthorizationQueryParametersError']);
    equal(await code(ask({ at: Date.now() - 20 * minute })), [403, 'RequestTimeTooSkewed']);
    const hashed = sign(spec({ method: 'PUT', body: 'abc', payloadHash: sha256('abc') }));
    equal(await code(raw({ ...hashed, body: 'abd' })), [400, 'XGoogContentSHA256Mismatch']);
    equal((await raw(hashed)).status, 200);
    equal((await ask({ path: object, expires: 60 })).status, 401, 'signatures are not for the JSON API');
  });
}
