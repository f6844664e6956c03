// Redis of the tests: Debian's program, its data in a temporary folder. Only tests that need it start it.
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { aptInstall } from '../tools/apt.mjs';
import { freePort } from './process.mjs';
import { startRestartable, temporaryFolder } from './restartable.mjs';

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
  const folder = temporaryFolder('redis');
  const port = await freePort();
  const password = 'not-a-real-one';
  const settings = {
    port,
    bind: '127.0.0.1',
    dir: folder.dir,
    appendonly: 'yes',
    appendfsync: 'everysec',
    save: '',
    requirepass: password,
  };
  const { stop, restart } = await startRestartable({
    name: 'redis-server',
    command: [program, Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)])],
    isReady: (said) => /Ready to accept connections/i.test(said),
    signal: 'SIGKILL',
    folder,
  });
  return { url: `redis://:${password}@127.0.0.1:${port}/0`, stop, restart };
}
