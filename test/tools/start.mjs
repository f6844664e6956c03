// `npm start`: installs, builds, runs the main job against an S3 endpoint of our own on loopback, reports, and serves the page.
//   --once       ends after the report
//   --port N     the page's port (default: a free one)
//   --no-build   takes dist and dist-demo as they are
// Exit code 1 when anything differs. Plain Node until the packages are there.
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { readDataset } from './demo/dataset.mjs';
import { runMainJob } from './demo/main-job.mjs';
import { installPackages } from './packages.mjs';
import { servePage } from './demo/page-server.mjs';
import { asText, reportLines } from './demo/report.mjs';
import { run } from './run.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const region = 'us-east-1';
const bucket = 'vega';
const begin = performance.now();
const elapsed = () => `${((performance.now() - begin) / 1000).toFixed(1)} s`;

const { values: flags } = parseArgs({
  options: { once: { type: 'boolean' }, port: { type: 'string', default: '0' }, 'no-build': { type: 'boolean' } },
});

async function build() {
  if (flags['no-build'] && existsSync(join(root, 'dist'))) return;
  const { code, output } = await run(process.execPath, [join(root, 'node_modules', 'rollup', 'dist', 'bin', 'rollup'), '-c', '--silent'], {
    cwd: root,
  });
  if (code !== 0) throw new Error(`the build ended with ${code}:\n${output.trim()}`);
}

/** Installs and builds what is missing; says what it did and how long it took. */
async function prepare() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) throw new Error(`Node 20.19 or newer is needed, this is ${process.versions.node}`);
  const installed = await installPackages(root);
  console.log(installed ? `packages installed (${elapsed()})` : 'packages are there');
  await build();
  console.log(`built (${elapsed()})\n`);
}

/** Keys of one run: random, kept in memory. */
const newKeys = () => ({
  accessKeyId: `LOCAL${randomBytes(8).toString('hex').toUpperCase()}`,
  secretAccessKey: randomBytes(30).toString('base64url'),
});

/** Until Ctrl-C, or the end of whoever started this. */
const interrupted = () =>
  new Promise((resolve) => {
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(name, resolve);
  });

async function main() {
  await prepare();
  const [anyfile, hdf5, { startGateway }] = await Promise.all([
    import('anyfile'),
    import('anyfile/hdf5'),
    import('../servers/gateway/server.mjs'),
  ]);
  const dataset = readDataset(root);
  const keys = newKeys();
  const gateway = await startGateway({ accounts: [keys], region, buckets: [bucket] });
  let page;
  try {
    const { endpoint } = gateway;
    console.log(`An S3 endpoint of this project runs at ${endpoint}; it checks every signature, with keys made for this run.`);
    const left = dataset.leftOut ? `; ${dataset.leftOut} larger than ${dataset.maxBytes / 1e6} MB left out` : '';
    console.log(`Dataset: ${dataset.files.length} CSV and JSON files of vega-datasets ${dataset.version}${left}.\n`);

    const result = await runMainJob({ anyfile, hdf5 }, { ...keys, endpoint, region, bucket, stats: gateway.stats }, dataset.files);
    const lines = reportLines(result);
    console.log(`${asText(lines)}\n`);
    for (const line of result.wrong) console.log(`  WRONG ${line}`);
    console.log(`${result.wrong.length ? 'Not everything is right' : 'All is right'}; ${elapsed()} in all.`);
    process.exitCode = result.wrong.length ? 1 : 0;
    if (flags.once) return;

    // The page also shows pictures; they are no part of what was reported.
    const client = new anyfile.Client({ endpoint, region, credentials: keys });
    await client
      .files(`s3://${bucket}`)
      .puts(dataset.pictures.map(({ key, bytes, contentType }) => ({ path: key, content: bytes, contentType })));
    await client.close();
    const shared = dataset.files.find(({ name }) => name === 'cars.json');
    page = await servePage({
      dir: join(root, 'dist-demo'),
      port: Number(flags.port),
      files: { [`/public/${shared.name}`]: shared.path },
      data: (origin) => ({
        url: `s3://${bucket}/`,
        datasetUrl: `s3://${bucket}/campaign/`,
        hdf5Url: result.hdf5.url,
        endpoint,
        region,
        ...keys,
        publicUrl: `${origin}/public/${shared.name}`,
        report: lines,
      }),
    });
    console.log(`\nThe page: ${page.address}   (Ctrl-C ends it)`);
    const before = gateway.stats();
    await interrupted();
    const after = gateway.stats();
    console.log(
      `\nSince then the server saw ${after.requests - before.requests} requests and ${after.preflights - before.preflights} preflights.`,
    );
  } finally {
    await Promise.all([page?.close(), gateway.close()]);
  }
}

try {
  await main();
} catch (error) {
  console.log(`\n${error?.stack ?? error}`);
  process.exitCode = 1;
}
