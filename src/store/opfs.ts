/**
 * opfs://: the browser's own disk (origin private file system), in pages and workers.
 *
 * @module
 */
import { openOpfs } from '#platform';
import type { Disk } from '../platform/types.ts';
import type { ObjectStore } from '../types.ts';
import { createTreeStore } from './tree-store.ts';

/** Options of {@link createOpfsStore}. */
export interface OpfsStoreOptions {
  /** Folder within the origin's disk, with a leading slash; made on the first write. @default '/' */
  root?: string | undefined;
  /** @default the runtime's OPFS */
  disk?: Disk | undefined;
}

/**
 * Open a folder of the browser's own disk as a store. Behaves as `createFileStore`; where there is no OPFS (private windows of some
 * browsers, Node) every call rejects with `NotSupported`.
 *
 * @example
 * const store = createOpfsStore({ root: '/project' });
 * await store.put('a.bin', new Uint8Array(4));
 */
export function createOpfsStore(options: OpfsStoreOptions = {}): ObjectStore {
  const { root = '/', disk } = options;
  return createTreeStore({ url: `opfs://${root}`, root, open: async () => disk ?? openOpfs(), backslash: false });
}
