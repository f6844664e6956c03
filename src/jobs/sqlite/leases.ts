/**
 * Who holds which rows. A lease is a number in the rows' column `lease`: when it ends by the wall clock, as the original has it, made
 * unique, so
 * that it names its holder. Of clocks only one's own is trusted.
 *
 * @module
 */
import type { ProcessMark, Sqlite } from '../../platform/types.ts';
import { LONGEST_PAUSE_MS } from '../backoff.ts';
import { WAITING } from './schema.ts';

interface Owner {
  host: string;
  boot: string;
  pid: number;
  pstart: string;
  lease_ms: number;
}

const exists = (db: Sqlite, sql: string, ...values: number[]): boolean => db.prepare(sql).all(...values).length > 0;

/** A token that nobody has, and that the original takes for a lease until then. */
export function freeToken(db: Sqlite, leaseMs: number): number {
  let token = Date.now() + leaseMs;
  while (
    exists(db, 'SELECT 1 FROM anyfile_lease WHERE token = ?', token) ||
    exists(db, 'SELECT 1 FROM filelist WHERE finished = 0 AND lease = ? LIMIT 1', token)
  )
    token++;
  return token;
}

/** Note whose a token is. */
export function keepToken(db: Sqlite, token: number, leaseMs: number, { host, boot, pid, start }: ProcessMark): void {
  db.prepare('INSERT INTO anyfile_lease(token, host, boot, pid, pstart, lease_ms) VALUES (?, ?, ?, ?, ?, ?)').run(
    token,
    host,
    boot,
    pid,
    start,
    leaseMs,
  );
}

/** Forget a token that holds nothing any more. */
export function dropToken(db: Sqlite, token: number): void {
  if (!exists(db, 'SELECT 1 FROM filelist WHERE finished = 0 AND lease = ? LIMIT 1', token))
    db.prepare('DELETE FROM anyfile_lease WHERE token = ?').run(token);
}

/** Rows of a claim. */
export interface ClaimedRow {
  id: number;
  filename: string;
}

/** Give rows another lease. @param from the lease that they have now */
export const takeRows = (db: Sqlite, from: number, token: number, count: number): ClaimedRow[] =>
  db
    .prepare(
      'UPDATE filelist SET lease = ? WHERE id IN (SELECT id FROM filelist WHERE finished = 0 AND lease = ? LIMIT ?) RETURNING id, filename',
    )
    .all<ClaimedRow>(token, from, count);

/** Take files that failed and whose pause is over. The pause is of another's clock, so that one too far ahead is none. */
export function takeWaiting(db: Sqlite, token: number, count: number): ClaimedRow[] {
  const now = Date.now();
  return db
    .prepare(
      `UPDATE filelist SET lease = ? WHERE id IN (
        SELECT list.id FROM filelist AS list JOIN anyfile_failed AS failed ON failed.id = list.id
        WHERE list.finished = 0 AND list.lease = ${WAITING} AND (failed.next_at <= ? OR failed.next_at > ?) LIMIT ?
      ) RETURNING id, filename`,
    )
    .all<ClaimedRow>(token, now, now + LONGEST_PAUSE_MS, count);
}

/** Sees which leases are nobody's any more. */
export interface LeaseWatch {
  /** A lease whose holder is dead, in a transaction; also says whether any lease is left that may be alive. */
  findDead(db: Sqlite): { dead: number | undefined; alive: boolean };
}

/**
 * Make a watch. It remembers since when it has seen a lease: one that was not renewed for one and a half of its term, by the clock of this
 * process, is taken for dead; at once when its process has ended on this machine.
 *
 * @param now a clock that only goes on, in ms
 */
export function watchLeases(now: () => number = () => performance.now()): LeaseWatch {
  let seen = new Map<number, number>();
  return {
    findDead(db) {
      const before = seen;
      seen = new Map();
      let dead: number | undefined;
      let alive = exists(db, `SELECT 1 FROM filelist WHERE finished = 0 AND lease = ${WAITING} LIMIT 1`);
      // from one to the next by the index: there may be many rows, but there are few leases
      const next = db.prepare('SELECT lease AS v FROM filelist WHERE finished = 0 AND lease > ? ORDER BY lease LIMIT 1');
      for (let token = next.all<{ v: number }>(0)[0]?.v; token !== undefined; token = next.all<{ v: number }>(token)[0]?.v) {
        const since = before.get(token) ?? now();
        seen.set(token, since);
        const [owner] = db.prepare('SELECT host, boot, pid, pstart, lease_ms FROM anyfile_lease WHERE token = ?').all<Owner>(token);
        // without an owner it is the original's, which knows only the wall clock; a lease that is over is free to it
        const ended = owner ? db.hasEnded({ ...owner, start: owner.pstart }) || now() - since >= 1.5 * owner.lease_ms : token <= Date.now();
        if (ended) dead ??= token;
        else alive = true;
      }
      return { dead, alive };
    },
  };
}
