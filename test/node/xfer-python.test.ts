/**
 * Jobs that are begun by Python's cloud-files and finished here, and the other way round: one after the other, which is what is promised.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { Client, openTransfer } from '../../src/index.ts';
import { createSqliteStore } from '../../src/jobs/sqlite/sqlite-store.ts';
import { inFewEngines, need, uniqueName } from '../env.ts';
import { equal, rejects, test } from '../harness.ts';
import { cli, inFolder, optionsOf, plant, textOf, tree } from './cli/run-cli.ts';

/** Run Python with cloud-files. @returns its status and what it said */
async function python(
  code: string,
  args: readonly string[],
  vars: Record<string, string> = {},
): Promise<{ status: number | null; said: string }> {
  const { python: program } = need('cloudfiles');
  const child = spawn(program, ['-c', code, ...args], { env: { ...process.env, TZ: 'UTC', PYTHONWARNINGS: 'ignore', ...vars } });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Uint8Array) => (said += String(chunk)));
  const status = await new Promise<number | null>((resolve, reject) => child.once('error', reject).once('close', resolve));
  return { status, said: said.trim() };
}

const main = 'import sys; from cloudfiles_cli import main; sys.exit(main())';
const command = (...args: string[]): Promise<{ status: number | null; said: string }> => python(main, args);

/** Does some files of a job, takes some more, and dies as if killed. */
const half = `
import os, sys
from cloudfiles import CloudFiles
from cloudfiles.resumable_tools import ResumableTransfer
job = ResumableTransfer(sys.argv[1], lease_msec=int(sys.argv[2]))
meta = job.rfs.metadata()
def take(count):
    return [name for name, _ in zip(job.rfs.next(limit=count, block_size=count), range(count))]
paths = take(30)
CloudFiles(meta["source"]).transfer_to(meta["dest"], paths=paths, reencode=meta["reencode"])
job.rfs.mark_finished(paths)
take(20)
os._exit(0)
`;

const COUNT = 100;
const files = Object.fromEntries(Array.from({ length: COUNT }, (_, i) => [`d${i % 3}/ä ${i}.txt`, `content ${i}`]));

const inTree = (work: (at: { src: string; dest: string; db: string }) => Promise<void>): Promise<void> =>
  inFolder(async (root) => {
    need('cloudfiles');
    inFewEngines('a Python is started for each');
    const src = join(root, 'src');
    plant(src, files);
    await work({ src, dest: join(root, 'dest'), db: join(root, 'job.db') });
  });

/** All files are there, as they are. */
function checkDest(dest: string, suffix = ''): void {
  equal(
    tree(dest),
    Object.keys(files)
      .map((name) => name + suffix)
      .sort(),
  );
  if (suffix === '') for (const [name, content] of Object.entries(files)) equal(textOf(dest, name), content);
}

test('begun by cloud-files, finished here', () =>
  inTree(async ({ src, dest, db }) => {
    equal(await command('xfer', 'init', src, dest, '--db', db), { status: 0, said: '' });
    equal((await cli(['xfer', 'execute', db, '-b', '7'])).status, 0);
    checkDest(dest);
    equal(existsSync(db), false);
  }));

for (const [encoding, suffix] of [
  ['same', ''],
  ['none', ''],
  ['gzip', '.gz'],
] as const)
  test(`begun here with -c ${encoding}, finished by cloud-files`, () =>
    inTree(async ({ src, dest, db }) => {
      equal((await cli(['xfer', 'init', '-c', encoding, src, dest, '--db', db])).status, 0);
      equal(await command('xfer', 'execute', db), { status: 0, said: '' });
      checkDest(dest, suffix);
      equal(existsSync(db), false);
    }));

test('half done by cloud-files, which dies with files in hand, finished here', () =>
  inTree(async ({ src, dest, db }) => {
    equal(await command('xfer', 'init', src, dest, '--db', db), { status: 0, said: '' });
    equal(await python(half, [db, '0']), { status: 0, said: '' });
    const job = await openTransfer(db);
    equal((await job.status()).finished, 30);
    const { transferred, finished } = await job.execute({ batchSize: 9 });
    equal([transferred, finished], [70, COUNT]);
    await job.close({ remove: true });
    checkDest(dest);
    equal(existsSync(db), false);
  }));

test('half done by cloud-files with a long lease, which is released here', () =>
  inTree(async ({ src, dest, db }) => {
    equal(await command('xfer', 'init', src, dest, '--db', db), { status: 0, said: '' });
    equal(await python(half, [db, '600000']), { status: 0, said: '' });
    const job = await openTransfer(db);
    equal((await job.status()).leased, 20);
    await job.release();
    equal((await job.execute()).transferred, 70);
    await job.close();
    checkDest(dest);
  }));

test('half done here, released, finished by cloud-files', () =>
  inTree(async ({ src, dest, db }) => {
    const job = await openTransfer(db);
    await job.init(src, dest);
    const stop = new AbortController();
    const reason = new Error('enough');
    await rejects(
      () => job.execute({ batchSize: 10, parallel: 2, signal: stop.signal, progress: () => stop.abort(reason) }),
      (error) => error === reason,
    );
    const { finished, leased } = await job.status();
    equal([finished > 0 && finished < COUNT, leased], [true, 0]);
    await job.release();
    await job.close();
    equal(await command('xfer', 'execute', db), { status: 0, said: '' });
    checkDest(dest);
    equal(existsSync(db), false);
  }));

test('cloud-files at the same time takes the job away: that is an error here, and no empty file is left', () =>
  inTree(async ({ src, dest, db }) => {
    const job = await openTransfer(db);
    await job.init(src, dest);
    await job.close();
    const store = createSqliteStore(db);
    const lease = await store.claim(20);
    if (typeof lease === 'string') throw new Error(lease);
    equal(await command('xfer', 'execute', db), { status: 0, said: '' });
    // what is promised of both at once: nothing but this
    equal(tree(dest)?.length, COUNT - 20);
    await rejects(() => store.finish(lease, { ok: lease.files.map(({ id }) => id), failed: [] }), 'InvalidFile');
    await rejects(() => store.claim(20), 'InvalidFile');
    await store.close();
    await rejects(() => store.claim(20), 'NotFound');
    equal(existsSync(db), false);
  }));

test('a job into a bucket is handed over both ways', () =>
  inTree(async ({ src, db }) => {
    const server = need('versitygw');
    const { endpoint, region, bucket, accessKeyId, secretAccessKey } = server;
    const name = uniqueName('xfer');
    const vars = {
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_SESSION_TOKEN: '',
      AWS_DEFAULT_REGION: region,
    };
    const client = new Client(optionsOf(server));
    try {
      for (const [begins, ends] of [
        ['ours', 'theirs'],
        ['theirs', 'ours'],
      ]) {
        const dest = `s3://${endpoint}/${bucket}/${name}/${begins}`;
        const steps = {
          ours: (...args: string[]) => cli(args, { clientOptions: optionsOf(server) }),
          theirs: (...args: string[]) => python(main, args, vars),
        };
        const begun = await steps[begins as 'ours']('xfer', 'init', src, dest, '--db', db);
        equal(begun.status, 0);
        const ended = await steps[ends as 'ours']('xfer', 'execute', db);
        equal([ended.status, existsSync(db)], [0, false], JSON.stringify(ended));
        const names: string[] = [];
        for await (const one of client.files(dest).list()) names.push(one);
        equal(names.sort(), Object.keys(files).sort());
        equal(new TextDecoder().decode((await client.files(dest).get('d0/ä 0.txt')) ?? undefined), 'content 0');
      }
    } finally {
      await client.close();
    }
  }));
