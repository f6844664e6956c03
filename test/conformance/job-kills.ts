/**
 * Programs that work on one job and are killed at random.
 *
 * @module
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JobStore } from '../../src/jobs/types.ts';
import { equal, ok } from '../harness.ts';
import { startProgram } from '../node/run-program.ts';
import { claimSoon, namesOf, spec } from './job-suite.ts';

/** How to kill. */
export interface JobKills {
  /** Where programs find the job: a path, or a queue's URL. */
  where: string;
  store: JobStore;
  /** @default 600000: then a dead program's files come back only because it is seen to be dead */
  leaseMs?: number;
  /** @default 20 */
  kills?: number;
}

const BATCH = 20;
const FILES = 20_000;
const PROGRAMS = 2;

/**
 * Make a job, let programs work on it, kill them one after the other, each some time after it has begun, and end the job in this process.
 * Fails unless every file was done at least once, counted once, and no more were repeated than the dead had in hand.
 */
export async function killWorkers({ where, store, leaseMs = 600_000, kills = 20 }: JobKills): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'anyfile-kills-'));
  const log = join(folder, 'log');
  const names = namesOf(FILES);
  try {
    await store.create(spec, names);
    let left = kills;
    const one = async (): Promise<void> => {
      while (left-- > 0) {
        const child = startProgram('job-user', { args: [where, log, String(BATCH), String(leaseMs)] });
        let said = '';
        child.stderr.on('data', (chunk: Uint8Array) => (said += String(chunk)));
        const ended = new Promise<NodeJS.Signals | null>((resolve) => child.once('close', (_, signal) => resolve(signal)));
        await Promise.race([new Promise((resolve) => child.stdout.once('data', resolve)), ended]);
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 150));
        child.kill('SIGKILL');
        equal(await ended, 'SIGKILL', `a program ended by itself: ${said}`);
      }
    };
    await Promise.all(Array.from({ length: PROGRAMS }, one));
    const done = readFileSync(log, 'utf8').split('\n').slice(0, -1);
    for (let lease = await claimSoon(store, 1000); lease !== 'done'; lease = await claimSoon(store, 1000)) {
      done.push(...lease.files.map(({ name }) => name));
      await store.finish(lease, { ok: lease.files.map(({ id }) => id), failed: [] });
    }
    equal(await store.progress(), { total: FILES, finished: FILES, leased: 0, failed: 0 });
    const distinct = new Set(done);
    equal(distinct.size, FILES, 'files done');
    ok(done.length - FILES <= kills * BATCH, `at most ${kills * BATCH} repeats, got ${done.length - FILES}`);
    ok(
      names.every((name) => distinct.has(name)),
      'every name',
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
