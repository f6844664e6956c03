/**
 * The local disk in Node, Bun and Deno.
 *
 * @module
 */
import { constants, promises as fs } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { throwIfAborted } from '../../util/abort.ts';
import type { AbortOptions } from '../../types.ts';
import { createKeyedLock } from '../../util/keyed-lock.ts';
import { TEMPORARY } from '../../util/path.ts';
import type { Disk, DiskEntry, DiskStat } from '../types.ts';
import { diskError, systemCode } from './disk-error.ts';
import { changed, openFile } from './disk-file.ts';
import { describe, guarded, orNull, statOf } from './disk-stat.ts';

type FileHandle = Awaited<ReturnType<typeof fs.open>>;
type Condition = AbortOptions & { condition?: ((now: DiskStat | null) => void) | undefined };

const DAY_MS = 86_400_000;

/**
 * Looking and renaming are two steps, and the disk belongs to the whole process: so do these locks, one for each path that is being
 * replaced right now. They hold nothing between calls.
 */
const lock = /* @__PURE__ */ createKeyedLock();

/** The disk of this machine. */
export async function openDisk(): Promise<Disk | undefined> {
  return disk;
}

const disk: Disk = {
  stat: (path, options) => guarded('head', path, options, () => statOf(path)),

  async list(path, options) {
    return guarded('list', path, options, async () => {
      const entries = await orNull(fs.readdir(path, { withFileTypes: true }));
      const found: DiskEntry[] = [];
      for (const entry of entries ?? []) {
        const { name } = entry;
        if (name.startsWith(TEMPORARY)) await scrub(`${path}/${name}`);
        else if (entry.isFile()) found.push({ name, kind: 'file' });
        else if (entry.isDirectory()) found.push({ name, kind: 'directory' });
        // Links to files are files; links to folders are not gone into, for they may lead in circles.
        else found.push({ name, kind: entry.isSymbolicLink() && (await statOf(`${path}/${name}`))?.kind === 'file' ? 'file' : 'other' });
      }
      return entries && found;
    });
  },

  open: openFile,

  async write(path, chunks, options = {}) {
    return replace('put', path, options, async (temporary) => {
      const handle = await inFolder(temporary, () => fs.open(temporary, 'wx+'));
      try {
        for await (const chunk of chunks) {
          throwIfAborted(options.signal);
          for (let at = 0; at < chunk.length;) at += (await handle.write(chunk, at, chunk.length - at)).bytesWritten;
        }
      } catch (error) {
        await handle.close();
        throw error;
      }
      return handle;
    });
  },

  async copy(from, to, options = {}) {
    const source = await disk.stat(from, options);
    if (source?.kind !== 'file') return null;
    return replace('copy', to, options, async (temporary) => {
      await inFolder(temporary, () => fs.copyFile(from, temporary, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL));
      if ((await statOf(from))?.version !== source.version) throw changed(from, 'copy');
      return fs.open(temporary, 'r+').catch(() => fs.open(temporary, 'r'));
    });
  },

  async remove(path, options = {}) {
    return guarded('delete', path, options, () =>
      lock(
        path,
        async () => {
          const now = await statOf(path);
          options.condition?.(now);
          if (now?.kind === 'directory') return false;
          return (await orNull(fs.unlink(path).then(() => true))) ?? false;
        },
        options,
      ),
    );
  },

  async rename(from, to, options) {
    await guarded('move', from, options, async () => {
      await fs.mkdir(parent(to), { recursive: true });
      await fs.rename(from, to);
      await syncFolder(parent(to));
    });
  },

  async makeDirectory(path, options) {
    await guarded('mkdir', path, options, () => fs.mkdir(path, { recursive: true }));
  },

  async removeDirectory(path, options = {}) {
    await guarded('rmdir', path, options, () => (options.recursive ? fs.rm(path, { recursive: true }) : fs.rmdir(path)));
  },

  async touch(path, options) {
    await guarded('touch', path, options, () => fs.utimes(path, new Date(), uniqueNow()));
  },

  realPath: (path) =>
    guarded('head', path, {}, async () => {
      const real = await orNull(fs.realpath(path));
      return real && /^([a-z]:|\/\/)/i.test(path) ? real.replaceAll('\\', '/') : real;
    }),
};

const parent = (path: string): string => path.slice(0, Math.max(path.lastIndexOf('/'), 1));

let lastMs = 0;

/**
 * Now, in seconds, moved back by less than a millisecond at random, and never what it was before. Kernels stamp files with a clock of a
 * few milliseconds and reuse inodes, so that two writes in a row could look alike; this keeps their versions apart. Deno tells whole
 * milliseconds, Node microseconds.
 */
function uniqueNow(): number {
  lastMs = Math.max(Date.now() - Math.random(), lastMs + ('Deno' in globalThis ? 1 : 0.002));
  return lastMs / 1000;
}

/** Fill a temporary file beside the target, flush it, then put it in the target's place, or leave nothing. */
async function replace(
  operation: string,
  path: string,
  options: Condition,
  fill: (temporary: string) => Promise<FileHandle>,
): Promise<DiskStat> {
  throwIfAborted(options.signal);
  const folder = parent(path);
  const temporary = `${folder === '/' ? '' : folder}/${TEMPORARY}${randomBytes(12).toString('hex')}`;
  try {
    const handle = await fill(temporary);
    let stat: DiskStat;
    try {
      const now = await statOf(path);
      if (now?.kind === 'file') await handle.chmod(now.mode);
      const time = uniqueNow();
      await handle.utimes(time, time);
      await handle.sync();
      stat = describe(await handle.stat({ bigint: true }));
    } finally {
      await handle.close();
    }
    await lock(path, () => commit(temporary, path, options), options);
    await syncFolder(folder);
    return stat;
  } catch (error) {
    await fs.rm(temporary, { force: true }).catch(() => {});
    throw diskError(error, operation, path, options.signal);
  }
}

async function commit(temporary: string, path: string, { signal, condition }: Condition): Promise<void> {
  for (;;) {
    const now = await statOf(path);
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

/** Make a file; when its folder is missing, that first. */
async function inFolder<T>(path: string, make: () => Promise<T>): Promise<T> {
  try {
    return await make();
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error;
    await fs.mkdir(parent(path), { recursive: true });
    return make();
  }
}

/** Make a rename last over a power cut; not every system opens folders. */
async function syncFolder(path: string): Promise<void> {
  try {
    const handle = await fs.open(path, 'r');
    await handle.sync().finally(() => handle.close());
  } catch {
    // The file itself was flushed; this is the best that can be done here.
  }
}

/** Remove a temporary file that some process left behind more than a day ago. */
async function scrub(path: string): Promise<void> {
  const stat = await statOf(path).catch(() => null);
  if (stat && Date.now() - stat.mtimeMs > DAY_MS) await fs.rm(path, { force: true }).catch(() => {});
}
