/** `anyfile xfer`. */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { equal, ok, test } from '../harness.ts';
import { cli, inFolder, plant, textOf, tree } from './cli/run-cli.ts';

interface At {
  root: string;
  src: string;
  dest: string;
  db: string;
}

const inTree = (files: Readonly<Record<string, string>>, work: (at: At) => Promise<void>): Promise<void> =>
  inFolder(async (root) => {
    const src = join(root, 'src');
    plant(src, files);
    await work({ root, src, dest: join(root, 'dest'), db: join(root, 'job.db') });
  });

const three = { 'a.txt': 'A', 'b/c.txt': 'C', 'b/d.txt': 'D' };

test('a job is made, looked at, worked on and taken away', () =>
  inTree(three, async ({ src, dest, db }) => {
    const made = await cli(['xfer', 'init', src, dest, '--db', db]);
    equal([made.status, made.stdout], [0, `3 files from file://${src} to file://${dest}: ${db}\n`]);
    const { status, lines } = await cli(['xfer', 'status', db, '--json']);
    const { created, ...state } = JSON.parse(lines[0]!) as Record<string, unknown>;
    equal([status, typeof created], [0, 'string']);
    equal(state, { source: `file://${src}`, destination: `file://${dest}`, reencode: null, total: 3, finished: 0, leased: 0, failed: 0 });
    const done = await cli(['xfer', 'execute', db]);
    equal([done.status, done.stdout, done.stderr], [0, `3 files transferred, 3 of 3 finished: ${db}\n`, '']);
    equal(tree(dest), Object.keys(three));
    equal(textOf(dest, 'b/c.txt'), 'C');
    ok(!existsSync(db), 'the job is gone');
    const again = await cli(['xfer', 'execute', db]);
    equal([again.status, /there is no job \[NotFound\]/.test(again.stderr), existsSync(db)], [3, true, false]);
  }));

test('files that fail are told, kept, and tried again when that is asked for', () =>
  inTree(three, async ({ src, dest, db }) => {
    await cli(['xfer', 'init', src, dest, '--db', db]);
    rmSync(join(src, 'b/c.txt'));
    const first = await cli(['xfer', 'execute', db]);
    equal([first.status, first.errors.length, /b\/c\.txt: .*\[NotFound\]$/.test(first.errors[0] ?? '')], [1, 2, true]);
    equal(first.errors[1], 'anyfile xfer execute: 2 done, 1 failed');
    ok(existsSync(db), 'the job is kept');
    const { lines } = await cli(['xfer', 'status', db, '--failures']);
    equal([lines.length, lines[0]?.endsWith('2 of 3 finished, 0 under way, 1 failed')], [2, true]);
    ok(/^b\/c\.txt: NotFound: .* \(1 attempts\)$/.test(lines[1]!), lines[1]);
    // nothing left to do: still failed
    equal((await cli(['xfer', 'execute', db])).status, 1);
    plant(src, { 'b/c.txt': 'back' });
    equal((await cli(['xfer', 'retry', db])).stdout, `retry 1 files: ${db}\n`);
    equal((await cli(['xfer', 'execute', db])).status, 0);
    equal(textOf(dest, 'b/c.txt'), 'back');
  }));

test('a job that is not finished is replaced by --force alone', () =>
  inTree(three, async ({ src, dest, db }) => {
    await cli(['xfer', 'init', src, dest, '--db', db]);
    const refused = await cli(['xfer', 'init', src, dest, '--db', db, '--txt', '-'], { stdin: 'a.txt\n' });
    equal([refused.status, /not finished/.test(refused.stderr)], [3, true]);
    equal((await cli(['xfer', 'init', src, dest, '--db', db, '--txt', '-', '--force'], { stdin: 'a.txt\n\r\nb/d.txt\r\n' })).status, 0);
    equal((await cli(['xfer', 'execute', db])).status, 0);
    equal(tree(dest), ['a.txt', 'b/d.txt']);
  }));

test('a file that is no job is left alone', () =>
  inTree(three, async ({ src, dest, db }) => {
    writeFileSync(db, 'precious');
    for (const args of [
      ['init', src, dest, '--db', db, '--force'],
      ['execute', db],
      ['status', db],
      ['release', db],
    ])
      ok((await cli(['xfer', ...args])).status > 0, args[0]);
    equal(readFileSync(db, 'utf8'), 'precious');
  }));

test('a list or a source that is not there leaves no job', () =>
  inTree(three, async ({ root, src, dest, db }) => {
    const list = await cli(['xfer', 'init', src, dest, '--db', db, '--txt', join(root, 'none.txt')]);
    equal([list.status, /none\.txt: does not exist/.test(list.stderr), existsSync(db)], [3, true, false]);
    const web = await cli(['xfer', 'init', 'http://127.0.0.1:9/x', dest, '--db', db]);
    equal([web.status, existsSync(db)], [3, false]);
  }));

test('a job that is cancelled is left by all, and goes on after retry', () =>
  inTree(three, async ({ src, dest, db }) => {
    await cli(['xfer', 'init', src, dest, '--db', db]);
    equal((await cli(['xfer', 'cancel', db])).status, 0);
    const left = await cli(['xfer', 'execute', db]);
    equal([left.status > 0, /cancelled: 3 files are left/.test(left.stderr), existsSync(db)], [true, true, true]);
    equal((await cli(['xfer', 'retry', db])).status, 0);
    equal((await cli(['xfer', 'execute', db])).status, 0);
    equal(tree(dest), Object.keys(three));
  }));

test('a dry run changes nothing', () =>
  inTree(three, async ({ src, dest, db }) => {
    const dry = await cli(['xfer', 'init', src, dest, '--db', db, '--dry-run']);
    equal([dry.status, dry.lines.sort(), existsSync(db)], [0, Object.keys(three), false]);
    await cli(['xfer', 'init', src, dest, '--db', db]);
    const before = readFileSync(db);
    for (const verb of ['execute', 'release', 'retry', 'cancel']) equal((await cli(['xfer', verb, db, '--dry-run'])).status, 0, verb);
    equal([Buffer.compare(readFileSync(db), before), existsSync(dest)], [0, false]);
  }));

test('names that are one but for an encoding are two files, and neither is lost', () =>
  inTree({ a: 'bare', 'a-b': 'between', 'only.gz': 'no gzip at all' }, async ({ src, dest, db, root }) => {
    await cli(['cp', join(src, 'a-b'), join(root, 'zipped'), '-c', 'gzip']);
    plant(src, {});
    writeFileSync(join(src, 'a.gz'), readFileSync(join(root, 'zipped.gz')));
    await cli(['xfer', 'init', src, dest, '--db', db]);
    equal((await cli(['xfer', 'execute', db])).status, 0);
    equal(tree(dest), tree(src));
    equal(Buffer.compare(readFileSync(join(dest, 'a.gz')), readFileSync(join(src, 'a.gz'))), 0);
  }));

test('mistakes on the command line are status 2', () =>
  inTree(three, async ({ src, dest, db }) => {
    for (const args of [
      ['init', src, dest],
      ['init', src, dest, '--db', db, '--queue', 'redis://h'],
      ['init', src, dest, '--queue', 'mysql://h'],
      ['init', src, src, '--db', db],
      ['init', 'https://user:s3cr3t@h/x', dest, '--db', db],
      ['init', 'https://h/x?token=s3cr3t', dest, '--db', db],
      ['init', src, dest, '--db', 's3://bucket/job.db'],
      ['init', src, dest, '--db', db, '-c', 'rot13'],
      ['execute'],
      ['execute', db, '--lease-msec', 'x'],
      ['status', db, '--queue', 'redis://h'],
    ]) {
      const { status, stderr, stdout } = await cli(['xfer', ...args]);
      equal(status, 2, args.join(' '));
      ok(!(stderr + stdout).includes('s3cr3t'), stderr);
    }
    ok(!existsSync(db), 'no file');
  }));

test('a run that is interrupted gives back what it had', () =>
  inTree(Object.fromEntries(Array.from({ length: 80 }, (_, i) => [`f${i}`, String(i)])), async ({ src, dest, db }) => {
    mkdirSync(dest);
    await cli(['xfer', 'init', src, dest, '--db', db]);
    const stop = new AbortController();
    const running = cli(['xfer', 'execute', db, '-b', '10', '-p', '1'], { signal: stop.signal });
    while ((tree(dest) ?? []).length < 20) await new Promise((resolve) => setTimeout(resolve, 2));
    stop.abort();
    equal((await running).status, 130);
    const state = JSON.parse((await cli(['xfer', 'status', db, '--json'])).stdout) as { finished: number; leased: number };
    equal([state.leased, state.finished > 0], [0, true]);
    equal((await cli(['xfer', 'work', db])).status, 0);
    equal(tree(dest)?.length, 80);
  }));
