// Where everything that is fetched or built outlives a run: never inside the tree.
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** $ANYFILE_CACHE, else $XDG_CACHE_HOME/anyfile, else ~/.cache/anyfile. */
export function cacheDir() {
  const { ANYFILE_CACHE, XDG_CACHE_HOME } = process.env;
  return ANYFILE_CACHE || (XDG_CACHE_HOME ? join(XDG_CACHE_HOME, 'anyfile') : join(homedir(), '.cache', 'anyfile'));
}

/**
 * Makes a folder of the cache once: filled beside its place, then moved there, so that what is there is whole.
 *
 * @param name of the folder; another one for other contents
 * @param fill is given an empty folder
 * @returns the folder
 */
export async function cachedFolder(name, fill) {
  const dir = join(cacheDir(), name);
  if (existsSync(dir)) return dir;
  mkdirSync(cacheDir(), { recursive: true });
  const work = mkdtempSync(`${dir}-`);
  try {
    await fill(work);
    // Another process may have been faster.
    if (!existsSync(dir)) renameSync(work, dir);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return dir;
}

/** Engines and servers that may be absent without a failure, from ANYFILE_SKIP=name,… */
export function skippable() {
  return new Set(
    (process.env.ANYFILE_SKIP ?? '')
      .split(',')
      .map((name) => name.trim())
      .filter(Boolean),
  );
}
