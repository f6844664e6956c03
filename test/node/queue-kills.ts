/**
 * Workers in processes of their own on one queue, of which some are killed while the database goes down and comes back.
 *
 * @module
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { openQueueStore } from '../../src/jobs/queue/open-queue.ts';
import { killWorkers } from '../conformance/job-kills.ts';
import { namesOf, spec } from '../conformance/job-suite.ts';
import { equal, ok } from '../harness.ts';
import { startProgram } from './run-program.ts';

/** A database that a test has started. */
export interface TestDatabase {
  url: string;
  restart(): Promise<void>;
  stop(): Promise<void>;
}

const FILES = 10_000;
const BATCH = 50;
const WORKERS = 3;

/** How many of {@link surviveManyKills}: ANYFILE_QUEUE_KILLS=20 makes it the long run. */
export const kills: number = Number(process.env['ANYFILE_QUEUE_KILLS'] ?? 6);

/** Two programs at a time work, and each is killed. */
export async function surviveManyKills({ url }: TestDatabase): Promise<void> {
  const at = new URL(url);
  at.searchParams.set('job', 'many-kills');
  const store = await openQueueStore(at.href);
  try {
    // a term that no test waits for: that they have ended is seen
    await killWorkers({ where: at.href, store, leaseMs: 600_000, kills });
    await store.close({ remove: true });
  } finally {
    await store.close();
  }
}

/** Three workers finish 10,000 files while two of them are killed and the database restarts. */
export async function surviveKills({ url, restart }: TestDatabase): Promise<void> {
  const at = new URL(url);
  at.searchParams.set('job', 'kills');
  const folder = mkdtempSync(join(tmpdir(), 'anyfile-queue-'));
  const store = await openQueueStore(at.href);
  const names = namesOf(FILES);
  equal((await store.create(spec, names)).total, FILES);
  const log = join(folder, 'log');
  const workers = Array.from({ length: WORKERS }, () => {
    const child = startProgram('job-user', { args: [at.href, log, String(BATCH), '1500'] });
    let said = '';
    child.stderr.on('data', (chunk: Uint8Array) => (said += String(chunk)));
    child.stdout.resume();
    const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
    return { child, ended, said: () => said };
  });
  try {
    const logged = (): string[] => (existsSync(log) ? readFileSync(log, 'utf8').split('\n').slice(0, -1) : []);
    const until = async (count: number): Promise<void> => {
      while (logged().length < count) {
        ok(
          workers.some(({ child }) => child.exitCode === null),
          `a worker: ${workers.map(({ said }) => said()).join()}`,
        );
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    };
    const kill = async (worker: (typeof workers)[number] | undefined): Promise<void> => {
      worker?.child.kill('SIGKILL');
      await worker?.ended;
    };
    await until(FILES * 0.2);
    await kill(workers[0]);
    await until(FILES * 0.5);
    await restart();
    await until(FILES * 0.8);
    await kill(workers[1]);
    const last = workers[2];
    await last?.ended;
    equal([last?.child.exitCode, last?.said()], [0, '']);
    equal(await store.progress(), { total: FILES, finished: FILES, leased: 0, failed: 0 });
    const all = logged();
    equal(new Set(all).size, FILES, 'files that were transferred');
    const repeats = all.length - FILES;
    // each one that was killed had one batch, and a restart may lose one of each
    ok(repeats <= BATCH * (2 + WORKERS), `few repeats, not ${repeats}`);
    await store.close({ remove: true });
  } finally {
    for (const { child } of workers) child.kill('SIGKILL');
    await Promise.all(workers.map(({ ended }) => ended));
    rmSync(folder, { recursive: true, force: true });
    await store.close();
  }
}
