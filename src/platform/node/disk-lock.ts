/**
 * Locks between processes: the lock of `x` is held by whoever has an entry in the folder `x.lock`.
 *
 * The folder comes with its entry already in it, by a rename, which takes the place of nothing or of an empty folder only. So there is
 * never a moment in which it stands for nobody, and an entry that is given up or stale is taken out by its own name, which nobody else
 * has: two who find it stale cannot take one another's away.
 *
 * @module
 */
import { promises as fs } from 'node:fs';
import { basename } from 'node:path';
import { setInterval } from 'node:timers';
import { delay, throwIfAborted } from '../../util/abort.ts';
import type { AbortOptions } from '../../types.ts';
import { createKeyedLock, type KeyedLock } from '../../util/keyed-lock.ts';
import { TEMPORARY } from '../../util/path.ts';
import { diskError, systemCode } from './disk-error.ts';
import { parent, temporaryBeside } from './disk-replace.ts';
import { statOf } from './disk-stat.ts';

/** A holder shows that it lives much more often than it would be given up. */
const REFRESH_MS = 2000;
const STALE_MS = 10_000;
const POLL_MS = 5;
const MAX_POLL_MS = 50;
/** How often a free place may be refused before it is an error of its own. */
const MAX_REFUSED = 20;

/** Within this process. */
const within: KeyedLock = /* @__PURE__ */ createKeyedLock();

/**
 * Run a task while this process alone holds the lock of a path, whose folder must be there. A holder that has shown no life for 10 s,
 * because it was killed or its event loop stood still, loses the lock.
 */
export function lockPath<T>(path: string, task: () => Promise<T>, options: AbortOptions = {}): Promise<T> {
  return within(
    path,
    async () => {
      const entry = await acquire(`${path}.lock`, options.signal).catch((error: unknown) => {
        throw diskError(error, 'lock', path, options.signal);
      });
      const timer = setInterval(() => void show(entry).catch(() => {}), REFRESH_MS);
      timer.unref();
      try {
        return await task();
      } finally {
        clearInterval(timer);
        await release(entry);
      }
    },
    options,
  );
}

async function acquire(folder: string, signal: AbortSignal | undefined): Promise<string> {
  const mine = temporaryBeside(folder);
  const name = basename(mine);
  await fs.mkdir(mine);
  try {
    await fs.mkdir(`${mine}/${name}`);
    let refused = 0;
    for (let waitMs = POLL_MS; ; waitMs = Math.min(waitMs * 1.2, MAX_POLL_MS)) {
      try {
        await fs.rename(mine, folder);
        return `${folder}/${name}`;
      } catch (error) {
        // Systems say it in different ways that the place is taken: looking is better.
        if (await isHeld(folder)) refused = 0;
        else if (++refused > MAX_REFUSED) throw error;
        else await fs.rmdir(folder).catch(() => {});
      }
      throwIfAborted(signal);
      await delay(waitMs * (0.5 + Math.random()), signal);
      await show(`${mine}/${name}`);
    }
  } catch (error) {
    await fs.rm(mine, { recursive: true, force: true }).catch(() => {});
    throw error;
  }
}

/** Whether somebody alive holds it; entries of others go. */
async function isHeld(folder: string): Promise<boolean> {
  let held = false;
  const names = await fs.readdir(folder).catch((error: unknown) => {
    if (systemCode(error) === 'ENOENT') return [];
    throw error;
  });
  for (const name of names) {
    if (!name.startsWith(TEMPORARY)) throw Object.assign(new Error('this folder is no lock'), { code: 'EEXIST' });
    const entry = await statOf(`${folder}/${name}`);
    // A time to come is as wrong as one long past.
    if (entry && Math.abs(Date.now() - entry.mtimeMs) > STALE_MS) await fs.rmdir(`${folder}/${name}`).catch(() => {});
    else if (entry) held = true;
  }
  return held;
}

/** A sign of life. */
async function show(entry: string): Promise<void> {
  const now = new Date();
  await fs.utimes(entry, now, now);
}

async function release(entry: string): Promise<void> {
  await fs.rmdir(entry).catch(() => {});
  await fs.rmdir(parent(entry)).catch(() => {});
}
