// One leg of trees.mjs: a job in SQLite that is made and worked on by processes of their own, which may be killed while the network is bad.
import { spawn } from 'node:child_process';
import { existsSync, linkSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';

/** The most memory that a process has had so far, in MiB; Linux alone tells. */
function peakOf(pid) {
  try {
    return Number(/^VmHWM:\s*(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

/** Starts the command. `ended` gives its status, what it said and its peak. */
function start(cli, args, env) {
  const child = spawn(process.execPath, [cli, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  let peakMiB = 0;
  const look = setInterval(() => (peakMiB = Math.max(peakMiB, peakOf(child.pid))), 100);
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said = (said + chunk).slice(-4000)));
  const ended = new Promise((resolve) =>
    child.once('close', (code, signal) => {
      clearInterval(look);
      resolve({ code, signal, said, peakMiB });
    }),
  );
  return { child, ended };
}

/** Runs the command to its end, which must be a good one. */
export async function must(cli, args, env) {
  const result = await start(cli, args, env).ended;
  if (result.code !== 0)
    throw new Error(`anyfile ${args.join(' ')} ended with ${result.code ?? result.signal}: ${result.said.slice(-600)}`);
  return result;
}

/** What the job's database says in the end: rows, those that are done, names that are there twice, and the counter. */
function readJob(path) {
  const require = createRequire(import.meta.url);
  let DatabaseSync;
  try {
    ({ DatabaseSync } = require('node:sqlite'));
  } catch {
    ({ DatabaseSync } = require('@photostructure/sqlite'));
  }
  const db = new DatabaseSync(path);
  try {
    const one = (sql) => Number(Object.values(db.prepare(sql).all()[0])[0]);
    return {
      rows: one('SELECT count(*) FROM filelist'),
      finished: one('SELECT count(*) FROM filelist WHERE finished = 1'),
      names: one('SELECT count(DISTINCT filename) FROM filelist'),
      counter: one(`SELECT value FROM stats WHERE key = 'finished'`),
    };
  } finally {
    db.close();
  }
}

/**
 * Transfers a tree as a job.
 *
 * @param kill every so many ms one worker is killed, on average; left out, nobody is
 * @param workers at a time
 * @returns seconds, peak of the workers, kills
 */
export async function runLeg({ cli, env, from, to, db, total, kill, workers = 1, parallel, batch = 200, timeoutMs = 1_800_000 }) {
  const kept = `${db}.kept`;
  rmSync(kept, { force: true });
  await must(cli, ['xfer', 'init', from, to, '--db', db, '--quiet'], env);
  // the file goes when all is finished: by this name it can still be looked at
  linkSync(db, kept);
  const begun = performance.now();
  let kills = 0;
  let peakMiB = 0;
  const args = ['xfer', 'execute', db, '--quiet', '-b', String(batch), ...(parallel ? ['-p', String(parallel)] : [])];
  const failed = [];
  const work = async () => {
    while (existsSync(db)) {
      const { child, ended } = start(cli, args, env);
      let late;
      if (kill) late = setTimeout(() => child.kill('SIGKILL'), kill * (0.5 + Math.random()));
      const result = await ended;
      clearTimeout(late);
      peakMiB = Math.max(peakMiB, result.peakMiB);
      if (result.signal === 'SIGKILL') kills++;
      else if (result.code !== 0 && existsSync(db)) {
        failed.push(result.said.slice(-600));
        if (!kill || failed.length > 20) throw new Error(`xfer execute ended with ${result.code}: ${failed.at(-1)}`);
        // files that were tried often enough: they are given another chance, as a person would
        await start(cli, ['xfer', 'retry', db, '--quiet'], env).ended;
      }
      if (performance.now() - begun > timeoutMs) throw new Error('the job does not come to its end');
    }
  };
  await Promise.all(Array.from({ length: workers }, work));
  const seconds = (performance.now() - begun) / 1000;
  const state = readJob(kept);
  rmSync(kept);
  for (const [what, count] of Object.entries(state)) if (count !== total) throw new Error(`${what}: ${count} instead of ${total}`);
  return { seconds, peakMiB, kills, retried: failed.length };
}

/** A way to a server that is cut, slow and late, in turn, once it was told to begin. */
export async function badWay(api, name, upstream) {
  const call = async (method, path, body) => {
    const signal = AbortSignal.timeout(60_000);
    const response = await fetch(`${api}${path}`, { method, signal, ...(body && { body: JSON.stringify(body) }) });
    if (!response.ok && response.status !== 404)
      throw new Error(`toxiproxy: ${response.status} ${await response.text()} (503: it hangs, as it does now and then; run it again)`);
    return response.status === 204 || response.status === 404 ? undefined : await response.json();
  };
  const { listen } = await call('POST', '/proxies', { name, listen: '127.0.0.1:0', upstream, enabled: true });
  const toxics = [
    { type: 'latency', attributes: { latency: 150, jitter: 100 } },
    { type: 'bandwidth', attributes: { rate: 4000 } },
    { type: 'limit_data', attributes: { bytes: 300_000 }, toxicity: 0.3 },
    { type: 'reset_peer', attributes: { timeout: 100 }, toxicity: 0.2 },
    { type: 'slicer', attributes: { average_size: 700, size_variation: 300, delay: 20 } },
  ];
  let ended = false;
  let changes = 0;
  const spoil = async () => {
    while (!ended) {
      const toxic = toxics[changes++ % toxics.length];
      const stream = Math.random() < 0.5 ? 'upstream' : 'downstream';
      // all connections are cut, and none is taken for a moment; what is changed while some are open can hang
      await call('POST', `/proxies/${name}`, { enabled: false });
      await call('DELETE', `/proxies/${name}/toxics/bad`);
      await call('POST', `/proxies/${name}/toxics`, { name: 'bad', stream, ...toxic });
      await call('POST', `/proxies/${name}`, { enabled: true });
      await sleep(2500 + Math.random() * 1500);
    }
  };
  let spoiling;
  return {
    endpoint: `http://${listen}`,
    changes: () => changes,
    begin: () => void (spoiling = spoil()),
    async stop() {
      ended = true;
      await spoiling;
      await call('DELETE', `/proxies/${name}`);
    },
  };
}
