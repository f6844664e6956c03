/**
 * One job's database: opened on use, and looked at before each use, since other programs may replace the job under us.
 *
 * @module
 */
import { openSqlite } from '#platform';
import { CloudError } from '../../errors.ts';
import type { Sqlite, SqliteValue } from '../../platform/types.ts';
import type { AbortOptions } from '../../types.ts';
import type { JobInfo } from '../types.ts';
import { readReencode, SIDE } from './schema.ts';

/** The job as its tables tell it. */
export interface KnownJob extends JobInfo {
  /** Differs from that of any other job that was ever at this path. */
  readonly identity: string;
}

const numberOf = (db: Sqlite, sql: string): number => db.prepare(sql).all<{ v: number | null }>()[0]?.v ?? 0;

/** Names of all tables. */
export const tablesOf = (db: Sqlite): Set<string> =>
  new Set(
    db
      .prepare(`SELECT name AS v FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'`)
      .all<{ v: string }>()
      .map(({ v }) => v),
  );

/** What is kept beside the job. */
export const getFact = (db: Sqlite, key: string): SqliteValue | undefined =>
  db.prepare('SELECT value AS v FROM anyfile_job WHERE key = ?').all<{ v: SqliteValue }>(key)[0]?.v;

/** Keep it; `null` forgets it. */
export function setFact(db: Sqlite, key: string, fact: SqliteValue): void {
  if (fact === null) db.prepare('DELETE FROM anyfile_job WHERE key = ?').run(key);
  else db.prepare('INSERT OR REPLACE INTO anyfile_job(key, value) VALUES (?, ?)').run(key, fact);
}

/** Open the file. @throws CloudError `NotFound`, `InvalidFile`, `NotSupported` */
export async function openDatabase(path: string, options: AbortOptions & { create?: boolean } = {}): Promise<Sqlite> {
  const db = await openSqlite(path, options);
  if (!db) throw new CloudError('there is no SQLite in a page: jobs are kept at idb://NAME here', { code: 'NotSupported' });
  return db;
}

/**
 * Read the job, in a transaction or a read.
 *
 * @throws CloudError `InvalidFile` the file holds none, or one that was never made whole
 */
export function readJob(db: Sqlite): KnownJob {
  const tables = tablesOf(db);
  if (!tables.has('xfermeta') || !tables.has('filelist') || !tables.has('stats')) {
    const why =
      tables.has('anyfile_job') && tables.has('filelist')
        ? 'the making of this job was interrupted: make it again'
        : 'the file holds no job';
    throw new CloudError(why, { code: 'InvalidFile' });
  }
  const [row] = db
    .prepare('SELECT source, dest, reencode, created FROM xfermeta ORDER BY id LIMIT 1')
    .all<{ source: string; dest: string; reencode: string | number | null; created: number }>();
  if (!row) throw new CloudError('the making of this job was interrupted: make it again', { code: 'InvalidFile' });
  const { source, dest, created } = row;
  // what is beside the tables may be of a job that the original has replaced
  const isOurs = tables.has('anyfile_job') && getFact(db, 'created') === created;
  const total = (isOurs && Number(getFact(db, 'total'))) || numberOf(db, 'SELECT count(*) AS v FROM filelist');
  const identity = `${created} ${isOurs ? (getFact(db, 'id') ?? '') : ''}`;
  return { source, dest, reencode: readReencode(row.reencode), created: new Date(created), total, identity };
}

/**
 * Make ready for work: our tables beside the original's, and its counter as the rows say.
 *
 * @returns the job, with its identity from now on
 */
export function prepareJob(db: Sqlite, id: string): KnownJob {
  const job = readJob(db);
  if (!tablesOf(db).has('anyfile_job') || getFact(db, 'created') !== job.created.getTime()) {
    for (const name of ['anyfile_lease', 'anyfile_failed', 'anyfile_job']) db.exec(`DROP TABLE IF EXISTS ${name}`);
    for (const sql of SIDE) db.exec(sql);
    setFact(db, 'created', job.created.getTime());
    setFact(db, 'total', job.total);
    setFact(db, 'id', id);
  }
  const finished = job.total - numberOf(db, 'SELECT count(*) AS v FROM filelist WHERE finished = 0');
  if (numberOf(db, `SELECT value AS v FROM stats WHERE key = 'finished'`) !== finished)
    db.prepare(`UPDATE stats SET value = ? WHERE key = 'finished'`).run(finished);
  return readJob(db);
}

/** The job is another one by now. */
export const replaced = (): CloudError => new CloudError('another job has taken the place of this one', { code: 'ObjectChanged' });

/** Whether it is still the same job, and whether it was cancelled. @throws CloudError `ObjectChanged` */
export function checkJob(db: Sqlite, identity: string): { cancelled: boolean } {
  const [now] = db
    .prepare(
      `SELECT (SELECT created FROM xfermeta ORDER BY id LIMIT 1) || ' ' ||
          coalesce((SELECT value FROM anyfile_job WHERE key = 'id'), '') AS identity,
        EXISTS (SELECT 1 FROM anyfile_job WHERE key = 'cancelled') AS cancelled`,
    )
    .all<{ identity: string; cancelled: number }>();
  if (now?.identity !== identity) throw replaced();
  return { cancelled: now.cancelled === 1 };
}
