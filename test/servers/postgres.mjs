// PostgreSQL of the tests: its programs from Debian's packages, its data in a temporary folder. Only tests that need it start it.
import { spawn, spawnSync } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { aptInstall } from '../tools/apt.mjs';
import { freePort } from './process.mjs';

const versions = '/usr/lib/postgresql';
const user = 'postgres';

/** The folder of initdb and postgres, or undefined. */
export function findPostgres() {
  if (!existsSync(versions)) return undefined;
  const dirs = readdirSync(versions).sort((a, b) => Number(b) - Number(a));
  return dirs
    .map((name) => join(versions, name, 'bin'))
    .find((bin) => existsSync(join(bin, 'initdb')) && existsSync(join(bin, 'postgres')));
}

/** @returns whether it had to be installed */
export async function installPostgres() {
  if (findPostgres()) return false;
  const reason = await aptInstall(['postgresql']);
  if (!findPostgres()) throw new Error(reason ?? 'the package postgresql has no initdb');
  return true;
}

/** It refuses to run as root: then it is its own user's. */
const asItsUser = (program, args) =>
  process.getuid?.() === 0 ? ['setpriv', [`--reuid=${user}`, `--regid=${user}`, '--init-groups', program, ...args]] : [program, args];

const idOf = (path) => Number(readFileSync(path, 'utf8').match(new RegExp(`^${user}:[^:]*:(\\d+)`, 'm'))?.[1]);

/** Whether a port takes connections. */
function listens(port) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const end = (answer) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => end(true)).once('error', () => end(false));
  });
}

/**
 * Makes a database and starts it.
 *
 * @returns its URL; `restart` ends it at once, without a checkpoint, and starts it again; `stop` removes it
 */
export async function startPostgres(bin) {
  const dir = mkdtempSync(join(tmpdir(), 'anyfile-postgres-'));
  const data = join(dir, 'data');
  mkdirSync(data, { mode: 0o700 });
  if (process.getuid?.() === 0) for (const path of [dir, data]) chownSync(path, idOf('/etc/passwd'), idOf('/etc/group'));
  const remove = () => rmSync(dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  const made = spawnSync(
    ...asItsUser(join(bin, 'initdb'), ['-D', data, '-U', user, '-A', 'trust', '-E', 'UTF8', '--locale=C.UTF-8', '--no-sync']),
    { cwd: dir, encoding: 'utf8' },
  );
  if (made.status !== 0) {
    remove();
    throw new Error(`initdb: ${made.stderr || made.error?.message}`);
  }
  const port = await freePort();
  const settings = [`port=${port}`, 'listen_addresses=127.0.0.1', `unix_socket_directories=${dir}`, 'shared_buffers=32MB'];
  let server;
  const start = async () => {
    const args = ['-D', data, ...settings.flatMap((setting) => ['-c', setting])];
    const child = spawn(...asItsUser(join(bin, 'postgres'), args), { cwd: dir, stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    child.stderr.on('data', (chunk) => (said = (said + chunk).slice(-2000)));
    const exit = new Promise((resolve) => child.once('exit', resolve));
    server = { child, exit };
    const until = Date.now() + 60_000;
    // it listens before it takes anybody in
    while (!/ready to accept connections/.test(said) || !(await listens(port))) {
      if (child.exitCode !== null || Date.now() > until) throw new Error(`postgres does not start: ${said}`);
      await sleep(20);
    }
  };
  const end = async (signal) => {
    server.child.kill(signal);
    await server.exit;
  };
  const restart = async () => {
    await end('SIGQUIT');
    await start();
  };
  const atExit = () => {
    server?.child.kill('SIGQUIT');
    remove();
  };
  process.once('exit', atExit);
  const stop = async () => {
    process.off('exit', atExit);
    if (server) await end('SIGQUIT');
    remove();
  };
  try {
    await start();
  } catch (error) {
    await stop();
    throw error;
  }
  // SIGQUIT is its immediate shutdown
  return { url: `postgres://${user}@127.0.0.1:${port}/postgres`, stop, restart };
}
