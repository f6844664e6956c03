// The command-line tools whose files the codecs must read, and which must read theirs, and the one that makes certificates, from Debian's packages.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { aptInstall } from './apt.mjs';

/** Tools by name, with the package that holds each. */
export const codecTools = {
  gzip: 'gzip',
  pigz: 'pigz',
  bgzip: 'tabix',
  zstd: 'zstd',
  brotli: 'brotli',
  bzip2: 'bzip2',
  pbzip2: 'pbzip2',
  xz: 'xz-utils',
  openssl: 'openssl',
};

/** Whether a tool is there. */
export const hasTool = (name) => spawnSync(name, ['--version'], { stdio: 'ignore' }).error === undefined;

/** Installs missing tools where that may be done. A test says which are absent all the same. */
export async function installCodecTools({ log = console.log } = {}) {
  const missing = Object.keys(codecTools).filter((name) => !hasTool(name));
  if (!missing.length) return;
  const reason = await aptInstall([...new Set(missing.map((name) => codecTools[name]))], { log });
  if (reason) log(`codec tools not installed: ${reason}`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) void installCodecTools();
