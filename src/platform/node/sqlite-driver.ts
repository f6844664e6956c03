/**
 * SQLite as the runtime has it: Bun's, Node's and Deno's own, or on Node 20 the package that stands for it there.
 *
 * @module
 */
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { CloudError } from '../../errors.ts';
import type { SqliteValue } from '../types.ts';

/** What the drivers have in common. */
export interface SqliteDriver {
  exec(sql: string): unknown;
  prepare(sql: string): { run(...values: SqliteValue[]): { changes: number | bigint }; all(...values: SqliteValue[]): unknown[] };
  close(): void;
}

type Open = (path: string, create: boolean) => SqliteDriver;

interface NodeSqlite {
  DatabaseSync: new (location: string) => SqliteDriver;
}

interface BunSqlite {
  Database: new (path: string, options: { readwrite: boolean; create: boolean }) => SqliteDriver;
}

const barred = (cause: unknown): CloudError =>
  new CloudError('SQLite needs Node 22.13, Bun, Deno, or the package @photostructure/sqlite 1.x', { code: 'NotSupported', cause });

/** By a URL, since only that can say that a file must be there: by a path an empty one would be made. */
const openWith =
  ({ DatabaseSync }: NodeSqlite): Open =>
  (path, create) =>
    new DatabaseSync(`${pathToFileURL(path).href}?mode=${create ? 'rwc' : 'rw'}`);

/** Node warns on first use that its SQLite may change, which is no news for whoever runs the command. */
function withoutWarning<T>(load: () => T): T {
  const { emitWarning } = process;
  process.emitWarning = () => {};
  try {
    return load();
  } finally {
    process.emitWarning = emitWarning;
  }
}

async function find(): Promise<Open> {
  if ('Bun' in globalThis) {
    // not as text: no bundler knows it
    const name = 'bun:sqlite';
    const { Database } = (await import(name)) as BunSqlite;
    return (path, create) => new Database(path, { readwrite: true, create });
  }
  const own = withoutWarning(() => process.getBuiltinModule('node:sqlite') as NodeSqlite | undefined);
  if (own) return openWith(own);
  try {
    const theirs: NodeSqlite = await import('@photostructure/sqlite');
    return openWith(theirs);
  } catch (error) {
    throw barred(error);
  }
}

/** Open a database. @param create make it when it is not there. @throws what SQLite says; CloudError `NotSupported` where there is none */
export async function openDriver(path: string, create: boolean): Promise<SqliteDriver> {
  return (await find())(path, create);
}
