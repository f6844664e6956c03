/** Jobs in Redis, by BullMQ. */
import { openQueueStore } from '../../src/jobs/queue/open-queue.ts';
import { jobSuite } from '../conformance/job-suite.ts';
import { env, need, uniqueName } from '../env.ts';
import { skip, test } from '../harness.ts';
import { startRedis } from '../servers/redis.mjs';
import { queueChecks } from './queue-checks.ts';
import { surviveKills, type TestDatabase } from './queue-kills.ts';

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
test('Redis: three workers finish 10,000 files while two are killed and the server is', async () => surviveKills(await database()));
test('Redis: the server of these tests ends', async () => (await database()).stop());
