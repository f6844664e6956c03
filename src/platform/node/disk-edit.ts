/**
 * Working copies of files.
 *
 * @module
 */
import { constants, ftruncateSync, promises as fs, readSync, writeSync } from 'node:fs';
import { resolve } from 'node:path';
import { abortable, throwIfAborted } from '../../util/abort.ts';
import type { AbortOptions } from '../../types.ts';
import { createEdit } from '../disk-edit.ts';
import type { DiskEdit, DiskEditNow } from '../types.ts';
import { diskError } from './disk-error.ts';
import { inFolder, parent, settle, temporaryBeside, type FileHandle } from './disk-replace.ts';
import { guarded, orNull, statOf } from './disk-stat.ts';
import { changed } from './disk-file.ts';

const MAX_LINKS = 40;

/** Copy a file beside itself, or begin an empty one, to be put in its place later. */
export async function openEdit(path: string, options: AbortOptions & { from: 'empty' | 'file' }): Promise<DiskEdit> {
  throwIfAborted(options.signal);
  const opening = guarded('put', path, {}, () => begin(path, options.from));
  return abortable(opening, options.signal).catch((error: unknown) => {
    opening.then((late) => late.discard()).catch(() => {});
    throw error;
  });
}

async function begin(path: string, from: 'empty' | 'file'): Promise<DiskEdit> {
  const target = await behindLinks(path);
  const now = await statOf(target);
  // Nobody wants a device or a pipe to become a file.
  if (now ? now.kind !== 'file' : from === 'file') throw failure(now ? (now.kind === 'directory' ? 'EISDIR' : 'ENOSYS') : 'ENOENT');
  if (now) await fs.access(target, constants.W_OK);
  const temporary = temporaryBeside(target);
  try {
    if (from === 'file') {
      await fs.copyFile(target, temporary, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL);
      if ((await statOf(target))?.version !== now?.version) throw changed(path, 'put');
      // The copy has the bits of a file that others may own.
      await fs.chmod(temporary, (now?.mode ?? 0) | 0o600);
    }
    // While it is worked on, no more people may read it than the file itself.
    const open = (): Promise<FileHandle> => fs.open(temporary, from === 'file' ? 'r+' : 'wx+', now ? now.mode | 0o600 : 0o666);
    return track(from === 'file' ? await open() : await inFolder(temporary, open), temporary, target, from === 'file' ? now : null);
  } catch (error) {
    await fs.rm(temporary, { force: true }).catch(() => {});
    throw error;
  }
}

function track(handle: FileHandle, temporary: string, path: string, copied: { sizeBytes: number } | null): DiskEdit {
  const guard = async <T>(task: () => Promise<T>): Promise<T> => {
    try {
      return await task();
    } catch (error) {
      throw diskError(error, 'put', path);
    }
  };
  let settled = false;
  return createEdit(path, copied?.sizeBytes ?? 0, {
    read: (start, end) =>
      guard(async () => {
        const bytes = new Uint8Array(end - start);
        let size = 0;
        for (let got = 1; got > 0 && size < bytes.length; size += got) {
          got = (await handle.read(bytes, size, bytes.length - size, start + size)).bytesRead;
        }
        return size < bytes.length ? bytes.slice(0, size) : bytes;
      }),
    write: (at, bytes) =>
      guard(async () => {
        for (let done = 0; done < bytes.length;) {
          done += (await handle.write(bytes, done, bytes.length - done, at + done)).bytesWritten;
        }
      }),
    truncate: (sizeBytes) => guard(() => handle.truncate(sizeBytes)),
    openNow: async () => openNow(handle.fd, path),
    async commit(options = {}) {
      settled = true;
      try {
        return await settle(handle, temporary, path, options);
      } catch (error) {
        throw diskError(error, 'put', path, options.signal);
      }
    },
    async remove() {
      if (!settled) await handle.close().catch(() => {});
      await fs.rm(temporary, { force: true }).catch(() => {});
    },
  });
}

/** The same file, by calls that do not wait. */
function openNow(file: number, path: string): DiskEditNow {
  const guard = <T>(task: () => T): T => {
    try {
      return task();
    } catch (error) {
      throw diskError(error, 'put', path);
    }
  };
  return {
    read: (into, at) =>
      guard(() => {
        let size = 0;
        for (let got = 1; got > 0 && size < into.length; size += got) got = readSync(file, into, size, into.length - size, at + size);
        return size;
      }),
    write: (bytes, at) =>
      guard(() => {
        for (let done = 0; done < bytes.length;) done += writeSync(file, bytes, done, bytes.length - done, at + done);
      }),
    truncate: (sizeBytes) => guard(() => ftruncateSync(file, sizeBytes)),
    close() {},
  };
}

/** What a path leads to, also when there is nothing there yet; folders on the way are the system's affair. */
async function behindLinks(path: string): Promise<string> {
  const slashed = (found: string): string => (/^([a-z]:|\/\/)/i.test(path) ? found.replaceAll('\\', '/') : found);
  let at = path;
  for (let links = 0; links < MAX_LINKS; links++) {
    const stat = await orNull(fs.lstat(at));
    if (!stat?.isSymbolicLink()) return at;
    at = slashed(resolve(await fs.realpath(parent(at)), await fs.readlink(at)));
  }
  throw failure('ELOOP');
}

const failure = (code: string): Error => Object.assign(new Error(code), { code });
