// Debian packages, where they may be installed: as root, with apt-get.
import { existsSync } from 'node:fs';
import { run } from './run.mjs';

let updated = false;

/**
 * Installs packages.
 *
 * @returns why not, or undefined when they are installed
 */
export async function aptInstall(packages, { log = console.log } = {}) {
  if (process.getuid?.() !== 0) return 'not root';
  if (!existsSync('/usr/bin/apt-get')) return 'no apt-get';
  log(`installing ${packages.join(' ')} by apt-get`);
  const options = { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }, timeoutMs: 1_200_000 };
  if (!updated) await run('apt-get', ['update', '-q'], options);
  updated = true;
  const { code, output } = await run('apt-get', ['install', '-y', '-q', '--no-install-recommends', ...packages], options);
  return code === 0 ? undefined : output.trim().slice(-600);
}
