/**
 * Getting hold of the browser's disk for a cache: who owns it, and which layout it can have.
 *
 * @module
 */
import { delay } from '../../util/abort.ts';
import { TEMPORARY } from '../../util/path.ts';
import type { OpfsBacking } from './opfs-backing.ts';
import { canMove, namesIn, openFiles } from './opfs-files.ts';
import { openSlab, type SyncFile } from './opfs-slab.ts';
import { nameOfThrown } from './trouble.ts';
import { holdIfFree, type Locks } from './web-lock.ts';

/** A disk that is owned. */
export interface OpenedOpfs {
  readonly backing: OpfsBacking;
  /** Remove what is neither a value nor in use. @returns how many leftovers went */
  scrub(): Promise<number>;
  /** Close the files and let others have it. */
  release(): Promise<void>;
}

/** Where the cache is; hidden from listings of the store `opfs`. */
export const FOLDER: string = `${TEMPORARY}cache-1`;

const SLAB = 'slab';
const FILES = 'files';

type Slabbed = FileSystemFileHandle & { createSyncAccessHandle?(): Promise<SyncFile> };

/** A handle of one who died a moment ago is let go after up to 125 ms (measured). */
const TRIES = 8;
const TRY_MS = 50;

const inUse = (): DOMException => new DOMException('another tab or worker has it', 'NoModificationAllowedError');

/**
 * Take the disk.
 *
 * @param name of the folder
 * @param layout `auto`: a slab where there are sync access handles, else files
 * @throws whatever the platform throws; `NoModificationAllowedError` when another has it
 */
export async function takeOpfs(
  root: FileSystemDirectoryHandle,
  locks: Locks | undefined,
  name: string,
  layout: 'auto' | 'slab' | 'files',
): Promise<OpenedOpfs> {
  const letGo = await holdIfFree(locks, `anyfile:opfs:${name}`);
  if (!letGo) throw inUse();
  try {
    const folder = await root.getDirectoryHandle(name, { create: true });
    const slab = layout !== 'files' && (await hasSyncHandles(folder));
    if (layout === 'slab' && !slab) throw new DOMException('no sync access handles here', 'NotSupportedError');
    // What the other layout left would never be asked for.
    await folder.removeEntry(slab ? FILES : SLAB, { recursive: true }).catch(() => {});
    const backing = slab ? openSlab(await syncFile(folder)) : await filesOf(folder);
    return {
      backing,
      scrub: () => scrub(folder, backing),
      async release() {
        try {
          await backing.close();
        } finally {
          letGo();
        }
      },
    };
  } catch (error) {
    letGo();
    throw error;
  }
}

async function filesOf(folder: FileSystemDirectoryHandle): Promise<OpfsBacking> {
  await withThrowaway(folder, async (handle) => {
    if (!canMove(handle)) throw new DOMException('files cannot be moved here', 'NotSupportedError');
  });
  return await openFiles(await folder.getDirectoryHandle(FILES, { create: true }));
}

/** Whether there are sync access handles: tried on a name of its own, since WebKit keeps a name locked that it refused one for. */
async function hasSyncHandles(folder: FileSystemDirectoryHandle): Promise<boolean> {
  return await withThrowaway(folder, async (handle: Slabbed) => {
    if (!handle.createSyncAccessHandle) return false;
    try {
      (await handle.createSyncAccessHandle()).close();
      return true;
    } catch {
      return false;
    }
  });
}

async function withThrowaway<T>(folder: FileSystemDirectoryHandle, task: (handle: FileSystemFileHandle) => Promise<T>): Promise<T> {
  const name = `probe-${crypto.randomUUID()}`;
  try {
    return await task(await folder.getFileHandle(name, { create: true }));
  } finally {
    await folder.removeEntry(name).catch(() => {});
  }
}

async function syncFile(folder: FileSystemDirectoryHandle): Promise<SyncFile> {
  const handle: Slabbed = await folder.getFileHandle(SLAB, { create: true });
  for (let i = 1; ; i++) {
    try {
      return await handle.createSyncAccessHandle!();
    } catch (error) {
      if (i === TRIES || nameOfThrown(error) !== 'NoModificationAllowedError') throw error;
      await delay(TRY_MS);
    }
  }
}

async function scrub(folder: FileSystemDirectoryHandle, backing: OpfsBacking): Promise<number> {
  let count = 0;
  const removeAll = async (from: FileSystemDirectoryHandle, isKept: (name: string) => boolean): Promise<void> => {
    for (const name of await namesIn(from)) {
      // Asked anew for each: values come and go meanwhile.
      if (isKept(name)) continue;
      try {
        await from.removeEntry(name, { recursive: true });
        count++;
      } catch {
        // It is being written, or locked until the browser ends.
      }
    }
  };
  const { layout, owns } = backing;
  await removeAll(folder, (name) => name === (layout === 'slab' ? SLAB : FILES));
  if (owns) await removeAll(await folder.getDirectoryHandle(FILES), owns);
  return count;
}
