/**
 * The local disk in Node, Bun and Deno.
 *
 * @module
 */
import { constants, promises as fs, realpathSync } from 'node:fs';
import { throwIfAborted } from '../../util/abort.ts';
import { TEMPORARY } from '../../util/path.ts';
import { inBlocks, once } from '../../util/streams.ts';
import type { Disk, DiskEntry } from '../types.ts';
import { openEdit } from './disk-edit.ts';
import { changed, openFile } from './disk-file.ts';
import { lockPath } from './disk-lock.ts';
import { atOnce } from './disk-now.ts';
import { inFolder, parent, replace, replacing, syncFolder, uniqueNow } from './disk-replace.ts';
import { fitsNow, gatherSmall, writeSmall } from './disk-small.ts';
import { guarded, orNull, statOf } from './disk-stat.ts';
import { isBusy } from './disk-thread.ts';

const DAY_MS = 86_400_000;
/** What is written at a time: chunks of the net are small, and each write goes to another thread and back. */
const BLOCK_BYTES = 0x100000;

/** The disk of this machine. */
export async function openDisk(): Promise<Disk> {
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
        else found.push({ name, kind: entry.isSymbolicLink() ? await kindOfLink(`${path}/${name}`) : 'other' });
      }
      return entries && found;
    });
  },

  open: openFile,

  async write(path, chunks, options = {}) {
    if (options.durable === false) {
      throwIfAborted(options.signal);
      const { giveAway, condition } = options;
      const body = await gatherSmall(chunks, Boolean(giveAway));
      const away = giveAway && !condition && 'small' in body && isBusy();
      if ('small' in body && (away || fitsNow(body.small))) return writeSmall(path, body.small, options, away);
      chunks = 'small' in body ? once(body.small) : body.chunks;
    }
    return replace('put', path, options, async (temporary) => {
      const handle = await inFolder(temporary, () => fs.open(temporary, 'wx+'));
      try {
        for await (const block of inBlocks(chunks, BLOCK_BYTES)) {
          throwIfAborted(options.signal);
          for (let at = 0; at < block.length;) at += (await handle.write(block, at, block.length - at)).bytesWritten;
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

  edit: openEdit,

  lock: lockPath,

  async remove(path, options = {}) {
    return guarded('delete', path, options, () =>
      replacing(
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
      await inFolder(to, () => fs.rename(from, to));
      await syncFolder(parent(to));
    });
  },

  async makeDirectory(path, options) {
    await guarded('mkdir', path, options, () => fs.mkdir(path, { recursive: true }));
  },

  async removeDirectory(path, options = {}) {
    await guarded('rmdir', path, options, async () => {
      if (!options.recursive) return fs.rmdir(path);
      await fs.lstat(path);
      // what others take away meanwhile is gone as it should be: Bun stumbles over it
      await fs.rm(path, { recursive: true, force: true });
    });
  },

  async touch(path, options) {
    await guarded('touch', path, options, () => fs.utimes(path, new Date(), uniqueNow()));
  },

  realPath: (path) =>
    guarded('head', path, {}, async () => {
      const real = await orNull(
        atOnce(
          () => realpathSync.native(path),
          () => fs.realpath(path),
        ),
      );
      return real && /^([a-z]:|\/\/)/i.test(path) ? real.replaceAll('\\', '/') : real;
    }),
};

/**
 * Links to files are files; links to folders are not gone into, for they may lead in circles. One that cannot be followed, whatever the
 * reason, must not hide what stands beside it.
 */
async function kindOfLink(path: string): Promise<DiskEntry['kind']> {
  const stat = await statOf(path).catch(() => null);
  return stat?.kind === 'file' ? 'file' : 'other';
}

/** Remove a temporary file that some process left behind more than a day ago. */
async function scrub(path: string): Promise<void> {
  const stat = await statOf(path).catch(() => null);
  if (stat && Date.now() - stat.mtimeMs > DAY_MS) await fs.rm(path, { force: true, recursive: true }).catch(() => {});
}
