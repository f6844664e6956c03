/** A secret put through every error path of the command appears in nothing that it prints. */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import process from 'node:process';
import type { ClientOptions } from '../../src/index.ts';
import { equal, ok, test } from '../harness.ts';
import { withScenario, type FaultRule } from '../servers/fixture/client.ts';
import { cli, inFolder, plant } from './cli/run-cli.ts';

const canary = (): string => `canary${randomBytes(12).toString('hex')}`;

const faults: Record<string, FaultRule['fault'] | undefined> = {
  'wrong keys': undefined,
  denied: { type: 'status', status: 403, code: 'AccessDenied' },
  'not allowed in': { type: 'status', status: 401 },
  'a redirect': { type: 'redirect', status: 302, to: 'base2' },
  'a server that echoes what it was sent': { type: 'status', status: 400, code: 'InvalidArgument', message: 'echo' },
  'an answer that is no XML': { type: 'status', status: 500, body: '<html>' },
  'a cut head': { type: 'cut', bytes: 0, head: false },
  'a cut body': { type: 'cut', bytes: 3 },
  'a late skew': { type: 'skew', ms: 3_600_000 },
  'an expired token': { type: 'expiredToken' },
};

/** Every command, on a bucket's URL. */
const commands = (url: string, root: string): string[][] => [
  ['ls', '-l', `${url}/`],
  ['ls', `${url}/*x`],
  ['cat', `${url}/a`],
  ['cat', '-r', '0-3', `${url}/a`],
  ['cp', `${url}/a`, join(root, 'b')],
  ['cp', '-r', join(root, 'src'), `${url}/up/`],
  ['cp', '-c', 'gzip', `${url}/a`, '-'],
  ['mv', `${url}/a`, `${url}/b`],
  ['rm', `${url}/a`],
  ['rm', '-r', `${url}/d/`],
  ['du', '-s', `${url}/a`],
  ['head', `${url}/a`],
  ['touch', `${url}/t`],
  ['ls', '--sqlite', join(root, 'ls.db'), `${url}/`],
  ['cp', '--resumable', `${url}/a`, join(root, 'c')],
  ['verify', '--checksum', `${url}/a`, join(root, 'src/x')],
  ['verify', '-v', `${url}/`, `${url}/d`],
  ['sync', '--delete', `${url}/`, join(root, 'down')],
  ['sync', '--delete', join(root, 'src'), `${url}/up`],
  ['meta', 'get', '--hash', `${url}/a`],
  ['meta', 'set', `${url}/a`, '--tag', 'x=1'],
  ['h5', 'ls', `${url}/a`],
  ['h5', 'dump', '--verbose', '--plugins', `${url}/a`, `${url}/a`, '/x'],
  ['dataset', 'ls', `${url}/`],
  ['dataset', 'filter', `${url}/a`, '--filter', 'name=a'],
  ['dataset', 'upload', join(root, 'src'), `${url}/up`],
  ['dataset', 'download', `${url}/a`, join(root, 'down')],
  ['dataset', 'verify', `${url}/`, '--against', join(root, 'src')],
];

for (const [about, fault] of Object.entries(faults)) {
  test(
    `no secret is printed: ${about}`,
    () =>
      inFolder(async (root) => {
        plant(root, { 'src/x': 'x' });
        const secrets = [canary(), canary(), canary()];
        const rules: FaultRule[] = fault ? [{ fault }] : [];
        await withScenario('s3', { faults: rules, objects: [{ key: 'a', text: 'hello' }] }, async (s3) => {
          const own = { accessKeyId: s3.credentials.accessKeyId, secretAccessKey: secrets[0]!, sessionToken: secrets[1]! };
          const clientOptions: ClientOptions = { endpoint: s3.endpoint, region: s3.region, credentials: own };
          for (const argv of commands(`s3://${s3.bucket}`, root))
            await quiet(argv, clientOptions, [...secrets, s3.credentials.secretAccessKey]);
        });
        await withScenario('gcs', { faults: rules, objects: [{ key: 'a', text: 'hello' }] }, async (gcs) => {
          const clientOptions: ClientOptions = { endpoint: gcs.endpoint, credentials: { accessToken: secrets[2]! } };
          for (const argv of commands(`gs://${gcs.bucket}`, root)) await quiet(argv, clientOptions, secrets);
        });
        await withScenario(
          'http',
          { faults: rules, files: { '/a': { text: 'hello', basic: { user: 'me', password: 'other' } } } },
          async (web) => {
            const clientOptions: ClientOptions = { credentials: { user: 'me', password: secrets[0]! } };
            for (const argv of commands(web.endpoint, root)) {
              const signed = argv.map((arg) =>
                arg.startsWith(`${web.endpoint}/a`) ? `${arg}?X-Amz-Signature=${secrets[1]}&x=1#${secrets[2]}` : arg,
              );
              await quiet(signed, clientOptions, secrets);
            }
          },
        );
      }),
    { timeoutMs: 60_000 },
  );
}

/** Run a command that must fail, in text and in JSON, and look for the secrets in all that it printed. */
async function quiet(argv: readonly string[], clientOptions: ClientOptions, secrets: readonly string[]): Promise<void> {
  for (const flags of [[], ['--json']]) {
    const { stdout, stderr } = await cli([...argv, ...flags], { clientOptions: { ...clientOptions, retry: { attempts: 1 } } });
    for (const secret of secrets) {
      for (const form of [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64')]) {
        ok(!stdout.includes(form) && !stderr.includes(form), `nothing secret from ${argv[0]}: ${stdout}${stderr}`);
      }
    }
    ok(!/Signature=|Credential=|Bearer |Basic /i.test(stdout + stderr), `no signature from ${argv[0]}: ${stdout}${stderr}`);
  }
}

test('no secret of the command line or the environment is printed', () =>
  inFolder(async (root) => {
    const secret = canary();
    const token = canary();
    const before = { ...process.env };
    Object.assign(process.env, {
      AWS_ACCESS_KEY_ID: 'AKID',
      AWS_SECRET_ACCESS_KEY: secret,
      AWS_SESSION_TOKEN: token,
      AWS_REGION: 'us-east-1',
      CLOUD_FILES_DIR: root,
    });
    plant(root, {
      'secrets/broken-aws-secret.json': `{"AWS_SECRET_ACCESS_KEY": "${secret}", oops`,
      'aliases.json': `{"x": {"host": "${secret}"`,
    });
    try {
      for (const argv of [
        ['ls', `--secret=${secret}`, '/tmp'],
        ['ls', `--secret-access-key=${secret}`],
        ['cat', '-r', '1-2', `https://me:${secret}@host.example/x`],
        ['cat', `s3://https://me:${secret}@host.example/bucket/x`],
        ['ls', '--endpoint', `https://me:${secret}@host.example`, 's3://b/'],
        ['ls', '--endpoint', 'http://127.0.0.1:9', 's3://bucket/'],
        ['ls', '--endpoint', 'http://127.0.0.1:9', 's3://broken/'],
        ['cp', '--endpoint', 'http://127.0.0.1:9', 's3://bucket/a', join(root, 'a')],
        ['ls', 'kept://bucket/'],
        ['alias', 'ls'],
        ['alias', 'add', 'y', `https://me:${secret}@host.example/`],
        ['sign', '--endpoint', 'http://127.0.0.1:9', 's3://bucket/a'],
      ]) {
        const got = await cli(argv);
        // a session token is part of every URL that is signed with it
        const all = `${got.stdout}${got.stderr}`;
        ok(
          !all.includes(secret) && (argv[0] === 'sign' || !all.includes(token)),
          `nothing secret from ${argv[0]}: ${got.stdout}${got.stderr}`,
        );
        equal(got.status === 0, argv[0] === 'sign', `${argv.join(' ')}: ${got.stderr}`);
      }
    } finally {
      for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
      Object.assign(process.env, before);
    }
  }));
