/** `anyfile xfer --queue` and `anyfile xfer export`. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { env, need, uniqueName } from '../env.ts';
import { equal, ok, skip, test } from '../harness.ts';
import { startRedis } from '../servers/redis.mjs';
import { cli, inFolder, optionsOf, plant, tree } from './cli/run-cli.ts';

/** Run commands on a queue of their own. */
const withQueue = (work: (url: string, folder: string) => Promise<void>): Promise<void> =>
  inFolder(async (folder) => {
    if (!/^node(20|24)?$/.test(env().engine)) skip('two versions of Node are enough: the client is the same');
    const server = await startRedis(need('redis').program);
    try {
      await work(`${server.url}?job=files`, folder);
    } finally {
      await server.stop();
    }
  });

test('a job on a queue is made, worked on by two at a time, looked at, cancelled and taken up', () =>
  withQueue(async (url, folder) => {
    const names = Array.from({ length: 60 }, (_, i) => `d${i % 3}/${i}.txt`);
    plant(join(folder, 'src'), Object.fromEntries(names.map((name) => [name, name])));
    const said: string[] = [];
    const xfer = async (...args: string[]): Promise<string> => {
      const { status, stdout, stderr } = await cli(['xfer', ...args, '--queue', url]);
      said.push(stdout, stderr);
      equal([status, stderr], [0, ''], args.join(' '));
      return stdout;
    };
    await xfer('init', join(folder, 'src'), join(folder, 'dest'));
    const again = await cli(['xfer', 'init', join(folder, 'src'), join(folder, 'dest'), '--queue', url]);
    said.push(again.stderr);
    ok(again.status !== 0 && /AlreadyExists/.test(again.stderr), again.stderr);
    await xfer('cancel');
    const stopped = await cli(['xfer', 'work', '--queue', url]);
    ok(stopped.status !== 0 && tree(join(folder, 'dest')) === undefined, 'nothing is transferred');
    await xfer('retry');
    await Promise.all([xfer('work', '-b', '7'), xfer('work', '-b', '7')]);
    equal(tree(join(folder, 'dest')), [...names].sort());
    ok(/60 of 60 finished/.test(await xfer('status')));
    ok(!said.join('').includes('not-a-real-one'), 'no password');
  }));

test('a queue that is not there, or no address, shows nothing of a password', async () => {
  for (const url of [
    'redis://:hunter2@127.0.0.1:9/0',
    'redis://me:hun@ter2@127.0.0.1:9',
    'redis://me:hun/ter2@127.0.0.1:9',
    'postgres://me:hunter2@127.0.0.1:9/x',
  ]) {
    const { status, stdout, stderr } = await cli(['xfer', 'status', '--queue', url]);
    ok(status > 1, 'not done');
    ok(!/hun|ter2/.test(stdout + stderr), stderr);
  }
});

test('xfer export prints what was written and what the engine’s request has to say', () =>
  inFolder(async (folder) => {
    const server = need('versitygw');
    const clientOptions = optionsOf(server);
    const prefix = uniqueName('cli-export');
    for (const name of ['a.txt', 'b c.txt']) {
      writeFileSync(join(folder, name), name);
      equal((await cli(['cp', join(folder, name), `s3://${server.bucket}/${prefix}/`], { clientOptions })).status, 0);
    }
    const source = `s3://${server.bucket}/${prefix}`;
    const run = (...args: string[]): ReturnType<typeof cli> => cli(['xfer', 'export', source, ...args], { clientOptions });
    const list = join(folder, 'list.csv');
    const dry = await run(`s3://other/${prefix}`, '--to', 's3-batch', '--manifest', list, '--dry-run');
    equal([dry.status, tree(folder)], [0, ['a.txt', 'b c.txt']]);
    const made = await run(`s3://other/${prefix}`, '--to', 's3-batch', '--manifest', list, '--json');
    equal([made.status, made.stderr], [0, '']);
    const record = JSON.parse(made.stdout) as Record<string, unknown>;
    equal([record['files'], record['bytes'], record['left']], [2, 12, 0]);
    equal(readFileSync(list, 'utf8'), `${server.bucket},${prefix}/a.txt\n${server.bucket},${prefix}/b%20c.txt\n`);
    equal(readFileSync(`${list}.rest.txt`, 'utf8'), '');
    const text = await run('gs://other', '--to', 'storage-transfer', '--manifest', list);
    ok(text.stdout.includes('"bucketName": "other"') && text.stdout.startsWith('2 files, 12 bytes: '), text.stdout);
    equal(readFileSync(list, 'utf8'), '"a.txt"\n"b c.txt"\n');
    for (const wrong of [
      ['s3://other/x', '--to', 's3-batch', '--manifest', list],
      [`s3://other/${prefix}`, '--to', 's3-batch', '--manifest', list, '-c', 'gzip'],
      ['gs://other', '--to', 'somebody', '--manifest', list],
    ])
      equal((await run(...wrong)).status, 2, wrong.join(' '));
  }));
