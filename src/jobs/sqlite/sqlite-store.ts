/**
 * Jobs in a SQLite file, which cloud-files may have begun and may finish.
 *
 * @module
 */
import { CloudError } from '../../errors.ts';
import type { Sqlite } from '../../platform/types.ts';
import type { AbortOptions } from '../../types.ts';
import { randomName } from '../../util/random-name.ts';
import type { JobStore, Lease } from '../types.ts';
import { checkJob, openDatabase, prepareJob, readJob, replaced, setFact, tablesOf, type KnownJob } from './database.ts';
import { dropToken, freeToken, keepToken, takeRows, takeWaiting, watchLeases } from './leases.ts';
import { makeJob } from './make-job.ts';
import { keepFailed, listFailures, retryFailed } from './failed.ts';
import { FAILED } from './schema.ts';

const DEFAULT_LEASE_MS = 600_000;
/** Ids in one statement. */
const STATEMENT = 1000;

const one = (db: Sqlite, sql: string, ...values: number[]): number => db.prepare(sql).all<{ v: number }>(...values)[0]?.v ?? 0;

/** Options of {@link createSqliteStore}. */
export interface SqliteStoreOptions {
  /** A clock that only goes on, in ms. @default performance.now */
  now?: (() => number) | undefined;
}

/**
 * A job in a SQLite database. Any number of processes of anyfile may work on it at once; cloud-files may before or after them, not at the
 * same
 * time. Opens nothing before the first call.
 *
 * @param path absolute
 */
export function createSqliteStore(path: string, { now }: SqliteStoreOptions = {}): JobStore {
  const watch = watchLeases(now);
  /** The token of each lease that is ours, and its files that are not done. */
  const held = new Map<string, { token: number; left: Set<number> }>();
  let db: Sqlite | undefined;
  let job: KnownJob | undefined;
  let ready = false;

  /** The database with its job; only for reading, so that looking at a job changes nothing. */
  const look = async (options: AbortOptions = {}): Promise<{ db: Sqlite; job: KnownJob }> => {
    if (db && job) return { db, job };
    const opened = (db ??= await openDatabase(path, options));
    try {
      return { db: opened, job: (job = await opened.read(() => readJob(opened), options)) };
    } catch (error) {
      opened.close();
      db = undefined;
      throw error;
    }
  };

  /** Run a task on the job that was opened, and on no other that may have come to its place. */
  const change = async <T>(task: (db: Sqlite, cancelled: boolean) => T, options: AbortOptions = {}): Promise<T> => {
    const known = await look(options);
    if (!ready) {
      const prepared = await known.db.transaction(() => prepareJob(known.db, randomName(8)), options);
      if (prepared.created.getTime() !== known.job.created.getTime()) throw replaced();
      job = prepared;
      ready = true;
    }
    const { identity } = job ?? known.job;
    return await known.db.transaction(() => task(known.db, checkJob(known.db, identity).cancelled), options);
  };

  const giveBack = (db: Sqlite, token: number): void => {
    db.prepare('UPDATE filelist SET lease = 0 WHERE finished = 0 AND lease = ?').run(token);
    dropToken(db, token);
  };

  const store: JobStore = {
    async create(spec, names, options = {}) {
      const opened = (db ??= await openDatabase(path, { create: true, signal: options.signal }));
      held.clear();
      ready = false;
      job = undefined;
      try {
        const { identity: _, ...info } = (job = await makeJob(opened, spec, names, options));
        ready = true;
        return info;
      } catch (error) {
        // the file may be gone, when there was nothing in it
        opened.close();
        db = undefined;
        throw error;
      }
    },

    async open(options) {
      const { identity: _, ...info } = (await look(options)).job;
      return info;
    },

    async claim(count, { leaseMs = DEFAULT_LEASE_MS, signal } = {}) {
      if (!(Number.isSafeInteger(count) && count > 0 && Number.isSafeInteger(leaseMs) && leaseMs > 0))
        throw new CloudError('count and leaseMs are whole numbers above 0', { code: 'InvalidArgument' });
      return await change(
        (db, cancelled) => {
          if (cancelled) return 'done';
          const token = freeToken(db, leaseMs);
          let rows = takeRows(db, 0, token, count);
          if (rows.length === 0) rows = takeWaiting(db, token, count);
          let alive = false;
          if (rows.length === 0) {
            const found = watch.findDead(db);
            alive = found.alive;
            if (found.dead !== undefined) {
              rows = takeRows(db, found.dead, token, count);
              dropToken(db, found.dead);
            }
          }
          if (rows.length === 0) return alive ? 'wait' : 'done';
          keepToken(db, token, leaseMs, db.owner);
          const attempts = new Map(
            db
              .prepare('SELECT id, attempts FROM anyfile_failed WHERE id IN (SELECT value FROM json_each(?))')
              .all<{ id: number; attempts: number }>(JSON.stringify(rows.map(({ id }) => id)))
              .map((row) => [row.id, row.attempts]),
          );
          const files = rows.map(({ id, filename }) => ({ id, name: filename, attempts: attempts.get(id) ?? 0 }));
          const lease: Lease = { id: `${token} ${randomName(4)}`, files, leaseMs };
          held.set(lease.id, { token, left: new Set(rows.map(({ id }) => id)) });
          return lease;
        },
        { signal },
      );
    },

    async renew(lease) {
      const mine = held.get(lease.id);
      if (!mine) return false;
      const kept = await change((db, cancelled) => {
        if (cancelled) return undefined;
        const token = freeToken(db, lease.leaseMs);
        if (db.prepare('UPDATE filelist SET lease = ? WHERE finished = 0 AND lease = ?').run(token, mine.token) === 0) return undefined;
        keepToken(db, token, lease.leaseMs, db.owner);
        dropToken(db, mine.token);
        return token;
      });
      if (kept !== undefined) mine.token = kept;
      // what is done need not be held
      return kept !== undefined || mine.left.size === 0;
    },

    async finish(lease, { ok, failed }) {
      const mine = held.get(lease.id);
      const changed = await change((db) => {
        let done = 0;
        for (let at = 0; at < ok.length; at += STATEMENT) {
          const ids = JSON.stringify(ok.slice(at, at + STATEMENT));
          done += db.prepare('UPDATE filelist SET finished = 1 WHERE finished = 0 AND id IN (SELECT value FROM json_each(?))').run(ids);
          db.prepare('DELETE FROM anyfile_failed WHERE id IN (SELECT value FROM json_each(?))').run(ids);
        }
        if (done > 0) db.prepare(`UPDATE stats SET value = value + ? WHERE key = 'finished'`).run(done);
        if (mine) {
          for (const failure of failed) keepFailed(db, failure, mine.token);
          dropToken(db, mine.token);
        }
        return done;
      });
      for (const id of [...ok, ...failed.map(({ id }) => id)]) mine?.left.delete(Number(id));
      if (mine?.left.size === 0) held.delete(lease.id);
      return changed;
    },

    async release(lease) {
      if (lease === 'all') {
        held.clear();
        return await change((db) => {
          db.exec(`UPDATE filelist SET lease = 0 WHERE finished = 0 AND lease > 0`);
          db.exec('DELETE FROM anyfile_lease');
        });
      }
      const mine = held.get(lease.id);
      if (!mine) return;
      await change((db) => giveBack(db, mine.token));
      held.delete(lease.id);
    },

    async progress(options) {
      const { db, job } = await look(options);
      return await db.read(() => {
        // the counter is as good as the rows once it was put right
        const finished = ready
          ? one(db, `SELECT value AS v FROM stats WHERE key = 'finished'`)
          : job.total - one(db, 'SELECT count(*) AS v FROM filelist WHERE finished = 0');
        const leased = one(db, 'SELECT count(*) AS v FROM filelist WHERE finished = 0 AND lease > 0');
        const failed = one(db, `SELECT count(*) AS v FROM filelist WHERE finished = 0 AND lease = ${FAILED}`);
        return { total: job.total, finished, leased, failed };
      }, options);
    },

    async *failures(options) {
      const { db } = await look(options);
      if (await db.read(() => tablesOf(db).has('anyfile_failed'), options)) yield* listFailures(db, options);
    },

    retry: (options) =>
      change((db) => {
        setFact(db, 'cancelled', null);
        return retryFailed(db);
      }, options),

    cancel: (options) => change((db) => setFact(db, 'cancelled', 1), options),

    async close({ remove = false } = {}) {
      if (!db) return;
      const opened = db;
      try {
        const mine = [...held.values()];
        // one that cannot be given back runs out
        if (mine.length > 0) await change((db) => mine.forEach(({ token }) => giveBack(db, token))).catch(() => {});
        if (remove)
          await change((db) => {
            if (one(db, 'SELECT EXISTS (SELECT 1 FROM filelist WHERE finished = 0) AS v') === 0) db.removeFile();
          });
      } finally {
        held.clear();
        db = undefined;
        job = undefined;
        ready = false;
        opened.close();
      }
    },
  };
  return store;
}
