// One scenario with one peer in this process: node one.mjs JOB, with the job as JSON; one line of JSON comes out.
// To see where time goes: node --cpu-prof test/bench/one.mjs JOB; run.mjs --print-jobs prints jobs.
import { join } from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { peers } from './peers/index.mjs';
import { listedKeys, scenarios, sizes } from './scenarios.mjs';

const job = JSON.parse(process.argv[2]);
const scenario = scenarios[job.scenario];

/** Imports a package as it stands in the folder of the peers, or the built package that is measured. */
async function load(name) {
  if (name === 'anyfile:signer') return import(pathToFileURL(job.signer).href);
  if (name === 'anyfile' || name.startsWith('anyfile/')) {
    const entry = name.slice('anyfile/'.length) || 'index';
    return import(pathToFileURL(join(job.dist, 'node', `${entry}.js`)).href);
  }
  const { load: from } = await import(pathToFileURL(join(job.packages, 'load.mjs')).href);
  return from(name);
}

/** Runs `one(i)` for i = 0, 1, … for that long, so many at a time. @returns how many there were */
async function pool(ms, inFlight, one) {
  const end = performance.now() + ms;
  let i = 0;
  const worker = async () => {
    while (performance.now() < end) await one(i++);
  };
  await Promise.all(Array.from({ length: inFlight }, worker));
  return i;
}

/** A small generator, so that every peer reads the same ranges. */
function randomizer(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

function check(got, want) {
  if (got !== want) throw new Error(`got ${got} instead of ${want}`);
  return got;
}

/** What is timed: does it for that long, or once, and gives how many units it did. */
const runs = {
  get: (peer) => (ms) => pool(ms, job.inFlight, async (i) => check(await peer.get(`small/${i % 5000}`), sizes.small)),
  put(peer) {
    const random = randomizer(7);
    const body = Uint8Array.from({ length: sizes.small }, () => random() * 256);
    return (ms) => pool(ms, job.inFlight, (i) => peer.put(`small/${i % 5000}`, body));
  },
  range(peer) {
    const random = randomizer(11);
    return (ms) =>
      pool(ms, job.inFlight, async () => {
        const offset = Math.floor(random() * (sizes.big - sizes.range));
        check(await peer.range('big/none', offset, sizes.range), sizes.range);
      });
  },
  list: (peer) => async (ms) => (await pool(ms, 1, async () => check(await peer.list('list/'), listedKeys))) * listedKeys,
  stream: (peer) => async (ms) => (ms ? check(await peer.stream(job.key), sizes.big) / 1e6 : peer.get('small/first')),
  sign: (peer) => async (ms) => {
    if (!peer.sync) return pool(ms, job.inFlight, peer.async);
    const end = performance.now() + ms;
    let i = 0;
    while (performance.now() < end) for (let j = 0; j < 50; j++) peer.sync(i++);
    return i;
  },
};

const limit = setTimeout(() => {
  process.stdout.write(`${JSON.stringify({ error: `no end within ${job.timeoutMs} ms` })}\n`);
  process.exit(3);
}, job.timeoutMs);

try {
  const peer = await peers[job.peer](job, load);
  const run = runs[scenario.does](peer);
  await run(job.warmMs);
  const cpu = process.cpuUsage();
  const start = performance.now();
  const units = await run(job.ms);
  const seconds = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  const result = {
    rate: units / seconds,
    seconds,
    cpuMsPerUnit: (user + system) / 1000 / units,
    peakMiB: process.resourceUsage().maxRSS / 1024,
  };
  process.stdout.write(`${JSON.stringify(result)}\n`);
} catch (error) {
  process.stdout.write(`${JSON.stringify({ error: String(error?.message ?? error).slice(0, 300) })}\n`);
}
clearTimeout(limit);
process.exit();
