/**
 * file://: the local disk in Node, Bun and Deno.
 *
 * @module
 */
import { openDisk } from '#platform';
import type { Disk } from '../platform/types.ts';
import type { ObjectStore } from '../types.ts';
import { createTreeStore } from './tree-store.ts';

/** Options of {@link createFileStore}. */
export interface FileStoreOptions {
  /** Absolute path of the folder, `/`-separated; made on the first write. @default '/' */
  root?: string | undefined;
  /** @default the runtime's disk */
  disk?: Disk | undefined;
}

/**
 * Open a folder of the disk as a store. Nothing is read or made before the first call; a folder that is not there is an empty one.
 * Writes go to a temporary name, are flushed (unless `durable` is false) and renamed. Errors: `NotSupported` (no disk here, metadata), `InvalidArgument` (a key
 * that is no path below the folder), `PermissionDenied`, `QuotaExceeded`, `AlreadyExists` (a folder in a file's place or the other
 * way round), `PreconditionFailed`, `NotModified`, `RangeNotSatisfiable`, `ObjectChanged`.
 *
 * @example
 * const store = createFileStore({ root: '/data' });
 * await store.put('a/b.txt', 'hello'); // /data/a/b.txt
 */
export function createFileStore(options: FileStoreOptions = {}): ObjectStore {
  const { root = '/', disk } = options;
  return createTreeStore({ url: `file://${root.startsWith('/') ? '' : '/'}${root}`, root, open: async () => disk ?? openDisk() });
}
