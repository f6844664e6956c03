/**
 * Values as files, in Node, Bun and Deno: shared by processes, kept when they end or are killed.
 *
 * One immutable file a value, without an index: it comes by a rename, holds the checksums of all that is in it, and is asked for by a name that
 * follows from its key. So a file that was torn, damaged or moved is a miss, and nothing has to be flushed or locked.
 *
 * @module
 */
import { openCacheFiles } from '#platform';
import { prepareHash } from '../../integrity/hasher.ts';
import type { CacheFiles } from '../../platform/types.ts';
import { abortable, delay, throwIfAborted } from '../../util/abort.ts';
import { maxValueBytes, type CacheContainer, type CacheEntry, type CacheKey } from './container.ts';
import { attempt, codeOf, isGone, isQuota } from './disk-errors.ts';
import { placeOf, roomFor } from './disk-format.ts';
import { createReader, DamagedFile, type DiskReader, type Found } from './disk-read.ts';
import { createDiskRoom } from './disk-room.ts';
import { objectsIn, pointersIn, removeLeftovers, removeRange, roomOf, valueFiles } from './disk-sweep.ts';
import { createWriter } from './disk-write.ts';
import { isEntry, isIn, isKey, isRange } from './key.ts';
import { failedError } from './not-done.ts';
import { createStorageGuard } from './storage-guard.ts';
import { createTeller } from './trouble.ts';

/** How a disk container is made. */
export interface DiskContainerOptions {
  /** Absolute path of the folder for caches; files are in `anyfile/v1` below it. Made when it is first needed. */
  folder: string;
  /** The most that all values may take, those of other processes included. @default 1 GiB */
  budgetBytes?: number | undefined;
  /** The files below `anyfile`, in place of the platform's: for tests. */
  files?: CacheFiles | undefined;
  /** The clock, in ms since 1970: for tests. */
  now?: (() => number) | undefined;
  /** How long a piece of a large value may take before the rest is read off the thread, in ms: for tests. @default 1 */
  pieceMs?: number | undefined;
}

const GET_MS = 2000;
const PUT_MS = 5000;
/** How long closing and deleting wait for what is being written, in ms. */
const SETTLE_MS = 1000;
/** Up to here a value is read at once: asking off the thread takes 3 to 5 times as long. */
const SYNC_BYTES = 0x100000;
/** How long the thread is held up by values that are read at once, in ms. */
const SLICE_MS = 8;
const AT_ONCE = 4;
/** A file that was used counts as used anew no sooner than after this. */
const TOUCH_MS = 60_000;
/** After a disk was full, nothing is written for so long. */
const REST_MS = 30_000;
/** Paths whose time of use is remembered. */
const MAX_PATHS = 16_384;

const nothing = (): void => {};

/**
 * Opens the container in a folder. Nothing is read, made or cleaned before the first call that needs it.
 *
 * @returns undefined where the platform has no files
 * @example
 * const disk = await openDiskContainer({ folder: '/home/me/.cache', budgetBytes: 2 ** 30 });
 * const [entry] = await disk.getMany([key]);
 */
export async function openDiskContainer(options: DiskContainerOptions): Promise<CacheContainer | undefined> {
  const { folder, budgetBytes = 2 ** 30, now = Date.now, pieceMs } = options;
  const files = options.files ?? (await openCacheFiles(`${folder}/anyfile`));
  if (!files) return undefined;
  await prepareHash('crc32c');
  return diskContainer(files, createReader(files, pieceMs), budgetBytes, now);
}

function diskContainer(files: CacheFiles, reader: DiskReader, budgetBytes: number, now: () => number): CacheContainer {
  const tell = createTeller(() => container.onTrouble);
  const guard = createStorageGuard({ onTimeout: () => tell({ code: 'timeout', name: 'TimeoutError' }) });
  const room = createDiskRoom(files, budgetBytes);
  const write = createWriter(files);
  /** When the time of use of a file was last seen to. */
  const usedMs = new Map<string, number>();
  const working = new Set<Promise<unknown>>();
  /** What is being put and was not deleted meanwhile. */
  const coming = new Set<CacheEntry>();
  let closed = false;
  let fullUntil = -Infinity;
  let scrubbing: Promise<void> | undefined;
  let scrubbed = false;

  const idle = (): boolean => closed || guard.resting();
  const trouble = (error: unknown): void => tell({ code: isQuota(error) ? 'quota' : 'unavailable', name: codeOf(error) });
  const noteUse = (path: string, time: number): void => {
    if (usedMs.size >= MAX_PATHS) usedMs.clear();
    usedMs.set(path, time);
  };
  const used = (path: string): void => {
    const time = now();
    if (time - (usedMs.get(path) ?? -Infinity) < TOUCH_MS) return;
    noteUse(path, time);
    attempt(() => {
      // A clock that was wrong once may have left a time to come.
      if (Math.abs(time - files.statSync(path).mtimeMs) > TOUCH_MS) files.touchSync(path, time);
    }, undefined);
  };
  const failedToRead = (error: unknown, path: string): undefined => {
    if (error instanceof DamagedFile) {
      tell({ code: 'corrupt', name: error.name });
      attempt(() => files.removeSync(path), undefined);
    } else if (!isGone(error)) tell({ code: 'unavailable', name: codeOf(error) });
  };
  const entryOf = ({ namespace, object, part, sizeBytes }: CacheKey, { bytes, meta }: Found): CacheEntry =>
    meta ? { namespace, object, part, sizeBytes, bytes, meta } : { namespace, object, part, sizeBytes, bytes };
  const readNow = (key: CacheKey, path: string): CacheEntry | undefined => {
    try {
      return entryOf(key, reader.readSync(key, path));
    } catch (error) {
      return failedToRead(error, path);
    }
  };
  const getSync = (key: CacheKey): CacheEntry | undefined => {
    if (idle() || !isKey(key)) return undefined;
    const { path } = placeOf(key);
    const entry = readNow(key, path);
    if (entry) used(path);
    return entry;
  };
  const getLater = async (key: CacheKey, wanted: () => boolean): Promise<CacheEntry | undefined> => {
    const { path } = placeOf(key);
    try {
      const found = await reader.read(key, path, wanted);
      if (!found) return undefined;
      used(path);
      return entryOf(key, found);
    } catch (error) {
      return failedToRead(error, path);
    }
  };

  async function put(entry: CacheEntry, durable: boolean, wanted: () => boolean): Promise<boolean> {
    const at = placeOf(entry);
    const taken = await room.take(roomFor(entry.sizeBytes));
    if (!taken) return false;
    try {
      const kept = await write(entry, at, durable, wanted).catch(async (error: unknown) => {
        if (!isQuota(error)) throw error;
        trouble(error);
        await room.halve();
        return write(entry, at, durable, wanted);
      });
      if (kept) noteUse(at.path, now());
      return kept;
    } finally {
      taken.done();
    }
  }
  async function putSafely(entry: CacheEntry, durable: boolean, wanted: () => boolean): Promise<boolean> {
    try {
      // Once; what it finds and whether it fails is nobody's.
      scrubbing ??= removeLeftovers(files, now())
        .then(nothing, nothing)
        .finally(() => (scrubbed = true));
      if (!scrubbed) await scrubbing;
      return wanted() && (await put(entry, durable, wanted));
    } catch (error) {
      if (isQuota(error)) fullUntil = performance.now() + REST_MS;
      trouble(error);
      return false;
    }
  }
  /** A few at a time; stops beginning when it is not wanted any more. */
  async function forEach<T>(items: readonly T[], wanted: () => boolean, task: (item: T) => Promise<void>): Promise<void> {
    if (items.length === 1) return task(items[0]!);
    const left = items.values();
    const worker = async (): Promise<void> => {
      for (const item of left) {
        if (!wanted()) return;
        await task(item);
      }
    };
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, items.length) }, worker));
  }
  /** Runs work that may be given up: what it does then is not waited for, but for `close`. */
  async function guarded(
    timeoutMs: number,
    signal: AbortSignal | undefined,
    work: (wanted: () => boolean) => Promise<void>,
  ): Promise<void> {
    let over = false;
    try {
      await guard.run(
        () => {
          const running = work(() => !over && !closed);
          working.add(running);
          return running.finally(() => working.delete(running));
        },
        timeoutMs,
        signal,
      );
    } finally {
      over = true;
    }
  }

  /** When all work has ended that was begun; storage that never answers does not hold this up for long. */
  async function settled(): Promise<void> {
    if (!working.size) return;
    const patience = new AbortController();
    await Promise.race([Promise.allSettled(working), delay(SETTLE_MS, patience.signal).catch(() => {})]);
    patience.abort();
  }

  const container: CacheContainer = {
    kind: 'disk',
    capabilities: { persistent: true, shared: 'processes', syncRead: true, maxValueBytes, batchBytes: 4 * 0x100000, budgetBytes },
    getSync,
    async getMany(keys, { signal, timeoutMs = GET_MS } = {}) {
      throwIfAborted(signal);
      const found: (CacheEntry | undefined)[] = keys.map(() => undefined);
      const large: number[] = [];
      let since = performance.now();
      for (const [i, key] of keys.entries()) {
        if (key.sizeBytes > SYNC_BYTES) large.push(i);
        else found[i] = getSync(key);
        if (performance.now() - since < SLICE_MS || i === keys.length - 1) continue;
        await delay(0, signal);
        since = performance.now();
      }
      const asked = idle() ? [] : large.filter((i) => isKey(keys[i]!));
      if (!asked.length) return found;
      await guarded(timeoutMs, signal, (wanted) => forEach(asked, wanted, async (i) => void (found[i] = await getLater(keys[i]!, wanted))));
      // Those that come too late go nowhere.
      return found.slice();
    },
    async putMany(entries, { signal, timeoutMs = PUT_MS, durable = false } = {}) {
      throwIfAborted(signal);
      // Each its own, or one that is put twice at a time would be taken off the list by the first.
      const fitting = entries
        .filter((entry) => isEntry(entry) && roomFor(entry.sizeBytes) <= budgetBytes / 4)
        .map((entry) => ({ ...entry }));
      if (idle() || !fitting.length || performance.now() < fullUntil) return 0;
      let kept = 0;
      for (const entry of fitting) coming.add(entry);
      await guarded(timeoutMs, signal, (wanted) =>
        forEach(fitting, wanted, async (entry) => {
          if (await putSafely(entry, durable, () => coming.has(entry))) kept++;
        }).finally(() => {
          for (const entry of fitting) coming.delete(entry);
        }),
      );
      return kept;
    },
    touch(keys) {
      if (!idle()) for (const key of keys) if (isKey(key)) used(placeOf(key).path);
    },
    async delete(range, { signal } = {}) {
      throwIfAborted(signal);
      if (closed || !isRange(range)) return 0;
      // What is being put would come back: it gets no name, however late it is written.
      for (const entry of coming) if (isIn(entry, range)) coming.delete(entry);
      await abortable(settled(), signal);
      try {
        return await removeRange(files, range, signal);
      } catch (error) {
        throwIfAborted(signal);
        trouble(error);
        throw failedError('delete', error);
      }
    },
    async evict(targetBytes) {
      try {
        return await room.evict(targetBytes);
      } catch (error) {
        trouble(error);
        return { removed: 0, bytes: 0 };
      }
    },
    async usage(range) {
      try {
        const found = closed || (range && !isRange(range)) ? [] : await valueFiles(files, range);
        return { entries: found.length, bytes: roomOf(found), budgetBytes };
      } catch (error) {
        trouble(error);
        return { entries: 0, bytes: 0, budgetBytes };
      }
    },
    async *known(range, { signal } = {}) {
      throwIfAborted(signal);
      try {
        if (closed || !isRange(range)) return;
        for await (const key of pointersIn(files, range, signal)) {
          const entry = idle() ? undefined : readNow(key, placeOf(key).path);
          if (entry) yield entry;
          throwIfAborted(signal);
        }
      } catch (error) {
        throwIfAborted(signal);
        trouble(error);
      }
    },
    async objects(range, { signal } = {}) {
      throwIfAborted(signal);
      if (closed || !isRange(range)) return [];
      try {
        return await objectsIn(files, range, signal);
      } catch (error) {
        throwIfAborted(signal);
        trouble(error);
        throw failedError('objects', error);
      }
    },
    scrub: async () => (closed ? 0 : removeLeftovers(files, now()).catch(() => 0)),
    async close() {
      closed = true;
      await settled();
    },
  };
  return container;
}
