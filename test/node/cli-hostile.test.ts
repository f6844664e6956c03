/** Keys that a disk must not take as they are never leave the target folder, whichever command brings them; what is refused stays where it was. */
import { existsSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import type { ClientOptions } from '../../src/index.ts';
import { equal, ok, test } from '../harness.ts';
import { withScenario } from '../servers/fixture/client.ts';
import { cli, inFolder, plant, tree, type CliResult } from './cli/run-cli.ts';

/** Lead out, or are no names. */
const hostile = [
  '../evil',
  '../../evil',
  'ok/../../evil',
  'ok/../../../../../../../../tmp/anyfile-evil',
  '..',
  '.',
  'ok/.',
  'ok/..',
  '/etc/anyfile-evil',
  '//server/share/evil',
  'x//y',
  'nul\0evil',
  'nul/\0',
  '\0',
  'C:\\evil',
  'C:/evil',
  '\\\\server\\share\\evil',
];
/** Odd, and names like others where `\` and `:` are no separators. */
const odd = ['..\\evil', 'C:evil', 'ok/a', 'plain', 'Case', 'case', 'caf\u00e9', 'cafe\u0301', '-rf', ' ', '%2e%2e%2fevil'];

type Run = (argv: readonly string[], stdin?: string) => Promise<CliResult>;

/** A bucket with all these keys below `d/`, and a folder whose target is two levels down. */
function withHostile(work: (run: Run, bucket: string, root: string) => Promise<void>): Promise<void> {
  const objects = [...hostile, ...odd].map((key) => ({ key: `d/${key}`, text: key }));
  return withScenario('s3', { objects }, (s3) =>
    inFolder(async (root) => {
      plant(root, { 'in/beside': 'x' });
      const clientOptions: ClientOptions = { endpoint: s3.endpoint, region: s3.region, credentials: s3.credentials };
      await work((argv, stdin) => cli(argv, { clientOptions, stdin }), `s3://${s3.bucket}`, root);
    }),
  );
}

/** Nothing but the target was written, and in it the odd names alone. */
function checkOutside(root: string, allowed: readonly string[] = odd): void {
  equal([readdirSync(root).sort(), readdirSync(join(root, 'in')).sort()], [['in'], ['beside', 'dst']], 'beside the target');
  for (const path of ['/etc/anyfile-evil', '/tmp/anyfile-evil', '/server/share/evil']) ok(!existsSync(path), path);
  equal(tree(join(root, 'in/dst')), [...allowed].sort(), 'in the target');
}

const posix = process.platform === 'linux';

for (const [name, argv] of Object.entries({
  'cp -r': ['cp', '-r'],
  'cp -c none': ['cp', '-r', '-c', 'none'],
  mv: ['mv'],
  sync: ['sync'],
  'sync --delete': ['sync', '--delete'],
})) {
  test(`${name}: hostile keys stay in the bucket, the others come`, () =>
    withHostile(async (run, bucket, root) => {
      if (!posix) return;
      const dry = await run(['--dry-run', ...argv, `${bucket}/d`, `${root}/in/dst`]);
      ok(!existsSync(join(root, 'in/dst')), 'nothing in a dry run');
      const got = await run([...argv, `${bucket}/d`, `${root}/in/dst`]);
      equal([dry.status, dry.stdout, dry.stderr], [got.status, got.stdout, got.stderr]);
      equal([got.status, got.lines.length], [1, odd.length], got.stderr);
      checkOutside(root);
      const left = (await run(['ls', '--json', `${bucket}/d/`])).lines.map((line) => (JSON.parse(line) as { path: string }).path);
      const expected = name === 'mv' ? hostile : [...hostile, ...odd];
      equal(left.sort(), expected.map((key) => `${bucket}/d/${key}`).sort(), 'in the bucket');
    }));
}

test('cp: patterns and names from standard input that lead out are refused alike', () =>
  withHostile(async (run, bucket, root) => {
    const stdin = [...hostile, ...odd].map((key) => `${bucket}/d/${key}\n`).join('');
    for (const argv of [
      ['cp', '-r', `${bucket}/d/**`, `${root}/in/dst/`],
      ['cp', '-', `${root}/in/dst/`],
    ]) {
      rmSync(join(root, 'in/dst'), { recursive: true, force: true });
      equal((await run(argv, stdin)).status, 1, argv.join(' '));
      if (posix) checkOutside(root);
    }
  }));

test('sync: a folder of the target that is a link to elsewhere is not written through, and nothing behind it is deleted', () =>
  withHostile(async (run, bucket, root) => {
    plant(root, { 'in/dst/gone': '1', 'in/beside': 'x' });
    await inFolder(async (elsewhere) => {
      plant(elsewhere, { precious: '1' });
      symlinkSync(elsewhere, join(root, 'in/dst/ok'));
      const got = await run([
        'sync',
        '--delete',
        '--include',
        'ok/*',
        '--include',
        'plain',
        '--include',
        'gone',
        `${bucket}/d`,
        `${root}/in/dst`,
      ]);
      equal([got.status, tree(elsewhere)], [1, ['precious']], got.stderr);
      ok(existsSync(join(root, 'in/dst/gone')), 'nothing is deleted after a refusal');
    });
  }));

test('dataset download: hostile keys stay outside', () =>
  withHostile(async (run, bucket, root) => {
    const got = await run(['dataset', 'download', `${bucket}/d`, `${root}/in/dst`]);
    ok(got.status !== 0, 'told');
    equal([readdirSync(root).sort(), readdirSync(join(root, 'in')).filter((name) => name !== 'dst')], [['in'], ['beside']], got.stderr);
    for (const path of ['/etc/anyfile-evil', '/tmp/anyfile-evil', '/server/share/evil']) ok(!existsSync(path), path);
    console.log(JSON.stringify(tree(join(root, 'in'))), got.stdout, got.stderr);
  }));
