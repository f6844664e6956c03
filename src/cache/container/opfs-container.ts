/**
 * Values on the browser's own disk (OPFS), for one context that owns it: by option, since only one can have it at a time. In a worker it is a
 * slab behind a sync access handle, 10 to 40 times as fast as IndexedDB; elsewhere files, which are not faster.
 *
 * @module
 */
import { prepareHash } from '../../integrity/hasher.ts';
import { throwIfAborted } from '../../util/abort.ts';
import { defaultBudget } from './browser-budget.ts';
import { channelOf, openClearChannel } from './clear-channel.ts';
import {
  maxValueBytes as usualMost,
  type CacheContainer,
  type CacheEntry,
  type CacheKey,
  type CacheRange,
  type CacheTrouble,
} from './container.ts';
import { isEntry, isIn, isKey, isRange } from './key.ts';
import { failedError, lateError } from './not-done.ts';
import { idOf, oldest, type OpfsItem } from './opfs-backing.ts';
import { FOLDER, takeOpfs, type OpenedOpfs } from './opfs-open.ts';
import { encodeRecord } from './opfs-record.ts';
import { createStorageGuard } from './storage-guard.ts';
import { createTouchList } from './touch-list.ts';
import { createTeller, nameOfThrown } from './trouble.ts';
import { createUseClock } from './use-clock.ts';
import { browserLocks, type Locks } from './web-lock.ts';

/** How an OPFS container is opened. */
export interface OpfsContainerOptions {
  /** The most that all values may take. @default as that of IndexedDB */
  budgetBytes?: number | undefined;
  /** Name of the folder. @default .anyfile-cache-1 */
  folder?: string | undefined;
  /** @default auto: a slab where there are sync access handles */
  layout?: 'auto' | 'slab' | 'files' | undefined;
  /** The most that one value may have. @default 8 MiB */
  maxValueBytes?: number | undefined;
  /** Told of trouble from the first. */
  onTrouble?: ((trouble: CacheTrouble) => void) | undefined;
  /** For how long storage is left alone after two late answers in a row, in ms. @default 30000 */
  restMs?: number | undefined;
  /** What stands for `navigator.storage.getDirectory`, in tests. */
  directory?: (() => Promise<FileSystemDirectoryHandle>) | undefined;
  /** What stands for `navigator.locks`, in tests. */
  locks?: Locks | undefined;
}

const GET_MS = 2000;
const PUT_MS = 5000;
const OPEN_MS = 10_000;
const BATCH_BYTES = 0x40_0000;
const AT_ONCE = 8;
const HIGH = 0.9;
const LOW = 0.75;
const NO_ROOM = 0.5;
/** More than this part of the budget is not wasted on gaps. */
const WASTE = 0.25;

/** What engines throw when there is no room; nothing else is about room. */
const QUOTA = new Set(['QuotaExceededError', 'NS_ERROR_FILE_NO_DEVICE_SPACE']);
/** What says that stored bytes cannot be had any more. */
const LOST = new Set(['NotFoundError', 'CorruptValue']);

/**
 * Open the container.
 *
 * @returns undefined when it is not to be had, as `onTrouble` was told: in private windows, in old browsers, and under the name
 * `NoModificationAllowedError` when another tab or worker has it
 * @example
 * const container = (await openOpfsContainer({ budgetBytes: 2 ** 28 })) ?? createMemoryContainer();
 */
export async function openOpfsContainer(options: OpfsContainerOptions = {}): Promise<CacheContainer | undefined> {
  const { folder = FOLDER, layout = 'auto', maxValueBytes = usualMost, restMs, locks = browserLocks() } = options;
  const directory = options.directory ?? (() => navigator.storage.getDirectory());
  let listener = options.onTrouble;
  const tell = createTeller(() => listener);
  const guard = createStorageGuard({ restMs, onTimeout: () => tell({ code: 'timeout', name: 'TimeoutError' }) });
  let opened: OpenedOpfs | undefined;
  let late = false;
  try {
    opened = await guard.run(async () => {
      const taken = await takeOpfs(await directory(), locks, folder, layout);
      // Nobody would ever let it go.
      if (late) await taken.release();
      return taken;
    }, OPEN_MS);
    late = !opened;
  } catch (error) {
    tell({ code: 'unavailable', name: nameOfThrown(error) });
  }
  if (!opened) return undefined;
  const { backing, scrub, release } = opened;
  const budgetBytes = options.budgetBytes ?? (await defaultBudget(backing.bytes()));
  void prepareHash('crc32c');
  const now = createUseClock();
  let closed = false;
  let full = false;
  /** Bytes that are being written. */
  let underWay = 0;
  let scrubbing: Promise<unknown> | undefined;

  /** One guarded step. @returns undefined when it failed, which was told */
  async function attempt<T>(task: () => Promise<T>, timeoutMs: number, signal?: AbortSignal): Promise<T | undefined> {
    try {
      return await guard.run(task, timeoutMs, signal);
    } catch (error) {
      throwIfAborted(signal);
      tellOf(error);
      return undefined;
    }
  }
  const tellOf = (error: unknown): void => {
    const name = nameOfThrown(error);
    tell({ code: QUOTA.has(name) ? 'quota' : name === 'CorruptValue' ? 'corrupt' : 'unavailable', name });
  };
  const touches = createTouchList<OpfsItem>(async (touched) => backing.touch(touched.map(({ key }) => key)));
  const use = (item: OpfsItem): void => {
    item.used = now();
    touches.add(idOf(item.key), item, item.used);
  };
  const find = (key: CacheKey): OpfsItem | undefined => {
    const item = closed || !isKey(key) ? undefined : backing.items.get(idOf(key));
    return item?.key.sizeBytes === key.sizeBytes ? item : undefined;
  };
  /** The value that was read, or the end of it. */
  const checked = (item: OpfsItem, entry: CacheEntry | undefined, isUse = true): CacheEntry => {
    if (!entry) throw new DOMException('a damaged value', 'CorruptValue');
    if (isUse) use(item);
    return entry;
  };
  const lost = (item: OpfsItem, error: unknown): undefined => {
    // Closed, evicted or replaced while it was read.
    if (closed || backing.items.get(idOf(item.key)) !== item) return undefined;
    tellOf(error);
    if (LOST.has(nameOfThrown(error))) void attempt(() => backing.remove([item], false), PUT_MS);
    return undefined;
  };
  const get = async (key: CacheKey, isUse = true): Promise<CacheEntry | undefined> => {
    for (let item = find(key); item;) {
      try {
        return checked(item, await backing.read(item), isUse);
      } catch (error) {
        const next = find(key);
        // Another came in its place.
        if (!next || next === item) return lost(item, error);
        item = next;
      }
    }
    return undefined;
  };
  const getSync = (key: CacheKey): CacheEntry | undefined => {
    const item = find(key);
    if (!item) return undefined;
    try {
      return checked(item, backing.readSync?.(item));
    } catch (error) {
      return lost(item, error);
    }
  };

  async function evict(targetBytes: number): Promise<{ removed: number; bytes: number }> {
    const before = backing.bytes();
    const gone = closed ? [] : oldest(backing, targetBytes);
    if (!gone.length) return { removed: 0, bytes: 0 };
    const removed = (await attempt(() => backing.remove(gone, false), PUT_MS)) ?? 0;
    return { removed, bytes: Math.max(0, before - backing.bytes()) };
  }
  const tidyAbove = async (bytes: number): Promise<void> => {
    if (backing.wasted() > bytes) await attempt(() => backing.tidy(), PUT_MS);
  };

  /** @returns whether it was kept */
  async function put(entry: CacheEntry, timeoutMs: number, signal: AbortSignal | undefined): Promise<boolean> {
    const used = now();
    const record = encodeRecord(entry, used);
    if (!record || record.length > budgetBytes) return false;
    const { namespace, object, part, sizeBytes } = entry;
    // A value never changes, and replacing it would only disturb its readers; but for what is known of an object.
    const there = (): boolean => part !== 'o' && find(entry)?.totalBytes === record.length;
    const task = async (): Promise<true> => {
      if (!there()) await backing.write({ namespace, object, part, sizeBytes }, record, used);
      return true;
    };
    if (there()) {
      use(find(entry)!);
      return true;
    }
    const taken = (): number => backing.bytes() + underWay + record.length;
    if (taken() > HIGH * budgetBytes) await evict(Math.max(0, Math.min(LOW * budgetBytes, budgetBytes - underWay - record.length)));
    // Others may have filled the room meanwhile.
    if (taken() > budgetBytes) return false;
    underWay += record.length;
    try {
      await tidyAbove(WASTE * budgetBytes);
      throwIfAborted(signal);
      return (await guard.run(task, timeoutMs, signal)) ?? false;
    } catch (error) {
      throwIfAborted(signal);
      tellOf(error);
      if (!QUOTA.has(nameOfThrown(error))) return false;
    } finally {
      underWay -= record.length;
    }
    await evict(NO_ROOM * Math.min(budgetBytes, backing.bytes()));
    await tidyAbove(0);
    throwIfAborted(signal);
    const again = await attempt(task, timeoutMs, signal);
    full ||= !again;
    return again ?? false;
  }

  /** After the one before. */
  function scrubNext(): Promise<number> {
    const next = (scrubbing ?? Promise.resolve()).then(() => (closed ? 0 : scrub()));
    scrubbing = next.catch(() => {});
    return next;
  }
  const itemsIn = (range: CacheRange): OpfsItem[] =>
    closed || !isRange(range) ? [] : [...backing.items.values()].filter(({ key }) => isIn(key, range));
  const removeRange = async (range: CacheRange, timeoutMs = PUT_MS, signal?: AbortSignal): Promise<number> => {
    const gone = itemsIn(range);
    if (!gone.length) return 0;
    try {
      const removed = await guard.run(() => backing.remove(gone, true), timeoutMs, signal);
      if (removed !== undefined) return removed;
    } catch (error) {
      throwIfAborted(signal);
      tellOf(error);
      throw failedError('delete', error);
    }
    throw lateError('delete');
  };
  const channel = openClearChannel(channelOf(folder, FOLDER), (range) => void removeRange(range).catch(() => {}));

  return {
    kind: 'opfs',
    capabilities: {
      persistent: true,
      shared: 'none',
      syncRead: backing.readSync !== undefined,
      maxValueBytes,
      batchBytes: BATCH_BYTES,
      budgetBytes,
    },
    get onTrouble() {
      return listener;
    },
    set onTrouble(next) {
      listener = next;
    },
    ...(backing.readSync && { getSync }),
    async getMany(keys, { signal, timeoutMs = GET_MS } = {}) {
      throwIfAborted(signal);
      if (backing.readSync) return keys.map(getSync);
      if (guard.resting()) return keys.map(() => undefined);
      return (await attempt(() => Promise.all(keys.map((key) => get(key))), timeoutMs, signal)) ?? keys.map(() => undefined);
    },
    async putMany(entries, { signal, timeoutMs = PUT_MS } = {}) {
      throwIfAborted(signal);
      const good = entries.filter((entry) => isEntry(entry, maxValueBytes));
      let kept = 0;
      for (let at = 0; at < good.length && !closed && !full && !guard.resting(); at += AT_ONCE) {
        const results = await Promise.allSettled(good.slice(at, at + AT_ONCE).map((entry) => put(entry, timeoutMs, signal)));
        throwIfAborted(signal);
        kept += results.filter((result) => result.status === 'fulfilled' && result.value).length;
        // Once, beside the first put; what it finds and whether it fails is nobody's.
        if (kept && !scrubbing) void scrubNext().catch(() => {});
      }
      return kept;
    },
    touch(keys) {
      for (const key of keys) {
        const item = find(key);
        if (item) use(item);
      }
    },
    async delete(range, { signal, timeoutMs } = {}) {
      throwIfAborted(signal);
      if (closed) return 0;
      try {
        return await removeRange(range, timeoutMs, signal);
      } finally {
        channel.tell(range);
      }
    },
    evict,
    async usage(range) {
      if (closed) return { entries: 0, bytes: 0, budgetBytes };
      const items = range ? itemsIn(range) : [...backing.items.values()];
      return { entries: items.length, bytes: items.reduce((sum, { totalBytes }) => sum + totalBytes, 0), budgetBytes };
    },
    async *known(range, { signal, timeoutMs = GET_MS } = {}) {
      throwIfAborted(signal);
      const keys = itemsIn(range).flatMap(({ key }) => (key.part === 'o' ? key : []));
      for (let at = 0; at < keys.length && !guard.resting(); at += AT_ONCE) {
        const some = keys.slice(at, at + AT_ONCE);
        for (const entry of (await attempt(() => Promise.all(some.map((key) => get(key, false))), timeoutMs, signal)) ?? []) {
          if (entry) yield entry;
          throwIfAborted(signal);
        }
      }
    },
    async objects(range, { signal } = {}) {
      throwIfAborted(signal);
      return [...new Set(itemsIn(range).map(({ key }) => key.object))];
    },
    async scrub() {
      if (closed || guard.resting()) return 0;
      return (await attempt(scrubNext, 2 * PUT_MS)) ?? 0;
    },
    async close() {
      if (closed) return;
      await touches.flush();
      closed = true;
      touches.end();
      channel.close();
      await attempt(async () => {
        // Who has it next may write what a scrub of ours does not know.
        await scrubbing;
        await release();
      }, PUT_MS);
    },
  };
}
