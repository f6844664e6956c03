/**
 * `xfer` against the recorded runs of cloudfiles, and the databases that it left. Its `-c none`, of which it then makes nothing, works
 * here.
 */
import { copyFileSync, existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openTransfer } from '../../src/index.ts';
import { openSqlite } from '../../src/platform/node/sqlite.ts';
import type { SqliteValue } from '../../src/platform/types.ts';
import { equal, ok, test } from '../harness.ts';
import trees from '../parity/cloudfiles/cp-trees.json' with { type: 'json' };
import recorded from '../parity/cloudfiles/xfer.json' with { type: 'json' };
import { cli, inFolder, plant, textOf, tree } from './cli/run-cli.ts';

const source = Object.fromEntries(
  Object.entries(trees.source).map(([path, content]) => [`src/${path}`, Uint8Array.from(Buffer.from(content, 'base64'))]),
);

/** Where the databases are: tests are bundled elsewhere. */
function fixture(name: string): string {
  let root = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(root, 'package-lock.json'))) root = dirname(root);
  return join(root, 'test/parity/cloudfiles/xfer', name);
}

async function rows(path: string, sql: string): Promise<SqliteValue[][]> {
  const db = await openSqlite(path);
  try {
    return (await db.read(() => db.prepare(sql).all<Record<string, SqliteValue>>())).map((row) => Object.values(row));
  } finally {
    db.close();
  }
}

/** The statements that made the original's tables; white space is no difference. */
const schemaOf = async (path: string): Promise<string[]> =>
  (await rows(path, `SELECT sql FROM sqlite_master WHERE sql NOTNULL AND tbl_name NOT LIKE 'anyfile%'`))
    .map(([sql]) => String(sql).replace(/\s+/g, ' '))
    .sort();

const inTree = (work: (root: string) => Promise<void>): Promise<void> =>
  inFolder(async (root) => {
    plant(root, source);
    plant(root, { 'names.txt': 'a.txt\nsub/b.json\n' });
    await work(root);
  });

for (const { args } of recorded.commands.filter(({ args: [, verb] }) => verb === 'init'))
  test(`${args.join(' ')}: the database is the recorded one`, () =>
    inTree(async (root) => {
      const mine = args.map((arg) => arg.replaceAll('<root>', root));
      const path = mine[mine.indexOf('--db') + 1]!;
      const before = Date.now();
      const { status, stdout } = await cli([...mine, '--quiet']);
      equal([status, stdout], [0, '']);
      equal(await schemaOf(path), [...recorded.init_db.schema].sort());
      const [meta] = await rows(path, 'SELECT * FROM xfermeta');
      const dest = mine[mine.indexOf(join(root, 'src')) + 1]!;
      const encoding = args.includes('gzip') ? 'gzip' : args.includes('none') ? '' : null;
      equal(meta?.slice(0, 4), [1, `file://${root}/src`, `file://${dest}`, encoding]);
      ok(Number(meta?.[4]) >= before && Number(meta?.[4]) <= Date.now(), 'made now');
      const files = args.includes('--txt') ? recorded.init_txt_filelist : recorded.init_db.tables.filelist;
      equal(await rows(path, 'SELECT * FROM filelist'), files);
      equal(await rows(path, 'SELECT * FROM stats'), recorded.init_db.tables.stats);
    }));

/** A recorded database, whose folders are put where the files are. */
async function take(root: string, name: string): Promise<string> {
  const path = join(root, name);
  copyFileSync(fixture(name), path);
  const db = await openSqlite(path);
  await db.transaction(() =>
    db.exec(`UPDATE xfermeta SET source = replace(source, '/tmp/cloudfiles-fixture', '${root}'), dest = 'file://${root}/dest'`),
  );
  db.close();
  return path;
}

const dests: Record<string, { files: string[]; transferred: number }> = {
  'init.db': { files: ['a.txt', 'empty.dat', ...recorded.destination_after_execute], transferred: 6 },
  'init-gzip.db': { files: recorded.destination_after_gzip_execute, transferred: 6 },
  'init-none.db': { files: ['a.txt', 'empty.dat', 'pre.txt', 'pre2.txt', 'sub/b.json', 'sub/deep/c.bin'], transferred: 6 },
  'partly-done.db': { files: recorded.destination_after_execute, transferred: 4 },
};

for (const [name, { files, transferred }] of Object.entries(dests))
  test(`${name}, which cloud-files made, is finished, and taken away`, () =>
    inTree(async (root) => {
      const path = await take(root, name);
      const { status, lines } = await cli(['xfer', 'execute', path, '--json']);
      equal([status, (JSON.parse(lines[0]!) as { transferred: number }).transferred], [0, transferred]);
      equal(tree(join(root, 'dest')), files.sort());
      if (files.includes('a.txt')) equal(textOf(root, 'dest/a.txt'), textOf(root, 'src/a.txt'));
      equal(existsSync(path), !recorded.db_removed_after_execute);
    }));

test('a job that is half done tells the recorded state, and is changed by telling it in no byte', () =>
  inTree(async (root) => {
    const path = await take(root, 'partly-done.db');
    const before = readFileSync(path);
    const job = await openTransfer(path);
    const { total, finished, leased, failed } = await job.status();
    await job.close();
    const { after_finish: after } = recorded;
    equal({ finished, remaining: total - finished, leased }, after);
    equal([total, failed], [recorded.state.total, 0]);
    equal(Buffer.compare(readFileSync(path), before), 0);
  }));
