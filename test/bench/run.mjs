// npm run bench: measures the built package beside others and writes docs/benchmarks.md.
//
//   node test/bench/run.mjs [--rounds 7] [--only small-get,list,browser,weight] [--quick]
//                           [--package DIR]    measures a package that is built already, instead of building this one
//                           [--against DIR]    also measures another build, e.g. an earlier one, as `anyfile, other build`
//                           [--print-jobs]     prints the job of every run, for one.mjs, and starts the servers only
//   node test/bench/run.mjs wasm [--rounds 7] [--only crc32c,gzip-c] [--engines node,chromium] [--package DIR]
//                           kernels and codecs instead of requests
//   node test/bench/run.mjs dataset [--rounds 1] [--only open,upload] [--package DIR]
//                           datasets beside Octue's own SDK in Python; without --rounds each case has its own number
//   node test/bench/run.mjs cache [--rounds 15] [--engines node,chromium]
//                           containers of the cache beside what storage can do alone
//   node test/bench/run.mjs hdf5 [--rounds 7] [--only open,slice640] [--engines node,chromium,writing] [--package DIR]
//                           HDF5 files over HTTP beside a full download, h5py over fsspec and h5wasm's own lazy file
//   node test/bench/run.mjs transfer [--rounds 7] [--only up,large] [--sides anyfile,s5cmd] [--quick] [--package DIR]
//                           whole commands on many files beside s5cmd, rclone and cloud-files; one large upload by parts
//   node test/bench/run.mjs worker [--rounds 7] [--engines node,chromium]
//                           calls, bytes and streams through a worker
//   node test/bench/run.mjs jobs [--rounds 7] [--quick]
//                           jobs of 1,000,000 names beside cloud-files, and processes that share one
//
// A run of fewer scenarios or rounds is a trial: its page and raw results are in build/bench alone.
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { root } from '../tools/bundle.mjs';
import { installBrowsers } from '../tools/browsers.mjs';
import { run } from '../tools/run.mjs';
import { runBrowser } from './browser.mjs';
import { variants } from './peers/index.mjs';
import { cachePage, judgeCache } from './cache/report.mjs';
import { runCache } from './cache/run.mjs';
import { datasetsPage, judgeDatasets } from './dataset/report.mjs';
import { runDatasets } from './dataset/run.mjs';
import { hdf5Page, judgeHdf5 } from './hdf5/report.mjs';
import { runHdf5 } from './hdf5/run.mjs';
import { jobsPage, judgeJobs } from './jobs/report.mjs';
import { runJobs } from './jobs/run.mjs';
import { judgeKernels, kernelsPage } from './kernels/report.mjs';
import { runKernels } from './kernels/run.mjs';
import { judgeAll, page } from './report.mjs';
import { durations, inBrowser, largeInBrowser, scenarios, sizes } from './scenarios.mjs';
import { writeSection } from './sections.mjs';
import { installPeers, startServer, takePackage, versions, workDir } from './setup.mjs';
import { judgeTransfer, transferPage } from './transfer/report.mjs';
import { runTransfer } from './transfer/run.mjs';
import { weigh } from './weight.mjs';
import { judgeWorker, workerPage } from './worker/report.mjs';
import { runWorker } from './worker/run.mjs';

const fullRounds = 7;
const cacheRounds = 15;
const { values: args, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    engines: { type: 'string' },
    rounds: { type: 'string' },
    only: { type: 'string' },
    sides: { type: 'string' },
    quick: { type: 'boolean', default: false },
    package: { type: 'string' },
    against: { type: 'string' },
    'print-jobs': { type: 'boolean', default: false },
  },
});
const rounds = Number(args.rounds ?? (args.quick ? 2 : fullRounds));
const all = [...Object.keys(scenarios), 'browser', 'browser-large', 'weight'];
const [part] = positionals;
const chosen = part ? [] : (args.only?.split(',') ?? all);
const unknown = [
  ...chosen.filter((name) => !all.includes(name)),
  ...positionals.filter((name, i) => i || !['wasm', 'dataset', 'cache', 'hdf5', 'transfer', 'jobs', 'worker'].includes(name)),
];
if (unknown.length || !(rounds >= 1)) {
  console.error(`scenarios: ${all.join(', ')}; rounds: 1 or more`);
  process.exit(2);
}

const docs = join(root, 'docs/benchmarks.md');

/** `npm run bench -- wasm`. @returns how it ends */
async function measureKernels() {
  const { dist } = await takePackage(args.package && resolve(args.package), 'package');
  const engines = args.engines?.split(',');
  const measured = await runKernels({ dist, rounds, only: args.only?.split(','), ...(engines && { engines }) });
  const text = kernelsPage(measured, { rounds, browser: 'Chromium' in measured && versionOf('chromium') });
  const trial = rounds < fullRounds || args.only || engines || args.package;
  writeFileSync(join(workDir, 'kernels.json'), JSON.stringify(measured));
  writeFileSync(join(workDir, 'kernels.md'), text);
  if (!trial) writeSection(docs, 'kernels', text);
  return tell(text, judgeKernels(measured), trial);
}

/** `npm run bench -- dataset`. @returns how it ends */
async function measureDatasets() {
  const { dist } = await takePackage(args.package && resolve(args.package), 'package');
  const measured = await runDatasets({ dist, rounds: args.rounds && rounds, only: args.only?.split(',') });
  const text = datasetsPage(measured);
  const trial = args.rounds || args.only || args.package;
  writeFileSync(join(workDir, 'datasets.json'), JSON.stringify(measured));
  writeFileSync(join(workDir, 'datasets.md'), text);
  if (!trial) writeSection(docs, 'datasets', text);
  return tell(text, judgeDatasets(measured.measured), trial);
}

/** `npm run bench -- cache`. @returns how it ends */
async function measureCache() {
  const times = Number(args.rounds ?? cacheRounds);
  const measured = await runCache({ rounds: times, wanted: args.engines?.split(',') });
  const text = cachePage(measured, { rounds: times });
  const trial = times < cacheRounds || args.engines;
  mkdirSync(workDir, { recursive: true });
  writeFileSync(join(workDir, 'cache.json'), JSON.stringify(measured));
  writeFileSync(join(workDir, 'cache.md'), text);
  if (!trial) writeSection(docs, 'cache', text);
  return tell(text, judgeCache(measured), trial);
}

/** `npm run bench -- hdf5`. @returns how it ends */
async function measureHdf5() {
  const { dist } = await takePackage(args.package && resolve(args.package), 'package');
  const engines = args.engines?.split(',');
  const measured = await runHdf5({ dist, rounds, only: args.only?.split(','), ...(engines && { wanted: engines }) });
  const browser = measured.measured.some(({ engine }) => engine === 'chromium') && versionOf('chromium');
  const text = hdf5Page(measured, { rounds, browser });
  const trial = rounds < fullRounds || args.only || engines || args.package;
  writeFileSync(join(workDir, 'hdf5.json'), JSON.stringify(measured));
  writeFileSync(join(workDir, 'hdf5.md'), text);
  if (!trial) writeSection(docs, 'hdf5', text);
  return tell(text, judgeHdf5(measured), trial);
}

/** `npm run bench -- transfer`. @returns how it ends */
async function measureTransfer() {
  const { dist } = await takePackage(args.package && resolve(args.package), 'package');
  const { quick } = args;
  const measured = await runTransfer({ dist, rounds, quick, wanted: args.only?.split(','), only: args.sides?.split(',') });
  const text = transferPage(measured, { rounds });
  const trial = rounds < fullRounds || quick || args.only || args.sides || args.package;
  writeFileSync(join(workDir, 'transfer.json'), JSON.stringify(measured));
  writeFileSync(join(workDir, 'transfer.md'), text);
  if (!trial) writeSection(docs, 'transfers', text);
  return tell(text, judgeTransfer(measured), trial);
}

/** `npm run bench -- jobs`. @returns how it ends */
async function measureJobs() {
  const { quick } = args;
  const measured = await runJobs({ rounds, quick });
  const text = jobsPage(measured, { rounds });
  const trial = rounds < fullRounds || quick;
  writeFileSync(join(workDir, 'jobs.json'), JSON.stringify(measured));
  writeFileSync(join(workDir, 'jobs.md'), text);
  if (!trial) writeSection(docs, 'jobs', text);
  return tell(text, judgeJobs(measured), trial);
}

/** `npm run bench -- worker`. @returns how it ends */
async function measureWorker() {
  const engines = args.engines?.split(',');
  const measured = await runWorker({ rounds, ...(engines && { wanted: engines }) });
  const text = workerPage(measured, { rounds });
  const trial = rounds < fullRounds || engines;
  mkdirSync(workDir, { recursive: true });
  writeFileSync(join(workDir, 'worker.json'), JSON.stringify(measured));
  writeFileSync(join(workDir, 'worker.md'), text);
  if (!trial) writeSection(docs, 'workers', text);
  return tell(text, judgeWorker(measured), trial);
}

/** Prints a part. @returns how it ends */
function tell(text, verdicts, trial) {
  const missed = verdicts.filter(({ met }) => met === false).length;
  const verdict = missed ? `${missed} goals are not met` : 'every goal is met';
  console.log(text);
  console.log(`${trial ? 'a trial; ' : ''}${verdict}; load average ${loadavg()[0].toFixed(2)}`);
  return missed ? 1 : 0;
}

/** Runs one job in a process of its own. */
async function runJob(job) {
  const { output } = await run(process.execPath, [fileURLToPath(new URL('one.mjs', import.meta.url)), JSON.stringify(job)], {
    timeoutMs: job.timeoutMs + 5000,
  });
  const line = output.split('\n').findLast((text) => text.startsWith('{'));
  return line ? JSON.parse(line) : { error: output.trim().slice(-300) || 'no answer' };
}

/** All peers of a scenario, in turn, round by round. */
async function measure(name, jobOf) {
  const scenario = scenarios[name];
  const results = [];
  for (let round = 0; round < rounds; round++) {
    const result = {};
    for (const peer of scenario.peers) result[peer] = await runJob(jobOf(name, peer));
    results.push(result);
    const failed = Object.entries(result).filter(([, { error }]) => error);
    console.log(`${name}: round ${round + 1} of ${rounds}${failed.map(([peer, { error }]) => `; ${peer}: ${error}`).join('')}`);
  }
  return { name, scenario, rounds: results };
}

console.log(`load average ${loadavg()[0].toFixed(2)}; setting up`);
const parts = {
  wasm: measureKernels,
  dataset: measureDatasets,
  cache: measureCache,
  hdf5: measureHdf5,
  transfer: measureTransfer,
  jobs: measureJobs,
  worker: measureWorker,
};
await installBrowsers();
if (part) process.exit(await parts[part]());
const packages = await installPeers();
const built = await takePackage(args.package && resolve(args.package), 'package');
const other = args.against && (await takePackage(resolve(args.against), 'against'));
if (other) {
  for (const scenario of Object.values(scenarios)) {
    for (const peer of scenario.peers.filter((peer) => /^(anyfile|CloudFiles|signAws|inner signer)/.test(peer))) {
      const name = `${peer}, other build`;
      variants[name] = { peer, ...variants[peer], ...other };
      scenario.peers.push(name);
    }
  }
}
const fast = await startServer();
const slow = await startServer({ latencyMs: scenarios.latency.latencyMs });
// Keys for this run alone; nobody checks them.
const credentials = { accessKeyId: randomBytes(10).toString('hex'), secretAccessKey: randomBytes(20).toString('hex') };
const common = { bucket: 'bench', region: 'us-east-1', credentials, packages, ...built };

function jobOf(name, peer) {
  const { does, inFlight, key, latencyMs } = scenarios[name];
  const { endpoint } = latencyMs ? slow : fast;
  const ms = durations.ms / (args.quick ? 3 : 1);
  const warmMs = does === 'stream' ? 0 : durations.warmMs / (args.quick ? 3 : 1);
  return { scenario: name, peer, endpoint, inFlight, key, ms, warmMs, timeoutMs: 60_000, ...common, ...variants[peer] };
}

async function measureBrowser(large) {
  const scenario = large ? largeInBrowser : inBrowser;
  const { n, warm, inFlight, peers } = scenario;
  const load = large ? { large, bigBytes: sizes.big } : { n: args.quick ? n / 4 : n, warm, inFlight, sizeBytes: sizes.small };
  const job = { ...common, endpoint: fast.endpoint, rounds, ...load };
  const outdir = join(workDir, 'page');
  const timeoutMs = 30_000 + rounds * peers.length * 10_000;
  const alias = { anyfile: join(built.dist, 'browser/index.js'), aws4fetch: join(packages, 'node_modules/aws4fetch') };
  return { name: large ? 'browser-large' : 'browser', scenario, rounds: await runBrowser({ alias, outdir, job, timeoutMs }) };
}

function versionOf(program) {
  return execFileSync(program, ['--version'], { encoding: 'utf8' }).trim().split(' ').slice(0, 2).join(' ');
}

let missed = 0;
try {
  if (args['print-jobs']) {
    for (const name of chosen.filter((name) => scenarios[name]))
      for (const peer of scenarios[name].peers) console.log(JSON.stringify(jobOf(name, peer)));
    await new Promise((end) => process.once('SIGINT', end).once('SIGTERM', end));
  } else {
    const measured = [];
    for (const name of chosen.filter((name) => scenarios[name])) measured.push(await measure(name, jobOf));
    const browser = chosen.some((name) => name.startsWith('browser')) && versionOf('chromium');
    if (chosen.includes('browser')) measured.push(await measureBrowser(false));
    if (chosen.includes('browser-large')) measured.push(await measureBrowser(true));
    const weights = chosen.includes('weight') ? await weigh({ ...built, packages, rounds }) : undefined;
    const text = page({ measured, weights, versions, rounds, browser });
    const trial = rounds < fullRounds || chosen.length < all.length || args.quick || args.package || args.against;
    writeFileSync(
      join(workDir, 'results.json'),
      JSON.stringify({ measured: measured.map(({ name, rounds: results }) => ({ name, results })), weights }),
    );
    writeFileSync(join(workDir, 'benchmarks.md'), text);
    if (!trial) writeSection(docs, 'requests', text);
    console.log(text.slice(text.indexOf('### Goals')));
    missed = judgeAll(measured).filter(({ met }) => met === false).length;
    console.log(
      `${trial ? 'a trial; ' : ''}${missed ? `${missed} goals are not met` : 'every goal is met'}; load average ${loadavg()[0].toFixed(2)}`,
    );
  }
} finally {
  await Promise.all([fast.stop(), slow.stop()]);
}
process.exitCode = missed ? 1 : 0;
