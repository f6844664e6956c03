/** Jobs as programs use them: in a file where there are files, in IndexedDB in browsers. */
import { openScratch } from '#platform';
import { Client, isCloudError, openTransfer, type TransferJob } from '../../../src/index.ts';
import { namesOf } from '../../conformance/job-suite.ts';
import { uniqueName } from '../../env.ts';
import { equal, ok, rejects, skip, test } from '../../harness.ts';

interface At {
  client: Client;
  job: TransferJob;
  src: string;
  dest: string;
  where: string;
}

/** Run a test with places of its own in memory, and a job's place. */
async function withJob(work: (at: At) => Promise<void>): Promise<void> {
  const name = uniqueName('job');
  const where = globalThis.indexedDB ? `idb://${name}` : `${(await openScratch()).folder}/${name}.db`;
  const client = new Client();
  const [src, dest] = [`mem://${name}-from/in`, `mem://${name}-to/out`];
  let job: TransferJob;
  try {
    job = await openTransfer(where, { client });
  } catch (error) {
    if (isCloudError(error, 'NotSupported')) skip(error.message);
    throw error;
  }
  try {
    await work({ client, job, src, dest, where });
    // whatever is left of it: made anew, it is finished
    await job.init(src, dest, { paths: [], force: true });
  } finally {
    await job.close({ remove: true });
    for (const url of [src, dest]) {
      const files = client.files(url);
      const names: string[] = [];
      for await (const one of files.list()) names.push(one);
      await files.delete(names);
    }
    await client.close();
  }
}

const listOf = async (client: Client, url: string): Promise<string[]> => {
  const names: string[] = [];
  for await (const name of client.files(url).list()) names.push(name);
  return names.sort();
};

test('a job is made of what is there, and done', () =>
  withJob(async ({ client, job, src, dest }) => {
    const names = namesOf(250);
    await client.files(src).puts(names.map((name) => [name, name] as const));
    const info = await job.init(src, dest);
    equal({ ...info, created: 0 }, { source: src, dest, reencode: null, total: 250, created: 0 });
    const seen: number[] = [];
    const ended = await job.execute({ batchSize: 60, progress: ({ finished }) => seen.push(finished) });
    equal(ended, { total: 250, finished: 250, leased: 0, failed: 0, transferred: 250 });
    equal([seen.at(-1), [...seen].sort((a, b) => a - b)], [250, seen]);
    equal(await listOf(client, dest), [...names].sort());
  }));

test('only names that are given, only one level, and another encoding', () =>
  withJob(async ({ client, job, src, dest }) => {
    await client.files(src).puts([
      ['a', 'A'],
      ['b', 'B'],
      ['c/d', 'D'],
    ]);
    equal((await job.init(src, dest, { recursive: false })).total, 2);
    equal((await job.init(src, dest, { paths: ['b', 'c/d'], reencode: 'gzip', force: true })).reencode, 'gzip');
    equal((await job.execute()).finished, 2);
    equal(await listOf(client, dest), ['b', 'c/d']);
    equal((await client.files(dest).head('b'))?.contentEncoding, 'gzip');
    equal(new TextDecoder().decode((await client.files(dest).get('c/d')) ?? undefined), 'D');
  }));

test('what a signal stopped goes on later, in another program', () =>
  withJob(async ({ client, job, src, dest, where }) => {
    const names = namesOf(400);
    await client.files(src).puts(names.map((name) => [name, name] as const));
    await job.init(src, dest);
    const stop = new AbortController();
    const reason = new Error('enough');
    await rejects(
      () => job.execute({ batchSize: 20, parallel: 2, signal: stop.signal, progress: () => stop.abort(reason) }),
      (error) => error === reason,
    );
    await job.close();
    const other = await openTransfer(where, { client });
    const { finished, leased } = await other.status();
    equal(leased, 0);
    ok(finished > 0 && finished < 400, `some files, not ${finished}`);
    equal((await other.execute()).transferred, 400 - finished);
    await other.close();
    equal((await listOf(client, dest)).length, 400);
  }));

test('places and addresses that a job cannot keep are refused', () =>
  withJob(async ({ job, src, dest }) => {
    await rejects(() => job.init(src, src), 'InvalidArgument');
    await rejects(() => job.init('https://h/x?signature=1', dest), 'InvalidArgument');
    await rejects(() => job.init('ftp://h/x', dest), 'UnsupportedProtocol');
    await rejects(() => job.execute(), 'NotFound');
    await rejects(() => openTransfer('s3://bucket/job.db'), 'UnsupportedProtocol');
  }));
