/**
 * Listings of any length, kept in a SQLite database as cloud-files keeps them, and taken up where they ended.
 *
 * @module
 */
import { openSqlite } from '#platform';
import { CloudError, redactUrl } from '../errors.ts';
import type { Sqlite, SqliteValue } from '../platform/types.ts';
import { aliasesOf } from '../store/aliases-of.ts';
import { sessionOf, type SessionOptions } from '../store/session.ts';
import type { AbortOptions, ListPage } from '../types.ts';
import { formatUrl } from '../url/format.ts';
import { parseUrl } from '../url/parse.ts';
import { openFiles } from './cloud-files.ts';
import { shownName } from './names.ts';

/** Options of {@link saveListing}: a client or a client's options, a signal. */
export interface SaveListingOptions extends SessionOptions, AbortOptions {
  /** Told after each page how many files the database holds. */
  onPage?: ((files: number) => void) | undefined;
}

/** What {@link saveListing} did. */
export interface SavedListing {
  /** Files in the database. */
  files: number;
  /** An earlier listing that had broken off was taken up. */
  resumed: boolean;
}

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
function begin(db: Sqlite, url: string): string | undefined {
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

const numberOf = (db: Sqlite): number => Number(first(db, 'SELECT count(*) AS n FROM files')?.['n'] ?? 0);

/** Writes one page, or the end. @param before how many files were in. @returns how many are in now */
function note(
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

/**
 * List all files below a URL into a SQLite database: table `files`, with the names and stored sizes. Each page is written when it comes, so that
 * memory stays bounded, and a listing that broke off, here or in cloud-files, goes on behind its last name when it is called again. One that has ended is
 * made anew. Node (22.13, or with @photostructure/sqlite 1.x), Bun and Deno.
 *
 * @param url of a folder; names are relative to it
 * @param database path of the file, which is made when it is not there
 * @throws CloudError `InvalidArgument` it holds the listing of another place; `InvalidFile` it holds something else; `NotSupported` no SQLite, or a
 *   client that is `readOnly`; and what listing throws
 * @example const { files } = await saveListing('s3://bucket/data', 'listing.db');
 */
export async function saveListing(url: string, database: string, options: SaveListingOptions = {}): Promise<SavedListing> {
  const { signal, onPage } = options;
  const { context, isOurs } = sessionOf(options);
  const location = parseUrl(url, { aliases: aliasesOf(context) });
  const target = parseUrl(database);
  if (target.protocol !== 'file') throw new CloudError('a database is a file of this machine', { code: 'InvalidArgument', url: database });
  if (context.options.readOnly) throw new CloudError('this client is read-only: no database is written', { code: 'NotSupported' });
  const path = location.path.replace(/(?<=.)\/+$/, '');
  const files = openFiles({ ...location, path: path && path.replace(/\/?$/, '/') }, { client: { context } });
  const place = redactUrl(formatUrl({ ...location, format: 'precomputed', path }));
  const db = await openSqlite(target.path, { create: true, signal });
  if (!db) throw new CloudError('there is no SQLite in a page', { code: 'NotSupported' });
  try {
    const after = await db.transaction(() => begin(db, place), { signal });
    let total = await db.read(() => numberOf(db), { signal });
    const write = async (page: ListPage): Promise<void> => {
      const rows = page.objects.filter(({ key }) => key !== '').map(({ key, sizeBytes }) => [shownName(files, key), sizeBytes] as const);
      const last = page.objects.at(-1)?.key;
      if (last !== undefined) total = await db.transaction(() => note(db, total, rows, last), { signal });
      onPage?.(total);
    };
    for await (const page of files.store.list({ signal, ...(after && { startAfter: after }) })) await write(page);
    await db.transaction(() => note(db, total, [], undefined), { signal });
    return { files: total, resumed: after !== undefined && after !== '' };
  } finally {
    db.close();
    if (isOurs) await context.close();
  }
}
