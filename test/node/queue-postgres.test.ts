/** Jobs in PostgreSQL, by pg-boss. It wants a newer Node than the oldest that anyfile runs in: there this file runs itself in one. */
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { openQueueStore } from '../../src/jobs/queue/open-queue.ts';
import { jobSuite } from '../conformance/job-suite.ts';
import { env, need, uniqueName } from '../env.ts';
import { equal, ok, rejects, skip, test } from '../harness.ts';
import { startPostgres } from '../servers/postgres.mjs';
import { runtimeProgram } from '../tools/runtimes.mjs';
import { queueChecks } from './queue-checks.ts';
import { kills, surviveKills, surviveManyKills, type TestDatabase } from './queue-kills.ts';

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
let started: Promise<TestDatabase> | undefined;

/** The database of this file, started when it is first wanted. */
function database(): Promise<TestDatabase> {
  if (!/^node(24)?$/.test(env().engine)) skip('one version of Node is enough: the client is the same');
  const { program } = need('postgres');
  return (started ??= startPostgres(program));
}

/** This file alone, in Node 24. */
async function runInNode24(): Promise<void> {
  if (!env().engine.startsWith('node')) skip('Node 24 runs it');
  need('postgres');
  const program = runtimeProgram('node24') ?? skip('Node 24 is not installed');
  const main = process.argv[1] ?? '';
  const list = join(dirname(main), `queue-postgres-${process.pid}.json`);
  writeFileSync(list, JSON.stringify(['node/queue-postgres.test.js']));
  const { ANYFILE_TEST_CLAIMS: _, ...inherited } = process.env;
  const child = spawn(program, ['--enable-source-maps', main], {
    env: { ...inherited, ANYFILE_TEST_NAME: '', ANYFILE_TEST_LIST: list, ANYFILE_TEST_ENV: JSON.stringify({ ...env(), engine: 'node24' }) },
  });
  let said = '';
  child.stdout.on('data', (chunk: Uint8Array) => (said += String(chunk)));
  child.stderr.on('data', (chunk: Uint8Array) => (said += String(chunk)));
  const code = await new Promise((resolve) => child.once('close', resolve));
  equal(code, 0, said);
  ok(/^(\d{2,}) passed, 0 failed$/m.test(said), `all passed: ${said}`);
}

if (major > 22 || (major === 22 && minor >= 12)) {
  jobSuite(
    'PostgreSQL',
    async () => {
      const { url } = await database();
      const job = uniqueName('job');
      return { handle: () => openQueueStore(url, { job }), end: async () => {} };
    },
    { sharesWork: true, keptNames: 0, removes: true },
  );
  queueChecks('PostgreSQL', database);
  test(`PostgreSQL: ${kills} programs that are killed lose nothing`, async () => surviveManyKills(await database()));
  test('PostgreSQL: three workers finish 10,000 files while two are killed and the server is', async () => surviveKills(await database()));
  test('PostgreSQL: the server of these tests ends', async () => (await database()).stop());
} else {
  test('PostgreSQL: an older Node is told which one is needed', async () => {
    const error = await rejects(() => openQueueStore('postgres://u:hunter2@127.0.0.1:9/x'), 'NotSupported');
    ok(/22\.12/.test(error.message) && !/hunter/.test(error.message), error.message);
  });
  test('PostgreSQL: all of this file, in Node 24', runInNode24, { timeoutMs: 180_000 });
}
