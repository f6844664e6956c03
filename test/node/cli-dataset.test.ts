/** dataset ls, filter, upload, download, verify and sign: on the disk, against real servers, and where servers are hostile or counted. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { need, uniqueName } from '../env.ts';
import { equal, ok, test } from '../harness.ts';
import { withScenario } from '../servers/fixture/client.ts';
import { buckets } from './cli/buckets.ts';
import { cli, inFolder, optionsOf, plant, textOf, tree, type CliResult } from './cli/run-cli.ts';

/** A dataset on the disk: three files, two of them with metadata. */
async function campaign(root: string): Promise<void> {
  plant(root, { 'data/a.csv': '1,2\n', 'data/raw/b.csv': '3,4,5\n', 'data/raw/c.txt': 'text' });
  const set = (file: string, ...argv: string[]): Promise<CliResult> => cli(['meta', 'set', `${root}/data/${file}`, ...argv]);
  await set('a.csv', '--tag', 'height=80.0', '--label', 'raw', '--label', 'wind', '--timestamp', '2022-05-04T17:57:57Z');
  await set('raw/b.csv', '--tag', 'height=100', '--label', 'raw');
}

const rows = ['4\t2022-05-04T17:57:57+00:00\traw,wind\theight=80.0\ta.csv', '6\t-\traw\theight=100\traw/b.csv', '4\t-\t-\t-\traw/c.txt'];

for (const [name, open] of Object.entries(buckets)) {
  test(
    `${name}: a dataset goes up, is listed, filtered, verified, goes on where it was, and comes down as it was`,
    () =>
      inFolder(async (root) => {
        const { url, clientOptions } = open();
        const place = `${url}/${uniqueName('dataset')}`;
        const run = (...argv: string[]): ReturnType<typeof cli> => cli(['dataset', ...argv], { clientOptions });
        await campaign(root);
        const data = `${root}/data`;

        const dry = await run('upload', data, place, '--dry-run');
        const up = await run('upload', data, place);
        equal([up.status, up.stderr, up.stdout], [0, '', dry.stdout]);
        equal(up.lines, [
          ...['a.csv', 'raw/b.csv', 'raw/c.txt'].map((path) => `dataset upload ${data}/${path} ${place}/${path}`),
          `dataset upload ${place}: 3 files, 14 bytes`,
        ]);
        writeFileSync(join(data, 'a.csv'), '1,3\n');
        const dryAgain = await run('upload', data, `${place}/`, '--dry-run');
        const again = await run('upload', data, `${place}/`);
        equal(
          [dryAgain.status, dryAgain.stdout, dryAgain.stderr],
          [again.status, again.stdout, again.stderr],
          'what is there already is told in a dry run too',
        );
        equal(again.lines, [
          `dataset upload ${data}/a.csv ${place}/a.csv`,
          ...['raw/b.csv', 'raw/c.txt'].map((path) => `dataset upload ${data}/${path} ${place}/${path} (there already)`),
          `dataset upload ${place}: 3 files, 14 bytes, 2 there already`,
        ]);

        equal((await run('ls', place)).lines, [...rows, '3 files, 14 bytes']);
        equal((await run('ls', place, '--no-recursive')).lines, [rows[0], '1 file, 4 bytes']);
        equal((await run('ls', place, '--include', '*.csv', '--exclude', 'raw/**')).lines, [rows[0], '1 file, 4 bytes']);
        equal((await run('filter', place, '--filter', 'labels__contains=raw', '--filter', 'tags__height__gt=90')).lines, [
          rows[1],
          '1 file, 6 bytes',
        ]);

        const both = await run('verify', place, '--against', data);
        equal([both.status, both.stderr], [0, '']);
        equal(
          both.lines.slice(0, 3).map((line) => line.split('\t')[0]),
          ['same', 'same', 'same'],
        );
        equal((await run('verify', data, '--against', place, '--quiet')).stdout, '');
        const read = await run('verify', place, '--json');
        const first = JSON.parse(read.lines[0]!) as Record<string, unknown>;
        equal([first['path'], first['pathInDataset'], first['state']], [`${place}/a.csv`, 'a.csv', 'verified']);

        const down = await run('download', place, `${root}/back/`, '--json');
        equal([down.status, down.stderr], [0, '']);
        equal(JSON.parse(down.lines[1]!), {
          operation: 'dataset download',
          source: `${place}/raw/b.csv`,
          destination: `${root}/back/raw/b.csv`,
          sizeBytes: 6,
          skipped: false,
        });
        equal(JSON.parse(down.lines[3]!), { operation: 'dataset download', total: { files: 3, sizeBytes: 14, skipped: 0 } });
        equal(tree(join(root, 'back')), ['.octue', 'a.csv', 'raw/.octue', 'raw/b.csv', 'raw/c.txt']);
        equal((await run('ls', `${root}/back`)).lines, [...rows, '3 files, 14 bytes']);
        equal((await run('verify', `${root}/back`, '--against', place)).status, 0);

        rmSync(join(root, 'back/raw/b.csv'));
        const [dryDown, downAgain] = [
          await run('download', place, `${root}/back`, '--dry-run'),
          await run('download', place, `${root}/back`),
        ];
        equal([dryDown.status, dryDown.stdout, dryDown.stderr], [downAgain.status, downAgain.stdout, downAgain.stderr]);
        equal(downAgain.lines.at(-1), `dataset download ${root}/back: 3 files, 14 bytes, 2 there already`);

        writeFileSync(join(root, 'back/raw/b.csv'), '3,4,6\n');
        plant(root, { 'back/new': '' });
        rmSync(join(root, 'back/raw/c.txt'));
        await cli(['meta', 'set', `${root}/back/a.csv`, '--untag', 'height', '--timestamp', 'none']);
        const differs = await run('verify', `${root}/back`, '--against', place);
        equal(differs.status, 1);
        equal(differs.errors, [
          `anyfile dataset verify: ${root}/back/a.csv: differs from ${place}/a.csv in timestamp, tags [Different]`,
          `anyfile dataset verify: ${root}/back/new: is not in ${place} [Extra]`,
          `anyfile dataset verify: ${root}/back/raw/b.csv: differs from ${place}/raw/b.csv in content [Different]`,
          `anyfile dataset verify: ${place}/raw/c.txt: is not in ${root}/back [Missing]`,
          'anyfile dataset verify: 0 done, 4 failed',
        ]);
        equal((await cli(['rm', '-r', '--quiet', place], { clientOptions })).status, 0);
      }),
    { timeoutMs: 60_000 },
  );
}

test('dataset filter: what is asked for, by type', () =>
  inFolder(async (root) => {
    await campaign(root);
    const found = async (...filters: string[]): Promise<(string | undefined)[]> => {
      const got = await cli(['dataset', 'filter', `${root}/data`, ...filters.flatMap((filter) => ['--filter', filter])]);
      equal([got.status, got.stderr], [0, ''], filters.join(' '));
      return got.lines.slice(0, -1).map((line) => line.split('\t').at(-1));
    };
    equal(await found('labels__contains=raw'), ['a.csv', 'raw/b.csv']);
    equal(await found('labels=["wind", "raw"]'), ['a.csv']);
    equal(await found('labels__contains=raw', 'labels__contains=wind'), ['a.csv'], 'the same filter twice');
    equal(await found('tags__height__equals=80'), ['a.csv']);
    equal(await found('tags__height__in_range=[90, 110.5]'), ['raw/b.csv']);
    equal(await found('timestamp__gt=2022-05-04T17:00:00Z'), ['a.csv']);
    equal(await found('timestamp__year_equals=2022', 'extension=csv'), ['a.csv']);
    equal(await found('timestamp__is=null'), ['raw/b.csv', 'raw/c.txt']);
    equal(await found('name__starts_with=["b", "c"]'), ['raw/b.csv', 'raw/c.txt']);
    equal(await found('size_bytes__lte=4', 'name__not_contains=7'), ['a.csv', 'raw/c.txt']);
    equal(await found('sizeBytes__lte=4', 'extension="csv"'), ['a.csv'], 'either spelling, and quotes');
    equal(await found('name=none'), []);
  }));

test('dataset filter: a filter that cannot be is a mistake that names it, whatever the dataset holds', () =>
  inFolder(async (root) => {
    plant(root, { 'data/a': '' });
    await cli(['meta', 'set', `${root}/data/a`, '--timestamp', '2022-05-04', '--tag', 'words=x']);
    for (const [filter, wrong] of [
      ['labels__lt=a', "--filter labels__lt: there is no filter 'lt'"],
      ['nothing__equals=a', '--filter nothing__equals: datafiles have no such attribute'],
      ['labels', '--filter labels: write --filter NAME=VALUE'],
      ['timestamp__gt=soon', '--filter timestamp__gt: '],
      ['timestamp__gt=2022-01-01T00:00Z', '--filter timestamp__gt: a date-time with a zone'],
      ['size_bytes__gt=many', '--filter size_bytes__gt: '],
      ['name__in_range=b', '--filter name__in_range: '],
      ['tags__words__lt=5', '--filter tags__words__lt: '],
    ] as const) {
      for (const json of [[], ['--json']]) {
        const got = await cli(['dataset', 'filter', `${root}/data`, '--filter', 'name=a', '--filter', filter, ...json]);
        equal([got.status, got.stdout, got.errors.length], [2, '', 1], filter);
        ok(got.stderr.includes(wrong), got.stderr);
      }
    }
    equal((await cli(['dataset', 'ls', `${root}/data`, '--include', '[a'])).status, 2);
    equal((await cli(['dataset', 'upload', `${root}/data`, `${root}/other`])).status, 2);
    equal((await cli(['dataset', 'download', 's3://bucket/x', 's3://bucket/y'])).status, 2);
    equal((await cli(['dataset', 'download', `${root}/data`, `${root}/other`])).status, 2);
    equal((await cli(['dataset', 'filter', 'gs://bucket/none', '--filter', 'labels__lt=a'])).status, 2, 'before anything is asked');
  }));

test('dataset filter: what the listing answers asks no object, and invents no id', () =>
  withScenario('s3', { objects: ['d/a.csv', 'd/b.txt', 'd/e/c.csv'].map((key) => ({ key, text: key })) }, async (s3) => {
    const clientOptions = { endpoint: s3.endpoint, region: s3.region, credentials: s3.credentials };
    const run = (...argv: string[]): ReturnType<typeof cli> => cli(['dataset', ...argv], { clientOptions });
    const heads = async (): Promise<number> => (await s3.log()).counts.byMethod['HEAD'] ?? 0;
    const argv = ['filter', `s3://${s3.bucket}/d`, '--filter', 'extension=csv', '--filter', 'size_bytes__lt=9'];
    equal((await run(...argv)).lines, ['7\t?\t?\t?\ta.csv', '1 file, 7 bytes']);
    equal(
      (await run(...argv, '--json')).lines[0],
      `{"path": "s3://${s3.bucket}/d/a.csv", "pathInDataset": "a.csv", "name": "a.csv", "sizeBytes": 7}`,
    );
    equal(await heads(), 0);
    const all = await run('ls', '--json', `s3://${s3.bucket}/d`);
    equal([all.lines.length, all.stdout.includes('"id"'), await heads()], [4, false, 3], 'an id that is not stored is none');
  }));

test('dataset: what is not there, and what cannot be reached', () =>
  withScenario('s3', { objects: [{ key: 'd/a', text: 'x' }] }, (s3) =>
    inFolder(async (root) => {
      plant(root, { f: '1' });
      const clientOptions = { endpoint: s3.endpoint, region: s3.region, credentials: s3.credentials };
      const bucket = `s3://${s3.bucket}`;
      for (const [argv, status, wrong] of [
        [['ls', `${root}/none`], 1, `${root}/none: does not exist`],
        [['ls', `${root}/f`], 1, `${root}/f: is a file, not a directory`],
        [['ls', `${bucket}/d/a`], 1, `${bucket}/d/a: is a file, not a directory`],
        [['filter', `${bucket}/none`, '--filter', 'name=a'], 1, `${bucket}/none: does not exist`],
        [['download', `${bucket}/none`, `${root}/x`], 1, `${bucket}/none: does not exist`],
        [['verify', `${bucket}/d`, '--against', `${root}/none`], 1, `${root}/none: does not exist`],
        [['upload', `${root}/none`, `${bucket}/x`], 1, `${root}/none: does not exist`],
        [['ls', 's3://nosuchbucket/d'], 3, 's3://nosuchbucket/d: '],
        [['sign', root], 1, `${root}: `],
      ] as const) {
        const got = await cli(['dataset', ...argv], { clientOptions });
        equal([got.status, got.stdout, got.errors.length], [status, '', 2], `${argv.join(' ')}: ${got.stderr}`);
        ok(got.errors[0]?.startsWith(`anyfile dataset ${argv[0]}: ${wrong}`), got.stderr);
      }
      equal(tree(root), ['f']);
    }),
  ));

test('dataset upload: a file that fails is told, the others go, and the same call goes on', () =>
  withScenario(
    's3',
    {
      faults: [
        { match: { pathPrefix: '/bucket/x/b', method: 'PUT', times: 1 }, fault: { type: 'status', status: 403, code: 'AccessDenied' } },
      ],
    },
    (s3) =>
      inFolder(async (root) => {
        plant(root, { 'd/a': 'A', 'd/b': 'B', 'd/c': 'C' });
        const clientOptions = { endpoint: s3.endpoint, region: s3.region, credentials: s3.credentials };
        const target = `s3://${s3.bucket}/x`;
        const argv = ['dataset', 'upload', `${root}/d`, target];
        const got = await cli(argv, { clientOptions });
        equal([got.status, got.errors.length], [1, 2]);
        ok(got.errors[0]?.startsWith(`anyfile dataset upload: ${root}/d/b: `), got.stderr);
        equal(got.lines.at(-1), `dataset upload ${target}: 2 files, 2 bytes, not the metadata of the dataset`);
        const again = await cli(argv, { clientOptions, isTTY: true });
        equal([again.status, again.lines.at(-1)], [0, `dataset upload ${target}: 3 files, 3 bytes, 2 there already`]);
        ok(again.stderr.includes('files'), 'a bar on a terminal');
      }),
  ));

test('dataset verify: damaged bytes are found', () =>
  withScenario(
    's3',
    {
      objects: ['d/a', 'd/b'].map((key) => ({ key, text: key })),
      faults: [{ match: { operation: 'GetObject', pathPrefix: '/bucket/d/b' }, fault: { type: 'wrongChecksum' } }],
    },
    async (s3) => {
      const clientOptions = { endpoint: s3.endpoint, region: s3.region, credentials: s3.credentials };
      const got = await cli(['dataset', 'verify', `s3://${s3.bucket}/d`], { clientOptions });
      equal([got.status, got.errors.length], [1, 2]);
      ok(/\/d\/b: .*\[IntegrityError/.test(got.errors[0] ?? ''), got.stderr);
      equal(
        got.lines.map((line) => line.split('\t').at(-1)),
        ['a', `dataset verify s3://${s3.bucket}/d: 1 file, 3 bytes`],
      );
    },
  ));

test('dataset sign: whoever has the URL reads the dataset; no signature is printed by the other commands', () =>
  inFolder(async (root) => {
    const clientOptions = optionsOf(need('versitygw'));
    const place = `s3://${need('versitygw').bucket}/${uniqueName('dataset')}`;
    await campaign(root);
    equal((await cli(['dataset', 'upload', `${root}/data`, place], { clientOptions })).status, 0);
    equal((await cli(['dataset', 'sign', place, '--dry-run'], { clientOptions })).lines, [`dataset sign ${place}`]);
    const signed = (await cli(['dataset', 'sign', place, '--expires', '5m'], { clientOptions })).stdout.trim();
    ok(signed.includes('X-Amz-Expires=300'), signed);
    const quiet = async (...argv: string[]): Promise<CliResult> => {
      const got = await cli(['dataset', ...argv]);
      ok(!/Signature|Credential/i.test(got.stdout + got.stderr), `nothing secret from ${argv[0]}: ${got.stdout}${got.stderr}`);
      return got;
    };
    equal((await quiet('ls', signed)).lines, [...rows, '3 files, 14 bytes']);
    equal((await quiet('ls', signed, '--json')).status, 0);
    equal((await quiet('filter', signed, '--filter', 'labels__contains=wind')).lines, [rows[0], '1 file, 4 bytes']);
    equal((await quiet('verify', signed, '--against', `${root}/data`)).stderr, '');
    equal((await quiet('download', signed, `${root}/back`)).status, 0);
    equal(textOf(root, 'back/raw/c.txt'), 'text');
    equal((await quiet('ls', `${signed}0`)).status, 3);
    equal((await quiet('download', `${signed}0`, `${root}/none`, '--json')).status, 3);
    equal((await quiet('sign', signed)).status, 3, 'behind a URL nothing can be written');
    equal((await cli(['rm', '-r', '--quiet', place], { clientOptions })).status, 0);
  }));
