// Redis of the tests: Debian's program, its data in a temporary folder. Only tests that need it start it.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { aptInstall } from '../tools/apt.mjs';
import { freePort } from './process.mjs';

/** The program, or undefined. */
export function findRedis() {
  const dirs = [...(process.env.PATH ?? '').split(delimiter), '/usr/bin', '/usr/local/bin'];
  return dirs.map((dir) => join(dir, 'redis-server')).find((path) => existsSync(path));
}

/** @returns whether it had to be installed */
export async function installRedis() {
  if (findRedis()) return false;
  const reason = await aptInstall(['redis-server']);
  if (!findRedis()) throw new Error(reason ?? 'the package redis-server has no program');
  return true;
}

/**
 * Starts an empty server that writes down what it is told, within a second.
 *
 * @returns its URL, with a password; `restart` kills it and starts it again; `stop` removes it
 */
export async function startRedis(program) {
  const dir = mkdtempSync(join(tmpdir(), 'anyfile-redis-'));
  const remove = () => rmSync(dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  const port = await freePort();
  const password = 'not-a-real-one';
  const settings = { port, bind: '127.0.0.1', dir, appendonly: 'yes', appendfsync: 'everysec', save: '', requirepass: password };
  let server;
  const start = async () => {
    const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]);
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    let said = '';
    child.stdout.on('data', (chunk) => (said = (said + chunk).slice(-4000)));
    const exit = new Promise((resolve) => child.once('exit', resolve));
    server = { child, exit };
    const until = Date.now() + 60_000;
    while (!/Ready to accept connections/i.test(said)) {
      if (child.exitCode !== null || Date.now() > until) throw new Error(`redis-server does not start: ${said}`);
      await sleep(20);
    }
  };
  const end = async () => {
    server.child.kill('SIGKILL');
    await server.exit;
  };
  const restart = async () => {
    await end();
    await start();
  };
  const atExit = () => {
    server?.child.kill('SIGKILL');
    remove();
  };
  process.once('exit', atExit);
  const stop = async () => {
    process.off('exit', atExit);
    if (server) await end();
    remove();
  };
  try {
    await start();
  } catch (error) {
    await stop();
    throw error;
  }
  return { url: `redis://:${password}@127.0.0.1:${port}/0`, stop, restart };
}
