/**
 * Values in IndexedDB, shared by the pages, tabs and workers of an origin: the default of browsers.
 *
 * Why not OPFS: of the two it was the faster one for values of this size, atomic in every engine, there in private windows, and it needs no
 * locks (measured). Value, what is known of it and the total go in one transaction; reading and writing take no lock, and eviction one that
 * is never waited for.
 *
 * @module
 */
import { prepareHash } from '../../integrity/hasher.ts';
import { throwIfAborted } from '../../util/abort.ts';
import { BATCH_BYTES, batchesOf } from './batches.ts';
import { defaultBudget } from './browser-budget.ts';
import { channelOf, openClearChannel } from './clear-channel.ts';
import { maxValueBytes as usualMost, type CacheContainer, type CacheEntry, type CacheKey, type CacheTrouble } from './container.ts';
import { commit, keepsBlobs, lookUp, pointersIn, writeTouches, type Committed } from './idb-commit.ts';
import { createDatabase, promisifyRequest, type OpenStore } from './idb-database.ts';
import { countIn, evictOldest, lastScrub, objectsIn, removeHalves, removeKeys, removeRange, totalIn } from './idb-evict.ts';
import { BLOB_BYTES, costOf, isWhole, metaKey, prepareRow, rangeOf, readRow, type PreparedRow } from './idb-rows.ts';
import { isEntry, isKey, isRange } from './key.ts';
import { failedError, lateError } from './not-done.ts';
import { createStorageGuard } from './storage-guard.ts';
import { createTouchList } from './touch-list.ts';
import { createTeller, nameOfThrown } from './trouble.ts';
import { createUseClock } from './use-clock.ts';
import { browserLocks, ifFree, type Locks } from './web-lock.ts';

/** How an IndexedDB container is opened. */
export interface IndexedDbContainerOptions {
  /** The most that all values may take. @default the least of 1 GiB and 20 % of what is free; in Firefox, which keeps more, 1/2.3 of it */
  budgetBytes?: number | undefined;
  /** Name of the database. @default anyfile-cache-1 */
  name?: string | undefined;
  /** The most that one value may have. @default 8 MiB */
  maxValueBytes?: number | undefined;
  /** Told of trouble from the first. */
  onTrouble?: ((trouble: CacheTrouble) => void) | undefined;
  /** For how long storage is left alone after two late answers in a row, in ms. @default 30000 */
  restMs?: number | undefined;
  /** What stands for idb-keyval's `createStore`, in tests. */
  openStore?: OpenStore | undefined;
  /** What stands for `navigator.locks`, in tests. */
  locks?: Locks | undefined;
}

/** A new format has a new name. */
export const DATABASE = 'anyfile-cache-1';

const GET_MS = 2000;
const PUT_MS = 5000;
/** Above this part of the budget there is eviction, down to the other. */
const HIGH = 0.9;
const LOW = 0.75;
/** Down to this when the browser has no more room. */
const NO_ROOM = 0.5;
/** Halves of values, which no engine was seen to leave, are looked for by nobody sooner than after this. */
const SCRUB_EVERY_MS = 24 * 3_600_000;
/** Pointers that are read in one transaction. */
const POINTERS = 64;

/** What says that stored bytes cannot be had any more. */
const LOST = new Set(['NotReadableError', 'NotFoundError', 'AbortError', 'UnknownError']);

/**
 * Open the container.
 *
 * @returns undefined when there is no IndexedDB to be had here, as `onTrouble` was told with the browser's name for it
 * @example
 * const container = (await openIndexedDbContainer()) ?? createMemoryContainer();
 */
export async function openIndexedDbContainer(options: IndexedDbContainerOptions = {}): Promise<CacheContainer | undefined> {
  const { name = DATABASE, maxValueBytes = usualMost, restMs, openStore, locks = browserLocks() } = options;
  const lockName = name === DATABASE ? 'anyfile:evict' : `anyfile:evict:${name}`;
  const tell = createTeller(() => container.onTrouble);
  const guard = createStorageGuard({ restMs, onTimeout: () => tell({ code: 'timeout', name: 'TimeoutError' }) });
  const db = createDatabase(name, openStore);
  const channel = openClearChannel(channelOf(name, DATABASE));
  const now = createUseClock();
  let closed = false;
  /** After the browser had no room twice, until this page ends: asking on made it worse in WebKit. */
  let full = false;
  let blobs: Promise<boolean> | undefined;
  let scrubbing: Promise<unknown> | undefined;

  /** One guarded step. @returns undefined when it failed, which was told */
  async function attempt<T>(task: () => Promise<T>, timeoutMs: number, signal?: AbortSignal): Promise<T | undefined> {
    try {
      return await guard.run(task, timeoutMs, signal);
    } catch (error) {
      throwIfAborted(signal);
      const cause = nameOfThrown(error);
      tell({ code: cause === 'QuotaExceededError' ? 'quota' : 'unavailable', name: cause });
      return undefined;
    }
  }
  /** One guarded step that may not fail in silence. */
  async function certain<T>(operation: string, task: () => Promise<T>, timeoutMs: number, signal?: AbortSignal): Promise<T> {
    let failed: unknown;
    const given = async (): Promise<T> => {
      try {
        return await task();
      } catch (error) {
        failed = failedError(operation, error);
        throw error;
      }
    };
    const result = await attempt(given, timeoutMs, signal);
    if (result === undefined) throw failed ?? lateError(operation);
    return result;
  }
  const touches = createTouchList<CacheKey>((touched) => guard.run(() => writeTouches(db, touched), PUT_MS));

  async function evict(targetBytes: number): Promise<{ removed: number; bytes: number } | undefined> {
    if (closed || guard.resting()) return undefined;
    await touches.flush();
    // Each step inside is guarded, so the lock is let go even if storage hangs.
    const run = <T>(task: () => Promise<T>): Promise<T | undefined> => attempt(task, PUT_MS);
    return await attempt(() => ifFree(locks, lockName, () => evictOldest(db, targetBytes, run)), 6 * PUT_MS);
  }

  /** Commit one batch. @returns undefined when it was not to be */
  async function store(rows: readonly PreparedRow[], timeoutMs: number, signal?: AbortSignal): Promise<Committed | undefined> {
    const task = (): Promise<Committed> => commit(db, rows, budgetBytes);
    try {
      return await guard.run(task, timeoutMs, signal);
    } catch (error) {
      throwIfAborted(signal);
      const cause = nameOfThrown(error);
      // Only this very error is about room.
      if (cause !== 'QuotaExceededError') {
        tell({ code: 'unavailable', name: cause });
        return undefined;
      }
      tell({ code: 'quota', name: cause });
      const total = (await attempt(() => db.transact('readonly', totalIn), timeoutMs, signal)) ?? 0;
      await evict(NO_ROOM * Math.min(budgetBytes, total));
      throwIfAborted(signal);
      const again = await attempt(task, timeoutMs, signal);
      full ||= !again;
      return again;
    }
  }

  /** Commit one batch and see that there is room for the next one. @returns how many were kept */
  async function storeWithRoom(rows: readonly PreparedRow[], timeoutMs: number, signal?: AbortSignal): Promise<number> {
    const first = await store(rows, timeoutMs, signal);
    if (!first || (!first.skipped.length && first.totalBytes <= HIGH * budgetBytes)) return first?.kept ?? 0;
    const wanted = first.skipped.reduce((sum, { row }) => sum + costOf(row), 0);
    const gone = await evict(Math.max(0, Math.min(LOW * budgetBytes, budgetBytes - wanted)));
    throwIfAborted(signal);
    if (!gone?.removed || !first.skipped.length) return first.kept;
    return first.kept + ((await store(first.skipped, timeoutMs, signal))?.kept ?? 0);
  }

  async function read(keys: readonly CacheKey[]): Promise<(CacheEntry | undefined)[]> {
    const found = await lookUp(db, keys);
    const broken: CacheKey[] = [];
    const entries = await Promise.all(
      found.map(async (row, i): Promise<CacheEntry | undefined> => {
        const key = keys[i]!;
        if (!row) return undefined;
        try {
          const bytes = await readRow(row);
          if (isWhole(key, bytes, row)) {
            if (bytes.length !== key.sizeBytes) return undefined;
            const { namespace, object, part, sizeBytes } = key;
            return { namespace, object, part, sizeBytes, bytes, ...(row.meta && { meta: row.meta }) };
          }
          tell({ code: 'corrupt', name: 'CorruptValue' });
        } catch (error) {
          const cause = nameOfThrown(error);
          tell({ code: LOST.has(cause) ? 'corrupt' : 'unavailable', name: cause });
          if (!LOST.has(cause)) return undefined;
        }
        broken.push(key);
        return undefined;
      }),
    );
    // It is asked for before anybody can put them again, and so comes first.
    const gone = new Map(broken.map((key) => [JSON.stringify(metaKey(key)), metaKey(key)]));
    if (gone.size) void attempt(() => removeKeys(db, [...gone.values()]), PUT_MS);
    return entries;
  }

  /** Once, beside the first put; what it finds and whether it fails is nobody's. */
  async function scrubSometimes(): Promise<void> {
    try {
      const since = Date.now() - (await lastScrub(db));
      if (!closed && Math.abs(since) > SCRUB_EVERY_MS) await removeHalves(db, Date.now());
    } catch {
      // Another page will.
    }
  }

  const container: CacheContainer = {
    kind: 'indexeddb',
    get capabilities() {
      return { persistent: true, shared: 'tabs', syncRead: false, maxValueBytes, batchBytes: BATCH_BYTES, budgetBytes } as const;
    },
    onTrouble: options.onTrouble,
    async getMany(keys, { signal, timeoutMs = GET_MS } = {}) {
      throwIfAborted(signal);
      const good = keys.filter(isKey);
      if (!good.length || closed || guard.resting()) return keys.map(() => undefined);
      const entries = (await attempt(() => read(good), timeoutMs, signal)) ?? [];
      const byKey = new Map(good.map((key, i) => [key, entries[i]]));
      container.touch(good.filter((key) => byKey.get(key)));
      return keys.map((key) => byKey.get(key));
    },
    async putMany(entries, { signal, timeoutMs = PUT_MS } = {}) {
      throwIfAborted(signal);
      const good = entries.filter((entry) => isEntry(entry, maxValueBytes) && costOf({ n: entry.sizeBytes }) <= budgetBytes);
      if (good.some(({ sizeBytes }) => sizeBytes >= BLOB_BYTES)) blobs ??= attempt(() => keepsBlobs(db), PUT_MS).then(Boolean);
      const asBlobs = (await blobs) ?? false;
      let kept = 0;
      for (const batch of batchesOf(good)) {
        throwIfAborted(signal);
        if (closed || full || guard.resting()) break;
        const rows = batch.map((entry) => prepareRow(entry, now(), asBlobs));
        kept += await storeWithRoom(rows, timeoutMs, signal);
        if (kept) scrubbing ??= scrubSometimes();
      }
      return kept;
    },
    touch(keys) {
      if (closed) return;
      for (const key of keys) if (isKey(key)) touches.add(JSON.stringify(metaKey(key)), key, now());
    },
    async delete(range, { signal, timeoutMs = PUT_MS } = {}) {
      throwIfAborted(signal);
      if (closed || !isRange(range)) return 0;
      try {
        // Tried even while storage is left alone: who clears wants it gone.
        return await certain('delete', () => removeRange(db, range), timeoutMs, signal);
      } finally {
        // Afterwards, or the others would fetch it into memory again.
        channel.tell(range);
      }
    },
    evict,
    async usage(range) {
      const none = { entries: 0, bytes: 0 };
      if (closed || guard.resting()) return { ...none, budgetBytes };
      const all = (): Promise<typeof none> =>
        db.transact('readonly', async (at) => {
          const [bytes, entries] = await Promise.all([totalIn(at), promisifyRequest(at.count(rangeOf('m')))]);
          return { entries, bytes };
        });
      if (range && !isRange(range)) return { ...none, budgetBytes };
      const found = await attempt(range ? () => countIn(db, range) : all, PUT_MS);
      return { ...(found ?? none), budgetBytes };
    },
    async *known(range, { signal, timeoutMs = GET_MS } = {}) {
      throwIfAborted(signal);
      const idle = (): boolean => closed || guard.resting();
      if (idle() || !isRange(range)) return;
      const keys = (await attempt(() => pointersIn(db, range), timeoutMs, signal)) ?? [];
      for (let at = 0; at < keys.length && !idle(); at += POINTERS) {
        for (const entry of (await attempt(() => read(keys.slice(at, at + POINTERS)), timeoutMs, signal)) ?? []) {
          if (entry) yield entry;
          throwIfAborted(signal);
        }
      }
    },
    async objects(range, { signal, timeoutMs = GET_MS } = {}) {
      throwIfAborted(signal);
      return closed || !isRange(range) ? [] : await certain('objects', () => objectsIn(db, range), timeoutMs, signal);
    },
    async scrub() {
      if (closed || guard.resting()) return 0;
      const task = async (): Promise<number> => {
        await scrubbing;
        return await removeHalves(db, Date.now());
      };
      return (await attempt(task, 2 * PUT_MS)) ?? 0;
    },
    async close() {
      if (closed) return;
      if (!guard.resting()) await touches.flush();
      closed = true;
      touches.end();
      channel.close();
      db.close();
    },
  };

  const total = await attempt(() => db.transact('readonly', totalIn), PUT_MS);
  const budgetBytes = options.budgetBytes ?? (await defaultBudget(total));
  if (total === undefined) {
    await container.close();
    return undefined;
  }
  void prepareHash('crc32c');
  return container;
}
