// PostgreSQL of the tests: its programs from Debian's packages, its data in a temporary folder. Only tests that need it start it.
import { spawnSync } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, readFileSync, readdirSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { aptInstall } from '../tools/apt.mjs';
import { freePort } from './process.mjs';
import { startRestartable, temporaryFolder } from './restartable.mjs';

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
  const folder = temporaryFolder('postgres');
  const { dir, remove } = folder;
  const data = join(dir, 'data');
  mkdirSync(data, { mode: 0o700 });
  if (process.getuid?.() === 0) for (const path of [dir, data]) chownSync(path, idOf('/etc/passwd'), idOf('/etc/group'));
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
  const { stop, restart } = await startRestartable({
    name: 'postgres',
    command: asItsUser(join(bin, 'postgres'), ['-D', data, ...settings.flatMap((setting) => ['-c', setting])]),
    // it listens before it takes anybody in
    isReady: async (said) => /ready to accept connections/.test(said) && (await listens(port)),
    // its immediate shutdown
    signal: 'SIGQUIT',
    folder,
  });
  return { url: `postgres://${user}@127.0.0.1:${port}/postgres`, stop, restart };
}
