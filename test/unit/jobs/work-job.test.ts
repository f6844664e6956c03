/** Working on a job, over a store in memory that does as it is told. */
import { CloudError } from '../../../src/errors.ts';
import { Client } from '../../../src/client.ts';
import type { FailedFile, FileId, JobProgress, JobStore, Lease } from '../../../src/jobs/types.ts';
import { reasonOf, workOnJob, type ExecuteOptions, type ExecuteResult } from '../../../src/jobs/work-job.ts';
import { namesOf, spec } from '../../conformance/job-suite.ts';
import { equal, ok, rejects, test } from '../../harness.ts';

interface Fake extends JobStore {
  finished: Set<FileId>;
  failed: FailedFile[];
  released: string[];
  renewals: number;
  /** Leases that are lost when they are renewed next. */
  loses: boolean;
}

/** A job in memory: what fails is not handed out again. */
function fakeStore(names: readonly string[]): Fake {
  const left = new Set(names.keys());
  const inHand = new Set<number>();
  let leases = 0;
  const store: Fake = {
    finished: new Set(),
    failed: [],
    released: [],
    renewals: 0,
    loses: false,
    create: async () => ({ ...spec, created: new Date(), total: names.length }),
    open: async () => ({ ...spec, created: new Date(), total: names.length }),
    async claim(count, { leaseMs = 600_000 } = {}) {
      const ids = [...left].slice(0, count);
      if (ids.length === 0) return inHand.size > 0 ? 'wait' : 'done';
      for (const id of ids) {
        left.delete(id);
        inHand.add(id);
      }
      return { id: String(leases++), leaseMs, files: ids.map((id) => ({ id, name: names[id]!, attempts: 0 })) };
    },
    async renew() {
      store.renewals++;
      return !store.loses;
    },
    async finish(_: Lease, { ok: done, failed }) {
      const before = store.finished.size;
      for (const id of [...done, ...failed.map((one) => one.id)]) inHand.delete(Number(id));
      for (const id of done) store.finished.add(id);
      store.failed.push(...failed);
      return store.finished.size - before;
    },
    async release(lease) {
      store.released.push(lease === 'all' ? 'all' : lease.id);
    },
    progress: async () => ({ total: names.length, finished: store.finished.size, leased: inHand.size, failed: store.failed.length }),
    async *failures() {},
    retry: async () => 0,
    cancel: async () => {},
    close: async () => {},
  };
  return store;
}

/** Work on a job over files in memory. @param there names of files that are there */
async function work(
  store: JobStore,
  there: readonly string[],
  options: ExecuteOptions = {},
  check: (client: Client) => Promise<void> = async () => {},
): Promise<ExecuteResult> {
  const client = new Client();
  const from = client.files('mem://from');
  try {
    await from.puts(there.map((name) => [name, name] as const));
    const result = await workOnJob(store, await store.open(), from, client.files('mem://to'), options);
    await check(client);
    return result;
  } finally {
    await client.files('mem://from').delete(there);
    await client.files('mem://to').delete(there);
    await client.close();
  }
}

test('all files of a job are transferred and counted', async () => {
  const names = namesOf(450);
  const store = fakeStore(names);
  const events: JobProgress[] = [];
  const result = await work(store, names, { batchSize: 100, progress: (event) => events.push(event) }, async (client) => {
    for (const name of ['d0/file 000000', 'd1/file 000449'])
      equal(new TextDecoder().decode((await client.files('mem://to').get(name)) ?? undefined), name);
  });
  equal(result, { total: 450, finished: 450, leased: 0, failed: 0, transferred: 450 });
  equal(events.at(-1), { total: 450, finished: 450, leased: 0, failed: 0 });
  equal(store.released, []);
});

test('a file that is missing fails for good, and the others go on', async () => {
  const names = ['a', 'missing', 'b'];
  const store = fakeStore(names);
  const result = await work(store, ['a', 'b']);
  equal([result.finished, result.failed, store.failed.length], [2, 1, 1]);
  equal([store.failed[0]?.id, store.failed[0]?.retry, store.failed[0]?.error.startsWith('NotFound: ')], [1, false, true]);
});

test('stopping gives back what was begun, and rejects with the reason itself', async () => {
  const names = namesOf(5000);
  const store = fakeStore(names);
  const stop = new AbortController();
  const reason = new Error('enough');
  const inner = store.finish.bind(store);
  store.finish = (lease, result) => {
    stop.abort(reason);
    return inner(lease, result);
  };
  await rejects(
    () => work(store, names, { batchSize: 50, parallel: 4, signal: stop.signal }),
    (error) => error === reason,
  );
  ok(store.finished.size > 0 && store.finished.size < names.length, 'some files');
  ok(store.released.length > 0, 'leases given back');
});

test('the reason of stopping is told, whatever goes wrong with what is given back', async () => {
  const names = namesOf(500);
  const store = fakeStore(names);
  const stop = new AbortController();
  const reason = new Error('enough');
  const inner = store.finish.bind(store);
  store.finish = async (lease, result) => {
    if (stop.signal.aborted) throw new CloudError('away', { code: 'Network' });
    stop.abort(reason);
    return await inner(lease, result);
  };
  store.release = async () => {
    throw new CloudError('away', { code: 'Network' });
  };
  await rejects(
    () => work(store, names, { batchSize: 20, parallel: 3, signal: stop.signal }),
    (error) => error === reason,
  );
});

test('a lease that is lost stops its files, and nothing is noted of them', async () => {
  const store = fakeStore(['held up', 'b']);
  store.loses = true;
  const inner = store.claim.bind(store);
  let claims = 0;
  store.claim = async (count, options) => (claims++ === 0 ? await inner(count, options) : 'done');
  const client = new Client();
  const from = client.files('mem://from');
  let stopped: unknown;
  from.transferTo = async (_, options) => {
    const { paths, signal } = { ...options };
    if ((paths as string[])[0] === 'b') return 1;
    return await new Promise((__, reject) =>
      signal?.addEventListener('abort', () => {
        stopped = signal.reason;
        reject(signal.reason as Error);
      }),
    );
  };
  const result = await workOnJob(store, await store.open(), from, client.files('mem://to'), { leaseMs: 30 });
  equal([result.transferred, [...store.finished], store.failed], [1, [1], []]);
  ok(stopped instanceof DOMException && store.renewals > 0, 'the file was told to stop');
  await client.close();
});

test('a lease that is lost is given back, also where what was done cannot be noted', async () => {
  const store = fakeStore(['held up', 'b']);
  const away = new CloudError('away', { code: 'Network' });
  const client = new Client();
  const from = client.files('mem://from');
  from.transferTo = async (_, options) => {
    const { paths, signal } = { ...options };
    if ((paths as string[])[0] === 'b') {
      store.loses = true;
      return 1;
    }
    return await new Promise((__, reject) => signal?.addEventListener('abort', () => reject(signal.reason as Error)));
  };
  store.finish = async () => {
    throw away;
  };
  await rejects(
    async () => workOnJob(store, await store.open(), from, client.files('mem://to'), { leaseMs: 30 }),
    (error) => error === away,
  );
  equal(store.released.length, 1);
  await client.close();
});

test('what no file can do without ends the run', async () => {
  const store = fakeStore(['a', 'b']);
  const client = new Client();
  const from = client.files('mem://from');
  const full = new CloudError('full', { code: 'QuotaExceeded' });
  from.transferTo = async () => {
    throw full;
  };
  await rejects(
    async () => workOnJob(store, await store.open(), from, client.files('mem://to')),
    (error) => error === full,
  );
  equal([store.failed.length, store.released.length], [0, 1]);
  await client.close();
});

test('what may be well again is tried as often as was said', async () => {
  for (const [before, retry] of [
    [0, true],
    [1, true],
    [2, false],
  ] as const) {
    const store = fakeStore(['a']);
    const inner = store.claim.bind(store);
    store.claim = async (count, options) => {
      const lease = await inner(count, options);
      return typeof lease === 'string' ? lease : { ...lease, files: lease.files.map((file) => ({ ...file, attempts: before })) };
    };
    const client = new Client();
    const from = client.files('mem://from');
    from.transferTo = async () => {
      throw new CloudError('broken', { code: 'IntegrityError' });
    };
    await workOnJob(store, await store.open(), from, client.files('mem://to'));
    equal(store.failed, [{ id: 0, error: 'IntegrityError: broken', retry }]);
    await client.close();
  }
});

test('an error of the store ends the run with that error', async () => {
  const names = namesOf(10);
  const store = fakeStore(names);
  const gone = new CloudError('replaced', { code: 'ObjectChanged' });
  store.finish = async () => {
    throw gone;
  };
  await rejects(
    () => work(store, names),
    (error) => error === gone,
  );
});

test('when the job is taken away, the files in hand are brought to their end and told', async () => {
  const names = ['a', 'missing', ...namesOf(60)];
  const store = fakeStore(names);
  const inner = store.claim.bind(store);
  let handedOut = 0;
  store.claim = async (count, options) => {
    const lease = await inner(count, options);
    if (typeof lease === 'object') handedOut += lease.files.length;
    return lease;
  };
  store.finish = async () => {
    throw new CloudError('gone', { code: 'InvalidFile' });
  };
  const there = names.filter((name) => name !== 'missing');
  const error = await rejects(() => work(store, there, { batchSize: 10, parallel: 1 }), 'InvalidFile');
  equal(error.message, `gone; of the files in hand ${handedOut - 1} were transferred, 1 were not: missing`);
  equal([handedOut < names.length, store.released], [true, []]);
});

test('reasons hold no query of an address', () => {
  equal(
    reasonOf(new CloudError('refused https://h/b?X-Amz-Signature=1 and http://x/y#z so', { code: 'PermissionDenied' })),
    'PermissionDenied: refused https://h/b and http://x/y so',
  );
  equal(reasonOf(new TypeError('bad\nline')), 'TypeError: bad line');
  equal(reasonOf('x'), 'unknown');
});

test('numbers that are none are refused', async () => {
  for (const options of [{ parallel: 0 }, { batchSize: 1.5 }, { leaseMs: -1 }, { attempts: NaN }])
    await rejects(() => work(fakeStore(['a']), ['a'], options), 'InvalidArgument');
});
