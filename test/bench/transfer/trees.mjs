// node test/bench/transfer/trees.mjs [--files 100000] [--bytes 20e9] [--quick] [--package DIR] [--only small,large,bad]
//
// Trees from a disk to S3 (versitygw), on to GCS (fake-gcs-server) and back to the disk, each leg a job in SQLite; compared with the source by all
// bytes. `small`: many small files. `large`: files of 100 MB, in passes of 1 GB so that the disk need not hold them three times. `bad`: a smaller tree
// of both kinds while toxiproxy cuts, delays and slows all connections, and the two workers are killed every few seconds until the job has ended.
// In the end each job's counter, its rows and the files are the same number. --quick: 3,000 files, 1 GB, and less of it where the network is bad.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { installServers } from '../../servers/install.mjs';
import { freePort, startProcess } from '../../servers/process.mjs';
import { starters } from '../../servers/starters.mjs';
import { servers } from '../../servers/versions.mjs';
import { root } from '../../tools/bundle.mjs';
import { nodeBuild } from '../../tools/node-build.mjs';
import { checkEqual, makeLarge, makeSmall } from './trees-data.mjs';
import { badWay, must, runLeg } from './trees-work.mjs';

const { values } = parseArgs({
  options: {
    files: { type: 'string', default: '100000' },
    bytes: { type: 'string', default: '20e9' },
    quick: { type: 'boolean', default: false },
    only: { type: 'string' },
  },
});
const counted = (text) => {
  const number = Number(text);
  if (!(Number.isSafeInteger(number) && number > 0)) throw new Error(`a whole number is wanted, not ${text}`);
  return number;
};
const files = values.quick ? 3000 : counted(values.files);
const bytes = values.quick ? 1e9 : counted(values.bytes);
const bad = values.quick ? { files: 600, bytes: 60e6 } : { files: 5000, bytes: 1e9 };
const wanted = values.only?.split(',') ?? ['small', 'large', 'bad'];
const passBytes = 1e9;
/** The goal of the issue. */
const mostMiB = 300;

const names = ['versitygw', 'fake-gcs', 'toxiproxy'];
const failures = await installServers({ names });
if (Object.keys(failures).length) throw new Error(JSON.stringify(failures));
mkdirSync(join(root, 'build'), { recursive: true });
const work = mkdtempSync(join(root, 'build', 'bench-trees-'));
const data = mkdtempSync(join(tmpdir(), 'anyfile-trees-'));
const stops = [];
// also where it is ended by hand
process.once('exit', () => {
  for (const folder of [work, data]) rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
});
process.once('SIGINT', () => process.exit(130));
const say = (text) => console.log(`${new Date().toISOString().slice(11, 19)} ${text}`);

/** The command of this tree of sources, as one would install it. */
async function buildCli() {
  await build({
    ...nodeBuild,
    entryPoints: [join(root, 'src/cli/main.ts')],
    outdir: join(work, 'dist/cli'),
    outExtension: { '.js': '.mjs' },
    splitting: true,
  });
  return join(work, 'dist/cli/main.mjs');
}

async function startAll() {
  const started = {};
  for (const name of ['versitygw', 'toxiproxy']) {
    const { info, stop } = await starters[name](servers[name], data);
    started[name] = info;
    stops.push(stop);
  }
  const port = await freePort();
  return { ...started, gcs: await startGcs({ port, host: `127.0.0.1:${port}`, bucket: started.versitygw.bucket }) };
}

const hostOf = (endpoint) => endpoint.replace('http://', '');

/**
 * GCS on the disk: in memory it looks through all objects of a bucket to find one. It answers only to the name under which it is reached.
 *
 * @param host that name
 */
async function startGcs({ port, host, bucket }) {
  const own = { scheme: 'http', host: '127.0.0.1', port, 'external-url': `http://${host}`, 'public-host': host };
  const kept = { backend: 'filesystem', 'filesystem-root': mkdtempSync(join(data, 'gcs-')), 'log-level': 'warn' };
  const args = Object.entries({ ...own, ...kept }).flatMap(([name, value]) => [`-${name}`, String(value)]);
  const direct = `http://127.0.0.1:${port}`;
  const { stop } = await startProcess(servers['fake-gcs'].program, args, {
    ready: `${direct}/_internal/healthcheck`,
    async setUp() {
      const headers = { 'content-type': 'application/json' };
      const made = await fetch(`${direct}/storage/v1/b?project=test`, { method: 'POST', headers, body: JSON.stringify({ name: bucket }) });
      if (!made.ok) throw new Error(`no bucket: ${made.status}`);
    },
  });
  stops.push(stop);
  return { endpoint: direct };
}

async function gcsBehindBadWay(api, bucket) {
  const port = await freePort();
  const way = await badWay(api, 'gs', `127.0.0.1:${port}`);
  await startGcs({ port, host: hostOf(way.endpoint), bucket });
  return way;
}

/** Disk → S3 → GCS → disk. What is behind is taken away as soon as it is not needed. */
async function journey({ cli, source, name, total, env, parallel, ...how }) {
  const { bucket } = env.place;
  const copy = join(data, `${name}-copy`);
  const places = [source, `s3://${bucket}/${name}`, `gs://${bucket}/${name}`, copy];
  const told = [];
  for (let leg = 0; leg < 3; leg++) {
    const [from, to] = [places[leg], places[leg + 1]];
    const db = join(data, `${name}-${leg}.db`);
    const result = await runLeg({ ...how, cli, env: env.variables, from, to, db, total, parallel });
    const seconds = result.seconds.toFixed(1);
    const kills = how.kill ? `, ${result.kills} kills, ${result.retried} times retried` : '';
    say(
      `${name} ${['disk → S3', 'S3 → GCS', 'GCS → disk'][leg]}: ${total} files in ${seconds} s, peak ${result.peakMiB.toFixed(0)} MiB${kills}`,
    );
    told.push(result);
    if (leg > 0 && !how.kill) await must(cli, ['rm', '-r', '--quiet', `${from}/`], env.clean);
  }
  const equal = await checkEqual(source, copy);
  say(`${name}: equal, ${equal.files} files, ${(equal.bytes / 1e9).toFixed(2)} GB`);
  rmSync(copy, { recursive: true, force: true });
  return Math.max(...told.map(({ peakMiB }) => peakMiB));
}

try {
  const cli = await buildCli();
  const { versitygw, gcs, toxiproxy } = await startAll();
  const environment = (s3, gs) => ({
    PATH: process.env.PATH,
    HOME: data,
    AWS_ACCESS_KEY_ID: versitygw.accessKeyId,
    AWS_SECRET_ACCESS_KEY: versitygw.secretAccessKey,
    AWS_REGION: versitygw.region,
    AWS_ENDPOINT_URL_S3: s3,
    STORAGE_EMULATOR_HOST: gs,
  });
  const clean = environment(versitygw.endpoint, gcs.endpoint);
  const env = { place: versitygw, variables: clean, clean };
  const peaks = [];
  say(`node ${process.versions.node}, load ${loadavg()[0].toFixed(1)}`);
  if (wanted.includes('small')) {
    const source = join(data, 'small');
    makeSmall(source, files);
    peaks.push(await journey({ cli, source, name: 'small', total: files, env }));
    rmSync(source, { recursive: true, force: true });
  }
  if (wanted.includes('large'))
    for (let pass = 0, left = bytes; left > 0; pass++, left -= passBytes) {
      const source = join(data, `large-${pass}`);
      const size = Math.min(left, passBytes);
      const total = makeLarge(source, { totalBytes: size, each: 100e6, name: `pass-${pass}` });
      peaks.push(await journey({ cli, source, name: `large-${pass}`, total, env }));
      rmSync(source, { recursive: true, force: true });
    }
  if (wanted.includes('bad')) {
    const s3 = await badWay(toxiproxy.api, 's3', hostOf(versitygw.endpoint));
    const gs = await gcsBehindBadWay(toxiproxy.api, versitygw.bucket);
    stops.unshift(s3.stop, gs.stop);
    const source = join(data, 'bad');
    makeSmall(source, bad.files);
    // a file has to be through within the life of a worker
    const total = bad.files + makeLarge(join(source, 'large'), { totalBytes: bad.bytes, each: 20e6, name: 'bad' });
    const variables = environment(s3.endpoint, gs.endpoint);
    s3.begin();
    gs.begin();
    const how = { kill: 7000, workers: 2, batch: 50, parallel: 4 };
    peaks.push(await journey({ cli, source, name: 'bad', total, env: { ...env, variables }, ...how }));
    say(`the network was changed ${s3.changes() + gs.changes()} times`);
  }
  const peak = Math.max(...peaks);
  say(`peak of a worker ${peak.toFixed(0)} MiB (goal ${mostMiB}), load ${loadavg()[0].toFixed(1)}`);
  if (peak > mostMiB) process.exitCode = 1;
} finally {
  for (const stop of stops) await stop().catch(() => {});
}
