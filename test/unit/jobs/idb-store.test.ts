/** Jobs in IndexedDB. */
import { createIdbStore } from '../../../src/jobs/idb/idb-store.ts';
import { jobRunSuite } from '../../conformance/job-run-suite.ts';
import { claimSoon, jobSuite, namesOf, spec, type JobRig } from '../../conformance/job-suite.ts';
import { uniqueName } from '../../env.ts';
import { equal, rejects, skip, test } from '../../harness.ts';

const remove = (name: string): Promise<void> =>
  new Promise((resolve, reject) => {
    const request = indexedDB.deleteDatabase(`anyfile-job-${name}`);
    request.addEventListener('success', () => resolve());
    request.addEventListener('error', () => reject(request.error));
  });

const hasIdb = (): void => {
  if (!globalThis.indexedDB) skip('there is no IndexedDB here');
};

const makeRig = async (): Promise<JobRig> => {
  hasIdb();
  const name = uniqueName('job');
  return { handle: () => createIdbStore(name), end: () => remove(name) };
};

jobSuite('IndexedDB', makeRig, { sharesWork: false, keptNames: 10_000, removes: true });
jobRunSuite('IndexedDB', makeRig);

test('IndexedDB: where there is none, jobs are not supported', async () => {
  if (globalThis.indexedDB) skip('there is IndexedDB here');
  await rejects(() => createIdbStore('x'), 'NotSupported');
});

test('IndexedDB: another tab waits until the first has ended, and does what it left', async () => {
  hasIdb();
  if (!globalThis.navigator?.locks) skip('there are no Web Locks here');
  const name = uniqueName('job');
  const first = createIdbStore(name);
  const second = createIdbStore(name);
  try {
    await first.create(spec, namesOf(30));
    const lease = await first.claim(10);
    if (typeof lease === 'string') throw new Error(lease);
    await first.finish(lease, { ok: lease.files.slice(0, 4).map(({ id }) => id), failed: [] });
    equal(await second.claim(10), 'wait');
    await rejects(() => second.create(spec, ['x'], { force: true }), 'AlreadyExists');
    await first.close();
    let count = 0;
    for (let other = await claimSoon(second, 10); other !== 'done'; other = await claimSoon(second, 10)) {
      count += other.files.length;
      await second.finish(other, { ok: other.files.map(({ id }) => id), failed: [] });
    }
    equal(count, 26);
    equal((await second.progress()).finished, 30);
  } finally {
    await first.close();
    await second.close();
    await remove(name);
  }
});
