/** Options of a cache, and who is who. */
import { identityOf, identityOfSignedUrl } from '../../../../src/auth/identity.ts';
import { identitiesNamed } from '../../../../src/cache/object/identities.ts';
import { cachePolicy } from '../../../../src/cache/object/policy.ts';
import type { CacheOptions } from '../../../../src/types.ts';
import { equal, ok, rejects, test } from '../../../harness.ts';

const env =
  (variables: Record<string, string> = {}) =>
  (name: string): string | undefined =>
    variables[name] || undefined;

test('cache policy: modes by what is given and by where it runs', () => {
  const modeOf = (options: CacheOptions, variables: Record<string, string>, where: 'node' | 'browser'): string => {
    const { mode, container } = cachePolicy(options, env(variables), where);
    return `${mode} ${container}`;
  };
  equal(modeOf({}, {}, 'node'), 'tmp_dir memory');
  equal(modeOf({}, {}, 'browser'), 'persistent auto');
  equal(modeOf({ dir: '/x' }, {}, 'node'), 'persistent auto');
  equal(modeOf({}, { CLOUDPATHLIB_LOCAL_CACHE_DIR: '/x' }, 'node'), 'persistent auto');
  equal(modeOf({ dir: '/x', mode: 'close_file' }, {}, 'node'), 'close_file memory');
  equal(modeOf({ dir: '/x' }, { CLOUDPATHLIB_FILE_CACHE_MODE: 'TMP_DIR' }, 'node'), 'tmp_dir memory');
  equal(modeOf({ mode: 'off' }, { CLOUDPATHLIB_FILE_CACHE_MODE: 'tmp_dir' }, 'node'), 'off memory');
  equal(modeOf({}, { CLOUDPATHLIB_FILE_CACHE_MODE: '' }, 'node'), 'tmp_dir memory');
  equal(modeOf({ container: 'memory' }, {}, 'browser'), 'tmp_dir memory');
  const { dir, forceOverwriteFromCloud, forceOverwriteToCloud } = cachePolicy(
    {},
    env({
      CLOUDPATHLIB_LOCAL_CACHE_DIR: '/y',
      CLOUDPATHLIB_FORCE_OVERWRITE_FROM_CLOUD: 'True',
      CLOUDPATHLIB_FORCE_OVERWRITE_TO_CLOUD: 'yes',
    }),
    'node',
  );
  equal([dir, forceOverwriteFromCloud, forceOverwriteToCloud], ['/y', true, false]);
});

test('cache policy: what does not fit is an error with a name', async () => {
  const bad: [CacheOptions, Record<string, string>?][] = [
    [{ mode: 'persistent' }],
    [{}, { CLOUDPATHLIB_FILE_CACHE_MODE: 'keep' }],
    [{ mode: 'keep' as 'off' }],
    [{ container: 'tape' as 'disk' }],
    [{ freshness: 'always' as 'offline' }],
    [{ freshness: { ttlMs: -1 } }],
    [{ blockBytes: 5000 }],
    [{ blockBytes: 1024 }],
    [{ maxBytes: 0 }],
    [{ gapBytes: -1 }],
    [{ identity: '' }],
    [{ onChange: 'wait' as 'error' }],
  ];
  for (const [options, variables] of bad) {
    const error = await rejects(() => cachePolicy(options, env(variables), 'node'), 'InvalidArgument');
    equal(error.name, 'InvalidConfigurationError', JSON.stringify(options));
  }
  await rejects(() => cachePolicy({ encrypt: true }, env(), 'node'), 'NotSupported');
  ok(cachePolicy({ encrypt: true }, env(), 'browser').encrypt);
});

test('cache identity: who lasts, and nothing secret', () => {
  const nameOf = (): string => 'random';
  const who = (credentials: Parameters<typeof identityOf>[0]): [string, boolean] => {
    const { id, durable } = identityOf(credentials, nameOf);
    return [id, durable];
  };
  equal(who('anonymous'), ['', true]);
  equal(who({ accessKeyId: 'AK', secretAccessKey: 's' }), ['key:AK', true]);
  equal(who({ accessKeyId: 'AS', secretAccessKey: 's', sessionToken: 't' }), ['key:AS', false]);
  equal(who({ client_email: 'a@b', private_key: 'p' }), ['account:a@b', true]);
  equal(who({ user: 'u', password: 'p' }), ['user:u', true]);
  equal(who({ getRequestHeaders: async () => ({}) }), ['own:random', false]);
  equal(who({ sign: async ({ url }) => ({ url }) }), ['own:random', false]);
  const [one, other] = [who({ accessToken: 'one' }), who({ accessToken: 'other' })];
  ok(one[0] !== other[0] && !one[0].includes('one') && !one[1], 'a token is hashed');
});

test('cache identity: a signed URL is a key for a while', () => {
  equal(identityOfSignedUrl('https://h/a?id=1'), undefined);
  const aws = identityOfSignedUrl('https://h/a?X-Amz-Credential=AK%2F2026&X-Amz-Signature=f0');
  const again = identityOfSignedUrl('https://h/b?X-Amz-Signature=00&X-Amz-Credential=AK%2F2026');
  const google = identityOfSignedUrl('https://h/a?GoogleAccessId=AK&Signature=f0&Expires=1');
  const azure = identityOfSignedUrl('https://h/a?sv=1&sig=f0');
  ok(aws && google && azure && !aws.durable && aws.id === again?.id && new Set([aws.id, google.id, azure.id]).size === 3);
});

test('cache identity: those that options name', () => {
  const names = (...given: Parameters<typeof identitiesNamed>): string[] =>
    identitiesNamed(...given)
      .map(({ provider, identity }) => `${provider} ${identity.id}`)
      .filter((name) => !name.endsWith(' '));
  equal(names({}, env()), []);
  equal(names({}, env({ AWS_ACCESS_KEY_ID: 'AK' })), ['s3 key:AK']);
  equal(names({}, env({ AWS_ACCESS_KEY_ID: 'AK', AWS_SESSION_TOKEN: 't' })), []);
  equal(names({ credentials: { accessToken: 't' } }, env()), []);
  equal(names({ credentials: { accessKeyId: 'AK', secretAccessKey: 's' } }, env()), ['s3 key:AK', 'gs key:AK', 'http key:AK']);
  const map = {
    s3: { accessKeyId: 'AK', secretAccessKey: 's' },
    'gs://b': { client_email: 'a@b', private_key: 'p' },
    http: () => 'anonymous' as const,
  };
  equal(names({ credentials: map, cache: { identity: 'me' } }, env()), [
    's3 name:me',
    'gs name:me',
    'http name:me',
    's3 key:AK',
    'gs account:a@b',
  ]);
});
