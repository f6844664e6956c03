/** `anyfile xfer execute` killed at random, again and again, while it writes. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inFewEngines } from '../env.ts';
import { equal, ok, sameBytes, test } from '../harness.ts';
import { cli, inFolder, plant, tree } from './cli/run-cli.ts';
import { startProgram } from './run-program.ts';

const COUNT = 600;
const KILLS = 4;

/** Bytes that tell whose they are. */
const contentOf = (i: number): Uint8Array => new Uint8Array(i % 50 === 0 ? 200_000 : 100 + i).fill(1 + (i % 255));

test('runs that are killed while they write leave nothing undone and nothing broken', () => {
  inFewEngines('programs are started anew');
  return inFolder(async (root) => {
    const [src, dest, db] = [join(root, 'src'), join(root, 'dest'), join(root, 'job.db')];
    const files = Object.fromEntries(Array.from({ length: COUNT }, (_, i) => [`d${i % 9}/${i}.bin`, contentOf(i)]));
    plant(src, files);
    equal((await cli(['xfer', 'init', src, dest, '--db', db])).status, 0);
    let killed = 0;
    while (killed < KILLS && existsSync(db)) {
      const child = startProgram('xfer-user', { args: ['xfer', 'execute', db, '-b', '30', '-p', '4'] });
      const ended = new Promise<NodeJS.Signals | null>((resolve) => child.once('close', (_, signal) => resolve(signal)));
      await new Promise((resolve) => child.stdout.once('data', resolve));
      const before = tree(dest)?.length ?? 0;
      while ((tree(dest)?.length ?? 0) <= before && existsSync(db) && child.exitCode === null)
        await new Promise((resolve) => setTimeout(resolve, 5));
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 40));
      child.kill('SIGKILL');
      if ((await ended) === 'SIGKILL') killed++;
    }
    ok(killed > 0, 'a run that was killed');
    if (existsSync(db)) equal((await cli(['xfer', 'execute', db])).status, 0);
    equal(existsSync(db), false);
    for (const [name, content] of Object.entries(files)) sameBytes(readFileSync(join(dest, name)), content, name);
  });
});
