/**
 * A job that many machines work on: the queue of a database, as a {@link JobStore}.
 *
 * @module
 */
import { CloudError } from '../../errors.ts';
import type { AbortOptions } from '../../types.ts';
import { abortable, throwIfAborted } from '../../util/abort.ts';
import { randomName } from '../../util/random-name.ts';
import type {
  ClaimOptions,
  CreateJobOptions,
  FailedFile,
  FileId,
  JobFailure,
  JobInfo,
  JobProgress,
  JobSpec,
  JobStore,
  Lease,
} from '../types.ts';
import {
  CHUNK_FILES,
  rangesOf,
  type Chunk,
  type FailedNumber,
  type Item,
  type JobRecord,
  type QueueBackend,
  type Told,
} from './backend.ts';
import { databaseError, insist } from './errors.ts';

/** How a {@link QueueStore} behaves. */
export interface QueueStoreSettings {
  readonly job: string;
  /** Files of a range of the queue. */
  readonly rangeFiles: number;
  /** How long the database may be away, in ms. */
  readonly patienceMs: number;
  /** Texts that no message may show. */
  readonly secrets: readonly string[];
}

/** A batch in hand: its items, each with the files that have no outcome yet. */
interface Held {
  readonly items: Map<Item, Set<number>>;
  readonly leaseMs: number;
}

const DEFAULT_LEASE_MS = 600_000;
/** Chunks sent to the database at a time. */
const CHUNKS_AT_A_TIME = 10;
/** How long a database that was never reached may be away, in ms: a wrong address is told soon. */
const FIRST_PATIENCE_MS = 3000;

/** Made by `openQueueStore`. */
export class QueueStore implements JobStore {
  readonly #backend: QueueBackend;
  readonly #settings: QueueStoreSettings;
  readonly #held = new Map<string, Held>();
  #connected: 'no' | 'read' | 'make' = 'no';
  /** The job that was looked at first. */
  #made: string | undefined;
  #closed = false;
  /** What is being given back that came too late. */
  readonly #late = new Set<Promise<void>>();

  constructor(backend: QueueBackend, settings: QueueStoreSettings) {
    this.#backend = backend;
    this.#settings = settings;
  }

  async create(spec: JobSpec, names: Iterable<string> | AsyncIterable<string>, options: CreateJobOptions = {}): Promise<JobInfo> {
    const { signal, force = false } = options;
    await this.#connect(true, signal);
    const there = await this.#ask(() => this.#backend.load(), signal);
    if (there && !force && there.state !== 'making' && !(await this.#isFinished(there, signal))) {
      throw new CloudError(`there is a job ${this.#settings.job} that is not finished`, { code: 'AlreadyExists' });
    }
    const { source, dest, reencode } = spec;
    const record: JobRecord = { spec: { source, dest, reencode }, made: randomName(), created: new Date(), total: 0, state: 'making' };
    this.#held.clear();
    await this.#ask(() => this.#backend.begin(record), signal);
    let total = 0;
    for await (const chunks of chunksOf(names, this.#settings.rangeFiles, signal)) {
      await this.#ask(() => this.#backend.add(chunks), signal);
      for (const chunk of chunks) total += chunk.names.length;
    }
    await this.#ask(() => this.#backend.ready(total), signal);
    this.#made = record.made;
    return infoOf({ ...record, total });
  }

  async open(options: AbortOptions = {}): Promise<JobInfo> {
    const { signal } = options;
    return infoOf(await this.#load(signal));
  }

  async claim(count: number, options: ClaimOptions = {}): Promise<Lease | 'wait' | 'done'> {
    const { signal, leaseMs = DEFAULT_LEASE_MS } = options;
    if (!(Number.isSafeInteger(count) && count > 0 && Number.isSafeInteger(leaseMs) && leaseMs > 0)) {
      throw new CloudError('count and leaseMs are whole numbers above 0', { code: 'InvalidArgument' });
    }
    const record = await this.#load(signal);
    if (record.state === 'cancelled') return 'done';
    const taking = this.#insist(() => this.#backend.take(count, leaseMs), signal);
    const items = await abortable(taking, signal).catch((error: unknown) => {
      this.#giveBackLate(taking);
      throw error;
    });
    if (items.length) {
      const id = randomName();
      const files = items.flatMap((item) => item.files);
      this.#held.set(id, { leaseMs, items: new Map(items.map((item) => [item, new Set(item.files.map((file) => Number(file.id)))])) });
      return { id, files, leaseMs };
    }
    return (await this.#isDone(record, signal)) ? 'done' : 'wait';
  }

  async renew(lease: Lease): Promise<boolean> {
    const held = this.#held.get(lease.id);
    if (!held) return false;
    const items = [...held.items.keys()];
    const { state } = await this.#load(undefined);
    if (state !== 'cancelled' && (await this.#ask(() => this.#backend.renew(items, held.leaseMs)))) return true;
    // what is not lost is of no use to who stops his work
    this.#held.delete(lease.id);
    await this.#ask(() => this.#backend.giveBack(items));
    return false;
  }

  async finish(lease: Lease, result: { readonly ok: readonly FileId[]; readonly failed: readonly FailedFile[] }): Promise<number> {
    const ok = result.ok.map(Number);
    const held = this.#held.get(lease.id);
    // of who has lost his batch only what is done counts
    const failed = held ? result.failed.map((file): FailedNumber => ({ ...file, id: Number(file.id) })) : [];
    const ids = new Set([...ok, ...failed.map(({ id }) => id)]);
    const told: Told[] = [];
    for (const [item, open] of held?.items ?? []) {
      const rest = [...open].filter((id) => !ids.has(id)).length;
      if (rest < open.size) told.push({ item, rest });
    }
    const changed = await this.#ask(() => this.#backend.note({ ok, failed }, told));
    for (const { item, rest } of told) {
      if (rest === 0) held?.items.delete(item);
      else for (const id of ids) held?.items.get(item)?.delete(id);
    }
    if (held?.items.size === 0) this.#held.delete(lease.id);
    return changed;
  }

  async release(lease: Lease | 'all'): Promise<void> {
    if (lease === 'all') {
      await this.#load(undefined);
      this.#held.clear();
      return this.#ask(() => this.#backend.giveBack('all'));
    }
    const held = this.#held.get(lease.id);
    this.#held.delete(lease.id);
    if (held?.items.size) await this.#ask(() => this.#backend.giveBack([...held.items.keys()]));
  }

  async progress(options: AbortOptions = {}): Promise<JobProgress> {
    const { total } = await this.#load(options.signal);
    return { total, ...(await this.#counts(total, options.signal)) };
  }

  async *failures(options: AbortOptions = {}): AsyncGenerator<JobFailure, void, undefined> {
    await this.#load(options.signal);
    let after: string | undefined;
    do {
      const page = await this.#ask(() => this.#backend.failures(after), options.signal);
      yield* page.failures;
      after = page.next;
    } while (after !== undefined);
  }

  async retry(options: AbortOptions = {}): Promise<number> {
    await this.#load(options.signal);
    return this.#ask(() => this.#backend.retry(), options.signal);
  }

  async cancel(options: AbortOptions = {}): Promise<void> {
    await this.#load(options.signal);
    await this.#ask(() => this.#backend.cancel(), options.signal);
  }

  async close(options: { remove?: boolean | undefined } = {}): Promise<void> {
    if (this.#closed) return;
    try {
      await Promise.all(this.#late);
      if (options.remove) await this.#remove();
      const mine = [...this.#held.values()].flatMap((held) => [...held.items.keys()]);
      this.#held.clear();
      // what cannot be given back runs out
      if (mine.length) await this.#ask(() => this.#backend.giveBack(mine)).catch(() => {});
    } finally {
      this.#closed = true;
      await this.#backend.close();
    }
  }

  async #remove(): Promise<void> {
    const { total } = await this.#load(undefined);
    const { finished, leased } = await this.#counts(total, undefined);
    if (finished === total && leased === 0) await this.#ask(() => this.#backend.remove());
  }

  /** A range that somebody has lost may be shown as held although its files are done. */
  async #counts(total: number, signal: AbortSignal | undefined): Promise<{ finished: number; leased: number; failed: number }> {
    const { finished, leased, failed } = await this.#ask(() => this.#backend.counts(), signal);
    return { finished, failed, leased: Math.max(0, Math.min(leased, total - finished - failed)) };
  }

  async #isFinished({ total }: JobRecord, signal: AbortSignal | undefined): Promise<boolean> {
    return (await this.#counts(total, signal)).finished === total;
  }

  async #isDone({ total }: JobRecord, signal: AbortSignal | undefined): Promise<boolean> {
    const { finished, failed } = await this.#counts(total, signal);
    return finished + failed >= total;
  }

  /** Reads the record each time: somebody else may have cancelled the job. */
  async #load(signal: AbortSignal | undefined): Promise<JobRecord> {
    await this.#connect(false, signal);
    const { job } = this.#settings;
    const record = await this.#ask(() => this.#backend.load(), signal);
    if (!record) throw new CloudError(`there is no job ${job} in this queue`, { code: 'NotFound' });
    if (this.#made !== undefined && record.made !== this.#made) {
      throw new CloudError(`the job ${job} was replaced by another one`, { code: 'ObjectChanged' });
    }
    if (record.state === 'making') throw new CloudError(`the job ${job} was never made whole`, { code: 'InvalidFile' });
    this.#made = record.made;
    return record;
  }

  async #connect(mayMake: boolean, signal: AbortSignal | undefined): Promise<void> {
    const wanted = mayMake ? 'make' : 'read';
    if (this.#connected === 'make' || this.#connected === wanted) return;
    await this.#ask(() => this.#backend.connect(mayMake), signal, FIRST_PATIENCE_MS);
    this.#connected = wanted;
  }

  /** Nobody waits any more for what is being taken: without this it would be held until its term is over. */
  #giveBackLate(taking: Promise<Item[]>): void {
    const back = taking
      .then((items) => this.#ask(() => this.#backend.giveBack(items)))
      .catch(() => {})
      .finally(() => this.#late.delete(back));
    this.#late.add(back);
  }

  async #ask<T>(act: () => Promise<T>, signal?: AbortSignal, patienceMs?: number): Promise<T> {
    return abortable(this.#insist(act, signal, patienceMs), signal);
  }

  /** Like {@link QueueStore.#ask}, but a signal ends it between attempts alone. */
  async #insist<T>(act: () => Promise<T>, signal: AbortSignal | undefined, patienceMs = this.#settings.patienceMs): Promise<T> {
    throwIfAborted(signal);
    if (this.#closed) throw new CloudError('the queue is closed', { code: 'InvalidArgument' });
    const attempt = async (): Promise<T> => {
      try {
        return await act();
      } catch (error) {
        throw databaseError(error, this.#settings.secrets);
      }
    };
    return insist(attempt, patienceMs, signal);
  }
}

const infoOf = ({ spec, created, total }: JobRecord): JobInfo => ({ ...spec, created, total });

/** Names in chunks, several chunks at a time. A plain sequence is not awaited, which would take as long as keeping it. */
async function* chunksOf(
  names: Iterable<string> | AsyncIterable<string>,
  rangeFiles: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<Chunk[], void, undefined> {
  let chunks: Chunk[] = [];
  let some: string[] = [];
  let chunk = 0;
  const seal = (): void => {
    throwIfAborted(signal);
    if (some.length) chunks.push({ chunk, names: some, ranges: rangesOf(chunk, some.length, rangeFiles) });
    chunk++;
    some = [];
  };
  const take = (): Chunk[] => {
    const taken = chunks;
    chunks = [];
    return taken;
  };
  /** @returns whether there are as many chunks as are sent at a time */
  const add = (name: string): boolean => {
    if (typeof name !== 'string' || name === '' || name.includes('\0')) {
      throw new CloudError('a name of a file is text, not empty and without NUL', { code: 'InvalidArgument' });
    }
    if (some.push(name) < CHUNK_FILES) return false;
    seal();
    return chunks.length === CHUNKS_AT_A_TIME;
  };
  if (Symbol.iterator in names) {
    for (const name of names) if (add(name)) yield take();
  } else {
    for await (const name of names) if (add(name)) yield take();
  }
  seal();
  if (chunks.length) yield chunks;
}
