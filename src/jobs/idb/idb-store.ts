/**
 * Jobs in a browser's IndexedDB. One tab or worker works on a job at a time, which Web Locks see to; leases are in its memory, and so end
 * with it.
 *
 * @module
 */
import { createDatabase, promisifyRequest, whenAnswered, type Database } from '../../cache/container/idb-database.ts';
import { browserLocks, holdIfFree, type Locks } from '../../cache/container/web-lock.ts';
import { CloudError } from '../../errors.ts';
import { throwIfAborted } from '../../util/abort.ts';
import { createSerial } from '../../util/serial.ts';
import { randomName } from '../../util/random-name.ts';
import { pauseAfter } from '../backoff.ts';
import type { JobStore, LeasedFile } from '../types.ts';
import { makeJob, readRecord } from './make-job.ts';
import {
  CHUNK,
  chunkKey,
  failureKey,
  isDone,
  JOB,
  markDone,
  rangeOf,
  type ChunkRecord,
  type FailureRecord,
  type JobRecord,
} from './records.ts';

/** Options of {@link createIdbStore}. */
export interface IdbStoreOptions {
  /** @default the browser's */
  locks?: Locks | undefined;
}

const missing = (): CloudError => new CloudError('there is no such job', { code: 'NotFound' });
const replaced = (): CloudError => new CloudError('another job has taken the place of this one', { code: 'ObjectChanged' });

/** A job in the database of a name, which is opened with the first call. @throws CloudError `NotSupported` where there is no IndexedDB */
export function createIdbStore(name: string, { locks = browserLocks() }: IdbStoreOptions = {}): JobStore {
  if (!globalThis.indexedDB) throw new CloudError('there is no IndexedDB here: jobs are kept in files', { code: 'NotSupported' });
  const database = `anyfile-job-${name}`;
  const db: Database = createDatabase(database);
  const serial = createSerial();
  /** Files that are held here, and their leases. */
  const held = new Map<number, string>();
  /** Files of a lease, with their names. */
  const leases = new Map<string, Map<number, LeasedFile>>();
  let id: string | undefined;
  let unlock: (() => void) | undefined;
  /** Where the search for files goes on. */
  let next = 0;

  const look = async (): Promise<JobRecord> => {
    const record = await readRecord(db);
    if (!record) throw id === undefined ? missing() : replaced();
    if (record.making) throw new CloudError('the making of this job was interrupted: make it again', { code: 'InvalidFile' });
    if (id !== undefined && record.id !== id) throw replaced();
    id = record.id;
    return record;
  };

  /** Change the job's record, and with it what else `work` changes, all or nothing. */
  const change = (work: (store: IDBObjectStore, record: JobRecord) => void): Promise<void> =>
    db.transact('readwrite', (store) =>
      whenAnswered([store.get(JOB) as IDBRequest<JobRecord | undefined>], ([record]) => {
        if (!record || record.id !== id) {
          store.transaction.abort();
          throw replaced();
        }
        work(store, record);
        store.put(record, JOB);
      }),
    );

  /** Files of a chunk that nobody has, `attempts` where they failed before; and whether one of them waits for its next attempt. */
  const freeOf = async (chunk: number, most: number): Promise<{ files: (LeasedFile & { id: number })[]; waits: boolean }> => {
    const [record, keys, failures] = await db.transact('readonly', (store) => {
      const failed = IDBKeyRange.bound(failureKey(chunk * CHUNK), failureKey((chunk + 1) * CHUNK - 1));
      return whenAnswered(
        [
          store.get(chunkKey(chunk)) as IDBRequest<ChunkRecord | undefined>,
          store.getAllKeys(failed) as IDBRequest as IDBRequest<[string, number][]>,
          store.getAll(failed) as IDBRequest<FailureRecord[]>,
        ],
        (results) => results,
      );
    });
    const failed = new Map(keys.map(([, id], i) => [id, failures[i]]));
    const files: (LeasedFile & { id: number })[] = [];
    let waits = false;
    if (!record || record.left === 0) return { files, waits };
    for (const [index, name] of record.names.entries()) {
      const id = chunk * CHUNK + index;
      if (isDone(record.done, index) || held.has(id)) continue;
      const failure = failed.get(id);
      if (failure?.dead) continue;
      if (failure && failure.nextAt > Date.now()) waits = true;
      else if (files.length < most) files.push({ id, name, attempts: failure?.attempts ?? 0 });
    }
    return { files, waits };
  };

  const store: JobStore = {
    create: (spec, names, options = {}) =>
      serial(async () => {
        unlock ??= await holdIfFree(locks, database);
        if (!unlock) throw new CloudError('another tab works on this job', { code: 'AlreadyExists' });
        held.clear();
        leases.clear();
        next = 0;
        const { created, total, source, dest, reencode, id: mine } = await makeJob(db, spec, names, options);
        id = mine;
        return { source, dest, reencode, total, created: new Date(created) };
      }),

    async open({ signal } = {}) {
      throwIfAborted(signal);
      const { source, dest, reencode, total, created } = await look();
      return { source, dest, reencode, total, created: new Date(created) };
    },

    claim: (count, { leaseMs = 600_000, signal } = {}) =>
      serial(async () => {
        throwIfAborted(signal);
        if (!(Number.isSafeInteger(count) && count > 0 && Number.isSafeInteger(leaseMs) && leaseMs > 0))
          throw new CloudError('count and leaseMs are whole numbers above 0', { code: 'InvalidArgument' });
        const { total, finished, failed, cancelled } = await look();
        if (cancelled || finished + failed >= total) return 'done';
        unlock ??= await holdIfFree(locks, database);
        if (!unlock) return 'wait';
        const files: (LeasedFile & { id: number })[] = [];
        const chunks = Math.ceil(total / CHUNK);
        let waits = held.size > 0;
        // once around, from where the last claim ended; the chunk there may have more
        for (let i = 0; i <= chunks && files.length < count; i++) {
          const found = await freeOf(next, count - files.length);
          waits ||= found.waits;
          files.push(...found.files.filter((file) => !files.some((other) => other.id === file.id)));
          if (files.length < count) next = (next + 1) % chunks;
        }
        if (files.length === 0) return waits ? 'wait' : 'done';
        const lease = { id: randomName(8), files, leaseMs };
        for (const file of files) held.set(file.id, lease.id);
        leases.set(lease.id, new Map(files.map((file) => [file.id, file])));
        return lease;
      }),

    // memory does not run out: only a job that was taken away is lost
    renew: (lease) => serial(async () => leases.has(lease.id) && !(await look()).cancelled),

    finish: (lease, { ok, failed }) =>
      serial(async () => {
        const mine = leases.get(lease.id);
        await look();
        const chunks = [...new Set(ok.map((id) => Math.floor(Number(id) / CHUNK)))];
        const lost = failed.flatMap((failure) => {
          const file = mine?.get(Number(failure.id));
          return file ? [{ ...failure, ...file, id: Number(failure.id) }] : [];
        });
        let changed = 0;
        await db.transact('readwrite', (store) =>
          whenAnswered(
            [
              store.get(JOB) as IDBRequest<JobRecord | undefined>,
              ...chunks.map((chunk) => store.get(chunkKey(chunk)) as IDBRequest<ChunkRecord>),
            ],
            ([record, ...rows]) => {
              changed = 0;
              const job = record;
              if (!job || job.id !== id) {
                store.transaction.abort();
                throw replaced();
              }
              for (const [i, row] of rows.entries()) {
                for (const given of ok) {
                  const index = Number(given) - chunks[i]! * CHUNK;
                  if (index < 0 || index >= row.names.length || isDone(row.done, index)) continue;
                  markDone(row.done, index);
                  row.left--;
                  changed++;
                  store.delete(failureKey(Number(given)));
                }
                store.put(row, chunkKey(chunks[i]!));
              }
              for (const { id, name, error, retry, attempts } of lost) {
                const failure: FailureRecord = {
                  name,
                  error,
                  attempts: attempts + 1,
                  nextAt: retry ? Date.now() + pauseAfter(attempts + 1) : 0,
                  dead: !retry,
                };
                store.put(failure, failureKey(id));
                if (!retry) job.failed++;
              }
              job.finished += changed;
              store.put(job, JOB);
            },
          ),
        );
        for (const id of [...ok, ...failed.map(({ id }) => id)]) {
          mine?.delete(Number(id));
          if (held.get(Number(id)) === lease.id) held.delete(Number(id));
        }
        if (mine?.size === 0) leases.delete(lease.id);
        return changed;
      }),

    release: (lease) =>
      serial(async () => {
        for (const [file, holder] of held) if (lease === 'all' || holder === lease.id) held.delete(file);
        if (lease === 'all') leases.clear();
        else leases.delete(lease.id);
      }),

    async progress({ signal } = {}) {
      throwIfAborted(signal);
      const { total, finished, failed } = await look();
      return { total, finished, failed, leased: held.size };
    },

    async *failures({ signal } = {}) {
      await look();
      for (let after: IDBKeyRange | undefined = rangeOf('f'); after;) {
        throwIfAborted(signal);
        const range: IDBKeyRange = after;
        const [keys, rows] = await db.transact('readonly', (store) =>
          whenAnswered(
            [
              store.getAllKeys(range, CHUNK) as IDBRequest as IDBRequest<[string, number][]>,
              store.getAll(range, CHUNK) as IDBRequest<FailureRecord[]>,
            ],
            (results) => results,
          ),
        );
        for (const { name, error, attempts, dead } of rows) yield { name, error, attempts, isFinal: dead };
        const last = keys.at(-1);
        after = last && keys.length === CHUNK ? IDBKeyRange.bound(last, ['f', []], true) : undefined;
      }
    },

    retry: () =>
      serial(async () => {
        await look();
        const keys: [string, number][] = [];
        const rows: FailureRecord[] = [];
        await db.transact('readonly', async (store) => {
          const [allKeys, all] = await Promise.all([
            promisifyRequest(store.getAllKeys(rangeOf('f')) as IDBRequest as IDBRequest<[string, number][]>),
            promisifyRequest(store.getAll(rangeOf('f')) as IDBRequest<FailureRecord[]>),
          ]);
          keys.push(...allKeys);
          rows.push(...all);
        });
        const dead = rows.flatMap((row, i) => (row.dead ? [{ key: keys[i]!, row }] : []));
        await change((store, record) => {
          for (const { key, row } of dead) store.put({ ...row, dead: false, attempts: 0, nextAt: 0 }, key);
          record.failed -= dead.length;
          record.cancelled = false;
        });
        return dead.length;
      }),

    cancel: () =>
      serial(async () => {
        await look();
        await change((_, record) => {
          record.cancelled = true;
        });
      }),

    close: ({ remove = false } = {}) =>
      serial(async () => {
        const isFinished = async (): Promise<boolean> => {
          const { finished, total } = await look();
          return finished === total;
        };
        const goes = remove && (await isFinished());
        held.clear();
        leases.clear();
        db.close();
        if (goes) await promisifyRequest(indexedDB.deleteDatabase(database));
        unlock?.();
        unlock = undefined;
        id = undefined;
      }),
  };
  return store;
}
