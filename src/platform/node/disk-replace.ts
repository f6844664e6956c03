/**
 * Putting a file in the place of another, whole or not at all.
 *
 * @module
 */
import { randomBytes } from 'node:crypto';
import { promises as fs } from 'node:fs';
import { throwIfAborted } from '../../util/abort.ts';
import type { AbortOptions } from '../../types.ts';
import { createKeyedLock, type KeyedLock } from '../../util/keyed-lock.ts';
import { TEMPORARY } from '../../util/path.ts';
import type { DiskStat } from '../types.ts';
import { diskError, systemCode } from './disk-error.ts';
import { describe, statOf } from './disk-stat.ts';

/** An open file. */
export type FileHandle = Awaited<ReturnType<typeof fs.open>>;
/** What a replacement may be told. */
export type Condition = AbortOptions & {
  condition?: ((now: DiskStat | null) => void) | undefined;
  durable?: boolean | undefined;
};

/**
 * Looking and renaming are two steps, and the disk belongs to the whole process: so do these locks, one for each path that is being
 * replaced right now. They hold nothing between calls.
 */
export const replacing: KeyedLock = /* @__PURE__ */ createKeyedLock();

/** The folder that a path is in. */
export const parent = (path: string): string => path.slice(0, Math.max(path.lastIndexOf('/'), 1));

const tokenBytes = 12;
/** Random bytes for the next names: to ask for many takes as long as to ask for those of one. */
let random: Buffer = Buffer.alloc(0);

/** A new name beside a path, hidden from listings. */
export function temporaryBeside(path: string): string {
  const folder = parent(path);
  if (random.length === 0) random = randomBytes(128 * tokenBytes);
  const token = random.toString('hex', 0, tokenBytes);
  random = random.subarray(tokenBytes);
  return `${folder === '/' ? '' : folder}/${TEMPORARY}${token}`;
}

/** Fill a temporary file beside the target, flush it, then put it in the target's place, or leave nothing. */
export async function replace(
  operation: string,
  path: string,
  options: Condition,
  fill: (temporary: string) => Promise<FileHandle>,
): Promise<DiskStat> {
  throwIfAborted(options.signal);
  const temporary = temporaryBeside(path);
  try {
    return await settle(await fill(temporary), temporary, path, options);
  } catch (error) {
    await fs.rm(temporary, { force: true }).catch(() => {});
    throw diskError(error, operation, path, options.signal);
  }
}

/** Flush and close a temporary file, then put it in the target's place. When it rejects the file is closed, and may be there still. */
export async function settle(handle: FileHandle, temporary: string, path: string, options: Condition): Promise<DiskStat> {
  let stat: DiskStat;
  try {
    const now = await statOf(path);
    if (now?.kind === 'file') await handle.chmod(now.mode);
    const time = uniqueNow();
    await handle.utimes(time, time);
    if (options.durable !== false) await handle.sync();
    stat = describe(await handle.stat({ bigint: true }));
  } finally {
    await handle.close();
  }
  await replacing(path, () => rename(temporary, path, options), options);
  if (options.durable !== false) await syncFolder(parent(path));
  return stat;
}

let lastMs = 0;

/**
 * Now, in seconds, moved back by less than a millisecond at random, and never what it was before. Kernels stamp files with a clock of a
 * few milliseconds and reuse inodes, so that two writes in a row could look alike; this keeps their versions apart. Deno tells whole
 * milliseconds, Node microseconds.
 */
export function uniqueNow(): number {
  lastMs = Math.max(Date.now() - Math.random(), lastMs + ('Deno' in globalThis ? 1 : 0.002));
  return lastMs / 1000;
}

async function rename(temporary: string, path: string, { signal, condition }: Condition): Promise<void> {
  for (;;) {
    // Without a condition the system's own refusal of a folder in the way is enough.
    const now = condition ? await statOf(path) : null;
    if (now?.kind === 'directory') throw Object.assign(new Error('a folder is in the way'), { code: 'EISDIR' });
    condition?.(now);
    throwIfAborted(signal);
    if (!condition || now) return fs.rename(temporary, path);
    // Nothing was there: a hard link, unlike a rename, fails when another process was faster.
    try {
      await fs.link(temporary, path);
      return await fs.unlink(temporary);
    } catch (error) {
      const code = systemCode(error);
      if (code === 'ENOENT' || code === 'ENOSPC') throw error;
      // A dangling link stands for nothing and would be met again for ever; file systems without hard links have only the rename.
      if (code !== 'EEXIST' || (!(await statOf(path)) && (await statOf(path, true)))) return fs.rename(temporary, path);
    }
  }
}

/** How often a folder is made anew, which others take away whenever it is empty. */
export const MAX_FOLDERS = 10;

/** Make a file; when its folder is missing, that first. To make it may fail alike: it looks at a folder that it has met, which then is gone. */
export async function inFolder<T>(path: string, make: () => Promise<T>): Promise<T> {
  for (let made = 0; ; made++) {
    try {
      if (made > 0) await fs.mkdir(parent(path), { recursive: true });
      return await make();
    } catch (error) {
      if (systemCode(error) !== 'ENOENT' || made === MAX_FOLDERS) throw error;
    }
  }
}

/** Flushes of folders that are under way, and those that begin after them. Nothing is held between calls. */
const flushing = new Map<string, { running: Promise<void>; next?: Promise<void> }>();

/** Make a rename last over a power cut. Calls for one folder share a flush, which begins after all of them. */
export function syncFolder(path: string): Promise<void> {
  const under = flushing.get(path);
  if (under) return (under.next ??= under.running.then(() => startFlush(path)));
  return startFlush(path);
}

function startFlush(path: string): Promise<void> {
  const entry: { running: Promise<void>; next?: Promise<void> } = { running: flushFolder(path) };
  flushing.set(path, entry);
  return entry.running.finally(() => {
    if (flushing.get(path) === entry && !entry.next) flushing.delete(path);
  });
}

/** Not every system opens folders. */
async function flushFolder(path: string): Promise<void> {
  try {
    const handle = await fs.open(path, 'r');
    await handle.sync().finally(() => handle.close());
  } catch {
    // The file itself was flushed; this is the best that can be done here.
  }
}
