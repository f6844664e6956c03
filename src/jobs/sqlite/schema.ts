/**
 * The tables of a job's database. Source: cloud-files 6.4.3, whose databases these are, to the letter (spec/cloudfiles.md §8, "Resumable
 * transfer
 * database"); those that begin with `anyfile_` stand beside them and are never touched by it.
 *
 * @module
 */

/** The original's tables, which a job has once it is whole: `xfermeta` comes last, so that a job that was half made is none for anybody. */
export const FILELIST = `CREATE TABLE filelist ( id INTEGER PRIMARY KEY AUTOINCREMENT, filename TEXT NOT NULL,
    finished INTEGER NOT NULL, lease INTEGER NOT NULL )`;

/** Made when the rows are there: five times as fast as before them. */
export const WHOLE: readonly string[] = [
  'CREATE INDEX resumableidxfin ON filelist(finished,lease)',
  'CREATE INDEX resumableidxfile ON filelist(filename)',
  'CREATE TABLE stats ( id INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL, value INTEGER )',
  `CREATE TABLE xfermeta ( id INTEGER PRIMARY KEY AUTOINCREMENT, source TEXT NOT NULL, dest TEXT NOT NULL,
    reencode TEXT, created INTEGER NOT NULL )`,
  `INSERT INTO stats(id, key, value) VALUES (1, 'finished', 0)`,
];

/**
 * Ours. `anyfile_lease`: who holds the rows whose `lease` is the token. `anyfile_failed`: what went wrong with a file, and when it is tried
 * again. `anyfile_job`: what else is known of the job, and of its making.
 */
export const SIDE: readonly string[] = [
  `CREATE TABLE IF NOT EXISTS anyfile_lease (token INTEGER PRIMARY KEY, host TEXT NOT NULL, boot TEXT NOT NULL,
    pid INTEGER NOT NULL, pstart TEXT NOT NULL, lease_ms INTEGER NOT NULL)`,
  `CREATE TABLE IF NOT EXISTS anyfile_failed (id INTEGER PRIMARY KEY, attempts INTEGER NOT NULL, error TEXT NOT NULL,
    next_at INTEGER NOT NULL, dead INTEGER NOT NULL)`,
  `CREATE TABLE IF NOT EXISTS anyfile_job (key TEXT PRIMARY KEY, value) WITHOUT ROWID`,
];

/** Leases of nobody: a file that failed for good, and one that waits for its next attempt. To the original both are free. */
export const FAILED = -1;
/** @see {@link FAILED} */
export const WAITING = -2;

/** Names in one statement: an array in JSON, which takes no variables. */
export const INSERT = 'INSERT INTO filelist(filename, finished, lease) SELECT value, 0, 0 FROM json_each(?)';

/** How a job's encoding is kept: the original takes `''` for "decoded" and refuses its own `none`, which it writes as `0`. */
export function readReencode(kept: string | number | null): string | null {
  if (kept === null || kept === 'same') return null;
  const text = String(kept);
  return ['0', 'none', 'false'].includes(text) ? '' : text;
}
