/**
 * Reading and hashing files of a disk, and its locks with an end to waiting.
 *
 * @module
 */
import { isCloudError } from '../../errors.ts';
import { hashChunks } from '../../integrity/hash-chunks.ts';
import type { HashName } from '../../integrity/hasher.ts';
import type { Disk, DiskEdit, DiskFile, DiskStat } from '../../platform/types.ts';
import type { AbortOptions } from '../../types.ts';
import { onAbort, throwIfAborted } from '../../util/abort.ts';
import { gather } from '../../util/streams.ts';

const PIECE_BYTES = 0x100000;
/** Whoever holds a lock for longer is frozen or dead: what is done under it takes a few calls of the disk. */
const LOCK_WAIT_MS = 2000;
const TRIES = 5;

/** Work with a file that is open for reading; once more when it was replaced meanwhile. `null` when there is none. */
export async function withFile<T>(
  disk: Disk,
  path: string,
  work: (file: DiskFile) => Promise<T>,
  options: AbortOptions = {},
): Promise<T | null> {
  for (let tries = 1; ; tries++) {
    const file = await disk.open(path, options);
    if (!file) return null;
    try {
      return await work(file);
    } catch (error) {
      if (tries === TRIES || !isCloudError(error, 'ObjectChanged')) throw error;
    } finally {
      await file.close();
    }
  }
}

/** The bytes of a small file; `null` when there is none. */
export const readWhole = (disk: Disk, path: string, options: AbortOptions = {}): Promise<Uint8Array | null> =>
  withFile(disk, path, (file) => gather(file.read(0, file.sizeBytes, options), file.sizeBytes), options);

/** The hash of a file, and which version of it that is of; `null` when there is none. */
export const hashFile = (
  disk: Disk,
  path: string,
  name: HashName,
  options: AbortOptions,
): Promise<{ hash: string; stat: DiskStat } | null> =>
  withFile(
    disk,
    path,
    async (file) => ({
      hash: await hashChunks(name, file.read(0, file.sizeBytes, options)),
      stat: { kind: 'file', sizeBytes: file.sizeBytes, mtimeMs: file.mtimeMs, version: file.version },
    }),
    options,
  );

/** The bytes of a working copy, in pieces. */
export async function* chunksOfEdit(edit: DiskEdit, signal?: AbortSignal): AsyncGenerator<Uint8Array, void, undefined> {
  for (let at = 0; at < edit.sizeBytes; at += PIECE_BYTES) {
    throwIfAborted(signal);
    yield await edit.read(at, Math.min(at + PIECE_BYTES, edit.sizeBytes));
  }
}

/**
 * Run a task under a disk's lock, which is waited for no longer than a holder who is alive would need; then without it: what is done holds
 * to the versions of files anyway.
 */
export async function locked<T>(disk: Disk, path: string, task: () => Promise<T>, { signal }: AbortOptions = {}): Promise<T> {
  throwIfAborted(signal);
  const waiting = new AbortController();
  const given = onAbort(signal, () => waiting.abort(signal?.reason));
  const timer = setTimeout(() => waiting.abort(waiting), LOCK_WAIT_MS);
  let running: Promise<T> | undefined;
  const stop = (): void => {
    clearTimeout(timer);
    given();
  };
  const start = (): Promise<T> => {
    stop();
    return (running = task());
  };
  try {
    return await disk.lock(path, start, { signal: waiting.signal });
  } catch (error) {
    if (running || error !== waiting) throw error;
    return await start();
  } finally {
    stop();
  }
}
