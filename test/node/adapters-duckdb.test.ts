import { mkdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import process from 'node:process';
import { registerFile, type DuckDbFiles } from '../../src/adapters/duckdb.ts';
import { Client } from '../../src/client.ts';
import { env, need, uniqueName } from '../env.ts';
import { equal, rejects, skip, test } from '../harness.ts';
import { linkPackages } from './docs/packages.ts';

/** Installed on use, since it is large. */
const [name, version] = ['@duckdb/duckdb-wasm', '1.32.0'];

interface Table {
  toArray(): { toJSON(): Record<string, unknown> }[];
}

interface Database extends DuckDbFiles {
  instantiate(): Promise<unknown>;
  connect(): { query(sql: string): Table; close(): void };
}

interface Module {
  createDuckDB(bundles: object, logger: object, runtime: object): Promise<Database>;
  VoidLogger: new () => object;
  NODE_RUNTIME: object;
}

/** DuckDB itself, in this thread. */
async function openDuckDb(): Promise<Database> {
  const dir = join(process.cwd(), 'build', `duckdb-${process.pid}`);
  mkdirSync(dir, { recursive: true });
  try {
    await linkPackages(dir, { [name]: version });
    const require = createRequire(join(dir, 'here.js'));
    const duckdb = require(`${name}/dist/duckdb-node-blocking.cjs`) as Module;
    const mainModule = require.resolve(`${name}/dist/duckdb-mvp.wasm`);
    const db = await duckdb.createDuckDB({ mvp: { mainModule, mainWorker: '' } }, new duckdb.VoidLogger(), duckdb.NODE_RUNTIME);
    await db.instantiate();
    return db;
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

test('a private file in SQL, by one request, and by none from the cache', async () => {
  if (env().engine !== 'node') skip('a program of 30 MB is started in one engine');
  const { endpoint, bucket, region, accessKeyId, secretAccessKey } = need('versitygw');
  const client = new Client({
    credentials: { accessKeyId, secretAccessKey },
    region,
    cache: { container: 'memory', freshness: 'immutable' },
  });
  const url = `s3://${endpoint}/${bucket}/${uniqueName('duckdb')}/wind.csv`;
  const rows = Array.from({ length: 5_000 }, (_, i) => `${i},${i * 0.5}`);
  await client.files(url.slice(0, -9)).put('wind.csv', `time,power\n${rows.join('\n')}\n`);
  const db = await openDuckDb();
  const before = client.stats().requests;
  const info = await registerFile(db, 'wind.csv', url, { client });
  equal([client.stats().requests - before, info.key], [1, 'wind.csv']);
  const connection = db.connect();
  const table = connection.query(`SELECT count(*)::int AS n, sum(power) AS s FROM read_csv('wind.csv') WHERE time >= 4998`);
  equal(
    table.toArray().map((row) => row.toJSON()),
    [{ n: 2, s: 4998.5 }],
  );
  await registerFile(db, 'again.csv', url, { client });
  equal(client.stats().requests - before, 1, 'from the cache');
  equal(
    connection
      .query(`SELECT max(time)::int AS m FROM read_csv('again.csv')`)
      .toArray()
      .map((row) => row.toJSON()),
    [{ m: 4999 }],
  );
  await rejects(registerFile(db, 'no.csv', `${url}.not`, { client }), 'NotFound');
  await rejects(registerFile(db, 'no.csv', 's3://bucket/', { client }), 'InvalidUrl');
  connection.close();
  await client.close();
});
