/** `anyfile ls --sqlite`: the tables of cloud-files, taken up where a listing ended. */
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { openSqlite } from '../../src/platform/node/sqlite.ts';
import type { ClientOptions } from '../../src/index.ts';
import { equal, ok, test } from '../harness.ts';
import recorded from '../parity/cloudfiles/ls-sqlite.json' with { type: 'json' };
import trees from '../parity/cloudfiles/cp-trees.json' with { type: 'json' };
import { withScenario, type ScenarioOptions, type Scenarios } from '../servers/fixture/client.ts';
import { cli, inFolder, plant, tree, type CliResult } from './cli/run-cli.ts';

type Run = (...argv: string[]) => Promise<CliResult>;

function withBucket(
  options: ScenarioOptions['s3'],
  work: (run: Run, place: string, root: string, s3: Scenarios['s3']) => Promise<void>,
): Promise<void> {
  return withScenario('s3', options, (s3) =>
    inFolder((root) => {
      const clientOptions: ClientOptions = { region: s3.region, credentials: s3.credentials };
      return work((...argv) => cli(['ls', ...argv], { clientOptions }), `s3://${s3.endpoint}/${s3.bucket}`, root, s3);
    }),
  );
}

/** All rows of a table, in the order of their numbers. */
async function rowsOf(path: string, table: string): Promise<(string | number | null)[][]> {
  const db = await openSqlite(path);
  try {
    return await db.read(() =>
      db
        .prepare(`SELECT * FROM ${table}`)
        .all<Record<string, string | number | null>>()
        .map((row) => Object.values(row)),
    );
  } finally {
    db.close();
  }
}

const plain = (sql: string): string => sql.replace(/\s+/g, ' ');
const many = Array.from({ length: 2500 }, (_, i) => ({ key: `many/${String(i).padStart(4, '0')}`, text: 'x' }));
const all = many.map(({ key }) => key.slice('many/'.length));

test('ls-sqlite.json: the tables and their rows are those of cloud-files', () => {
  const bytes = (name: string): string => (trees.source as Record<string, string>)[name] ?? '';
  const names = {
    'a.txt': 'a.txt',
    'empty.dat': 'empty.dat',
    'pre.txt': 'pre.txt.gz',
    'pre2.txt': 'pre2.txt.br',
    'sub/b.json': 'sub/b.json',
    'sub/deep/c.bin': 'sub/deep/c.bin',
  };
  const objects = Object.entries(names).map(([name, file]) => ({ key: `cli/src/${name}`, base64: bytes(file) }));
  return withBucket({ objects }, async (run, place, root) => {
    const got = await run('--sqlite', `${root}/ls.db`, `${place}/cli/`);
    equal([got.status, got.stdout, got.stderr], [0, '', '']);
    const { schema, tables } = recorded;
    const made = (await rowsOf(`${root}/ls.db`, 'sqlite_master'))
      .map((row) => row[4])
      .filter((sql) => typeof sql === 'string')
      .map((sql) => plain(sql));
    equal(made.sort(), [...schema].sort());
    for (const [table, rows] of Object.entries(tables)) {
      const is = (await rowsOf(`${root}/ls.db`, table)).map((row) =>
        row.map((value) =>
          /^\d{4}-\d\d-\d\d \d\d:/.test(String(value)) ? '<datetime>' : String(value ?? 'null').replace(place, 's3://http://<s3-host>/bkt'),
        ),
      );
      const should = (rows as (string | number | null)[][]).map((row) => row.map((value) => String(value ?? 'null')));
      // how many rows were made and taken away again is nobody's
      if (table !== 'sqlite_sequence') equal(is, should, table);
    }
    equal((await run('--sqlite', `${root}/ls.db`, `${place}/cli`)).status, 0, 'once more, from the beginning');
    equal(
      (await rowsOf(`${root}/ls.db`, 'files')).map((row) => row[1]),
      tables.files.map((row) => row[1]),
    );
  });
});

test('ls --sqlite: a listing that broke off goes on behind its last page', () =>
  withBucket(
    // the first request asks whether there is such a folder
    { objects: many, faults: [{ match: { query: 'prefix', nth: 3 }, fault: { type: 'status', status: 403, code: 'AccessDenied' } }] },
    async (run, place, root, s3) => {
      const broken = await run('--sqlite', `${root}/ls.db`, `${place}/many`);
      equal([broken.status, (await rowsOf(`${root}/ls.db`, 'files')).length], [3, 1000], broken.stderr);
      const before = (await s3.log()).counts.byOperation['ListObjectsV2'] ?? 0;
      equal((await run('--sqlite', `${root}/ls.db`, `${place}/many`)).status, 0);
      equal(((await s3.log()).counts.byOperation['ListObjectsV2'] ?? 0) - before, 3, 'the folder, and the two pages that were left');
      equal(
        (await rowsOf(`${root}/ls.db`, 'files')).map((row) => row[1]),
        all,
      );
      equal(
        (await rowsOf(`${root}/ls.db`, 'metadata')).map((row) => row[1]),
        ['cloudpath'],
        'no mark of ours is left',
      );
    },
  ));

test('ls --sqlite: goes on with what cloud-files had begun', () =>
  withBucket({ objects: many }, async (run, place, root) => {
    const path = join(root, 'ls.db');
    const db = await openSqlite(path, { create: true });
    await db.transaction(() => {
      for (const sql of recorded.schema) if (!sql.includes('sqlite_sequence')) db.exec(sql);
      for (const name of all.slice(0, 1200)) db.prepare('INSERT INTO files (path, size) VALUES (?, 1)').run(name);
      db.prepare('INSERT INTO checkpoint (page_token, rows_done) VALUES (?, 1200)').run('a token that nobody knows any more');
      db.prepare("INSERT INTO metadata (name, value) VALUES ('cloudpath', ?)").run(`${place}/many`);
    });
    db.close();
    equal((await run('--sqlite', path, `${place}/many/`)).status, 0);
    equal(
      (await rowsOf(path, 'files')).map((row) => row[1]),
      all,
    );
    equal(
      (await rowsOf(path, 'checkpoint')).map((row) => row.slice(0, 3)),
      [[1, null, 2500]],
    );
  }));

test('ls --sqlite: the database of another place or thing is refused; a dry run makes none', () =>
  inFolder(async (root) => {
    plant(root, { 'a/x': '1', 'a/y.gz': gzipSync('2'), 'b/z': '3', 'text.db': 'this is no database, whatever its name says'.repeat(50) });
    const run: Run = (...argv) => cli(['ls', '--sqlite', ...argv]);
    const before = tree(root);
    equal([(await run(`${root}/ls.db`, `${root}/a`, '--dry-run')).status, tree(root)], [0, before]);
    const json = await run(`${root}/ls.db`, `${root}/a`, '--json');
    equal(JSON.parse(json.stdout), { operation: 'ls', path: `${root}/a`, database: `${root}/ls.db` });
    equal(
      (await rowsOf(`${root}/ls.db`, 'files')).map((row) => row[1]),
      ['x', 'y'],
    );
    const other = await run(`${root}/ls.db`, `${root}/b`);
    equal(other.status, 3);
    ok(other.errors[0]?.includes(`holds the listing of file://${root}/a`), other.stderr);
    equal((await run(`${root}/text.db`, `${root}/b`)).status, 3);
    const foreign = await openSqlite(`${root}/foreign.db`, { create: true });
    await foreign.transaction(() => foreign.exec('CREATE TABLE precious (x)'));
    foreign.close();
    ok((await run(`${root}/foreign.db`, `${root}/b`)).errors[0]?.includes('something else'), 'a database of something else');
    for (const wrong of [[`${root}/*`], [`${root}/a`, `${root}/b`], ['-l', `${root}/a`], ['-e', `${root}/a`]])
      equal((await run(`${root}/n.db`, ...wrong)).status, 2, wrong.join(' '));
    equal((await run(`${root}/n.db`, `${root}/none`)).status, 3);
  }));
