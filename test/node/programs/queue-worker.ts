/**
 * Works on a queue's job until nothing is left: queue-worker URL BATCH LOG. What it "transfers" is written to its log, a name a line, before it is
 * noted as done.
 */
import { appendFileSync } from 'node:fs';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { openQueueStore } from '../../../src/jobs/queue/open-queue.ts';

const [url = '', batch = '', log = ''] = process.argv.slice(2);
const store = await openQueueStore(url);
console.log('begun');
for (;;) {
  const lease = await store.claim(Number(batch), { leaseMs: 1500 });
  if (lease === 'done') break;
  if (lease === 'wait') {
    await sleep(50);
    continue;
  }
  for (const { name } of lease.files) appendFileSync(log, `${name}\n`);
  await sleep(20);
  if (await store.renew(lease)) await store.finish(lease, { ok: lease.files.map(({ id }) => id), failed: [] });
}
await store.close();
console.log('ended');
