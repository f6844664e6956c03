/** Jobs in SQLite among processes: who is dead, who is alive, and what others do to the file. */
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSqliteStore } from '../../src/jobs/sqlite/sqlite-store.ts';
import type { JobStore, Lease } from '../../src/jobs/types.ts';
import { openSqlite } from '../../src/platform/node/sqlite.ts';
import type { SqliteValue } from '../../src/platform/types.ts';
import { killWorkers } from '../conformance/job-kills.ts';
import { claimSoon, namesOf, spec } from '../conformance/job-suite.ts';
import { inFewEngines } from '../env.ts';
import { equal, ok, rejects, test } from '../harness.ts';
import { startProgram } from './run-program.ts';

/** A job's path, and statements run on it by somebody else. */
interface Place {
  path: string;
  sql<Row = Record<string, SqliteValue>>(text: string): Promise<Row[]>;
}

const inPlace = async (work: (place: Place) => Promise<void>): Promise<void> => {
  const folder = mkdtempSync(join(tmpdir(), 'anyfile-job-'));
  const path = join(folder, 'job.db');
  const sql = async <Row>(text: string): Promise<Row[]> => {
    const db = await openSqlite(path);
    try {
      return await db.transaction(() => db.prepare(text).all<Row>());
    } finally {
      db.close();
    }
  };
  try {
    await work({ path, sql });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

const LEASE_MS = 1000;

async function take(store: JobStore, count: number): Promise<Lease> {
  const lease = await store.claim(count, { leaseMs: LEASE_MS });
  if (typeof lease === 'string') throw new Error(lease);
  return lease;
}

const ids = (lease: Lease): (string | number)[] => lease.files.map(({ id }) => id);

test('a holder on another machine is dead when its lease stayed as it was for one and a half of its term', () =>
  inPlace(async ({ path, sql }) => {
    let now = 0;
    const first = createSqliteStore(path);
    const second = createSqliteStore(path, { now: () => now });
    await first.create(spec, namesOf(10));
    const held = await take(first, 10);
    const elsewhere = (): Promise<unknown[]> => sql(`UPDATE anyfile_lease SET host = 'elsewhere'`);
    await elsewhere();
    equal(await second.claim(10), 'wait');
    now = 1.4 * LEASE_MS;
    equal(await second.claim(10), 'wait');
    // heard of again: counted from there
    equal(await first.renew(held), true);
    await elsewhere();
    now = 1.6 * LEASE_MS;
    equal(await second.claim(10), 'wait');
    now = 3 * LEASE_MS;
    equal(await second.claim(10), 'wait');
    now = 3.2 * LEASE_MS;
    const retaken = await take(second, 10);
    equal(ids(retaken), ids(held));
    equal(await first.renew(held), false);
    // both did them: each is counted once, whoever comes first
    equal(await first.finish(held, { ok: ids(held).slice(0, 4), failed: [] }), 4);
    equal(await second.finish(retaken, { ok: ids(retaken), failed: [] }), 6);
    equal(await second.claim(1), 'done');
    equal(await second.progress(), { total: 10, finished: 10, leased: 0, failed: 0 });
    equal(await sql('SELECT * FROM anyfile_lease'), []);
    await first.close();
    await second.close();
  }));

test('a holder on this machine is dead as soon as its process has ended, or is another one', () =>
  inPlace(async ({ path, sql }) => {
    const first = createSqliteStore(path);
    const second = createSqliteStore(path);
    await first.create(spec, namesOf(10));
    await take(first, 4);
    equal((await take(second, 10)).files.length, 6);
    equal(await second.claim(10), 'wait');
    await sql(`UPDATE anyfile_lease SET pstart = '1' WHERE token = (SELECT min(token) FROM anyfile_lease)`);
    equal((await take(second, 10)).files.length, 4);
    await sql('UPDATE anyfile_lease SET pid = 4194305');
    equal((await take(second, 10)).files.length + (await take(second, 10)).files.length, 10);
    await first.close();
    await second.close();
  }));

test('what failed under a lease that was lost is not noted, and giving it back takes nothing from its new holder', () =>
  inPlace(async ({ path, sql }) => {
    const first = createSqliteStore(path);
    const second = createSqliteStore(path);
    await first.create(spec, namesOf(2));
    const held = await take(first, 2);
    await sql('UPDATE anyfile_lease SET pid = 4194305');
    const retaken = await take(second, 2);
    const failed = ids(held).map((id) => ({ id, error: 'x', retry: false }));
    equal(await first.finish(held, { ok: [], failed: failed.slice(1) }), 0);
    await first.release(held);
    equal(await second.progress(), { total: 2, finished: 0, leased: 2, failed: 0 });
    equal(await second.finish(retaken, { ok: ids(retaken), failed: [] }), 2);
    await first.close();
    await second.close();
  }));

test('a counter that is wrong is put right before work, and looking changes nothing', () =>
  inPlace(async ({ path, sql }) => {
    const store = createSqliteStore(path);
    await store.create(spec, namesOf(10));
    await store.close();
    await sql('UPDATE stats SET value = 7');
    await sql('UPDATE filelist SET finished = 1 WHERE id <= 3');
    const before = readFileSync(path);
    equal((await store.progress()).finished, 3);
    await store.close();
    equal(Buffer.compare(before, readFileSync(path)), 0);
    equal((await take(store, 10)).files.length, 7);
    equal(await sql('SELECT value FROM stats'), [{ value: 3 }]);
    await store.close();
  }));

test('a job that another program took away or replaced is not worked on, and no empty file is left', () =>
  inPlace(async ({ path, sql }) => {
    const store = createSqliteStore(path);
    await store.create(spec, namesOf(10));
    const held = await take(store, 5);
    await sql('UPDATE xfermeta SET created = created + 1');
    await rejects(() => store.finish(held, { ok: ids(held), failed: [] }), 'ObjectChanged');
    await rejects(() => store.claim(5), 'ObjectChanged');
    equal((await sql('SELECT count(*) AS n FROM filelist WHERE finished = 1'))[0], { n: 0 });
    await store.close();
    // taken for a job of the original, whose side tables are of another one
    equal((await claimSoon(store, 10)) === 'done', false);
    for (const table of ['xfermeta', 'filelist', 'stats']) await sql(`DROP TABLE ${table}`);
    await rejects(() => store.claim(5), 'InvalidFile');
    await store.close();
    await rejects(() => store.open(), 'InvalidFile');
    unlinkSync(path);
    await rejects(() => store.claim(5), 'NotFound');
    ok(!existsSync(path), 'no file');
  }));

test('files of other kinds are left alone', () =>
  inPlace(async ({ path, sql }) => {
    writeFileSync(path, 'no database at all, but long enough to have a header of its own'.repeat(20));
    const store = createSqliteStore(path);
    await rejects(() => store.open(), 'InvalidFile');
    await rejects(() => store.create(spec, ['a'], { force: true }), 'InvalidFile');
    ok(readFileSync(path, 'utf8').startsWith('no database'), 'the file as it was');
    await store.close();
    unlinkSync(path);
    (await openSqlite(path, { create: true })).close();
    await sql('CREATE TABLE mine (a)');
    await rejects(() => store.open(), 'InvalidFile');
    await rejects(() => store.create(spec, ['a'], { force: true }), 'InvalidFile');
    equal(await sql('SELECT name FROM sqlite_master'), [{ name: 'mine' }]);
    await store.close();
  }));

test('a job that is finished and taken away takes no other job with it', () =>
  inPlace(async ({ path }) => {
    const store = createSqliteStore(path);
    await store.create(spec, []);
    const other = createSqliteStore(path);
    await other.open();
    unlinkSync(path);
    const fresh = createSqliteStore(path);
    await fresh.create(spec, namesOf(5));
    const { ino } = statSync(path);
    await other.close({ remove: true }).catch(() => {});
    await store.close({ remove: true }).catch(() => {});
    equal(statSync(path).ino, ino);
    equal((await fresh.progress()).total, 5);
    await fresh.close();
  }));

test('a lock that others hold for long is waited out, as long as the signal lives', () =>
  inPlace(async ({ path }) => {
    const store = createSqliteStore(path);
    await store.create(spec, namesOf(5));
    const other = await openSqlite(path);
    other.exec('BEGIN IMMEDIATE');
    const reason = new Error('enough');
    const stop = new AbortController();
    const waiting = store.claim(5, { signal: stop.signal });
    setTimeout(() => stop.abort(reason), 300);
    await rejects(waiting, (error) => error === reason);
    const patient = store.claim(5);
    setTimeout(() => other.exec('COMMIT'), 300);
    ok(typeof (await patient) === 'object', 'files');
    other.close();
    await store.close();
  }));

test('twenty programs that are killed at random lose nothing, and count nothing twice', () => {
  inFewEngines('programs are started anew twenty times');
  return inPlace(async ({ path, sql }) => {
    const store = createSqliteStore(path);
    await killWorkers({ where: path, store });
    const [rows] = await sql(
      `SELECT count(*) AS rows, sum(finished) AS finished, (SELECT value FROM stats) AS counter,
        (SELECT count(*) FROM anyfile_lease) AS leases FROM filelist`,
    );
    equal(rows, { rows: 20_000, finished: 20_000, counter: 20_000, leases: 0 });
    equal(await sql('PRAGMA integrity_check'), [{ integrity_check: 'ok' }]);
    await store.close();
  });
});

test('what a killed program held is taken over soon, long before its lease runs out', () => {
  inFewEngines('programs are started anew');
  return inPlace(async ({ path }) => {
    const store = createSqliteStore(path);
    await store.create(spec, namesOf(5000));
    const child = startProgram('job-user', { args: [path, `${path}.log`, '5000', '600000'] });
    const ended = new Promise((resolve) => child.once('close', resolve));
    await new Promise((resolve) => child.stdout.once('data', resolve));
    equal(await store.claim(1), 'wait', 'all is in its hands');
    child.kill('SIGKILL');
    await ended;
    const begun = performance.now();
    const lease = await claimSoon(store, 5000);
    // the bound is 2 s: ten times that is no matter of a busy machine
    ok(performance.now() - begun < 20_000, `taken over after ${performance.now() - begun} ms`);
    equal(lease === 'done' ? 0 : lease.files.length, 5000);
    await store.close();
  });
});
