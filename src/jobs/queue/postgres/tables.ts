/**
 * The tables beside pg-boss's own: names by chunks with a bit for each file that is done, ranges that are held, failures.
 *
 * @module
 */

/** The schema of pg-boss, apart from one that the database's other users may have in another version. */
export const BOSS_SCHEMA = 'anyfile_boss';

/** Names are JSON texts: PostgreSQL's own text and jsonb take no U+0000. The number is any one that only we use. */
export const MAKE_TABLES = `
  SELECT pg_advisory_xact_lock(7265839201);
  CREATE SCHEMA IF NOT EXISTS anyfile;
  CREATE TABLE IF NOT EXISTS anyfile.transfer_job (
    name text PRIMARY KEY, version int NOT NULL, made text NOT NULL, spec text NOT NULL, created timestamptz NOT NULL, total bigint NOT NULL,
    state text NOT NULL);
  CREATE TABLE IF NOT EXISTS anyfile.transfer_chunk (
    job text, chunk int, names text NOT NULL, done bytea NOT NULL, finished int NOT NULL, PRIMARY KEY (job, chunk));
  CREATE TABLE IF NOT EXISTS anyfile.transfer_item (
    job text, id uuid, attempt int NOT NULL, size int NOT NULL, open int NOT NULL, until timestamptz, PRIMARY KEY (job, id));
  ALTER TABLE anyfile.transfer_item ADD COLUMN IF NOT EXISTS holder text;
  CREATE INDEX IF NOT EXISTS transfer_item_until ON anyfile.transfer_item (job, until) WHERE until IS NOT NULL;
  CREATE TABLE IF NOT EXISTS anyfile.transfer_failure (
    job text, id bigint, attempts int NOT NULL, error text NOT NULL, final boolean NOT NULL, PRIMARY KEY (job, id));
`;

/** Whether the tables are there. */
export const HAS_TABLES = `SELECT to_regclass('anyfile.transfer_job') IS NOT NULL AS found`;

/** All that there is of a job ($1), children first. */
export const CLEAR_JOB: readonly string[] = ['failure', 'item', 'chunk'].map(
  (name) => `DELETE FROM anyfile.transfer_${name} WHERE job = $1`,
);

/** Chunks that were not there yet; their names are JSON. $1 job, $2 numbers, $3 names. */
export const ADD_CHUNKS = `
  INSERT INTO anyfile.transfer_chunk (job, chunk, names, done, finished)
  SELECT $1, chunk, names, ''::bytea, 0 FROM unnest($2::int[], $3::text[]) AS given(chunk, names)
  ON CONFLICT DO NOTHING RETURNING chunk`;

/** $1 job, $2 id, $3 attempt, $4 size, $5 files without an outcome, $6 term in ms, $7 the process, as JSON. */
export const HOLD_ITEM = `
  INSERT INTO anyfile.transfer_item (job, id, attempt, size, open, until, holder)
  VALUES ($1, $2, $3, $4, $5, clock_timestamp() + $6 * interval '1 millisecond', $7)
  ON CONFLICT (job, id) DO UPDATE
  SET attempt = excluded.attempt, size = excluded.size, open = excluded.open, until = excluded.until, holder = excluded.holder`;

/** Items of holders whose term is over. */
export const OVERDUE_ITEMS = `
  SELECT id, attempt FROM anyfile.transfer_item WHERE job = $1 AND until < clock_timestamp() LIMIT 50 FOR UPDATE SKIP LOCKED`;

/** Who holds items, as JSON. $1 job. */
export const HOLDERS = `SELECT DISTINCT holder FROM anyfile.transfer_item WHERE job = $1 AND until IS NOT NULL AND holder IS NOT NULL`;

/** Items of some holders. $1 job, $2 who. */
export const ITEMS_OF = `
  SELECT id, attempt FROM anyfile.transfer_item WHERE job = $1 AND until IS NOT NULL AND holder = ANY($2::text[]) LIMIT 50
  FOR UPDATE SKIP LOCKED`;

/** $1 job, $2 number, $3 error, $4 whether it is given up. */
export const ADD_FAILURE = `
  INSERT INTO anyfile.transfer_failure AS old (job, id, attempts, error, final) VALUES ($1, $2, 1, $3, $4)
  ON CONFLICT (job, id) DO UPDATE
  SET attempts = old.attempts + 1, error = excluded.error, final = excluded.final`;

/** Files done, files in hands, files given up. */
export const COUNTS = `
  SELECT (SELECT coalesce(sum(finished), 0) FROM anyfile.transfer_chunk WHERE job = $1) AS finished,
         (SELECT coalesce(sum(open), 0) FROM anyfile.transfer_item WHERE job = $1 AND until IS NOT NULL) AS leased,
         (SELECT count(*) FROM anyfile.transfer_failure WHERE job = $1 AND final) AS failed`;

/** A page of failures; $2 the number before it. */
export const FAILURES_PAGE = `
  SELECT id, attempts, error, final FROM anyfile.transfer_failure WHERE job = $1 AND id > $2 ORDER BY id LIMIT 500`;

/** $1 job, $2 what tells it, $3 version, $4 spec, $5 time, $6 state. */
export const PUT_JOB = `
  INSERT INTO anyfile.transfer_job (name, made, version, spec, created, total, state) VALUES ($1, $2, $3, $4, $5, 0, $6)
  ON CONFLICT (name) DO UPDATE SET made = $2, version = $3, spec = $4, created = $5, total = 0, state = $6`;

/** $1 job, $2 ids, $3 attempts, $4 term in ms. */
export const RENEW_ITEMS = `
  UPDATE anyfile.transfer_item SET until = clock_timestamp() + $4 * interval '1 millisecond'
  FROM unnest($2::uuid[], $3::int[]) AS held(held_id, held_attempt) WHERE job = $1 AND id = held_id AND attempt = held_attempt`;
