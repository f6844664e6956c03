// npm run bench -- transfer: whole commands that move many files, and one large upload by parts, all on one server that keeps what it is sent.
import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, readdirSync, readSync, rmSync, truncateSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { run } from '../../tools/run.mjs';
import { installPeers, startServer, workDir } from '../setup.mjs';
import { large, legs, quickTree, sides, tree } from './cases.mjs';
import { makeLarge, makeTree } from './data.mjs';
import { commandOf, environmentOf, installPrograms, versions as programVersions } from './programs.mjs';
import { checkBucket, checkFolder } from './verify.mjs';

const timeoutMs = 300_000;
const aws = '3.1169.0';
const packages = { '@aws-sdk/client-s3': aws, '@aws-sdk/lib-storage': aws };
const largeSides = ['anyfile', 'plain PUT', 'lib-storage'];

export const versions = { ...programVersions, '@aws-sdk/lib-storage': aws };

/** Runs a command to its end. @returns seconds, from its start to its end */
function timeOf([program, ...args], env) {
  return new Promise((resolve, reject) => {
    const start = performance.now();
    const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    const take = (chunk) => (said = (said + chunk).slice(-2000));
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    const late = setTimeout(() => child.kill('SIGKILL'), timeoutMs);
    child.once('error', reject);
    child.once('exit', () => clearTimeout(late));
    child.once('close', (code) => {
      const seconds = (performance.now() - start) / 1000;
      if (code === 0) resolve(seconds);
      else reject(new Error(`ended with ${code}: ${said.trim().slice(-300)}`));
    });
  });
}

/** Names, each of which another one is first in the next round, and follows another one in every other round. */
const turned = (names, round) => {
  const from = names.map((_, i) => names[(i + round) % names.length]);
  return round % 2 ? from.reverse() : from;
};

/** Reads all files, so that every command finds them in the memory of the system: rclone puts out of it what it has read, and who comes next would wait for the disk. */
function readFiles({ dir }, files) {
  const room = Buffer.allocUnsafe(4 << 20);
  for (const { name } of files) {
    const file = openSync(join(dir, name));
    while (readSync(file, room) > 0);
    closeSync(file);
  }
}

/**
 * Empties the files of a folder, and leaves them there: where many were removed a moment ago, ext4 takes up to half a second of every command to find
 * numbers for as many new ones. What they held is gone, so that nothing of it is written to the disk meanwhile.
 */
function emptyFiles(dir) {
  for (const entry of readdirSync(dir, { recursive: true, withFileTypes: true }))
    if (entry.isFile()) truncateSync(join(entry.parentPath ?? entry.path, entry.name));
}

/** All commands in one direction, in turn, each into a place of its own that is empty. What did not arrive whole is an error. */
async function measureLeg(leg, { rounds, wanted, files, source, programs, endpoint, home, env, log }) {
  const results = [];
  const root = join(workDir, 'transfer-out');
  rmSync(root, { recursive: true, force: true });
  const totalBytes = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  // not measured: the first to send as much would pay for the server's memory
  if (leg !== 'down') await timeOf(commandOf('s5cmd', { programs, endpoint, from: source, to: { bucket: 'bench-out' }, home }), env);
  for (let round = 0; round < rounds; round++) {
    const result = {};
    const names = wanted.filter((side) => round < (sides[side].rounds ?? rounds));
    for (const side of turned(names, round)) {
      const dir = join(root, `${round}-${names.indexOf(side)}`);
      const to = leg === 'down' ? { dir } : { bucket: 'bench-out' };
      mkdirSync(dir, { recursive: true });
      await fetch(`${endpoint}/bench-out`, { method: 'DELETE' });
      if (leg === 'up') readFiles(source, files);
      try {
        const from = leg === 'up' ? source : { bucket: 'bench-in' };
        const seconds = await timeOf(commandOf(side, { programs, endpoint, from, to, home }), env);
        if (leg === 'down') checkFolder(dir, files);
        else await checkBucket(endpoint, 'bench-out', files);
        result[side] = { seconds, rate: files.length / seconds, megabytesPerSecond: totalBytes / 1e6 / seconds };
      } catch (error) {
        result[side] = { error: error.message };
      }
      emptyFiles(dir);
    }
    results.push(result);
    const told = Object.entries(result).map(([side, { seconds, error }]) => `${side} ${error ?? `${seconds.toFixed(2)} s`}`);
    log(`${leg}: round ${round + 1} of ${rounds}: ${told.join(', ')}`);
  }
  rmSync(root, { recursive: true, force: true });
  return { name: leg, rounds: results };
}

/** One large file by parts, each side in a process of its own. */
async function measureLarge({ rounds, dist, endpoint, log }) {
  const file = await makeLarge(large.sizeBytes);
  const peers = await installPeers({ dependencies: packages });
  const script = fileURLToPath(new URL('large-side.mjs', import.meta.url));
  const results = [];
  for (let round = 0; round < rounds; round++) {
    const result = {};
    for (const side of turned(largeSides, round)) {
      await fetch(`${endpoint}/bench-large`, { method: 'DELETE' });
      const { partBytes, partsInFlight } = large;
      const job = {
        side,
        dist,
        packages: peers,
        endpoint,
        bucket: 'bench-large',
        key: 'd/large.bin',
        path: file.path,
        partBytes,
        partsInFlight,
      };
      const { output } = await run(process.execPath, [script, JSON.stringify(job)], { timeoutMs });
      const line = output.split('\n').findLast((text) => text.startsWith('{'));
      const told = line ? JSON.parse(line) : { error: output.trim().slice(-300) };
      try {
        if (told.error) throw new Error(told.error);
        await checkBucket(endpoint, 'bench-large', [{ name: 'd/large.bin', sizeBytes: file.sizeBytes, md5: file.md5() }]);
        result[side] = { ...told, rate: file.sizeBytes / 1e6 / told.seconds };
      } catch (error) {
        result[side] = { error: error.message };
      }
    }
    await fetch(`${endpoint}/bench-large`, { method: 'DELETE' });
    results.push(result);
    const told = Object.entries(result).map(([side, { rate, error }]) => `${side} ${error ?? `${rate.toFixed(0)} MB/s`}`);
    log(`large: round ${round + 1} of ${rounds}: ${told.join(', ')}`);
  }
  return { name: 'large', rounds: results };
}

/**
 * Measures everything.
 *
 * @param dist the built package, its command with it
 * @param rounds of every case; what takes long has fewer
 * @param quick fewer files
 * @param wanted legs, and `large`
 * @param only sides
 * @returns what was measured, case by case, and how busy the machine was before
 */
export async function runTransfer({ dist, rounds, quick = false, wanted, only, log = console.log }) {
  const load = loadavg()[0];
  const chosen = wanted ?? [...Object.keys(legs), 'large'];
  const unknown = chosen.filter((name) => !(name in legs) && name !== 'large');
  if (unknown.length) throw new Error(`cases: ${Object.keys(legs).join(', ')}, large`);
  const named = (side) => only?.includes(side) ?? true;
  const programs = { ...(await installPrograms(log)), cli: join(dist, 'cli/main.js') };
  const { dir, files } = await makeTree(quick ? quickTree : tree);
  const server = await startServer({ store: true });
  const temp = mkdtempSync(join(tmpdir(), 'anyfile-bench-'));
  try {
    const { endpoint } = server;
    const env = environmentOf(temp, endpoint);
    const common = { rounds, files, source: { dir }, programs, endpoint, home: temp, env, log };
    if (chosen.some((name) => name !== 'up' && name !== 'large')) {
      await timeOf(commandOf('s5cmd', { ...common, from: { dir }, to: { bucket: 'bench-in' } }), env);
      await checkBucket(endpoint, 'bench-in', files);
    }
    const measured = [];
    for (const leg of Object.keys(legs).filter((name) => chosen.includes(name)))
      measured.push(await measureLeg(leg, { ...common, wanted: Object.keys(sides).filter(named) }));
    if (chosen.includes('large')) measured.push(await measureLarge({ rounds, dist, endpoint, log }));
    return { measured, load, files: files.length, totalBytes: files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) };
  } finally {
    await server.stop();
    rmSync(temp, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}
