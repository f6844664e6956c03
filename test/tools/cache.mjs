// Where everything that is fetched or built outlives a run: never inside the tree.
import { homedir } from 'node:os';
import { join } from 'node:path';

/** $ANYFILE_CACHE, else $XDG_CACHE_HOME/anyfile, else ~/.cache/anyfile. */
export function cacheDir() {
  const { ANYFILE_CACHE, XDG_CACHE_HOME } = process.env;
  return ANYFILE_CACHE || (XDG_CACHE_HOME ? join(XDG_CACHE_HOME, 'anyfile') : join(homedir(), '.cache', 'anyfile'));
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
