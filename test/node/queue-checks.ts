/**
 * What queues promise beside the suite of all stores.
 *
 * @module
 */
import { openQueueStore } from '../../src/jobs/queue/open-queue.ts';
import type { JobStore } from '../../src/jobs/types.ts';
import { claimSoon, namesOf, spec } from '../conformance/job-suite.ts';
import { uniqueName } from '../env.ts';
import { equal, ok, rejects, test } from '../harness.ts';
import type { TestDatabase } from './queue-kills.ts';

/** Register them. */
export function queueChecks(title: string, database: () => Promise<TestDatabase>): void {
  const check = (name: string, work: (open: () => Promise<JobStore>, url: string) => Promise<void>): void =>
    test(`${title}: ${name}`, async () => {
      const { url } = await database();
      const job = uniqueName('job');
      const opened: JobStore[] = [];
      try {
        await work(async () => {
          const store = await openQueueStore(url, { job, rangeFiles: 20 });
          opened.push(store);
          return store;
        }, url);
      } finally {
        for (const store of opened) await store.close();
      }
    });

  check('what a silent holder has is handed out again when its term is over, and is lost to it', async (open) => {
    const [first, second] = [await open(), await open()];
    await first.create(spec, namesOf(30));
    const lease = await first.claim(20, { leaseMs: 600 });
    ok(typeof lease === 'object');
    const fresh = await second.claim(20, { leaseMs: 60_000 });
    ok(typeof fresh === 'object');
    equal(fresh.files.length, 10);
    equal(await second.claim(20, { leaseMs: 600 }), 'wait');
    const again = await claimSoon(second, 20);
    ok(typeof again === 'object');
    equal(
      again.files.map(({ name }) => name),
      lease.files.map(({ name }) => name),
    );
    equal(await first.renew(lease), false);
    equal(await first.finish(lease, { ok: [lease.files[0]!.id], failed: [] }), 1, 'what is done is done');
    equal(await second.finish(again, { ok: again.files.map(({ id }) => id), failed: [] }), 19);
    equal((await second.progress()).finished, 20);
  });

  check('files that are handed out to who has been stopped meanwhile are given back', async (open) => {
    const [store, other] = [await open(), await open()];
    await store.create(spec, namesOf(400));
    for (let ms = 0; ms < 20; ms++) {
      const stop = new AbortController();
      setTimeout(() => stop.abort(new Error('stop')), ms / 2);
      const lease = await store.claim(20, { signal: stop.signal }).catch(() => undefined);
      if (typeof lease === 'object') await store.release(lease);
    }
    // the last of them may still be on its way: closing waits for it, however long a busy database takes
    await store.close();
    equal((await other.progress()).leased, 0);
  });

  check('a holder that renews keeps its files beyond the term', async (open) => {
    const [first, second] = [await open(), await open()];
    await first.create(spec, namesOf(5));
    const lease = await first.claim(5, { leaseMs: 900 });
    ok(typeof lease === 'object');
    for (let i = 0; i < 8; i++) {
      await new Promise((resolve) => setTimeout(resolve, 250));
      equal([await first.renew(lease), await second.claim(5, { leaseMs: 900 })], [true, 'wait']);
    }
  });

  check('who claims fewer files than a range has cuts it, and no file is lost or there twice', async (open) => {
    const [first, second] = [await open(), await open()];
    await first.create(spec, namesOf(50));
    const seen: string[] = [];
    for (let i = 0; ; i++) {
      const store = i % 2 ? first : second;
      const lease = await claimSoon(store, 1 + (i % 7));
      if (lease === 'done') break;
      const [kept, ...rest] = lease.files;
      seen.push(kept!.name);
      // one is done, the others are given back
      await store.finish(lease, { ok: [kept!.id], failed: [] });
      if (rest.length) await store.release(lease);
    }
    equal(seen.sort(), namesOf(50).sort());
  });

  check('where terms run out while work is noted, nothing is lost and nothing fails', async (open) => {
    const stores = await Promise.all([1, 2, 3, 4].map(open));
    await stores[0]!.create(spec, namesOf(400));
    const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
    const counts: number[] = [];
    const work = async (store: JobStore): Promise<void> => {
      for (;;) {
        const lease = await store.claim(1 + Math.floor(Math.random() * 30), { leaseMs: 120 });
        if (lease === 'done') return;
        await pause(Math.random() * 20);
        if (lease === 'wait') continue;
        if (Math.random() < 0.3) await pause(Math.random() * 250);
        if (Math.random() < 0.5 && !(await store.renew(lease))) continue;
        const ids = lease.files.map(({ id }) => id);
        counts.push(await store.finish(lease, { ok: ids.slice(0, ids.length / 2), failed: [] }));
        if (Math.random() < 0.3) await store.release(lease);
        else counts.push(await store.finish(lease, { ok: ids, failed: [] }));
      }
    };
    await Promise.all(stores.map(work));
    const counted = counts.reduce((sum, count) => sum + count, 0);
    equal([counted, await stores[1]!.progress()], [400, { total: 400, finished: 400, leased: 0, failed: 0 }]);
  });

  check('a password is in no message', async (_, url) => {
    const wrong = new URL(url);
    wrong.username ||= 'somebody';
    wrong.password = 'hunter%2F2!';
    wrong.port = '9';
    const store = await openQueueStore(wrong.href);
    const error = await rejects(() => store.open(), 'Network');
    ok(!/hunter/.test(`${error.message} ${error.stack} ${JSON.stringify(error)} ${String(error.cause)}`), 'no password');
    await store.close();
  });
}
