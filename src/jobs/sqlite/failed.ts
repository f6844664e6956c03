/**
 * Files that could not be transferred: why, how often, and when they are tried again.
 *
 * @module
 */
import type { Sqlite } from '../../platform/types.ts';
import type { AbortOptions } from '../../types.ts';
import { pauseAfter } from '../backoff.ts';
import type { FailedFile, JobFailure } from '../types.ts';
import { FAILED, WAITING } from './schema.ts';

const PAGE = 1000;

/** Keep one failure, unless the file is somebody else's by now. @param token of the lease that it was transferred under */
export function keepFailed(db: Sqlite, { id, error, retry }: FailedFile, token: number): void {
  const lease = retry ? WAITING : FAILED;
  if (db.prepare('UPDATE filelist SET lease = ? WHERE id = ? AND finished = 0 AND lease = ?').run(lease, id, token) === 0) return;
  const before = db.prepare('SELECT attempts FROM anyfile_failed WHERE id = ?').all<{ attempts: number }>(id)[0]?.attempts ?? 0;
  const attempts = before + 1;
  const nextAt = retry ? Date.now() + pauseAfter(attempts) : 0;
  db.prepare('INSERT OR REPLACE INTO anyfile_failed(id, attempts, error, next_at, dead) VALUES (?, ?, ?, ?, ?)').run(
    id,
    attempts,
    error,
    nextAt,
    retry ? 0 : 1,
  );
}

/** What failed and is not finished, by the order of the job. */
export async function* listFailures(db: Sqlite, options: AbortOptions = {}): AsyncGenerator<JobFailure, void, undefined> {
  for (let after = 0; ;) {
    const rows = await db.read(
      () =>
        db
          .prepare(
            `SELECT failed.id AS id, filename, attempts, error, dead
              FROM anyfile_failed AS failed JOIN filelist AS list ON list.id = failed.id
              WHERE failed.id > ? AND finished = 0 ORDER BY failed.id LIMIT ${PAGE}`,
          )
          .all<{ id: number; filename: string; attempts: number; error: string; dead: number }>(after),
      options,
    );
    for (const { id, filename, attempts, error, dead } of rows) {
      after = id;
      yield { name: filename, error, attempts, isFinal: dead === 1 };
    }
    if (rows.length < PAGE) return;
  }
}

/** Let all that failed for good be tried again, at once, with all attempts before it. @returns how many */
export function retryFailed(db: Sqlite): number {
  db.exec('UPDATE anyfile_failed SET attempts = 0, next_at = 0 WHERE dead = 1');
  const count = db.prepare(`UPDATE filelist SET lease = 0 WHERE finished = 0 AND lease = ${FAILED}`).run();
  db.exec('UPDATE anyfile_failed SET dead = 0 WHERE dead = 1');
  return count;
}
