/**
 * Changes that the command makes on the disk by itself, beside those of the library. None of them in a dry run: one that is asked for then is a
 * mistake of ours, and is refused.
 *
 * @module
 */
import { mkdir, open, readdir, rename, rmdir, unlink, utimes } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Task } from './io.ts';

/** @throws Error in a dry run */
function mayChange({ options }: Task, path: string): void {
  if (options.dryRun) throw new Error(`a dry run would have changed ${path}`);
}

/** Make a folder and those above it. */
export async function makeFolder(task: Task, path: string): Promise<void> {
  mayChange(task, path);
  await mkdir(path, { recursive: true });
}

/** Take a folder away when it is empty; one that is not stays. @returns whether it went */
export async function removeEmptyFolder(task: Task, path: string): Promise<boolean> {
  mayChange(task, path);
  return rmdir(path).then(
    () => true,
    () => false,
  );
}

/** Give a file another name on the same disk, at once; folders are made. @returns false where that cannot be: another disk, or a folder in its place */
export async function renameFile(task: Task, from: string, to: string): Promise<boolean> {
  mayChange(task, to);
  await mkdir(dirname(to), { recursive: true });
  try {
    await rename(from, to);
    return true;
  } catch (error) {
    // what copying can do, or can say better
    if (/^(EXDEV|EPERM|EACCES|EBUSY|EISDIR|ENOTDIR|ENOTEMPTY)$/.test(String((error as { code?: unknown }).code))) return false;
    throw error;
  }
}

/** Say of a file when it was changed: as its source, not when it was copied. What cannot be said is left. */
export async function setChanged(task: Task, path: string, changed: Date): Promise<void> {
  mayChange(task, path);
  // half a millisecond more: systems round down, and to a millisecond less
  await utimes(path, new Date(), (changed.getTime() + 0.5) / 1000).catch(() => {});
}

/** A file that grows until it is whole. */
export interface Part {
  readonly path: string;
  /** What it holds. */
  readonly sizeBytes: number;
  append(chunk: Uint8Array): Promise<void>;
  /** Puts it in its place, at once and lastingly, and takes those of other versions away. */
  commit(): Promise<void>;
  /** Throws it away. @returns false */
  discard(): Promise<false>;
  /** Leaves it for the next time. More than once does no harm. */
  close(): Promise<void>;
}

/**
 * Open what there is so far of a file: `NAME.MARK.part` beside it.
 *
 * @param mark which version it is, in 16 hexadecimal digits
 */
export async function openPart(task: Task, target: string, mark: string): Promise<Part> {
  const path = `${target}.${mark}.part`;
  mayChange(task, path);
  await mkdir(dirname(target), { recursive: true });
  const file = await open(path, 'a');
  let { size } = await file.stat();
  let closed = false;
  const close = async (): Promise<void> => {
    if (!closed) await file.close();
    closed = true;
  };
  return {
    path,
    get sizeBytes() {
      return size;
    },
    async append(chunk) {
      for (let at = 0; at < chunk.length;) at += (await file.write(chunk, at)).bytesWritten;
      size += chunk.length;
    },
    async commit() {
      await file.sync();
      await close();
      await rename(path, target);
      const front = `${basename(target)}.`;
      const others = (await readdir(dirname(target))).filter(
        (name) => name.startsWith(front) && /^[0-9a-f]{16}\.part$/.test(name.slice(front.length)),
      );
      for (const name of others) await unlink(join(dirname(target), name)).catch(() => {});
    },
    async discard() {
      await close();
      await unlink(path).catch(() => {});
      return false;
    },
    close,
  };
}
