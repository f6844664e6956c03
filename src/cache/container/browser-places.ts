/**
 * Everywhere in this browser where a client may have kept values, whatever its options are now: to clear it.
 *
 * @module
 */
import { delay } from '../../util/abort.ts';
import { channelOf, openClearChannel } from './clear-channel.ts';
import type { CacheContainer } from './container.ts';
import { DATABASE, openIndexedDbContainer } from './indexeddb-container.ts';
import { failedError } from './not-done.ts';
import { openOpfsContainer } from './opfs-container.ts';
import { FOLDER } from './opfs-open.ts';
import { createStorageGuard } from './storage-guard.ts';
import { nameOfThrown } from './trouble.ts';

/** What clearing needs of a container. */
export type Clearable = Pick<CacheContainer, 'delete' | 'objects' | 'known'>;

const LOOK_MS = 5000;
const TRIES = 5;
const TRY_MS = 100;
/** What it is called that another context has a folder. */
const IN_USE = 'NoModificationAllowedError';
/** Nothing is put through these. */
const budgetBytes = 1;

/** Whether there is such a database. Where a browser does not list them, one is opened for a look, but not made. */
export async function isDatabase(name: string): Promise<boolean> {
  if (typeof indexedDB === 'undefined') return false;
  // Lib.dom says that it is there everywhere.
  if (typeof (indexedDB.databases as unknown) === 'function') return (await indexedDB.databases()).some((one) => one.name === name);
  return await new Promise<boolean>((resolve, reject) => {
    const request = indexedDB.open(name);
    let isNew = false;
    request.onupgradeneeded = () => {
      isNew = true;
      request.transaction?.abort();
    };
    request.onsuccess = () => {
      request.result.close();
      resolve(true);
    };
    request.onerror = () => {
      if (!isNew) return reject(request.error ?? new DOMException('no reason', 'UnknownError'));
      // WebKit keeps an empty one.
      const undo = indexedDB.deleteDatabase(name);
      undo.onsuccess = undo.onerror = () => resolve(false);
    };
  });
}

/** Whether there is such a folder; there is none where a context has no disk. */
async function isFolder(name: string): Promise<boolean> {
  // Lib.dom says that it is there everywhere.
  const storage = globalThis.navigator?.storage as StorageManager | undefined;
  const root = await storage?.getDirectory?.().catch(() => undefined);
  if (!root) return false;
  try {
    await root.getDirectoryHandle(name);
    return true;
  } catch (error) {
    if (nameOfThrown(error) === 'NotFoundError') return false;
    throw error;
  }
}

/** One that another context has: it is told what to clear, and does so when it can. */
function heldElsewhere(name: string): Clearable {
  const channel = openClearChannel(channelOf(name, FOLDER));
  return {
    async delete(range) {
      channel.tell(range);
      return 0;
    },
    objects: async () => [],
    async *known() {},
  };
}

async function open(kind: 'indexeddb' | 'opfs', name: string, isOwn: boolean): Promise<{ place: Clearable; close(): Promise<void> }> {
  let cause = 'UnknownError';
  const onTrouble = (trouble: { name: string }): void => void (cause = trouble.name);
  const attempt = (): Promise<CacheContainer | undefined> =>
    kind === 'indexeddb'
      ? openIndexedDbContainer({ name, budgetBytes, onTrouble })
      : openOpfsContainer({ folder: name, budgetBytes, onTrouble });
  let container = await attempt();
  // Who clears, too, has it for a moment.
  for (let i = 0; i < TRIES && !container && cause === IN_USE; i++) {
    await delay(TRY_MS);
    container = await attempt();
  }
  if (container) return { place: container, close: () => container.close() };
  if (kind === 'opfs' && !isOwn && cause === IN_USE) return { place: heldElsewhere(name), close: async () => {} };
  throw new DOMException('the cache does not open', cause);
}

/** What is cleared elsewhere. */
export interface ClearPlacesOptions {
  /** The place that is open, and cleared by itself, as `indexeddb` or `opfs-encrypted`. */
  readonly except?: string | undefined;
  /** The place that the options mean: when another context has it, that is an error. */
  readonly own?: string | undefined;
}

/**
 * Clear all places that there are: databases and folders, encrypted ones as they are stored, whose pointers cannot be read then. None is made.
 *
 * @param clear clears one
 * @returns how many values went
 * @throws CloudError one that is there could not be opened, when all others are cleared; and what `clear` rejects with
 */
export async function clearPlaces(clear: (place: Clearable) => Promise<number>, options: ClearPlacesOptions): Promise<number> {
  const { except, own } = options;
  const guard = createStorageGuard({ onTimeout() {} });
  let removed = 0;
  let failed: unknown;
  for (const kind of ['indexeddb', 'opfs'] as const)
    for (const suffix of ['', '-encrypted'] as const) {
      const id = kind + suffix;
      if (id === except) continue;
      const name = (kind === 'indexeddb' ? DATABASE : FOLDER) + suffix;
      let opened: Awaited<ReturnType<typeof open>> | undefined;
      try {
        const isThere = await guard.run(() => (kind === 'indexeddb' ? isDatabase : isFolder)(name), LOOK_MS);
        if (isThere === undefined) throw new DOMException('no answer', 'TimeoutError');
        if (isThere) opened = await open(kind, name, id === own);
      } catch (error) {
        // A context that may have no storage finds nothing in it after a reload either.
        if (nameOfThrown(error) !== 'SecurityError') failed ??= failedError('clearCache', error);
      }
      if (!opened) continue;
      try {
        removed += await clear(opened.place);
      } finally {
        await opened.close();
      }
    }
  if (failed) throw failed;
  return removed;
}
