// Packages of PyPI, each in a virtual environment of the cache.
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { aptInstall } from './apt.mjs';
import { run } from './run.mjs';

/** Whether a command can be run. */
export const works = (command, args) => spawnSync(command, args, { stdio: 'ignore' }).status === 0;

/**
 * Makes a virtual environment with packages; `.ready` in it says that it is whole.
 *
 * @param dir where; what stands there is removed
 * @param requirements `name==version` each
 */
export async function installPython(dir, ...requirements) {
  const step = async (command, args) => {
    const { code, output } = await run(command, args);
    if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${code}: ${output.trim().slice(-600)}`);
  };
  rmSync(dir, { recursive: true, force: true });
  mkdirSync(dirname(dir), { recursive: true });
  // Debian keeps venv in a package of its own.
  if (!works('python3', ['-c', 'import ensurepip, venv'])) await aptInstall(['python3-venv', 'python3-pip']);
  await step('python3', ['-m', 'venv', dir]);
  await step(join(dir, 'bin', 'pip'), ['install', '-q', '--disable-pip-version-check', ...requirements]);
  writeFileSync(join(dir, '.ready'), '');
}
