/** Jobs in Redis, by BullMQ. */
import { openQueueStore } from '../../src/jobs/queue/open-queue.ts';
import { claimSoon, jobSuite, namesOf, spec } from '../conformance/job-suite.ts';
import { env, need, uniqueName } from '../env.ts';
import { equal, ok, rejects, skip, test } from '../harness.ts';
import { startRedis } from '../servers/redis.mjs';
import { queueChecks } from './queue-checks.ts';
import { kills, surviveKills, surviveManyKills, type TestDatabase } from './queue-kills.ts';

let started: Promise<TestDatabase> | undefined;

/** The database of this file, started when it is first wanted. */
function database(): Promise<TestDatabase> {
  if (!/^node(20|24)?$/.test(env().engine)) skip('two versions of Node are enough: the client is the same');
  const { program } = need('redis');
  return (started ??= startRedis(program));
}

jobSuite(
  'Redis',
  async () => {
    const { url } = await database();
    const job = uniqueName('job');
    return { handle: () => openQueueStore(url, { job }), end: async () => {} };
  },
  { sharesWork: true, keptNames: 0, removes: true },
);
queueChecks('Redis', database);

test('Redis: what is no longer queued and not done is queued again', async () => {
  const { url } = await database();
  // not for engines that skip this file
  const [{ Queue }, { Redis }] = await Promise.all([import('bullmq'), import('ioredis')]);
  const job = uniqueName('job');
  const store = await openQueueStore(url, { job, rangeFiles: 10 });
  await store.create(spec, namesOf(2050));
  const lease = await claimSoon(store, 30);
  ok(lease !== 'done');
  await store.finish(lease, { ok: lease.files.map(({ id }) => id), failed: [] });
  const connection = new Redis(url, { maxRetriesPerRequest: null });
  const queue = new Queue(job, { connection, prefix: 'anyfile' });
  await queue.obliterate({ force: true });
  await queue.close();
  connection.disconnect();
  const seen = new Set<string>();
  for (let next = await claimSoon(store, 500); next !== 'done'; next = await claimSoon(store, 500)) {
    for (const { name } of next.files) seen.add(name);
    await store.finish(next, { ok: next.files.map(({ id }) => id), failed: [] });
  }
  equal(seen.size, 2020);
  equal((await store.progress()).finished, 2050);
  await store.close({ remove: true });
});

test('Redis: a wrong password is told as such, at once', async () => {
  const url = new URL((await database()).url);
  url.password = 'wrong-hunter';
  const store = await openQueueStore(url.href);
  const error = await rejects(() => store.open(), 'Unauthenticated');
  ok(!error.message.includes('hunter'), error.message);
  await store.close();
});

test(`Redis: ${kills} programs that are killed lose nothing`, async () => surviveManyKills(await database()));
test('Redis: three workers finish 10,000 files while two are killed and the server is', async () => surviveKills(await database()));
test('Redis: the server of these tests ends', async () => (await database()).stop());
