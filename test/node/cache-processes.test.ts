/** Processes that share a folder of the cache, and are killed. ANYFILE_CACHE_KILLS=500 makes it the long run. */
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { openDiskContainer } from '../../src/cache/container/disk-container.ts';
import { bytesFor, entryFor, isRight, keyOf } from '../conformance/cache-rig.ts';
import { env } from '../env.ts';
import { equal, ok, skip, test } from '../harness.ts';
import { sharedBudgetBytes, sharedKeys } from './cache-shared-keys.ts';
import { startProgram } from './run-program.ts';

const EVERY_MS = 150;
const kills = Number(process.env['ANYFILE_CACHE_KILLS'] ?? 20);

async function within(fn: (folder: string) => Promise<void>): Promise<void> {
  const folder = fs.mkdtempSync(join(tmpdir(), 'anyfile-cache-')).replaceAll('\\', '/');
  try {
    await fn(folder);
  } finally {
    fs.rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}

interface User {
  readonly child: ChildProcessWithoutNullStreams;
  readonly begun: Promise<void>;
  readonly ended: Promise<void>;
  ready: boolean;
  killed: boolean;
}

test(
  `8 processes share a folder while ${kills} of them are killed: no wrong byte, no error, never above the budget`,
  () =>
    within(async (folder) => {
      const total = { puts: 0, hits: 0, misses: 0 };
      const wrong: string[] = [];
      const users: User[] = [];
      const killed: User[] = [];
      const start = (): void => {
        const child = startProgram('cache-user', { args: [folder, String(sharedBudgetBytes)] });
        let printed = '';
        let said = '';
        let begin = (): void => {};
        const begun = new Promise<void>((resolve) => (begin = resolve));
        child.stdout.on('data', (chunk: Uint8Array) => {
          printed += String(chunk);
          begin();
        });
        child.stderr.on('data', (chunk: Uint8Array) => (said += String(chunk)));
        child.stdin.on('error', () => {});
        const ended = new Promise<void>((resolve) => {
          child.once('close', (code) => {
            begin();
            for (const line of printed.trim().split('\n')) {
              if (line.startsWith('{'))
                for (const [what, n] of Object.entries(JSON.parse(line) as typeof total)) total[what as 'puts'] += n;
              else if (line !== 'begun' && !(user.killed && !line)) wrong.push(line);
            }
            if (said) wrong.push(said);
            if (!user.killed && code) wrong.push(`ended with ${code}`);
            resolve();
          });
        });
        const user: User = { child, begun, ended, ready: false, killed: false };
        void begun.then(() => (user.ready = true));
        users.push(user);
      };
      // What starts in other runtimes takes more memory and time.
      for (let i = 0; i < (env().engine.startsWith('node') ? 8 : 4); i++) start();
      await Promise.all(users.map(({ begun }) => begun));

      const watcher = (await openDiskContainer({ folder, budgetBytes: sharedBudgetBytes }))!;
      let most = 0;
      let during = 0;
      while (killed.length < kills) {
        await new Promise((resolve) => setTimeout(resolve, EVERY_MS * (0.5 + Math.random())));
        const working = users.filter(({ ready }) => ready);
        const victim = working[Math.floor(Math.random() * working.length)];
        if (!victim) continue;
        users.splice(users.indexOf(victim), 1);
        killed.push(victim);
        victim.killed = true;
        victim.child.kill('SIGKILL');
        void victim.ended.then(() => {
          const temps = fs.readdirSync(`${folder}/anyfile/v1/tmp`);
          if (temps.some((name) => name.startsWith(`${victim.child.pid}-`))) during++;
        });
        start();
        most = Math.max(most, (await watcher.usage()).bytes);
      }
      await Promise.all(killed.map(({ ended }) => ended));
      await Promise.all(users.map(({ begun }) => begun));
      await new Promise((resolve) => setTimeout(resolve, 300));
      for (const { child } of users) child.stdin.end();
      await Promise.all(users.map(({ ended }) => ended));

      equal(wrong, []);
      const { bytes, entries } = await watcher.usage();
      most = Math.max(most, bytes);
      const left = fs.readdirSync(`${folder}/anyfile/v1/tmp`).length;
      equal(await watcher.scrub(), left, 'all that is left is of the dead');
      equal(fs.readdirSync(`${folder}/anyfile/v1/tmp`), []);
      let found = 0;
      for (const key of [...sharedKeys.small, ...sharedKeys.large]) {
        const [entry] = await watcher.getMany([key]);
        if (entry) found++;
        ok(!entry || isRight(entry.bytes, bytesFor(key)), 'right bytes');
      }
      equal(found, entries, 'every file that has a name is whole');
      ok(most <= sharedBudgetBytes, `${most} of ${sharedBudgetBytes} bytes`);
      // How many is the machine's affair; what they found is ours.
      ok(total.puts > 0 && total.hits > 0, JSON.stringify(total));
      if (kills > 100)
        console.log(
          `${during} seen to have been writing, ${JSON.stringify(total)}, ${most / sharedBudgetBytes} of the budget, ${left} temporary files`,
        );
    }),
  { timeoutMs: 60_000 + kills * 1000 },
);

test('disk container: nobody else may look into it', () =>
  within(async (folder) => {
    if (process.platform === 'win32') skip('there are no permission bits');
    const mask = process.umask(0);
    try {
      const container = (await openDiskContainer({ folder: `${folder}/made` }))!;
      await container.putMany([entryFor(keyOf('a'))]);
      await container.close();
    } finally {
      process.umask(mask);
    }
    const names = fs.readdirSync(folder, { recursive: true }).map(String);
    ok(names.length > 5, names.join());
    for (const name of names) {
      const stat = fs.statSync(join(folder, name));
      equal((stat.mode & 0o777).toString(8), stat.isDirectory() ? '700' : '600', name);
    }
  }));
