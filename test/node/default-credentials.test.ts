import type { CloudError } from '../../src/errors.ts';
import { defaultCredentials, type CredentialSeams, type DefaultCredentialsOptions } from '../../src/platform/node/credentials.ts';
import type { Credentials, CredentialsRequest } from '../../src/types.ts';
import { parseSecret } from '../../src/util/secret.ts';
import { equal, ok, rejects, test } from '../harness.ts';
import { canary, everythingOf, serviceAccount } from '../unit/auth/keys.ts';

interface Machine {
  env?: Record<string, string>;
  files?: Record<string, string>;
  /** Error codes by path. */
  faults?: Record<string, string>;
  packages?: Record<string, unknown>;
}

function machine({ env = {}, files = {}, faults = {}, packages = {} }: Machine): CredentialSeams & { read: string[]; loaded: string[] } {
  const read: string[] = [];
  const loaded: string[] = [];
  return {
    read,
    loaded,
    environment: () => env,
    home: () => '/home/me',
    async readFile(path) {
      read.push(path);
      const code = faults[path] ?? (path in files ? undefined : 'ENOENT');
      if (code) throw Object.assign(new Error(`${code}: ${path}`), { code });
      return files[path]!;
    },
    async load(name) {
      loaded.push(name);
      if (!(name in packages)) throw Object.assign(new Error(`Cannot find package '${name}'`), { code: 'ERR_MODULE_NOT_FOUND' });
      return packages[name];
    },
  };
}

const request: CredentialsRequest = { url: 'https://h.example/b/k', method: 'GET', bucket: 'b' };
type Service = Parameters<typeof defaultCredentials>[0];
const find = async (service: Service, on: Machine, options: DefaultCredentialsOptions = {}, asking = request): Promise<Credentials> =>
  defaultCredentials(service, options, machine(on))(asking);
const aws = (name: string): string => JSON.stringify({ AWS_ACCESS_KEY_ID: name, AWS_SECRET_ACCESS_KEY: 's' });
const keys = (name: string): Credentials => ({ accessKeyId: name, secretAccessKey: 's' });

test("default credentials: secret files in their order, the bucket's own before the common one", async () => {
  const places = [
    '/home/me/.cloudvolume/secrets/b-aws-secret.json',
    '/secrets/b-aws-secret.json',
    '/b-aws-secret.json',
    '/home/me/.cloudfiles/secrets/b-aws-secret.json',
    '/home/me/.cloudvolume/secrets/aws-secret.json',
    '/secrets/aws-secret.json',
    '/aws-secret.json',
    '/home/me/.cloudfiles/secrets/aws-secret.json',
  ];
  const files = Object.fromEntries(places.map((path) => [path, aws(path)]));
  for (const path of places) {
    equal(await find('s3', { files: { ...files } }), keys(path));
    delete files[path];
  }
  const moved = { '/vol/secrets/aws-secret.json': aws('vol'), '/files/secrets/b-aws-secret.json': aws('files') };
  equal(await find('s3', { env: { CLOUD_VOLUME_DIR: '/vol', CLOUD_FILES_DIR: '/files' }, files: moved }), keys('files'));
});

test('default credentials: an alias has secrets of its own', async () => {
  const files = {
    '/home/me/.cloudfiles/secrets/matrix-secret.json': aws('alias'),
    '/home/me/.cloudfiles/secrets/aws-secret.json': aws('aws'),
  };
  equal(await find('s3', { files }, { alias: 'matrix' }), keys('alias'));
  equal(await find('s3', { files: { ...files, '/secrets/b-matrix-secret.json': aws('own') } }, { alias: 'matrix' }), keys('own'));
  equal(await find('s3', { files }), keys('aws'));
});

test('default credentials: AWS variables, with and without a session token, after the files', async () => {
  const env = { AWS_ACCESS_KEY_ID: 'env', AWS_SECRET_ACCESS_KEY: 's' };
  equal(await find('s3', { env }), keys('env'));
  equal(await find('s3', { env: { ...env, AWS_SESSION_TOKEN: 't' } }), { accessKeyId: 'env', secretAccessKey: 's', sessionToken: 't' });
  equal(await find('s3', { env: { ...env, AWS_SESSION_TOKEN: '' } }), keys('env'));
  equal(await find('s3', { env, files: { '/secrets/aws-secret.json': aws('file') } }), keys('file'));
  await rejects(find('s3', { env: { AWS_ACCESS_KEY_ID: 'env' } }), 'Unauthenticated');
});

test("default credentials: Google's secret files and GOOGLE_APPLICATION_CREDENTIALS", async () => {
  const account = await serviceAccount();
  const text = JSON.stringify({ type: 'service_account', ...account });
  const env = { GOOGLE_APPLICATION_CREDENTIALS: '/adc.json' };
  equal(await find('gs', { env, files: { '/adc.json': text } }), JSON.parse(text));
  equal(await find('gs', { env, files: { '/adc.json': text, '/secrets/google-secret.json': aws('hmac') } }), keys('hmac'));
  await rejects(find('gs', { env }), 'Unauthenticated');
  // What gcloud writes for a person is for Google's own library.
  const client = { getRequestHeaders: async () => ({}) };
  const packages = {
    'google-auth-library': {
      GoogleAuth: class {
        async getClient(): Promise<unknown> {
          return client;
        }
      },
    },
  };
  ok(
    (await find('gs', { env, files: { '/adc.json': '{"type":"authorized_user","refresh_token":"r"}' }, packages })) === client,
    'the client of the library',
  );
  await rejects(find('gs', { env: {} }), 'Unauthenticated');
});

test('default credentials: the AWS chain last, once, with the profile', async () => {
  const made: unknown[] = [];
  const chain = {
    '@aws-sdk/credential-provider-node': {
      defaultProvider: (o: unknown) => (made.push(o), async () => ({ accessKeyId: 'chain', secretAccessKey: 's' })),
    },
  };
  const seams = machine({ packages: chain, env: {} });
  const provider = defaultCredentials('s3', {}, seams);
  equal([seams.read.length, seams.loaded.length], [0, 0], 'nothing happens before the first request');
  equal(await provider(request), keys('chain'));
  equal(await provider(request), keys('chain'));
  equal(made, [{}]);
  const env = { AWS_ACCESS_KEY_ID: 'env', AWS_SECRET_ACCESS_KEY: 's' };
  const profiled = machine({ packages: chain, env, files: { '/secrets/aws-secret.json': aws('file') } });
  equal(await defaultCredentials('s3', { profile: 'work' }, profiled)(request), keys('chain'));
  equal(made[1], { profile: 'work' });
  equal(profiled.read, [], 'a profile that was asked for is not passed over');
});

test('default credentials: a chain that fails says so and is asked anew', async () => {
  let n = 0;
  const cause = new Error('no profile');
  class GoogleAuth {
    async getClient(): Promise<unknown> {
      if (!n++) throw cause;
      return { getRequestHeaders: async () => ({}) };
    }
  }
  const provider = defaultCredentials('gs', {}, machine({ packages: { 'google-auth-library': { GoogleAuth } } }));
  const error = await rejects(async () => provider(request), 'Unauthenticated');
  ok(error.cause === cause, "the library's own error is the cause");
  ok(await provider(request), 'found the second time');
});

test('default credentials: nothing found names where it was looked for, and no value', async () => {
  const secret = canary('env');
  const faults = { '/secrets/aws-secret.json': 'EACCES' };
  const error = await rejects<CloudError>(
    find('s3', { env: { AWS_SECRET_ACCESS_KEY: secret, CLOUD_FILES_DIR: '/files' }, faults }),
    'Unauthenticated',
  );
  for (const part of [
    'b-aws-secret.json',
    'aws-secret.json',
    '/home/me/.cloudvolume/secrets',
    '/files/secrets',
    '/secrets/aws-secret.json (not readable)',
    'AWS_ACCESS_KEY_ID',
    '@aws-sdk/credential-provider-node (not installed)',
  ]) {
    ok(error.message.includes(part), `${part} in ${error.message}`);
  }
  ok(!everythingOf(error).includes(secret), 'no value');
  const google = await rejects<CloudError>(find('gs', {}), 'Unauthenticated');
  for (const part of ['google-secret.json', 'GOOGLE_APPLICATION_CREDENTIALS', 'google-auth-library (not installed)'])
    ok(google.message.includes(part), part);
});

test('default credentials: secrets that are none are an error that does not repeat them', async () => {
  const secret = canary('file');
  for (const text of [
    secret,
    `{"AWS_ACCESS_KEY_ID":"${secret}"}`,
    `{"AWS_ACCESS_KEY_ID":"${secret}"`,
    `"${secret}"`,
    'null',
    '[]',
    `{"x":"${secret}"}`,
  ]) {
    const error = await rejects<CloudError>(find('s3', { files: { '/secrets/aws-secret.json': text } }), 'InvalidArgument');
    ok(error.message.includes('/secrets/aws-secret.json'), 'the file is named');
    ok(!everythingOf(error).includes(secret), 'its content is not');
  }
  const env = { GOOGLE_APPLICATION_CREDENTIALS: `/${secret}` };
  ok(!everythingOf(await rejects(find('gs', { env }), 'Unauthenticated')).includes(secret), 'nor the value of a variable');
});

test('default credentials: the web is read anonymously unless there is a secret for it', async () => {
  equal(await find('http', {}), 'anonymous');
  const files = {
    '/secrets/http-secret.json': '{"user":"u","password":"p"}',
    '/secrets/own.example-http-secret.json': '{"user":"own","password":"p","more":1}',
    '/secrets/cave.example-cave-secret.json': '{"token":"t"}',
  };
  const at = (url: string): Promise<Credentials> => find('http', { files }, {}, { ...request, url, bucket: '' });
  equal(await at('https://any.example/x'), { user: 'u', password: 'p' });
  equal(await at('https://own.example/x'), { user: 'own', password: 'p' });
  equal(await at('https://cave.example/x'), { accessToken: 't' });
  equal(await at('http://127.0.0.1:81/x'), { user: 'u', password: 'p' });
  equal(await at('http://any.example/x'), 'anonymous', 'not over plain http');
});

test("default credentials: a bucket's name is not a path", async () => {
  const seams = machine({ env: { AWS_ACCESS_KEY_ID: 'env', AWS_SECRET_ACCESS_KEY: 's' } });
  await defaultCredentials('s3', {}, seams)({ ...request, bucket: '../../x' });
  ok(
    seams.read.every((path) => !path.includes('x-aws')),
    seams.read.join(),
  );
});

test('default credentials: abort ends the search with the reason itself', async () => {
  const reason = { stop: 1 };
  await rejects(find('s3', {}, {}, { ...request, signal: AbortSignal.abort(reason) }), (error) => (error as unknown) === reason);
  const controller = new AbortController();
  const packages = {
    '@aws-sdk/credential-provider-node': { defaultProvider: () => () => new Promise(() => setTimeout(() => controller.abort(reason), 1)) },
  };
  await rejects(find('s3', { packages }, {}, { ...request, signal: controller.signal }), (error) => (error as unknown) === reason);
});

test('secrets: the spellings that are known', () => {
  const table: [unknown, Credentials][] = [
    [
      { AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 's', AWS_DEFAULT_REGION: 'r' },
      { accessKeyId: 'a', secretAccessKey: 's' },
    ],
    [
      '{"AWS_ACCESS_KEY_ID":"a","AWS_SECRET_ACCESS_KEY":"s","AWS_SESSION_TOKEN":"t"}',
      { accessKeyId: 'a', secretAccessKey: 's', sessionToken: 't' },
    ],
    [
      { accessKeyId: 'a', secretAccessKey: 's' },
      { accessKeyId: 'a', secretAccessKey: 's' },
    ],
    [{ accessToken: 't' }, { accessToken: 't' }],
    [{ token: 't' }, { accessToken: 't' }],
    [
      { user: 'u', password: 'p' },
      { user: 'u', password: 'p' },
    ],
    [{ client_email: 'e', private_key: 'k', extra: 1 }, { client_email: 'e', private_key: 'k', extra: 1 } as Credentials],
  ];
  for (const [given, want] of table) equal(parseSecret(given, 'it'), want);
});
