/**
 * Open the queue of a job that many machines work on.
 *
 * @module
 */
import { CloudError } from '../../errors.ts';
import type { JobStore } from '../types.ts';
import { CHUNK_FILES, type QueueBackend } from './backend.ts';
import { QueueStore } from './queue-store.ts';

/** Options of {@link openQueueStore}. */
export interface QueueStoreOptions {
  /** The job's name in the database: letters, digits, `_`, `.` and `-`, at most 60. @default what `?job=` in the URL says, else `transfer` */
  job?: string | undefined;
  /** Files of one range of the queue, 1 to 1000: what workers fetch at a time; who claims fewer cuts it. @default 200 */
  rangeFiles?: number | undefined;
  /** How long the database may be away before a call fails, in ms. An address that never answered is given 3 s. @default 120000 */
  patienceMs?: number | undefined;
}

/**
 * The queue at a URL: `postgres://` and `postgresql://` by pg-boss 12.35.0 (Node 22.12 or later), `redis://` and `rediss://` by BullMQ 6.7.0 with
 * ioredis 6.0.0. The packages are optional and are loaded here; the database is reached on first use. Names are kept in chunks in the same database,
 * what is queued are ranges of them; a file is handed out at least once and counted once.
 *
 * @throws CloudError `InvalidUrl`, `UnsupportedProtocol`; `InvalidArgument` no name of a job; `NotSupported` a package is missing, or Node too old
 * @example
 * const queue = await openQueueStore('postgres://user:password@db.example/work?job=photos');
 * for (let lease = await queue.claim(100); lease !== 'done'; lease = await queue.claim(100)) …
 */
export async function openQueueStore(url: string, options: QueueStoreOptions = {}): Promise<JobStore> {
  const { rangeFiles = 200, patienceMs = 120_000 } = options;
  // an error of the parser would repeat the URL, and with it the password
  if (!URL.canParse(url)) throw new CloudError('the address of the queue is no URL', { code: 'InvalidUrl' });
  const parsed = new URL(url);
  const job = options.job ?? parsed.searchParams.get('job') ?? 'transfer';
  if (!/^[\w.-]{1,60}$/.test(job)) {
    throw new CloudError('the name of a job has letters, digits, _, . and -, at most 60', { code: 'InvalidArgument' });
  }
  if (!Number.isInteger(rangeFiles) || rangeFiles < 1 || rangeFiles > CHUNK_FILES) {
    throw new CloudError(`rangeFiles must be a whole number from 1 to ${CHUNK_FILES}`, { code: 'InvalidArgument' });
  }
  parsed.searchParams.delete('job');
  const backend = await backendFor(parsed, job, rangeFiles, patienceMs);
  return new QueueStore(backend, { job, rangeFiles, patienceMs, secrets: secretsOf(url, parsed) });
}

async function backendFor(url: URL, job: string, rangeFiles: number, patienceMs: number): Promise<QueueBackend> {
  switch (url.protocol) {
    case 'postgres:':
    case 'postgresql:': {
      const { PgBackend } = await import('./postgres/pg-backend.ts');
      return PgBackend.make(url.href, job, rangeFiles);
    }
    case 'redis:':
    case 'rediss:': {
      const { RedisBackend } = await import('./redis/redis-backend.ts');
      return RedisBackend.make(url.href, job, rangeFiles, patienceMs);
    }
    default:
      throw new CloudError('a queue is at postgres://… or redis://…', { code: 'UnsupportedProtocol' });
  }
}

/** All spellings of what must not be shown: the URL as given and as parsed, the password as written and decoded, values of the query. */
function secretsOf(url: string, parsed: URL): string[] {
  const { password, searchParams, href } = parsed;
  const secrets = [url, href, password, ...[...searchParams].filter(([name]) => /pass|secret|token/i.test(name)).map(([, value]) => value)];
  try {
    secrets.push(decodeURIComponent(password));
  } catch {
    // a password with a stray % is only known as written
  }
  // the longest first: the URL holds the password
  return [...new Set(secrets)].filter(Boolean).sort((a, b) => b.length - a.length);
}
