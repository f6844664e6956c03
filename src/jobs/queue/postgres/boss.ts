/**
 * What is used of pg-boss 12, in types of our own.
 *
 * @module
 */

/** A row as the driver gives it. */
export type Row = Record<string, unknown>;

/** Runs statements. */
export interface Db {
  executeSql(text: string, values?: unknown[]): Promise<{ rows: Row[] }>;
}

/** An open transaction. */
export interface Transaction {
  readonly db: Db;
  commit(): Promise<void>;
  rollback(): Promise<void>;
}

/** The database behind a boss. */
export interface BossDb extends Db {
  beginTransaction(): Promise<Transaction>;
}

/** One holding of a job: another one has another count. */
export interface Attempt {
  readonly id: string;
  readonly retryCount: number;
}

/** A job that was fetched. */
export interface BossJob extends Attempt {
  readonly data: { readonly from: number; readonly size: number };
}

/** The methods of `PgBoss`. */
export interface Boss {
  on(event: 'error' | 'warning', listener: (value: unknown) => void): unknown;
  start(): Promise<unknown>;
  stop(options: { graceful: boolean; close: boolean }): Promise<void>;
  getDb(): BossDb;
  createQueue(name: string, options: Record<string, unknown>): Promise<void>;
  deleteQueue(name: string): Promise<void>;
  insert(name: string, jobs: { data: unknown; startAfter?: number }[], options: { db: Db }): Promise<unknown>;
  fetch(name: string, options: { batchSize: number; db: Db }): Promise<BossJob[]>;
  touch(name: string, jobs: Attempt[], options: { db: Db }): Promise<{ affected: number }>;
  complete(name: string, jobs: Attempt[], data: null, options: { db: Db }): Promise<{ affected: number }>;
  fail(name: string, jobs: Attempt[], data: null, options: { db: Db }): Promise<{ affected: number }>;
}

/** The package. */
export interface BossPackage {
  readonly PgBoss: new (options: Record<string, unknown>) => Boss;
}
