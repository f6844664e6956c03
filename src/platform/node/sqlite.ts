/**
 * A SQLite database, with the patience that several processes need of one another.
 *
 * @module
 */
import { statSync, unlinkSync } from 'node:fs';
import type { AbortOptions } from '../../types.ts';
import { delay, throwIfAborted } from '../../util/abort.ts';
import type { Sqlite, SqliteStatement } from '../types.ts';
import { openDriver } from './sqlite-driver.ts';
import { isBusy, sqliteError } from './sqlite-error.ts';
import { hasEnded, ownMark } from './process-mark.ts';

/** How long SQLite itself waits, holding up the thread. */
const BUSY_MS = 50;
/** The longest wait between attempts, in ms. */
const LONGEST_MS = 250;

/** Repeat what another connection's lock stopped, as long as it takes: under load a single process may wait for many seconds. */
async function patiently<T>(task: () => T, signal: AbortSignal | undefined): Promise<T> {
  for (let most = 5; ; most = Math.min(most * 2, LONGEST_MS)) {
    throwIfAborted(signal);
    try {
      return task();
    } catch (error) {
      if (!isBusy(error)) throw sqliteError(error);
    }
    // by chance, so that two do not meet again and again
    await delay(1 + Math.random() * most, signal);
  }
}

/** The number of the file at a path, which another file at that path does not have. */
function fileNumber(path: string): string | undefined {
  const stat = statSync(path, { bigint: true, throwIfNoEntry: false });
  return stat && `${stat.dev} ${stat.ino}`;
}

/**
 * Open a database.
 *
 * @param path absolute
 * @throws CloudError `NotFound` it is not there, and `create` was not said; `InvalidFile` it is no database; `NotSupported`;
 * `PermissionDenied`
 */
export async function openSqlite(path: string, { create = false, signal }: AbortOptions & { create?: boolean } = {}): Promise<Sqlite> {
  throwIfAborted(signal);
  let driver: Awaited<ReturnType<typeof openDriver>>;
  try {
    driver = await openDriver(path, create);
  } catch (error) {
    throw sqliteError(error);
  }
  const statements = new Map<string, SqliteStatement>();
  let open = true;
  const opened = fileNumber(path);

  const db: Sqlite = {
    exec: (sql) => void driver.exec(sql),

    prepare(sql) {
      let statement = statements.get(sql);
      if (!statement) {
        const made = driver.prepare(sql);
        statement = {
          run: (...values) => Number(made.run(...values).changes),
          all: <Row>(...values: Parameters<typeof made.all>) => made.all(...values) as Row[],
        };
        statements.set(sql, statement);
      }
      return statement;
    },

    read: (task, options = {}) => patiently(task, options.signal),

    transaction: (task, options = {}) =>
      patiently(() => {
        driver.exec('BEGIN IMMEDIATE');
        try {
          const result = task();
          driver.exec('COMMIT');
          return result;
        } catch (error) {
          try {
            driver.exec('ROLLBACK');
          } catch {
            // SQLite has done so by itself
          }
          throw error;
        }
      }, options.signal),

    removeFile() {
      // another file may have come to its place, which is nobody's to take away
      if (fileNumber(path) !== opened) return;
      try {
        unlinkSync(path);
      } catch {
        // Windows keeps what is open
        db.close();
        unlinkSync(path);
      }
    },

    close() {
      if (open) driver.close();
      open = false;
    },

    owner: ownMark(),
    hasEnded,
  };
  try {
    await patiently(() => {
      driver.exec(`PRAGMA busy_timeout = ${BUSY_MS}`);
      // the first look at the file: before it nothing was read
      driver.prepare('SELECT count(*) FROM sqlite_master').all();
    }, signal);
  } catch (error) {
    db.close();
    throw error;
  }
  return db;
}
