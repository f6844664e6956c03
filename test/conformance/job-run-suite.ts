/**
 * What a run leaves behind in its store, whatever keeps the job.
 *
 * @module
 */
import { Client } from '../../src/client.ts';
import { CloudError } from '../../src/errors.ts';
import type { JobStore } from '../../src/jobs/types.ts';
import { workOnJob, type ExecuteOptions, type ExecuteResult } from '../../src/jobs/work-job.ts';
import { delay } from '../../src/util/abort.ts';
import { equal, ok, rejects, test } from '../harness.ts';
import { namesOf, spec, type JobRig } from './job-suite.ts';

/** Work on a job whose files are transferred by `transfer`. */
async function run(
  store: JobStore,
  transfer: (name: string, signal: AbortSignal) => Promise<void>,
  execute: ExecuteOptions = {},
): Promise<ExecuteResult> {
  const client = new Client();
  const from = client.files(spec.source);
  from.transferTo = async (_, options) => {
    const { paths, signal } = { ...options };
    await transfer((paths as string[])[0]!, signal!);
    return 1;
  };
  try {
    return await workOnJob(store, await store.open(), from, client.files(spec.dest), execute);
  } finally {
    await client.close();
  }
}

const full = new CloudError('full', { code: 'QuotaExceeded' });

/** Register the tests of one store. @param makeRig an empty place for each test */
export function jobRunSuite(title: string, makeRig: () => Promise<JobRig>): void {
  const check = (name: string, work: (store: JobStore) => Promise<void>): void =>
    test(`${title}: ${name}`, async () => {
      const rig = await makeRig();
      const store = await rig.handle();
      try {
        await work(store);
      } finally {
        await store.close();
        await rig.end();
      }
    });

  check('a run that was ended while it waited for files takes none afterwards', async (store) => {
    await store.create(spec, namesOf(2));
    let waits = (): void => {};
    const waiting = new Promise<void>((resolve) => (waits = resolve));
    const inner = store.claim.bind(store);
    store.claim = async (count, options) => {
      const lease = await inner(count, options);
      if (lease === 'wait') waits();
      return lease;
    };
    const failing = async (): Promise<void> => {
      await waiting;
      throw full;
    };
    await rejects(
      () => run(store, failing),
      (error) => error === full,
    );
    // longer than a claim that waits for its turn waits
    await delay(300);
    equal((await store.progress()).leased, 0);
    equal((await run(store, async () => {})).transferred, 2);
  });

  check('files that are handed out while a run is ended are given back before it is over', async (store) => {
    await store.create(spec, namesOf(3));
    let answers = (): void => {};
    const taken = new Promise<void>((resolve) => (answers = resolve));
    const inner = store.claim.bind(store);
    let claims = 0;
    store.claim = async (count, options) => {
      const lease = await inner(count, options);
      if (++claims === 2) {
        answers();
        await delay(50);
      }
      return lease;
    };
    const failing = async (): Promise<void> => {
      await taken;
      throw full;
    };
    await rejects(
      () => run(store, failing, { batchSize: 2 }),
      (error) => error === full,
    );
    equal((await store.progress()).leased, 0);
    equal((await run(store, async () => {})).transferred, 3);
  });

  check('a run of a job that is cancelled lets go of its files', async (store) => {
    await store.create(spec, namesOf(2));
    const untilStopped = async (_: string, signal: AbortSignal): Promise<void> => {
      await store.cancel();
      await delay(60_000, signal);
    };
    equal((await run(store, untilStopped, { leaseMs: 600 })).transferred, 0);
    equal((await store.progress()).leased, 0);
    await store.retry();
    equal((await run(store, async () => {})).transferred, 2);
  });

  check('a file that takes long stays this program’s while others are taken all the time', async (store) => {
    const names = namesOf(150);
    await store.create(spec, names);
    let kept = (): void => {};
    const renewed = new Promise<void>((resolve) => (kept = resolve));
    let renewals = 0;
    const inner = store.renew.bind(store);
    store.renew = async (lease) => {
      renewals++;
      kept();
      return await inner(lease);
    };
    let quick = 0;
    let slow: string | undefined;
    const transfer = async (name: string): Promise<void> => {
      slow ??= name;
      if (name === slow) await renewed;
      else {
        if (renewals === 0) await delay(5);
        if (++quick === names.length - 1) kept();
      }
    };
    equal((await run(store, transfer, { leaseMs: 600, batchSize: 1, parallel: 2 })).transferred, names.length);
    ok(renewals > 0, 'a renewal');
  });
}
