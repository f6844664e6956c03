/**
 * Jobs in Redis. BullMQ queues the ranges, hands them out and fences those who hold them by a lock with a term; names, bits and failures lie beside.
 *
 * Redis has no transaction over both. Each step is ordered so that one that breaks off leaves a range queued twice, never not at all, and what is
 * queued twice is counted once.
 *
 * @module
 */
import { openProcesses } from '#platform';
import { CloudError } from '../../../errors.ts';
import type { Processes } from '../../../platform/types.ts';
import { randomName } from '../../../util/random-name.ts';
import { pauseAfter } from '../../backoff.ts';
import type { JobFailure, JobSpec } from '../../types.ts';
import {
  CHUNK_FILES,
  cut,
  hasBit,
  openFiles,
  rangesAround,
  rangesOf,
  type Chunk,
  type Item,
  type JobRecord,
  type Outcome,
  type QueueBackend,
  type Range,
  type Told,
  type Tried,
} from '../backend.ts';
import { loadPackage } from '../packages.ts';
import type { BullJob, BullPackage, BullQueue, BullWorker, RedisClient, RedisPackage } from './bull.ts';
import { letGo, putBackDead } from './locks.ts';
import { NOTE, parseKept, RETRY, type Kept } from './scripts.ts';

const VERSION = '1';
const PAGE = 500;
/** How often the engine looks for holders that are dead, at least: terms may differ between those who work. */
const LOOK_MS = 1000;

interface Engines {
  readonly bull: BullPackage;
  readonly redis: RedisPackage;
}

/** Made for one URL and job. */
export class RedisBackend implements QueueBackend {
  readonly #engines: Engines;
  readonly #url: string;
  readonly #job: string;
  readonly #rangeFiles: number;
  readonly #patienceMs: number;
  readonly #processes: Processes | undefined;
  /** Begins the tokens of all that this process takes through this object: by it others find whose they are. */
  readonly #me = randomName();
  readonly #keys: Record<'job' | 'names' | 'done' | 'failures' | 'open' | 'holders', string>;
  /** Jobs of the engine that are in our hands, by their locks' tokens. */
  readonly #mine = new Map<string | number, BullJob>();
  #client: RedisClient | undefined;
  #queue: BullQueue | undefined;
  #worker: BullWorker | undefined;
  #made = '';

  private constructor(
    engines: Engines,
    url: string,
    job: string,
    rangeFiles: number,
    patienceMs: number,
    processes: Processes | undefined,
  ) {
    this.#engines = engines;
    this.#url = url;
    this.#job = job;
    this.#rangeFiles = rangeFiles;
    this.#patienceMs = patienceMs;
    this.#processes = processes;
    const key = (name: string): string => `anyfile-transfer:{${job}}:${name}`;
    this.#keys = {
      job: key('job'),
      names: key('names'),
      done: key('done'),
      failures: key('failures'),
      open: key('open'),
      holders: key('holders'),
    };
  }

  /** @param rangeFiles files of a range of the queue @param patienceMs how long the server may be away */
  static async make(url: string, job: string, rangeFiles: number, patienceMs: number): Promise<RedisBackend> {
    const [redis, bull] = await Promise.all([loadPackage<RedisPackage>('ioredis'), loadPackage<BullPackage>('bullmq')]);
    return new RedisBackend({ redis, bull }, url, job, rangeFiles, patienceMs, await openProcesses());
  }

  async connect(): Promise<void> {
    if (this.#client) return;
    let away = 0;
    let reached = false;
    const client = new this.#engines.redis.Redis(this.#url, {
      lazyConnect: true,
      // BullMQ wants it so: calls wait for the server, and the strategy says for how long
      maxRetriesPerRequest: null,
      retryStrategy: () => (reached && performance.now() - (away ||= performance.now()) < this.#patienceMs ? 250 : null),
    });
    client.on('ready', () => {
      reached = true;
      away = 0;
    });
    let refusal: unknown;
    // what fails is told to who asked
    client.on('error', (error) => (refusal = error));
    try {
      await client.connect();
    } catch (error) {
      client.disconnect();
      throw refusal ?? error;
    }
    this.#client = client;
    this.#queue = new this.#engines.bull.Queue(this.#job, { connection: client, prefix: 'anyfile' });
    this.#queue.on('error', () => {});
  }

  async load(): Promise<JobRecord | undefined> {
    const row = await this.#redis.hgetall(this.#keys.job);
    const { made, version, spec, created, total, state } = row;
    if (made === undefined) return undefined;
    if (version !== VERSION) throw new CloudError('the job was made by another version of anyfile', { code: 'NotSupported' });
    this.#made ||= made;
    return {
      made,
      spec: JSON.parse(spec ?? '') as JobSpec,
      created: new Date(Number(created)),
      total: Number(total),
      state: state as JobRecord['state'],
    };
  }

  async begin({ spec, made, created, state }: JobRecord): Promise<void> {
    // from here on outcomes of the old job are no longer noted
    await this.#redis.hset(this.#keys.job, 'made', made, 'state', state);
    await this.#clear();
    const fields = {
      made,
      version: VERSION,
      spec: JSON.stringify(spec),
      created: created.getTime(),
      total: 0,
      state,
      finished: 0,
      failed: 0,
    };
    await this.#redis.hset(this.#keys.job, ...Object.entries(fields).flat());
    this.#made = made;
  }

  async add(chunks: readonly Chunk[]): Promise<void> {
    await this.#redis.hset(this.#keys.names, ...chunks.flatMap(({ chunk, names }) => [chunk, JSON.stringify(names)]));
    await this.#enqueue(chunks.flatMap(({ ranges }) => ranges));
  }

  async ready(total: number): Promise<void> {
    await this.#redis.hset(this.#keys.job, 'total', total, 'state', 'ready');
  }

  async take(count: number, leaseMs: number): Promise<Item[]> {
    const worker = await this.#workerFor(leaseMs);
    const items: Item[] = [];
    let room = count;
    while (room > 0) {
      const token = `${this.#me}.${randomName()}`;
      const job = await worker.getNextJob(token, { block: false });
      if (!job) break;
      const range: Range = job.data;
      const files = await this.#openFiles(range);
      const { head, files: some, tail } = cut(range, files, room);
      if (!some.length) {
        if (await letGo(() => job.moveToCompleted(null, token, false))) await this.#redis.hdel(this.#keys.open, job.id);
        continue;
      }
      if (tail) {
        await this.#enqueue([tail]);
        await job.updateData(head);
      }
      await this.#redis.hset(this.#keys.open, job.id, some.length);
      this.#mine.set(token, job);
      items.push({ ...head, id: job.id, fence: token, files: some });
      room -= some.length;
    }
    if (items.length) return items;
    const { open, holders } = this.#keys;
    if (this.#processes && (await putBackDead({ redis: this.#redis, queue: this.#theQueue, open, holders }, this.#processes)))
      return this.take(count, leaseMs);
    await this.#mend();
    return items;
  }

  async renew(items: readonly Item[], leaseMs: number): Promise<boolean> {
    const kept = await Promise.all(items.map(async ({ fence }) => (await this.#mine.get(fence)?.extendLock(String(fence), leaseMs)) === 1));
    return kept.every(Boolean);
  }

  async note({ ok, failed }: Outcome, told: readonly Told[]): Promise<number> {
    const { job, done, failures, open } = this.#keys;
    const reasons = failed.map(({ id, error, retry }) => [id, error.slice(0, 2000), retry]);
    const changed = await this.#redis.eval(
      NOTE, 3, job, done, failures, this.#made, JSON.stringify(ok), JSON.stringify(reasons),
    ); // prettier-ignore
    for (const { item, rest } of told) {
      if (rest > 0) await this.#redis.hset(open, item.id, rest);
      else await this.#settle(item);
    }
    return Number(changed);
  }

  async giveBack(items: readonly Item[] | 'all'): Promise<void> {
    if (items === 'all') {
      for (const job of await this.#theQueue.getActive()) {
        const token = await this.#redis.get(`${this.#theQueue.toKey(job.id)}:lock`);
        // without a lock its holder is dead, and the engine's own check puts it back
        if (token !== null) await letGo(() => job.moveToWait(token));
      }
      await this.#redis.del(this.#keys.open);
      return;
    }
    for (const { id, fence } of items) {
      const job = this.#mine.get(fence);
      this.#mine.delete(fence);
      if (job && (await letGo(() => job.moveToWait(String(fence))))) await this.#redis.hdel(this.#keys.open, id);
    }
  }

  async counts(): Promise<{ finished: number; leased: number; failed: number }> {
    const [finished, failed] = await this.#redis.hmget(this.#keys.job, 'finished', 'failed');
    // who has lost a range may have left a number there
    const active = await this.#theQueue.getActive();
    const open = active.length ? await this.#redis.hmget(this.#keys.open, ...active.map(({ id }) => id)) : [];
    return { finished: Number(finished), failed: Number(failed), leased: open.reduce((sum, value) => sum + Number(value), 0) };
  }

  async failures(after: string | undefined): Promise<{ failures: JobFailure[]; next: string | undefined }> {
    const { next, kept } = await this.#page(after);
    const failures: JobFailure[] = [];
    let chunk: { at: number; names: string[] } | undefined;
    for (const [id, { error, attempts, isFinal }] of kept) {
      const at = Math.floor(id / CHUNK_FILES);
      if (chunk?.at !== at) chunk = { at, names: await this.#names(at) };
      failures.push({ name: chunk.names[id % CHUNK_FILES] ?? '', error, attempts, isFinal });
    }
    return { failures, next };
  }

  async retry(): Promise<number> {
    if ((await this.load())?.state === 'cancelled') await this.#redis.hset(this.#keys.job, 'state', 'ready');
    let count = 0;
    let after: string | undefined;
    do {
      const { next, kept } = await this.#page(after);
      const ids = kept.map(([id]) => id);
      const revived = (await this.#redis.eval(RETRY, 2, this.#keys.job, this.#keys.failures, JSON.stringify(ids))) as number[];
      await this.#enqueue(rangesAround(revived, this.#rangeFiles));
      count += revived.length;
      after = next;
    } while (after !== undefined);
    return count;
  }

  async cancel(): Promise<void> {
    await this.#redis.hset(this.#keys.job, 'state', 'cancelled');
  }

  async remove(): Promise<void> {
    await this.#redis.del(this.#keys.job);
    await this.#clear();
  }

  async close(): Promise<void> {
    const [client, queue, worker] = [this.#client, this.#queue, this.#worker];
    this.#client = this.#queue = this.#worker = undefined;
    await worker?.close(true);
    await queue?.close();
    client?.disconnect();
  }

  get #redis(): RedisClient {
    if (!this.#client) throw new CloudError('the queue is not open', { code: 'InvalidArgument' });
    return this.#client;
  }

  get #theQueue(): BullQueue {
    if (!this.#queue) throw new CloudError('the queue is not open', { code: 'InvalidArgument' });
    return this.#queue;
  }

  /** The engine's worker, of which only the taking is used. It also looks for jobs whose locks have run out. */
  async #workerFor(leaseMs: number): Promise<BullWorker> {
    const stalledInterval = Math.min(LOOK_MS, Math.max(100, Math.floor(leaseMs / 4)));
    let worker = this.#worker;
    if (!worker) {
      worker = new this.#engines.bull.Worker(this.#job, null, {
        connection: this.#redis,
        prefix: 'anyfile',
        autorun: false,
        lockDuration: leaseMs,
        stalledInterval,
        // a range comes back as often as its holders die: failures are counted by file
        maxStalledCount: 1_000_000,
      });
      worker.on('error', () => {});
      await worker.waitUntilReady();
      if (this.#processes) await this.#redis.hset(this.#keys.holders, this.#me, JSON.stringify(this.#processes.ownMark()));
      this.#worker = worker;
    }
    const isNew = worker.opts.lockDuration !== leaseMs;
    if (isNew || !this.#checks) {
      Object.assign(worker.opts, { lockDuration: leaseMs, stalledInterval });
      this.#checks = true;
      await worker.startStalledCheckTimer();
    }
    return worker;
  }
  #checks = false;

  /** A range is queued under the number of its first file: queued again, it is not there twice. */
  async #enqueue(ranges: readonly Range[]): Promise<void> {
    const opts = { removeOnComplete: true, attempts: 1 };
    await this.#theQueue.addBulk(
      ranges.map(({ from, size }) => ({ name: 'range', data: { from, size }, opts: { ...opts, jobId: `r${from}` } })),
    );
  }

  async #names(chunk: number): Promise<string[]> {
    const text = await this.#redis.hget(this.#keys.names, String(chunk));
    if (text === null) throw new CloudError('names of the job are missing from the queue', { code: 'InvalidFile' });
    return JSON.parse(text) as string[];
  }

  async #tried({ from, size }: Range): Promise<Map<number, Tried>> {
    if (!(await this.#redis.hlen(this.#keys.failures))) return new Map();
    const ids = Array.from({ length: size }, (_, i) => from + i);
    const texts = await this.#redis.hmget(this.#keys.failures, ...ids.map(String));
    return new Map(ids.flatMap((id, i) => (texts[i] ? [[id, parseKept(texts[i])] as const] : [])));
  }

  async #openFiles(range: Range): Promise<Item['files']> {
    const chunk = Math.floor(range.from / CHUNK_FILES);
    const bytes = CHUNK_FILES / 8;
    const names = await this.#names(chunk);
    const done = await this.#redis.getrangeBuffer(this.#keys.done, chunk * bytes, (chunk + 1) * bytes - 1);
    return openFiles(range, names, (place) => hasBit(done, place), await this.#tried(range));
  }

  /** All files of an item have an outcome: it is through, or waits until those that failed are tried again. */
  async #settle(item: Item): Promise<void> {
    const token = String(item.fence);
    const job = this.#mine.get(item.fence);
    this.#mine.delete(item.fence);
    const again = [...(await this.#tried(item)).values()].filter(({ isFinal }) => !isFinal);
    const delayMs = Math.max(0, ...again.map(({ attempts }) => pauseAfter(attempts)));
    const wasOurs = await letGo(async () =>
      again.length ? job?.moveToDelayed(Date.now() + delayMs, token) : job?.moveToCompleted(null, token, false),
    );
    if (wasOurs) await this.#redis.hdel(this.#keys.open, item.id);
  }

  async #page(after = '0'): Promise<{ next: string | undefined; kept: [number, Kept][] }> {
    const [cursor, pairs] = await this.#redis.hscan(this.#keys.failures, after, 'COUNT', PAGE);
    const kept: [number, Kept][] = [];
    for (let i = 0; i + 1 < pairs.length; i += 2) kept.push([Number(pairs[i]), parseKept(pairs[i + 1] ?? '{}')]);
    return { next: cursor === '0' ? undefined : cursor, kept: kept.sort(([a], [b]) => a - b) };
  }

  /** Nothing is queued, yet files are open: somebody broke off between two steps, or Redis lost its last second. Queue them again. */
  async #mend(): Promise<void> {
    const record = await this.load();
    if (record?.state !== 'ready') return;
    const { finished, failed } = await this.counts();
    if (finished + failed >= record.total) return;
    const counts = await this.#theQueue.getJobCounts('waiting', 'active', 'delayed', 'prioritized', 'paused');
    if (Object.values(counts).some((count) => count > 0)) return;
    for (let chunk = 0; chunk * CHUNK_FILES < record.total; chunk++) {
      const count = Math.min(CHUNK_FILES, record.total - chunk * CHUNK_FILES);
      const open = await this.#openFiles({ from: chunk * CHUNK_FILES, size: count });
      const ranges = rangesOf(chunk, count, this.#rangeFiles);
      await this.#enqueue(ranges.filter(({ from, size }) => open.some(({ id }) => Number(id) >= from && Number(id) < from + size)));
    }
  }

  async #clear(): Promise<void> {
    await this.#theQueue.obliterate({ force: true });
    const { names, done, failures, open, holders } = this.#keys;
    await this.#redis.del(names, done, failures, open, holders);
  }
}
