/**
 * The database of a listing, as cloud-files keeps it.
 *
 * @module
 */
import { CloudError } from '../errors.ts';
import type { Sqlite, SqliteValue } from '../platform/types.ts';

/** The tables of cloud-files 6.3.1. */
const schema = `
CREATE TABLE IF NOT EXISTS files ( id INTEGER PRIMARY KEY AUTOINCREMENT, path TEXT NOT NULL UNIQUE, size INTEGER );
CREATE TABLE IF NOT EXISTS checkpoint ( id INTEGER PRIMARY KEY AUTOINCREMENT, page_token TEXT, rows_done INTEGER DEFAULT 0, updated_at DATETIME DEFAULT CURRENT_TIMESTAMP );
CREATE TABLE IF NOT EXISTS metadata ( id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT, value TEXT );
CREATE INDEX IF NOT EXISTS idx_files_path ON files(path);
`;
/**
 * Our own row of `metadata`, while a listing is under way: the last key that is in. A token of the store's, as cloud-files notes it, ends with the
 * store's patience; a key does not.
 */
const mark = 'anyfile_after';

type Row = Readonly<Record<string, SqliteValue>>;
const first = (db: Sqlite, sql: string, ...values: string[]): Row | undefined => db.prepare(sql).all<Row>(...values)[0];
const textOf = (value: SqliteValue | undefined): string | undefined => (typeof value === 'string' ? value : undefined);

/** Where a listing goes on: `undefined` from the beginning. @throws CloudError */
export function begin(db: Sqlite, url: string): string | undefined {
  const tables = db
    .prepare(`SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'`)
    .all<{ name: string }>();
  if (tables.length === 0) db.exec(schema);
  else if (!['files', 'checkpoint', 'metadata'].every((name) => tables.some((table) => table.name === name)))
    throw new CloudError('this database holds something else than a listing', { code: 'InvalidFile' });
  const known = textOf(first(db, `SELECT value FROM metadata WHERE name = 'cloudpath'`)?.['value']);
  if (known !== undefined && known !== url)
    throw new CloudError(`this database holds the listing of ${known}`, { code: 'InvalidArgument' });
  if (known === undefined) db.prepare(`INSERT INTO metadata (name, value) VALUES ('cloudpath', ?)`).run(url);
  const ours = textOf(first(db, 'SELECT value FROM metadata WHERE name = ?', mark)?.['value']);
  if (ours !== undefined) return ours;
  // cloud-files broke off: its rows are in the order of the listing
  const theirs = first(db, 'SELECT id FROM checkpoint WHERE page_token IS NOT NULL');
  const last = theirs && textOf(first(db, 'SELECT path FROM files ORDER BY id DESC LIMIT 1')?.['path']);
  if (last === undefined) db.exec('DELETE FROM files');
  db.prepare('INSERT INTO metadata (name, value) VALUES (?, ?)').run(mark, last ?? '');
  return last;
}

/** How many files are in. */
export const numberOf = (db: Sqlite): number => Number(first(db, 'SELECT count(*) AS n FROM files')?.['n'] ?? 0);

/** Writes one page, or the end. @param before how many files were in. @returns how many are in now */
export function note(
  db: Sqlite,
  before: number,
  rows: readonly (readonly [name: string, sizeBytes: number])[],
  after: string | undefined,
): number {
  const insert = db.prepare('INSERT OR IGNORE INTO files (path, size) VALUES (?, ?)');
  let files = before;
  for (const [name, sizeBytes] of rows) files += insert.run(name, Number.isFinite(sizeBytes) ? sizeBytes : null);
  if (after === undefined) db.prepare('DELETE FROM metadata WHERE name = ?').run(mark);
  else db.prepare('UPDATE metadata SET value = ? WHERE name = ?').run(after, mark);
  const changed = db.prepare('UPDATE checkpoint SET page_token = NULL, rows_done = ?, updated_at = CURRENT_TIMESTAMP').run(files);
  if (changed === 0) db.prepare('INSERT INTO checkpoint (page_token, rows_done) VALUES (NULL, ?)').run(files);
  return files;
}
