/**
 * What every store of jobs promises, whatever keeps it.
 *
 * @module
 */
import type { JobStore, Lease, ResumableNames } from '../../src/jobs/types.ts';
import { equal, ok, rejects, test } from '../harness.ts';

/** One job's place, empty at first. */
export interface JobRig {
  /** Another handle on the same job, as another program or another part of this one has it. */
  handle(): JobStore | Promise<JobStore>;
  /** Take everything away. */
  end(): Promise<void>;
}

/** In what stores may differ. */
export interface JobTraits {
  /** Several handles are handed out files of one job at a time. */
  sharesWork: boolean;
  /** After how many names what was kept is used by the next making when this one breaks off; 0 when it begins anew. */
  keptNames: number;
  /** A job that is finished can be taken away by `close`. */
  removes: boolean;
}

/** A job for tests. */
export const spec = { source: 'mem://from', dest: 'mem://to', reencode: null };

/** Names that are no two alike. */
export const namesOf = (count: number): string[] => Array.from({ length: count }, (_, i) => `d${i % 7}/file ${String(i).padStart(6, '0')}`);

const LEASE_MS = 60_000;

/** Claim, waiting while files wait for their next attempt. */
export async function claimSoon(store: JobStore, count: number): Promise<Lease | 'done'> {
  for (;;) {
    const lease = await store.claim(count, { leaseMs: LEASE_MS });
    if (lease !== 'wait') return lease;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function claimFiles(store: JobStore, count: number): Promise<Lease> {
  const lease = await claimSoon(store, count);
  if (lease === 'done') throw new Error('nothing was handed out');
  return lease;
}

const idsOf = ({ files }: Lease): (string | number)[] => files.map(({ id }) => id);

async function failuresOf(store: JobStore): Promise<{ name: string; error: string; attempts: number; isFinal: boolean }[]> {
  const found = [];
  for await (const failure of store.failures()) found.push(failure);
  return found;
}

/** Work through a job. @returns the names that were handed out, in their order */
async function workThrough(store: JobStore, count: number): Promise<string[]> {
  const names: string[] = [];
  for (let lease = await claimSoon(store, count); lease !== 'done'; lease = await claimSoon(store, count)) {
    ok(lease.files.length <= count, `no more than ${count} files`);
    names.push(...lease.files.map(({ name }) => name));
    equal(await store.finish(lease, { ok: idsOf(lease), failed: [] }), lease.files.length);
  }
  return names;
}

/** Names of which the listing breaks off behind some, and that can go on. */
function brittle(names: readonly string[], breaksAfter: number): ResumableNames & { taken: string[] } {
  let at = 0;
  const taken: string[] = [];
  return {
    list: 'names',
    taken,
    position: () => String(at),
    async *from(position) {
      for (at = Number(position || 0); at < names.length;) {
        if (taken.length === breaksAfter) throw new Error('the listing broke off');
        const name = names[at++]!;
        taken.push(name);
        yield name;
      }
    },
  };
}

/** Register the tests of one store. @param makeRig an empty place for each test */
export function jobSuite(title: string, makeRig: () => Promise<JobRig>, traits: JobTraits): void {
  const check = (name: string, work: (store: JobStore, rig: JobRig) => Promise<void>): void =>
    test(`${title}: ${name}`, async () => {
      const rig = await makeRig();
      const store = await rig.handle();
      try {
        await work(store, rig);
      } finally {
        await store.close();
        await rig.end();
      }
    });

  check('a job that is not there is NotFound', async (store) => {
    await rejects(() => store.open(), 'NotFound');
  });

  check('a job tells what it was made of', async (store, rig) => {
    const made = await store.create({ ...spec, reencode: '' }, namesOf(3));
    equal({ ...made, created: 0 }, { ...spec, reencode: '', created: 0, total: 3 });
    const other = await rig.handle();
    equal(await other.open(), made);
    equal(await other.progress(), { total: 3, finished: 0, leased: 0, failed: 0 });
    await other.close();
  });

  check('each file is handed out once and counted once, whatever its name', async (store) => {
    const names = [...namesOf(2345), "it's", '"x"', 'ä/ü', '[1]', 'a,b', '\u{1f600}', 'twice', 'twice'];
    await store.create(spec, names);
    equal((await workThrough(store, 200)).sort(), names.sort());
    equal(await store.progress(), { total: names.length, finished: names.length, leased: 0, failed: 0 });
    equal(await store.claim(1), 'done');
  });

  check('an empty job is done', async (store) => {
    equal((await store.create(spec, [])).total, 0);
    equal(await store.claim(10), 'done');
  });

  check('what is finished twice is counted once', async (store) => {
    await store.create(spec, namesOf(10));
    const lease = await claimFiles(store, 10);
    equal(await store.finish(lease, { ok: idsOf(lease).slice(0, 6), failed: [] }), 6);
    equal(await store.finish(lease, { ok: idsOf(lease), failed: [] }), 4);
    equal(await store.finish(lease, { ok: idsOf(lease), failed: [] }), 0);
    equal((await store.progress()).finished, 10);
  });

  check('held files are nobody else’s until they are given back', async (store) => {
    await store.create(spec, namesOf(10));
    const lease = await claimFiles(store, 10);
    equal((await store.progress()).leased, 10);
    equal(await store.claim(10, { leaseMs: LEASE_MS }), 'wait');
    equal(await store.renew(lease), true);
    await store.finish(lease, { ok: idsOf(lease).slice(0, 4), failed: [] });
    await store.release(lease);
    equal(await store.renew(lease), false);
    equal((await claimFiles(store, 10)).files.length, 6);
    // they are another's by now
    await store.release(lease);
    equal((await store.progress()).leased, 6);
    await store.release('all');
    equal((await store.progress()).leased, 0);
    equal((await workThrough(store, 4)).length, 6);
  });

  check('failures are kept with cause and attempts, and tried again when that may help or is asked for', async (store) => {
    await store.create(spec, namesOf(4));
    const lease = await claimFiles(store, 4);
    const [first, second, ...rest] = lease.files;
    const failed = [
      { id: first!.id, error: 'gone', retry: false },
      { id: second!.id, error: 'busy', retry: true },
    ];
    equal(await store.finish(lease, { ok: rest.map(({ id }) => id), failed }), 2);
    const kept = (await failuresOf(store)).sort((a, b) => (a.error < b.error ? -1 : 1));
    equal(kept, [
      { name: second!.name, error: 'busy', attempts: 1, isFinal: false },
      { name: first!.name, error: 'gone', attempts: 1, isFinal: true },
    ]);
    equal(await store.progress(), { total: 4, finished: 2, leased: 0, failed: 1 });
    const again = await claimFiles(store, 4);
    equal(
      again.files.map(({ name, attempts }) => ({ name, attempts })),
      [{ name: second!.name, attempts: 1 }],
    );
    equal(await store.finish(again, { ok: idsOf(again), failed: [] }), 1);
    equal(await store.claim(4), 'done');
    equal(await store.retry(), 1);
    equal((await store.progress()).failed, 0);
    equal(await workThrough(store, 4), [first!.name]);
    equal(await failuresOf(store), []);
    equal(await store.progress(), { total: 4, finished: 4, leased: 0, failed: 0 });
  });

  check('a job that is cancelled hands out nothing, and goes on when it is retried', async (store) => {
    await store.create(spec, namesOf(10));
    const lease = await claimFiles(store, 5);
    await store.cancel();
    equal(await store.claim(5), 'done');
    equal(await store.renew(lease), false);
    await store.release(lease);
    equal(await store.retry(), 0);
    equal((await workThrough(store, 5)).length, 10);
  });

  check('a job that is not finished is replaced by force alone', async (store, rig) => {
    await store.create(spec, namesOf(10));
    const old = await claimFiles(store, 3);
    const other = await rig.handle();
    if (traits.sharesWork) {
      await rejects(() => other.create(spec, ['x']), 'AlreadyExists');
      equal((await store.progress()).total, 10);
      equal((await other.create({ ...spec, dest: 'mem://elsewhere' }, namesOf(5), { force: true })).total, 5);
      // what was done of the old one is nothing to the new one
      await store.finish(old, { ok: idsOf(old), failed: [] }).catch(() => {});
      equal((await other.progress()).finished, 0);
      equal((await workThrough(other, 3)).length, 5);
      equal((await other.create(spec, namesOf(2))).total, 2);
    } else {
      await rejects(() => store.create(spec, ['x']), 'AlreadyExists');
      equal((await store.create(spec, namesOf(5), { force: true })).total, 5);
      equal(await store.renew(old), false);
      equal((await workThrough(store, 3)).length, 5);
      equal((await store.create(spec, namesOf(2))).total, 2);
    }
    await other.close();
  });

  check('a job whose making broke off is none, and is made again', async (store, rig) => {
    const names = namesOf(traits.keptNames + 500);
    const first = brittle(names, traits.keptNames + 10);
    await rejects(
      () => store.create(spec, first.from(''), { resume: first }),
      (error) => /broke off/.test(error.message),
    );
    await rejects(() => store.open(), 'InvalidFile');
    await store.close();
    const other = await rig.handle();
    const second = brittle(names, Infinity);
    equal((await other.create(spec, second.from(''), { resume: second })).total, names.length);
    if (traits.keptNames > 0) equal(second.taken.length, 500, 'names that were listed again');
    const seen = new Set(await workThrough(other, 5000));
    equal(seen.size, names.length);
    await other.close();
  });

  check('a signal ends making and claiming with its reason', async (store) => {
    const reason = new Error('stop');
    const signal = AbortSignal.abort(reason);
    await rejects(
      () => store.create(spec, namesOf(10), { signal }),
      (error) => error === reason,
    );
    await store.create(spec, namesOf(10));
    await rejects(
      () => store.claim(10, { signal }),
      (error) => error === reason,
    );
    equal((await store.progress()).leased, 0);
  });

  check('bad names and numbers are refused', async (store) => {
    await rejects(() => store.create(spec, ['a', '']), 'InvalidArgument');
    await rejects(() => store.create(spec, ['a\0b']), 'InvalidArgument');
    await store.create(spec, ['a']);
    await rejects(() => store.claim(0), 'InvalidArgument');
    await rejects(() => store.claim(1, { leaseMs: -1 }), 'InvalidArgument');
  });

  if (traits.removes)
    check('a job is taken away when all is finished, not before', async (store, rig) => {
      await store.create(spec, namesOf(3));
      const lease = await claimFiles(store, 3);
      await store.finish(lease, { ok: idsOf(lease).slice(0, 2), failed: [] });
      await store.close({ remove: true });
      const second = await rig.handle();
      equal((await second.open()).total, 3);
      equal((await workThrough(second, 3)).length, 1);
      await second.close({ remove: true });
      const third = await rig.handle();
      await rejects(() => third.open(), 'NotFound');
      await third.close();
    });

  if (traits.sharesWork)
    check('several at a time have no file in common', async (store, rig) => {
      const names = namesOf(1000);
      await store.create(spec, names);
      const others = [await rig.handle(), await rig.handle(), await rig.handle()];
      const all = await Promise.all([store, ...others].map((one, i) => workThrough(one, 20 + i)));
      equal(all.flat().sort(), names.sort());
      equal((await store.progress()).finished, 1000);
      await Promise.all(others.map((other) => other.close()));
    });
}
