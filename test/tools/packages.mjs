// `npm ci`, where it is needed. Plain Node: nothing is installed when this runs in a fresh clone.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './run.mjs';

/** Whether what npm noted as installed differs from the lock file. Times are no help: a checkout touches them. */
function packagesAreStale(root) {
  const note = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(note)) return true;
  const packages = (path) => Object.entries(JSON.parse(readFileSync(path, 'utf8')).packages).filter(([name]) => name);
  const installed = new Map(packages(note).map(([name, { version }]) => [name, version]));
  return packages(join(root, 'package-lock.json')).some(([name, { version, optional }]) => !optional && installed.get(name) !== version);
}

/**
 * Installs what the lock file names, unless it is there.
 *
 * @returns whether it did
 */
export async function installPackages(root) {
  if (!packagesAreStale(root)) return false;
  // `--include=dev`: the build is needed even where NODE_ENV says production.
  const { code, output } = await run('npm', ['ci', '--include=dev', '--no-audit', '--no-fund'], { cwd: root });
  if (code !== 0) throw new Error(`npm ci ended with ${code}:\n${output.trim()}`);
  return true;
}
