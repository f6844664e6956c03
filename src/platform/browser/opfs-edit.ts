/**
 * Working copies on the browser's own disk: a file of another name, whose writer is closed for every read after a write.
 *
 * @module
 */
import type { AbortOptions } from '../../types.ts';
import type { WorkingCopy } from '../disk-edit.ts';
import type { DiskEditNow, DiskStat } from '../types.ts';
import { guarded, opfsError } from './opfs-error.ts';

/** What a replacement may be told. */
export type Condition = AbortOptions & { condition?: ((now: DiskStat | null) => void) | undefined };

/** Of a file in a worker; elsewhere there are none. */
interface SyncFile {
  read(into: Uint8Array, options: { at: number }): number;
  write(bytes: Uint8Array, options: { at: number }): number;
  truncate(sizeBytes: number): void;
  close(): void;
}
type Synchronous = FileSystemFileHandle & { createSyncAccessHandle?(): Promise<SyncFile> };

/**
 * Begin an empty copy.
 *
 * @param path whose copy it is, for messages
 * @param name of the copy, in the same folder
 * @param place puts it where it belongs
 */
export async function createHandleCopy(
  path: string,
  into: FileSystemDirectoryHandle,
  name: string,
  place: (handle: FileSystemFileHandle, options: Condition) => Promise<DiskStat>,
): Promise<WorkingCopy> {
  let current = name;
  let handle: Synchronous = await into.getFileHandle(current, { create: true });
  let writer: FileSystemWritableFileStream | undefined;
  const write = async (params: WriteParams): Promise<void> => {
    writer ??= await handle.createWritable({ keepExistingData: true });
    await writer.write(params);
  };
  const close = async (): Promise<void> => {
    const closing = writer;
    writer = undefined;
    await closing?.close();
  };
  /** In a file of another name: where WebKit has refused synchronous calls it takes the file for locked. */
  const moveOn = async (): Promise<void> => {
    const [old, next] = [current, `${current}-2`];
    const made = await into.getFileHandle(next, { create: true });
    [current, handle] = [next, made];
    const copy = await made.createWritable();
    await copy.write(await (await into.getFileHandle(old)).getFile());
    await copy.close();
    await into.removeEntry(old);
  };
  const isRemoved = (): Promise<boolean> =>
    into.removeEntry(current).then(
      () => true,
      (error: unknown) => (error as { name?: string } | null)?.name === 'NotFoundError',
    );
  return {
    read: (start, end) =>
      guarded('get', path, {}, async () => {
        await close();
        const file = await handle.getFile();
        return new Uint8Array(await file.slice(start, end).arrayBuffer());
      }),
    write: (position, bytes) => guarded('put', path, {}, () => write({ type: 'write', position, data: unshared(bytes) })),
    truncate: (size) => guarded('put', path, {}, () => write({ type: 'truncate', size })),
    ...(handle.createSyncAccessHandle && {
      openNow: () =>
        guarded('put', path, {}, async () => {
          await close();
          // refused in some browsers' private windows
          const file = await handle.createSyncAccessHandle!().catch(() => undefined);
          if (!file) await moveOn();
          return file && openNow(file, path);
        }),
    }),
    async commit(options = {}) {
      try {
        await close();
        return await place(handle, options);
      } catch (error) {
        throw opfsError(error, 'put', path, options.signal);
      }
    },
    async remove() {
      await writer?.abort().catch(() => {});
      // held for a moment after its writer has ended
      for (let tries = 0; tries < 5 && !(await isRemoved()); tries++) await new Promise((resolve) => setTimeout(resolve, 20 << tries));
    },
  };
}

/** The same file, by calls that do not wait. */
function openNow(file: SyncFile, path: string): DiskEditNow {
  const guard = <T>(task: () => T): T => {
    try {
      return task();
    } catch (error) {
      throw opfsError(error, 'put', path, undefined);
    }
  };
  return {
    read: (into, at) => guard(() => file.read(into, { at })),
    // Firefox tells of a full disk by a short count
    write: (bytes, at) =>
      guard(() => {
        if (file.write(bytes, { at }) < bytes.length) throw new DOMException('a short write', 'QuotaExceededError');
      }),
    truncate: (sizeBytes) => guard(() => file.truncate(sizeBytes)),
    close: () => file.close(),
  };
}

/** The same bytes, with a buffer that holds nothing else. */
export function unshared(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const whole = bytes.byteLength === bytes.buffer.byteLength && bytes.buffer instanceof ArrayBuffer;
  return (whole ? bytes : bytes.slice()) as Uint8Array<ArrayBuffer>;
}
