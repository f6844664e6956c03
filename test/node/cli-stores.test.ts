/** The command against real servers, and against the fixture server where a server must be hostile or counted. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { gunzipSync, gzipSync } from 'node:zlib';
import { Client, type ClientOptions } from '../../src/index.ts';
import { need, uniqueName } from '../env.ts';
import { equal, ok, sameBytes, test } from '../harness.ts';
import { withScenario } from '../servers/fixture/client.ts';
import { buckets } from './cli/buckets.ts';
import { cli, inFolder, optionsOf, plant, textOf, tree } from './cli/run-cli.ts';

const bytes = Uint8Array.from({ length: 3000 }, (_, i) => (i * 11) & 255);

for (const [name, open] of Object.entries(buckets)) {
  test(
    `${name}: a folder goes up, is listed, measured, read, signed for, and comes down as it was`,
    () =>
      inFolder(async (root) => {
        const { url, clientOptions } = open();
        const place = `${url}/${uniqueName('cli')}`;
        const run = (...argv: string[]): ReturnType<typeof cli> => cli(argv, { clientOptions });
        plant(root, { 'src/a.json': '{"a":1}', 'src/b c.bin': bytes, 'src/d/ü.txt.gz': gzipSync('text'), 'src/empty': '' });

        const up = await run('cp', '-r', '--json', `${root}/src`, `${place}/`);
        equal([up.status, up.stderr], [0, '']);
        equal(up.lines.length, 4);
        equal((await run('ls', '--shortpath', `${place}/src/`)).lines, ['a.json', 'b c.bin', 'd/ü.txt', 'empty']);
        equal(
          (await run('ls', '--flat', `${place}/src`)).lines,
          ['a.json', 'b c.bin', 'd/', 'empty'].map((file) => `${place}/src/${file}`),
        );
        equal((await run('ls', '--shortpath', `${place}/**.txt`)).lines, ['src/d/ü.txt']);
        equal((await run('ls', `${place}/sr`)).status, 1, 'a name is not the beginning of names');
        equal((await run('du', '-sN', `${place}/src`)).lines, [
          `${3007 + (await sizeOf(run, `${place}/src/d/ü.txt`))}\t${place}/src`,
          '4\tfiles total',
        ]);

        const head = JSON.parse((await run('head', `${place}/src/a.json`)).stdout) as Record<string, unknown>;
        equal([head['Content-Type'], head['Content-Length']], ['application/json', 7]);
        const encoded = JSON.parse((await run('head', `${place}/src/d/ü.txt`)).stdout) as Record<string, unknown>;
        equal([encoded['Content-Type'], encoded['Content-Encoding']], ['text/plain', 'gzip']);

        sameBytes((await run('cat', `${place}/src/b c.bin`)).bytes, bytes);
        equal((await run('cat', `${place}/src/d/ü.txt`)).stdout, 'text');
        sameBytes((await run('cat', '-r', '10-20', `${place}/src/b c.bin`)).bytes, bytes.subarray(10, 20));
        const some = await run('cat', `${place}/src/a.json`, `${place}/none`, `${place}/src/empty`);
        equal([some.status, some.stdout, some.errors.length], [1, '{"a":1}', 2]);

        const down = await run('cp', '-r', `${place}/src`, `${root}/back`);
        equal([down.stderr, down.status], ['', 0]);
        // Deno's fetch undoes the gzip of GCS: there the file comes as what is in it
        if ('Deno' in globalThis && url.startsWith('gs:')) {
          equal(textOf(root, 'back/d/ü.txt'), 'text');
          return;
        }
        equal(tree(join(root, 'back')), tree(join(root, 'src')));
        sameBytes(readFileSync(join(root, 'back/b c.bin')), bytes);
        equal(String(gunzipSync(readFileSync(join(root, 'back/d/ü.txt.gz')))), 'text');

        equal((await run('cp', '-c', 'none', `${place}/src/d/ü.txt`, `${root}/plain`)).status, 0);
        equal(textOf(root, 'plain'), 'text');
        equal((await run('cp', '-c', 'gzip', `${root}/src/a.json`, `${place}/packed.json`)).status, 0);
        equal((await run('cat', `${place}/packed.json`)).stdout, '{"a":1}');

        equal((await run('cp', `${place}/src/d/ü.txt`, `${place}/copy`)).status, 0);
        const copied = JSON.parse((await run('head', `${place}/copy`)).stdout) as Record<string, unknown>;
        equal([copied['Content-Type'], copied['Content-Encoding']], ['text/plain', 'gzip'], 'what is known of it goes along');
        equal((await run('mv', `${place}/copy`, `${place}/moved`)).status, 0);
        equal((await run('ls', `${place}/copy`)).status, 1);
        equal((await run('touch', `${place}/touched`)).status, 0);

        equal((await run('rm', `${place}/src`)).status, 1, 'a folder without -r');
        equal((await run('rm', `${place}/none`)).status, 0, 'missing is as wished');
        equal((await run('rm', '-r', `${place}/src/`)).lines.length, 4);
        const rest = (await run('ls', `${place}/`)).stdout;
        equal(rest, ['moved', 'packed.json', 'touched'].map((file) => `${place}/${file}\n`).join(''));
        equal((await cli(['rm', '--quiet', '-'], { clientOptions, stdin: rest })).status, 0);
        equal((await run('ls', `${place}/`)).status, 1, 'nothing is left');
      }),
    { timeoutMs: 60_000 },
  );
}

async function sizeOf(run: (...argv: string[]) => ReturnType<typeof cli>, url: string): Promise<number> {
  return Number((await run('du', url)).stdout.split('\t')[0]);
}

test('between stores: S3 to S3 to GCS, with type, encoding, cache control and metadata', async () => {
  const [one, two, gcs] = [need('versitygw'), need('minio'), need('fake-gcs')];
  const name = uniqueName('cli');
  const from = `s3://${one.endpoint}/${one.bucket}/${name}`;
  const over = `s3://${two.endpoint}/${two.bucket}/${name}`;
  const to = `gs://${gcs.bucket}/${name}`;
  const client = new Client(optionsOf(one));
  const about = { contentType: 'text/csv', contentEncoding: 'gzip', cacheControl: 'max-age=60', metadata: { owner: 'me' } };
  await client.store(`s3://${one.bucket}/${name}`).put('d/x.csv', gzipSync('a,b'), about);
  await client.close();

  // whoever holds several keys tells them apart by the address
  const both: ClientOptions = {
    credentials: async ({ url }) => [one, two].find(({ endpoint }) => url.startsWith(endpoint)) ?? 'anonymous',
  };
  const first = await cli(['cp', '-r', `${from}/`, over], { clientOptions: both });
  equal([first.status, first.stderr], [0, '']);
  process.env['STORAGE_EMULATOR_HOST'] = gcs.endpoint;
  try {
    const second = await cli(['cp', '-r', `${over}/`, to], { clientOptions: both });
    equal([second.status, second.stderr], [0, '']);
    const head = JSON.parse((await cli(['head', `${to}/d/x.csv`])).stdout) as Record<string, unknown>;
    equal(
      [head['Content-Type'], head['Content-Encoding'], head['Cache-Control'], head['Metadata']],
      ['text/csv', 'gzip', 'max-age=60', { owner: 'me' }],
    );
    equal((await cli(['cat', `${to}/d/x.csv`])).stdout, 'a,b');
  } finally {
    delete process.env['STORAGE_EMULATOR_HOST'];
  }
  for (const gone of [from, over]) equal((await cli(['rm', '-r', gone], { clientOptions: both })).status, 0);
});

test('hostile keys never leave the destination: they are refused, the rest is copied', () =>
  withScenario(
    's3',
    {
      objects: ['../evil', 'ok/a', 'ok/../../evil', '/etc/evil', 'ok/', 'x//y', 'ok/.', 'plain'].map((key) => ({
        key: `d/${key}`,
        text: key === 'ok/' ? '' : 'x',
      })),
    },
    (s3) =>
      inFolder(async (root) => {
        const clientOptions = { endpoint: s3.endpoint, region: s3.region, credentials: s3.credentials };
        for (const dry of [['--dry-run'], []]) {
          const got = await cli(['cp', '-r', ...dry, `s3://${s3.bucket}/d`, `${root}/in/dst`], { clientOptions });
          equal(got.status, 1);
          equal(
            got.lines.map((line) => line.split('/dst/')[1]),
            ['ok/a', 'plain'],
          );
          equal(got.errors.filter((line) => line.includes('leads out')).length, 5, got.stderr);
        }
        equal(tree(root), ['in/dst/ok/a', 'in/dst/plain']);
      }),
  ));

test('keys that a disk cannot hold together are found before anything is written', () =>
  withScenario(
    's3',
    {
      objects: [
        { key: 'a', text: '1' },
        { key: 'a/b', text: '2' },
        { key: 'x', text: '3', gzip: true, contentEncoding: 'gzip' },
        { key: 'x.gz', text: '4' },
        { key: 'c', text: '5' },
      ],
    },
    (s3) =>
      inFolder(async (root) => {
        const clientOptions = { endpoint: s3.endpoint, region: s3.region, credentials: s3.credentials };
        const got = await cli(['cp', '-r', `s3://${s3.bucket}/`, `${root}/dst`], { clientOptions });
        equal([got.status, tree(join(root, 'dst'))], [1, ['a/b', 'c']]);
        ok(got.errors[0]?.endsWith('/a: clashes with a/b at the destination (not copied)'), got.stderr);
        equal(got.errors.filter((line) => /x(\.gz)?: clashes with x\.gz/.test(line)).length, 2, got.stderr);
        // a bucket holds them all
        equal((await cli(['cp', '-r', `s3://${s3.bucket}/`, `s3://${s3.bucket}/copy/`], { clientOptions })).status, 0);
        equal((await cli(['ls', '--shortpath', `s3://${s3.bucket}/copy/`], { clientOptions })).lines.length, 5);
      }),
  ));

test('--dry-run sends no request that changes anything, and prints what the real run prints', () =>
  withScenario('s3', { objects: ['d/a', 'd/b/c', 'e', 'old/gone'].map((key) => ({ key, text: key })) }, (s3) =>
    inFolder(async (root) => {
      plant(root, { 'up/x.txt': 'x', 'up/y/z': 'z' });
      const clientOptions = { endpoint: s3.endpoint, region: s3.region, credentials: s3.credentials };
      const bucket = `s3://${s3.bucket}`;
      const commands = [
        ['cp', '-r', `${root}/up`, `${bucket}/new/`],
        ['cp', '-r', `${bucket}/d`, `${bucket}/none`, `${bucket}/new/`],
        ['touch', `${bucket}/t`],
        ['sync', '--delete', `${root}/up`, `${bucket}/old`],
        ['mv', `${bucket}/e`, `${bucket}/f`],
        ['rm', '-r', `${bucket}/d`],
      ];
      const dry = [];
      for (const argv of commands) dry.push(await cli(['--dry-run', '--json', ...argv], { clientOptions }));
      const { counts } = await s3.log();
      equal(
        Object.keys(counts.byMethod).filter((method) => method !== 'GET' && method !== 'HEAD'),
        [],
        'methods',
      );
      for (const [i, argv] of commands.entries()) {
        const real = await cli(['--json', ...argv], { clientOptions });
        equal([dry[i]?.status, dry[i]?.stdout, dry[i]?.stderr], [real.status, real.stdout, real.stderr], argv.join(' '));
      }
      equal(
        (await cli(['ls', `${bucket}/`], { clientOptions })).lines,
        ['f', 'new/d/a', 'new/d/b/c', 'new/up/x.txt', 'new/up/y/z', 'old/x.txt', 'old/y/z', 't'].map((key) => `${bucket}/${key}`),
      );
    }),
  ));

test('marks of folders are no files; rm -r and mv take them away', () =>
  withScenario('s3', { objects: ['d/', 'd/e/', 'd/e/x', 'f/', 'f/y'].map((key) => ({ key, text: key.endsWith('/') ? '' : key })) }, (s3) =>
    inFolder(async (root) => {
      const clientOptions = { endpoint: s3.endpoint, region: s3.region, credentials: s3.credentials };
      const run = (...argv: string[]): ReturnType<typeof cli> => cli(argv, { clientOptions });
      equal((await run('ls', '--shortpath', `s3://${s3.bucket}/d/`)).lines, ['e/', 'e/x']);
      equal((await run('cp', '-r', `s3://${s3.bucket}/d`, `${root}/dst`)).stderr, '');
      equal(tree(join(root, 'dst')), ['e/x']);
      equal((await run('mv', `s3://${s3.bucket}/d`, `${root}/moved`)).stderr, '');
      equal((await run('rm', '-r', `s3://${s3.bucket}/f`)).lines.length, 2);
      equal((await run('ls', `s3://${s3.bucket}/`)).stdout, '');
    }),
  ));

test('what fails in one name leaves the others', () =>
  withScenario(
    's3',
    {
      objects: [{ key: 'a', text: 'x' }],
      faults: [{ match: { query: 'prefix' }, fault: { type: 'status', status: 403, code: 'AccessDenied' } }],
    },
    (s3) =>
      inFolder(async (root) => {
        plant(root, { f: '1' });
        const clientOptions = { endpoint: s3.endpoint, region: s3.region, credentials: s3.credentials };
        for (const argv of [['ls'], ['du', '-s'], ['cp', '-r'], ['cat'], ['head'], ['rm', '-r']]) {
          const target = argv[0] === 'cp' ? [`${root}/dst/`] : [];
          const got = await cli([...argv, `s3://${s3.bucket}/**`, `${root}/f`, ...target], { clientOptions });
          equal([argv[0], got.status, got.lines.length > 0 || got.bytes.length > 0, got.errors.length], [argv[0], 1, true, 2]);
          ok(got.errors[0]?.startsWith(`anyfile ${argv[0]}: s3://${s3.bucket}/**: `), got.stderr);
        }
      }),
  ));

test('a command line that is wrong anywhere does nothing at all', () =>
  inFolder(async (root) => {
    plant(root, { a: '1', b: '2' });
    for (const argv of [
      ['rm', `${root}/a`, 'ftp://x/y'],
      ['mv', `${root}/a`, `${root}/b`, 'ftp://x/y'],
      ['rm', `${root}/a`, `${root}/*b*`],
      ['ls', root, 's3://'],
    ]) {
      const got = await cli(argv);
      equal([argv.join(' '), got.status, got.stdout, tree(root)], [argv.join(' '), 2, '', ['a', 'b']]);
    }
  }));

test('copies within a bucket stay in the store; deletes go in one request', () =>
  withScenario('s3', { objects: Array.from({ length: 30 }, (_, i) => ({ key: `d/${i}`, text: String(i) })) }, async (s3) => {
    const clientOptions = { endpoint: s3.endpoint, region: s3.region, credentials: s3.credentials };
    equal((await cli(['cp', '-r', '--quiet', `s3://${s3.bucket}/d`, `s3://${s3.bucket}/e`], { clientOptions })).status, 0);
    equal((await cli(['rm', '-r', '--quiet', `s3://${s3.bucket}/d`], { clientOptions })).status, 0);
    const { counts } = await s3.log();
    equal([counts.byOperation['CopyObject'], counts.byOperation['GetObject'] ?? 0, counts.byOperation['DeleteObjects']], [30, 0, 1]);
  }));

test('status 3: wrong keys, no bucket, no server; the error is one line', () =>
  withScenario('s3', { objects: [{ key: 'a', text: 'x' }] }, async (s3) => {
    const right = { endpoint: s3.endpoint, region: s3.region, credentials: s3.credentials };
    const wrong = { ...right, credentials: { ...s3.credentials, secretAccessKey: 'wrong' } };
    const dead = { ...right, endpoint: 'http://127.0.0.1:9' };
    for (const [clientOptions, url, pattern] of [
      [wrong, `s3://${s3.bucket}/`, /\[SignatureMismatch 403/],
      [right, 's3://nosuchbucket/', /\[NotFound 404 NoSuchBucket\]/],
      [dead, `s3://${s3.bucket}/`, /\[Network/],
    ] as const) {
      for (const argv of [
        ['ls', url],
        ['du', url],
        ['rm', '-r', url],
        ['cp', '-r', url, '/tmp/never-made'],
        ['cat', `${url}a`],
        ['head', `${url}a`],
      ]) {
        const got = await cli(argv, { clientOptions });
        // the answer to a HEAD says no more than its status
        const vague = argv[0] === 'head';
        equal([argv.join(' '), got.status, got.stdout], [argv.join(' '), vague && url.includes('nosuchbucket') ? 1 : 3, '']);
        ok(vague || pattern.test(got.errors[0] ?? ''), `${argv.join(' ')}: ${got.stderr}`);
        equal(got.errors.length, 2, got.stderr);
      }
    }
  }));

test('status 1 as soon as anything was done', () =>
  withScenario(
    's3',
    {
      objects: ['a', 'b', 'c'].map((key) => ({ key, text: key })),
      faults: [{ match: { pathPrefix: '/bucket/b' }, fault: { type: 'status', status: 403, code: 'AccessDenied' } }],
    },
    (s3) =>
      inFolder(async (root) => {
        const clientOptions = { endpoint: s3.endpoint, region: s3.region, credentials: s3.credentials };
        const got = await cli(['cp', '-r', `s3://${s3.bucket}/`, `${root}/dst`], { clientOptions });
        equal([got.status, tree(join(root, 'dst'))], [1, ['a', 'c']]);
        equal(got.errors.at(-1), 'anyfile cp: 2 done, 1 failed');
        equal((await cli(['cat', `s3://${s3.bucket}/a`, `s3://${s3.bucket}/b`], { clientOptions })).status, 1);
      }),
  ));

test('damaged bytes are never passed off as the file', () =>
  withScenario(
    's3',
    { objects: [{ key: 'a', text: 'hello world' }], faults: [{ match: { operation: 'GetObject' }, fault: { type: 'wrongChecksum' } }] },
    (s3) =>
      inFolder(async (root) => {
        const clientOptions = { endpoint: s3.endpoint, region: s3.region, credentials: s3.credentials };
        const cat = await cli(['cat', `s3://${s3.bucket}/a`], { clientOptions });
        equal([cat.status, cat.stdout], [1, '']);
        ok(cat.stderr.includes('IntegrityError'), cat.stderr);
        equal((await cli(['cp', `s3://${s3.bucket}/a`, `${root}/a`], { clientOptions })).status, 1);
        equal(tree(root), []);
      }),
  ));

test('--timeout ends a wait for a silent server, an abort ends it at once', () =>
  withScenario('s3', { faults: [{ fault: { type: 'headStall' } }] }, async (s3) => {
    const clientOptions = { endpoint: s3.endpoint, region: s3.region, credentials: s3.credentials };
    const got = await cli(['ls', '--timeout', '100ms', `s3://${s3.bucket}/`], { clientOptions });
    equal(got.status, 3);
    ok(got.stderr.includes('[Timeout]'), got.stderr);
    const stop = new AbortController();
    const running = cli(['cp', '-r', `s3://${s3.bucket}/`, 'mem://x/'], { clientOptions, signal: stop.signal });
    setTimeout(() => stop.abort(new Error('SIGINT')), 50);
    equal((await running).status, 130);
  }));

test('sign: what is printed is a URL that does that one thing', () =>
  withScenario('s3', { objects: [{ key: 'a b', text: 'hello' }] }, async (s3) => {
    const clientOptions = { endpoint: s3.endpoint, region: s3.region, credentials: s3.credentials };
    const url = (await cli(['sign', `s3://${s3.bucket}/a b`], { clientOptions })).lines[0]!;
    equal(await (await fetch(url)).text(), 'hello');
    equal((await fetch(url, { method: 'DELETE' })).status, 403);
    const put = (await cli(['sign', '--method', 'put', '--expires', '5m', `s3://${s3.bucket}/new`], { clientOptions })).lines[0]!;
    equal(new URL(put).searchParams.get('X-Amz-Expires'), '300');
    equal((await fetch(put, { method: 'PUT', body: 'x' })).status, 200);
    const list = (await cli(['sign', '--method', 'LIST', `s3://${s3.bucket}/n`], { clientOptions })).lines[0]!;
    const listed = await (await fetch(list)).text();
    ok(listed.includes('<Key>new</Key>') && !listed.includes('a b'), listed);
    const record = JSON.parse((await cli(['sign', '--json', `s3://${s3.bucket}/x`], { clientOptions })).stdout) as Record<string, string>;
    ok(Math.abs(Date.parse(record['expires']!) - Date.now() - 3_600_000) < 60_000, record['expires']);
    for (const path of ['/tmp/x', 'mem://b/k', 'https://host/x']) equal((await cli(['sign', path])).status, 3, path);
  }));

test('an alias of the kept ones names a place in every command', () =>
  withScenario('s3', { objects: [{ key: 'a', text: 'hello' }] }, (s3) =>
    inFolder(async (root) => {
      const before = process.env['CLOUD_FILES_DIR'];
      process.env['CLOUD_FILES_DIR'] = root;
      try {
        const clientOptions = { region: s3.region, credentials: s3.credentials };
        equal((await cli(['ls', `lab://${s3.bucket}/`], { clientOptions })).status, 2);
        equal((await cli(['alias', 'add', 'lab', `s3://${s3.endpoint}/`])).status, 0);
        equal((await cli(['ls', `lab://${s3.bucket}/`], { clientOptions })).lines, [`lab://${s3.bucket}/a`]);
        equal((await cli(['cat', `lab://${s3.bucket}/a`], { clientOptions })).stdout, 'hello');
        equal((await cli(['cp', `lab://${s3.bucket}/a`, `lab://${s3.bucket}/b`], { clientOptions })).status, 0);
        equal((await cli(['alias', 'add', '--dry-run', 'other', `s3://${s3.endpoint}/`])).status, 0);
        equal((await cli(['alias', 'ls', '--json'])).lines.filter((line) => line.includes('"official":false')).length, 1);
        equal((await cli(['alias', 'rm', 'lab'])).status, 0);
        equal((await cli(['ls', `lab://${s3.bucket}/`], { clientOptions })).status, 2);
        for (const [name, status] of [
          ['gs', 2],
          ['zarr', 2],
          ['matrix', 3],
        ] as const)
          equal((await cli(['alias', 'add', name, 's3://https://h.example/'])).status, status, name);
      } finally {
        if (before === undefined) delete process.env['CLOUD_FILES_DIR'];
        else process.env['CLOUD_FILES_DIR'] = before;
      }
    }),
  ));

test('ls --no-auth and --no-sign-request send nothing signed', () =>
  withScenario('s3', { anonymousRead: true, objects: [{ key: 'a', text: 'x' }] }, async (s3) => {
    const clientOptions = { endpoint: s3.endpoint, region: s3.region, credentials: s3.credentials };
    for (const flag of ['--no-auth', '--no-sign-request'])
      equal((await cli(['ls', flag, `s3://${s3.bucket}/`], { clientOptions })).lines, [`s3://${s3.bucket}/a`]);
    equal([...new Set((await s3.log()).requests.map(({ auth }) => auth))], ['none']);
  }));
