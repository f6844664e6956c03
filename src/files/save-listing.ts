/**
 * Listings of any length, kept in a SQLite database as cloud-files keeps them, and taken up where they ended.
 *
 * @module
 */
import { openSqlite } from '#platform';
import { CloudError, redactUrl } from '../errors.ts';
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
  const { begin, note, numberOf } = await import('./listing-database.ts');
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
