/**
 * Works on a job until nothing is left or it is killed: `job-user.js WHERE LOG BATCH LEASE_MS`. Each file takes a millisecond, and is a line of the
 * log before it is counted. Prints a line when it has begun.
 *
 * @module
 */
import { appendFileSync } from 'node:fs';
import process from 'node:process';
import { openQueueStore } from '../../../src/jobs/queue/open-queue.ts';
import { createSqliteStore } from '../../../src/jobs/sqlite/sqlite-store.ts';

const [where = '', log = '', batch = '', leaseMs = ''] = process.argv.slice(2);
const store = where.includes('://') ? await openQueueStore(where) : createSqliteStore(where);
await store.open();
for (;;) {
  const lease = await store.claim(Number(batch), { leaseMs: Number(leaseMs) });
  if (lease === 'done') break;
  if (lease === 'wait') {
    await new Promise((resolve) => setTimeout(resolve, 50));
    continue;
  }
  process.stdout.write('working\n');
  for (const { name } of lease.files) {
    await new Promise((resolve) => setTimeout(resolve, 1));
    appendFileSync(log, `${name}\n`);
  }
  await store.finish(lease, { ok: lease.files.map(({ id }) => id), failed: [] });
}
await store.close();
