/**
 * Jobs in PostgreSQL. pg-boss queues the ranges, hands them out and fences those who hold them; each step of ours is one transaction with it.
 *
 * @module
 */
import { openProcesses } from '#platform';
import { CloudError } from '../../../errors.ts';
import type { Processes } from '../../../platform/types.ts';
import type { JobFailure, JobSpec } from '../../types.ts';
import {
  CHUNK_FILES,
  rangesAround,
  type Chunk,
  type Item,
  type JobRecord,
  type Outcome,
  type QueueBackend,
  type Told,
} from '../backend.ts';
import { checkNode, loadPackage } from '../packages.ts';
import type { Boss, BossPackage, Row } from './boss.ts';
import { allHeld, attemptOf, enqueue, fetchItems, note, putBack, readChunk, recover, type Step } from './steps.ts';
import { ADD_CHUNKS, BOSS_SCHEMA, CLEAR_JOB, COUNTS, FAILURES_PAGE, HAS_TABLES, MAKE_TABLES, PUT_JOB, RENEW_ITEMS } from './tables.ts';

const VERSION = 2;
/** pg-boss deletes what waits longer, when somebody runs its maintenance: as long as it lets us. */
const YEAR_SECONDS = 365 * 86_400;

/** Made for one URL and job. */
export class PgBackend implements QueueBackend {
  readonly #engine: BossPackage;
  readonly #url: string;
  readonly #job: string;
  readonly #rangeFiles: number;
  readonly #processes: Processes | undefined;
  #boss: Boss | undefined;
  #hasTables = false;
  /** Which job of that name this is. */
  #made: string | undefined;

  private constructor(engine: BossPackage, url: string, job: string, rangeFiles: number, processes: Processes | undefined) {
    this.#engine = engine;
    this.#url = url;
    this.#job = job;
    this.#rangeFiles = rangeFiles;
    this.#processes = processes;
  }

  /** @param rangeFiles files of a range of the queue */
  static async make(url: string, job: string, rangeFiles: number): Promise<PgBackend> {
    checkNode();
    return new PgBackend(await loadPackage<BossPackage>('pg-boss'), url, job, rangeFiles, await openProcesses());
  }

  async connect(mayMake: boolean): Promise<void> {
    await this.close();
    // its maintenance would only clean what is little: ranges are removed with their job
    const boss = new this.#engine.PgBoss({
      connectionString: this.#url,
      application_name: 'anyfile',
      schema: BOSS_SCHEMA,
      migrate: mayMake,
      supervise: false,
      schedule: false,
      max: 4,
    });
    // what fails is told to who asked
    boss.on('error', () => {});
    try {
      await boss.start();
      this.#boss = boss;
      if (mayMake) await this.#transact(({ db }) => db.executeSql(MAKE_TABLES));
    } catch (error) {
      this.#boss = undefined;
      await boss.stop({ graceful: false, close: true }).catch(() => {});
      if (!mayMake && /not installed/.test(String(error))) {
        throw new CloudError(`there is no job ${this.#job} in this queue`, { code: 'NotFound' });
      }
      if (/requires migrations/.test(String(error))) {
        throw new CloudError('the queue was made by another version of pg-boss', { code: 'NotSupported' });
      }
      throw error;
    }
  }

  async load(): Promise<JobRecord | undefined> {
    this.#hasTables ||= (await this.#query(HAS_TABLES))[0]?.['found'] === true;
    if (!this.#hasTables) return undefined;
    const [row] = await this.#query('SELECT * FROM anyfile.transfer_job WHERE name = $1', [this.#job]);
    if (!row) return undefined;
    if (row['version'] !== VERSION) throw new CloudError('the job was made by another version of anyfile', { code: 'NotSupported' });
    this.#made ??= String(row['made']);
    return {
      spec: JSON.parse(String(row['spec'])) as JobSpec,
      made: String(row['made']),
      created: new Date(row['created'] as string),
      total: Number(row['total']),
      state: row['state'] as JobRecord['state'],
    };
  }

  async begin({ spec, made, created, state }: JobRecord): Promise<void> {
    await this.#clear();
    await this.#theBoss.createQueue(this.#queue, {
      // a range comes back as often as its holders die: failures are counted by file
      retryLimit: 1_000_000,
      retryDelay: 0,
      expireInSeconds: 86_400,
      retentionSeconds: YEAR_SECONDS,
    });
    await this.#query(PUT_JOB, [this.#job, made, VERSION, JSON.stringify(spec), created, state]);
    this.#made = made;
  }

  add(chunks: readonly Chunk[]): Promise<void> {
    return this.#transact(async (step) => {
      const numbers = chunks.map(({ chunk }) => chunk);
      const names = chunks.map((chunk) => JSON.stringify(chunk.names));
      const { rows } = await step.db.executeSql(ADD_CHUNKS, [this.#job, numbers, names]);
      const added = new Set(rows.map((row) => row['chunk']));
      await enqueue(
        step,
        chunks.filter(({ chunk }) => added.has(chunk)).flatMap(({ ranges }) => ranges),
      );
    });
  }

  async ready(total: number): Promise<void> {
    await this.#query(`UPDATE anyfile.transfer_job SET total = $2, state = 'ready' WHERE name = $1`, [this.#job, total]);
  }

  async take(count: number, leaseMs: number): Promise<Item[]> {
    for (;;) {
      const items = await this.#transact((step) => fetchItems(step, count, this.#rangeFiles, leaseMs));
      if (items.length || !(await this.#transact(recover))) return items;
    }
  }

  renew(items: readonly Item[], leaseMs: number): Promise<boolean> {
    return this.#transact(async ({ boss, db, queue, job }) => {
      await db.executeSql(RENEW_ITEMS, [job, items.map(({ id }) => id), items.map(({ fence }) => fence), leaseMs]);
      const { affected } = await boss.touch(queue, items.map(attemptOf), { db });
      return affected === items.length;
    });
  }

  note(outcome: Outcome, told: readonly Told[]): Promise<number> {
    return this.#transact(async (step) => {
      // numbers of a job that was replaced are not numbers of this one
      const { rows } = await step.db.executeSql('SELECT made FROM anyfile.transfer_job WHERE name = $1 FOR SHARE', [this.#job]);
      return rows[0]?.['made'] === this.#made ? note(step, outcome, told) : 0;
    });
  }

  async giveBack(items: readonly Item[] | 'all'): Promise<void> {
    await this.#transact(async (step) => putBack(step, items === 'all' ? await allHeld(step) : items.map(attemptOf)));
  }

  async counts(): Promise<{ finished: number; leased: number; failed: number }> {
    const [row] = await this.#query(COUNTS, [this.#job]);
    return { finished: Number(row?.['finished']), leased: Number(row?.['leased']), failed: Number(row?.['failed']) };
  }

  async failures(after: string | undefined): Promise<{ failures: JobFailure[]; next: string | undefined }> {
    const rows = await this.#query(FAILURES_PAGE, [this.#job, after ?? '-1']);
    const failures: JobFailure[] = [];
    let kept: { chunk: number; names: string[] } | undefined;
    for (const row of rows) {
      const chunk = Math.floor(Number(row['id']) / CHUNK_FILES);
      if (kept?.chunk !== chunk) kept = { chunk, ...(await readChunk({ db: this.#theBoss.getDb(), job: this.#job }, chunk)) };
      const name = kept.names[Number(row['id']) % CHUNK_FILES] ?? '';
      failures.push({ name, error: String(row['error']), attempts: Number(row['attempts']), isFinal: row['final'] === true });
    }
    const last = rows.at(-1)?.['id'] as string | undefined;
    return { failures, next: last };
  }

  retry(): Promise<number> {
    return this.#transact(async (step) => {
      const { rows } = await step.db.executeSql(
        'UPDATE anyfile.transfer_failure SET final = false, attempts = 0 WHERE job = $1 AND final RETURNING id',
        [this.#job],
      );
      await step.db.executeSql(`UPDATE anyfile.transfer_job SET state = 'ready' WHERE name = $1 AND state = 'cancelled'`, [this.#job]);
      await enqueue(
        step,
        rangesAround(
          rows.map((row) => Number(row['id'])),
          this.#rangeFiles,
        ),
      );
      return rows.length;
    });
  }

  async cancel(): Promise<void> {
    await this.#query(`UPDATE anyfile.transfer_job SET state = 'cancelled' WHERE name = $1`, [this.#job]);
  }

  async remove(): Promise<void> {
    await this.#clear();
    await this.#query('DELETE FROM anyfile.transfer_job WHERE name = $1', [this.#job]);
  }

  async close(): Promise<void> {
    const boss = this.#boss;
    this.#boss = undefined;
    await boss?.stop({ graceful: false, close: true });
  }

  get #queue(): string {
    return `anyfile.${this.#job}`;
  }

  get #theBoss(): Boss {
    if (!this.#boss) throw new CloudError('the queue is not open', { code: 'InvalidArgument' });
    return this.#boss;
  }

  async #clear(): Promise<void> {
    await this.#theBoss.deleteQueue(this.#queue);
    await this.#transact(async ({ db }) => {
      await db.executeSql(`UPDATE anyfile.transfer_job SET state = 'making' WHERE name = $1`, [this.#job]);
      for (const statement of CLEAR_JOB) await db.executeSql(statement, [this.#job]);
    });
  }

  async #query(text: string, values?: unknown[]): Promise<Row[]> {
    return (await this.#theBoss.getDb().executeSql(text, values)).rows;
  }

  async #transact<T>(act: (step: Step) => Promise<T>): Promise<T> {
    const boss = this.#theBoss;
    const { db, commit, rollback } = await boss.getDb().beginTransaction();
    try {
      const result = await act({ boss, db, queue: this.#queue, job: this.#job, processes: this.#processes });
      await commit();
      return result;
    } catch (error) {
      await rollback();
      throw error;
    }
  }
}
