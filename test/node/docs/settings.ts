/**
 * What the pages take for given: objects, files, and names that their programs do not define.
 *
 * @module
 */
import { env } from '../../env.ts';
import type { Setting } from './world.ts';

/** Of the files of the adapters' tests, since no JavaScript writes such archives. */
const map = `
  const { CloudFiles } = await import('anyfile');
  const answer = await fetch('${env().servers.adapters?.base ?? ''}map.pmtiles');
  await new CloudFiles('s3://my-bucket').put('map.pmtiles', new Uint8Array(await answer.arrayBuffer()));
`;

/** A file in which the pages look. */
const scan = `
  const { openHdf5 } = await import('anyfile/hdf5');
  const scan = await openHdf5('s3://my-bucket/scan.h5', { mode: 'w' });
  await scan.createDataset('/entry/data/image', { data: new Float32Array(128 * 128), shape: [128, 128], chunks: [64, 64] });
  await scan.close();
`;

/** DuckDB in this thread: of the database the page uses what a page's AsyncDuckDB has too. */
const duckdb = `
  const require = (await import('node:module')).createRequire(import.meta.url);
  const { createDuckDB, NODE_RUNTIME, VoidLogger } = require('@duckdb/duckdb-wasm/dist/duckdb-node-blocking.cjs');
  const mainModule = require.resolve('@duckdb/duckdb-wasm/dist/duckdb-mvp.wasm');
  globalThis.db = await createDuckDB({ mvp: { mainModule, mainWorker: '' } }, new VoidLogger(), NODE_RUNTIME);
  await db.instantiate();
  globalThis.connection = db.connect();
`;

/** By page. */
export const settings: Readonly<Record<string, Setting>> = {
  'README.md': {
    objects: {
      'data/table.csv': 'a,b\n1,2\n',
      'data/notes.txt': 'one\n',
      'data/big.bin': 1000,
      'a.csv': 'a\n',
      's3://bucket/a': 'a',
      'gs://my-bucket/results/2026/a': 'a',
      'gs://my-bucket/campaign/a.txt': 'a\n',
    },
    web: { b: 'of the web' },
    files: { 'results/a.txt': 'a', 'results/b/c.txt': 'c' },
    given: `${scan} globalThis.names = ['table.csv']; globalThis.bytes = new Uint8Array(1000);`,
  },
  'docs/adapters.md': {
    objects: { 'wind.csv': 'time,power\n0,120\n1,340\n' },
    packages: { '@duckdb/duckdb-wasm': '1.32.0' },
    given: `${map} ${duckdb}`,
  },
  'docs/caching.md': { objects: { 'data/table.csv': 'a,b\n1,2\n' } },
  'docs/hdf5.md': {
    given: `${scan}
      globalThis.url = 's3://my-bucket/scan.h5';
      globalThis.options = { region: 'eu-central-1' };
      globalThis.Worker = (await import('node:worker_threads')).Worker;`,
  },
  'docs/migration.md': { objects: { 'a.txt': 'one' } },
  'docs/recipes.md': {
    objects: { 's3://my-bucket/raw/a.txt': 'a', 's3://my-bucket/raw/b/c.txt': 'c', 's3://other/copy/old.txt': 'old' },
    packages: { 'apache-arrow': '21.1.0' },
  },
  'docs/security.md': { objects: { 'a.txt': 'one' } },
  'docs/errors.md': { objects: { 'data/table.csv': 'a,b\n1,2\n' } },
  'docs/start/worker.md': {
    objects: { 'data/table.csv': 'time,power\n00:00,120\n', 'data/big.bin': 1000 },
    given: `globalThis.Worker = (await import('node:worker_threads')).Worker;`,
  },
  'docs/stores/gcs.md': { given: `globalThis.tokenOfUser = async () => 'a-token';` },
  'docs/transfers.md': {
    objects: { 's3://bucket/data/a': 'a', 's3://bucket/data/b/c': 'c', 's3://raw/2024/a': 'a', 's3://raw/2024/b*': 'b' },
    files: { 'video.mp4': 'not much of a video' },
    given: `globalThis.file = 'video.mp4'; globalThis.bar = {}; globalThis.askFor = async () => 'video.mp4';`,
  },
};
