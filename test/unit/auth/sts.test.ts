import { createCredentialSource } from '../../../src/auth/credentials.ts';
import type { CloudError } from '../../../src/errors.ts';
import { assumeRole, signAws } from '../../../src/sign.ts';
import type { KeyCredentials } from '../../../src/types.ts';
import { need, uniqueName } from '../../env.ts';
import { equal, ok, rejects, test } from '../../harness.ts';
import { openScenario } from '../../servers/fixture/client.ts';
import { canary, everythingOf } from './keys.ts';

const roleArn = 'arn:aws:iam::123456789012:role/reader';

/** Puts and gets an object with the session's keys. */
async function use(place: { endpoint: string; bucket: string; region: string }, credentials: KeyCredentials): Promise<number[]> {
  const url = `${place.endpoint}/${place.bucket}/${uniqueName('sts')}`;
  const statuses: number[] = [];
  for (const method of ['PUT', 'GET']) {
    const response = await fetch(url, {
      method,
      headers: signAws({ method, url }, { credentials, region: place.region }),
      ...(method === 'PUT' && { body: 'x' }),
    });
    await response.text();
    statuses.push(response.status);
  }
  return statuses;
}

test('STS: MinIO gives a session that works, and its token counts', async () => {
  const server = need('minio');
  const provider = assumeRole({ credentials: server, roleArn, endpoint: server.endpoint, region: server.region, durationSeconds: 900 });
  const session = await provider({});
  const life = session.expiration.getTime() - Date.now();
  ok(life > 800_000 && life < 1_000_000, 'a quarter of an hour');
  equal(await use(server, session), [200, 200]);
  equal(await use(server, { ...session, sessionToken: undefined }), [403, 403]);
  // MinIO says AccessDenied for a wrong secret.
  await rejects(
    assumeRole({ credentials: { ...server, secretAccessKey: 'wrong' }, roleArn, endpoint: server.endpoint, region: server.region })({}),
    'PermissionDenied',
  );
});

test('STS: the session of the fixture server, kept until shortly before its end', async () => {
  const sts = await openScenario('sts', {});
  try {
    let now = Date.now();
    const { credentials, region, endpoint, bucket } = sts;
    const provider = assumeRole({ credentials, roleArn, sessionName: 'me', durationSeconds: 900, region, endpoint });
    const source = createCredentialSource(provider, { clock: () => now });
    const ask = { url: endpoint, method: 'GET', bucket };
    const [one, two] = await Promise.all([source.get(ask), source.get(ask)]);
    ok(one === two, 'one session');
    equal(await use(sts, one as KeyCredentials), [200, 200]);
    now += 850_000;
    ok((await source.get(ask)) !== one, 'a new session');
    const { requests } = await sts.log();
    const assumed = requests.filter(({ operation }) => operation === 'AssumeRole');
    equal(
      assumed.map(({ signature, method }) => `${signature} ${method}`),
      ['valid POST', 'valid POST'],
    );
    await rejects(
      assumeRole({ credentials: { ...credentials, secretAccessKey: 'wrong' }, roleArn, region, endpoint })({}),
      'SignatureMismatch',
    );
    await rejects(assumeRole({ credentials: { ...credentials, accessKeyId: 'nobody' }, roleArn, region, endpoint })({}), 'Unauthenticated');
  } finally {
    await sts.close();
  }
});

const answer =
  (status: number, body: string): typeof fetch =>
  async () =>
    new Response(body, { status });
const xml = (fields: Record<string, string>): string =>
  `<AssumeRoleResponse><AssumeRoleResult><Credentials>${Object.entries(fields)
    .map(([name, text]) => `<${name}>${text}</${name}>`)
    .join('')}</Credentials></AssumeRoleResult></AssumeRoleResponse>`;
const good = { AccessKeyId: 'ASIA', SecretAccessKey: 's&lt;&amp;', SessionToken: 't', Expiration: '2030-01-01T00:00:00Z' };

test('STS: answers are read and faults are told by cause', async () => {
  const secret = canary('sts');
  const credentials = { accessKeyId: 'AK', secretAccessKey: secret };
  const ask = (fetch: typeof globalThis.fetch): Promise<unknown> => assumeRole({ credentials, roleArn, fetch })({});
  equal(await ask(answer(200, xml(good))), {
    accessKeyId: 'ASIA',
    secretAccessKey: 's<&',
    sessionToken: 't',
    expiration: new Date('2030-01-01T00:00:00Z'),
  });
  const error = (code: string): string => `<ErrorResponse><Error><Code>${code}</Code><Message>${secret}</Message></Error></ErrorResponse>`;
  const cases: [number, string, string][] = [
    [403, error('AccessDenied'), 'PermissionDenied'],
    [403, error('ExpiredTokenException'), 'Unauthenticated'],
    [403, error('InvalidClientTokenId'), 'Unauthenticated'],
    [403, error('SignatureDoesNotMatch'), 'SignatureMismatch'],
    [400, error('Throttling'), 'Throttled'],
    [400, error('ValidationError'), 'InvalidArgument'],
    [503, secret, 'ServerError'],
    [200, secret, 'InvalidResponse'],
    [200, xml({ ...good, Expiration: 'soon' }), 'InvalidResponse'],
    [200, xml({ ...good, SessionToken: '' }), 'InvalidResponse'],
  ];
  for (const [status, body, code] of cases) {
    const thrown = await rejects<CloudError>(ask(answer(status, body)), code);
    equal(thrown.retryable, code === 'Throttled' || code === 'ServerError');
    ok(!everythingOf(thrown).includes(secret), `${code} keeps the secret`);
  }
  await rejects<CloudError>(
    ask(async () => {
      throw new TypeError('fetch failed');
    }),
    (e) => e.code === 'Network' && e.retryable,
  );
});

test('STS: what is sent, and that it stops when it is told to', async () => {
  const sent: [string, RequestInit][] = [];
  const credentials = async (): Promise<KeyCredentials> => ({ accessKeyId: 'AK', secretAccessKey: 'SK', sessionToken: 'ST' });
  const fetch: typeof globalThis.fetch = async (url, init) => (sent.push([url as string, init!]), new Response(xml(good)));
  await assumeRole({ credentials, roleArn, sessionName: 'me', externalId: 'ext', durationSeconds: 1000, region: 'cn-north-1', fetch })({});
  const [url, init] = sent[0]!;
  equal(url, 'https://sts.cn-north-1.amazonaws.com.cn/');
  equal(Object.fromEntries(new URLSearchParams(init.body as string)), {
    Action: 'AssumeRole',
    Version: '2011-06-15',
    RoleArn: roleArn,
    RoleSessionName: 'me',
    DurationSeconds: '1000',
    ExternalId: 'ext',
  });
  const headers = new Headers(init.headers);
  equal(headers.get('x-amz-security-token'), 'ST');
  ok(headers.get('authorization')!.includes('/cn-north-1/sts/aws4_request'), 'for sts');

  const controller = new AbortController();
  const reason = { stop: true };
  const hanging: typeof globalThis.fetch = (_, init) =>
    new Promise((__, reject) => init!.signal!.addEventListener('abort', () => reject(new DOMException('x', 'AbortError'))));
  const waiting = assumeRole({ credentials, roleArn, fetch: hanging })({ signal: controller.signal });
  setTimeout(() => controller.abort(reason), 5);
  await rejects(waiting, (error) => (error as unknown) === reason);
});

test('STS: keys that are none, and endpoints where the session could be read', async () => {
  const secret = canary('sts');
  await rejects(assumeRole({ credentials: { accessToken: secret }, roleArn })({}), 'InvalidArgument');
  for (const bad of [
    { accessKeyId: 'A', secretAccessKey: 's', sessionToken: `${secret}\n` },
    { accessKeyId: `${secret}\r\n`, secretAccessKey: 's' },
  ]) {
    const error = await rejects(assumeRole({ credentials: bad, roleArn, fetch: answer(200, '') })({}), 'InvalidArgument');
    ok(!everythingOf(error).includes(secret), 'no secret');
  }
  const credentials = { accessKeyId: 'A', secretAccessKey: 's' };
  await rejects(() => assumeRole({ credentials, roleArn, endpoint: 'http://sts.example/' }), 'InvalidArgument');
  await rejects(() => assumeRole({ credentials, roleArn, endpoint: 'nonsense' }), 'InvalidArgument');
  assumeRole({ credentials, roleArn, endpoint: 'http://sts.example/', allowInsecure: true });
});
