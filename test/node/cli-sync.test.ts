/** `anyfile sync`: what is copied, what is deleted, and when nothing is. */
import { mkdirSync, symlinkSync, unlinkSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { ClientOptions } from '../../src/index.ts';
import { equal, ok, test } from '../harness.ts';
import { withScenario, type ScenarioOptions, type Scenarios } from '../servers/fixture/client.ts';
import { cli, inFolder, plant, textOf, tree, type CliResult } from './cli/run-cli.ts';

type Run = (...argv: string[]) => Promise<CliResult>;

/** A bucket of the fixture server beside a folder. */
function withBucket(
  options: ScenarioOptions['s3'],
  work: (run: Run, bucket: string, root: string, s3: Scenarios['s3'], clientOptions: ClientOptions) => Promise<void>,
): Promise<void> {
  return withScenario('s3', options, (s3) =>
    inFolder((root) => {
      const clientOptions: ClientOptions = { endpoint: s3.endpoint, region: s3.region, credentials: s3.credentials };
      return work((...argv) => cli(['sync', ...argv], { clientOptions }), `s3://${s3.bucket}`, root, s3, clientOptions);
    }),
  );
}

const objects = (...keys: string[]): { key: string; text: string }[] => keys.map((key) => ({ key, text: key }));
const past = (file: string, days = 1): void => utimesSync(file, new Date(), new Date(Date.now() - days * 86_400_000));
const run: Run = (...argv) => cli(['sync', ...argv]);

test('sync: copies what is not there, then nothing, then what changed', () =>
  inFolder(async (root) => {
    plant(root, { 'a/x': '1', 'a/sub/y.txt': '22', 'a/sub/z.gz': gzipSync('z') });
    const first = await run(`${root}/a`, `${root}/b`);
    equal(
      [first.status, first.lines],
      [0, ['sub/y.txt', 'sub/z', 'x'].map((name) => `cp file://${root}/a/${name} file://${root}/b/${name}`)],
    );
    equal(tree(`${root}/b`), ['sub/y.txt', 'sub/z.gz', 'x']);
    for (const name of ['x', 'sub/y.txt', 'sub/z.gz']) past(`${root}/a/${name}`);
    equal([(await run(`${root}/a`, `${root}/b`)).stdout, (await run('--checksum', `${root}/a/`, `${root}/b/`)).stdout], ['', '']);
    plant(root, { 'a/x': '333', 'b/sub/y.txt': '2X' });
    equal(
      (await run(`${root}/a`, `${root}/b`)).lines,
      [`cp file://${root}/a/x file://${root}/b/x`],
      'another size; an older one of the same size stays',
    );
    equal((await run('--checksum', `${root}/a`, `${root}/b`)).lines, [`cp file://${root}/a/sub/y.txt file://${root}/b/sub/y.txt`]);
    equal(textOf(root, 'b/sub/y.txt'), '22');
    plant(root, { 'a/sub/y.txt': '44' });
    past(`${root}/b/sub/y.txt`);
    const json = await run('--json', `${root}/a`, `${root}/b`);
    const { action, sizeBytes } = JSON.parse(json.lines[0] ?? '') as Record<string, unknown>;
    equal([json.lines.length, action, sizeBytes, textOf(root, 'b/sub/y.txt')], [1, 'copy', 2, '44'], 'a newer one of the same size');
  }));

test('sync --delete: a dry run prints what the real one does, --max-delete bounds it, what is excluded stays', () =>
  inFolder(async (root) => {
    plant(root, { 'a/x': '1', 'a/new': 'n', 'b/x': '1', 'b/old/deep/y': '2', 'b/old.log': '3', 'b/keep/k.bak': '4' });
    past(`${root}/a/x`);
    const args = ['--delete', '--exclude', '*.bak', `${root}/a`, `${root}/b`];
    const before = tree(root);
    const many = await run('--max-delete', '1', ...args);
    equal([many.status, many.stdout, tree(root)], [3, '', before]);
    ok(many.errors[0]?.includes('2 files would be deleted, more than --max-delete 1'), many.stderr);
    const dry = await run('--dry-run', '--max-delete', '2', ...args);
    equal(tree(root), before, 'nothing changed');
    const real = await run('--max-delete', '2', ...args);
    equal([dry.status, dry.stdout, dry.stderr], [real.status, real.stdout, real.stderr]);
    equal(
      [real.status, real.lines],
      [0, [`cp file://${root}/a/new file://${root}/b/new`, `rm file://${root}/b/old.log`, `rm file://${root}/b/old/deep/y`]],
    );
    equal(tree(`${root}/b`), ['keep/k.bak', 'new', 'x']);
    equal(tree(`${root}/b/old`), undefined, 'folders that are empty now are gone');
    equal((await run(...args)).stdout, '');
    equal((await run('--include', 'ne?', '--delete', `${root}/a`, `${root}/b`)).stdout, '', 'what is not included is not deleted');
  }));

test('sync --delete: a source without files, or none at all, costs nothing', () =>
  inFolder(async (root) => {
    plant(root, { 'b/x': '1' });
    mkdirSync(join(root, 'empty'));
    const gone = await run('--delete', `${root}/none`, `${root}/b`);
    equal([gone.status, tree(`${root}/b`)], [3, ['x']]);
    const empty = await run('--delete', `${root}/empty`, `${root}/b`);
    equal([empty.status, tree(`${root}/b`)], [3, ['x']], empty.stderr);
    equal((await run('--delete', '--max-delete', '1', `${root}/empty`, `${root}/b`)).lines, [`rm file://${root}/b/x`]);
  }));

test('sync: places that lie in one another, files, patterns and the web are refused', () =>
  inFolder(async (root) => {
    plant(root, { 'a/x': '1', 'a/sub/y': '2', 'c/z': '3' });
    symlinkSync(join(root, 'a'), join(root, 'link'));
    for (const pair of [
      [`${root}/a`, `${root}/a`],
      [`${root}/a`, `${root}/a/sub/new`],
      [`${root}/a/sub`, `${root}/a`],
      [`${root}/a`, `${root}/link/into`],
    ]) {
      const got = await run('--delete', ...pair);
      equal([got.status, got.stdout], [3, ''], pair.join(' '));
      ok(got.errors[0]?.includes('lie in one another'), got.stderr);
    }
    for (const pair of [
      [`${root}/a/x`, `${root}/c`],
      [`${root}/a`, `${root}/c/z`],
      [`${root}/a/*`, `${root}/c`],
    ])
      equal((await run(...pair)).status, 3, pair.join(' '));
    equal((await run(`${root}/a`, 'https://host.test/x')).status, 2);
    equal((await run('--exclude', '[', `${root}/a`, `${root}/c`)).status, 2, 'a bad pattern');
    unlinkSync(join(root, 'link'));
    equal(tree(root), ['a/sub/y', 'a/x', 'c/z']);
  }));

test('sync: up and down again, and within a bucket by the store itself', () =>
  withBucket(
    { objects: [...objects('one/a', 'one/b', 'two/a', 'two/gone'), { key: 'two/sub/', text: '' }] },
    async (at, bucket, root, s3) => {
      const within = await at('--delete', `${bucket}/one`, `${bucket}/two`);
      equal(
        [within.status, within.lines],
        [0, [`cp ${bucket}/one/a ${bucket}/two/a`, `cp ${bucket}/one/b ${bucket}/two/b`, `rm ${bucket}/two/gone`]],
      );
      equal((await at('--delete', `${bucket}/one`, `${bucket}/two`)).stdout, '');
      const { counts } = await s3.log();
      equal([counts.byOperation['GetObject'] ?? 0, counts.byOperation['CopyObject'], counts.byOperation['DeleteObjects']], [0, 2, 1]);
      equal((await at(`${bucket}/one`, `${root}/down`)).lines.length, 2);
      equal((await at('--checksum', `${bucket}/one`, `${root}/down`)).stdout, '');
      equal((await at('--checksum', `${root}/down`, `${bucket}/one`)).stdout, '');
      plant(root, { 'down/c': 'new' });
      equal((await at(`${root}/down`, `${bucket}/one`)).lines, [`cp file://${root}/down/c ${bucket}/one/c`]);
    },
  ));

test('sync: a listing that fails, on either side and at any time, deletes nothing', () =>
  inFolder(async () => {
    // requests of a run: is the source there, its names, is the target there, its names, and both of the source once more
    for (const nth of [1, 2, 3, 4, 5, 6]) {
      await withBucket(
        {
          objects: objects('one/a', 'two/a', 'two/gone'),
          faults: [{ match: { query: 'prefix', nth }, fault: { type: 'status', status: 403, code: 'AccessDenied' } }],
        },
        async (at, bucket, _, s3) => {
          const got = await at('--delete', `${bucket}/one`, `${bucket}/two`);
          equal([got.status === 0, got.stdout.includes('rm ')], [false, false], `listing ${nth}: ${got.stdout}${got.stderr}`);
          equal((await s3.log()).counts.byOperation['DeleteObjects'] ?? 0, 0, `listing ${nth}`);
        },
      );
    }
  }));

test('sync --delete: two listings of the source that do not agree delete nothing', () =>
  withBucket({ objects: objects('one/a', 'one/b', 'two/a', 'two/b', 'two/gone') }, async (_, bucket, __, s3, clientOptions) => {
    let listings = 0;
    const fetch: ClientOptions['fetch'] = async (input, init) => {
      const answer = await globalThis.fetch(input, init);
      if (!/prefix=one/.test(String(input instanceof Request ? input.url : input)) || ++listings !== 4) return answer;
      return new Response((await answer.text()).replace('<Key>one/b</Key>', '<Key>one/c</Key>'), answer);
    };
    const got = await cli(['sync', '--delete', `${bucket}/one`, `${bucket}/two`], { clientOptions: { ...clientOptions, fetch } });
    equal([got.status, got.stdout.includes('rm ')], [1, false], got.stdout + got.stderr);
    ok(got.errors[0]?.includes('two listings of the source do not agree'), got.stderr);
    equal((await s3.log()).counts.byOperation['DeleteObjects'] ?? 0, 0);
  }));

test('sync --delete: where a file is not copied nothing is deleted; names that lead out are refused', () =>
  withBucket({ objects: objects('one/a', 'one/../../evil', 'one/c:\\x', 'one//abs') }, async (at, bucket, root) => {
    plant(root, { 'in/two/gone': '1' });
    const got = await at('--delete', `${bucket}/one`, `${root}/in/two`);
    equal(got.status, 1);
    ok(got.stderr.includes('nothing was deleted, since'), got.stderr);
    equal(
      tree(root)?.filter((name) => !name.includes('c:')),
      ['in/two/a', 'in/two/gone'],
    );
  }));

test('sync: a file that is there under another encoding is not shadowed', () =>
  withBucket(
    { objects: [{ key: 'one/a', base64: gzipSync('new').toString('base64'), contentEncoding: 'gzip' }] },
    async (at, bucket, root) => {
      plant(root, { 'two/a': 'old' });
      const refused = await at(`${bucket}/one`, `${root}/two`);
      equal([refused.status, tree(`${root}/two`)], [1, ['a']], refused.stderr);
      equal((await at('--delete', `${bucket}/one`, `${root}/two`)).status, 0);
      equal(tree(`${root}/two`), ['a.gz']);
    },
  ));

const named = [
  { key: 'scan.nii.gz', text: 'no gzip at all' },
  { key: 'table.csv.gz', text: 'neither', contentEncoding: 'gzip' },
  { key: 'plain', text: 'plain' },
];

test('sync --delete: what is called like an encoding is the same file here and there', () =>
  withBucket({ objects: named }, async (sync, bucket, root, _, clientOptions) => {
    const args = ['--delete', bucket, `${root}/d`];
    equal((await sync(...args)).status, 0);
    const names = ['plain', 'scan.nii.gz', 'table.csv.gz'];
    equal(tree(`${root}/d`), names);
    for (let i = 0; i < 2; i++) {
      const again = await sync(...args);
      equal([again.status, again.stdout, again.stderr, tree(`${root}/d`)], [0, '', '', names]);
    }
    const compared = await cli(['verify', '--checksum', bucket, `${root}/d`], { clientOptions });
    equal(compared.status, 0, compared.stderr);
  }));

test('sync --delete: what is excluded by the name under which it is stored stays', () =>
  withBucket({ objects: named }, async (sync, bucket, root) => {
    plant(root, { 'd/scan.nii.gz': 'mine', 'd/other.gz': 'mine', 'd/old': 'gone' });
    const done = await sync('--delete', '--exclude', '*.gz', bucket, `${root}/d`);
    equal([done.status, tree(`${root}/d`), textOf(root, 'd/scan.nii.gz')], [0, ['other.gz', 'plain', 'scan.nii.gz'], 'mine'], done.stderr);
  }));

test('sync --delete: `a` and `a.gz` of a bucket beside a disk that has the second alone', () =>
  withBucket({ objects: [...objects('a', 'a.gz')] }, async (sync, bucket, root) => {
    plant(root, { 'd/a.gz': 'a.gz' });
    const done = await sync('--delete', bucket, `${root}/d`);
    equal([done.status, tree(`${root}/d`), textOf(root, 'd/a.gz'), textOf(root, 'd/a')], [0, ['a', 'a.gz'], 'a.gz', 'a'], done.stderr);
  }));
