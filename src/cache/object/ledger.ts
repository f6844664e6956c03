/**
 * Pointers in a container: found, published, dropped; and what must not be published any more.
 *
 * @module
 */
import { CloudError } from '../../errors.ts';
import type { AbortOptions, Clock, ObjectInfo } from '../../types.ts';
import { beforeOf, fromEntry, pointerKey, toEntry, type Pointer, type Subject } from './pointer.ts';
import type { Shelf } from './shelf.ts';
import { sameFacts } from './versions.ts';

/** One read, from its beginning. */
export interface Reading {
  /** As the store knows it. */
  readonly key: string;
  /** The same as it may be shown. */
  readonly shown: string;
  readonly subject: Subject;
  readonly shelf: Shelf;
  /** Whether anything is kept of it. */
  readonly keep: boolean;
  /** Of {@link Ledger.now}, before anything was asked. */
  readonly since: number;
  /** When that was, in ms since the epoch. */
  readonly at: number;
  /** The version is asked for by name and the subject is the object whatever its version: that it is the last one is not told by it. */
  readonly named?: boolean | undefined;
  /** Whether who asks is still the one whose subject it is. Never rejects. */
  still(): Promise<boolean>;
}

/** See {@link createLedger}. */
export interface Ledger {
  /** Counts what was written through this store. */
  now(): number;
  /** Notes that a key is being written, or was: what was read before must not be kept. */
  wrote(key: string): void;
  find(reading: Pick<Reading, 'subject' | 'shelf'>, options?: AbortOptions): Promise<Pointer | undefined>;
  /**
   * Makes a pointer the one that is found; the blocks of the one before are deleted.
   *
   * @returns false when it is not kept: something was cleared or written meanwhile, a later look saw another version, or somebody else asks
   *   by now
   */
  publish(reading: Reading, pointer: Omit<Pointer, 'before' | 'checkedAt'>): Promise<boolean>;
  /**
   * Takes back that blocks had their checksum: some of them come in another way now. It tells nothing of the version.
   *
   * @returns whether nobody who looks from now on will find it said of them
   */
  unverify(reading: Reading, object: string): Promise<boolean>;
  /** Forgets an object and its blocks. */
  drop(reading: Pick<Reading, 'subject' | 'shelf'>): Promise<void>;
  /** Deletes blocks that nothing points to. */
  discard(reading: Pick<Reading, 'subject' | 'shelf'>, object: string): Promise<void>;
  /** Whether the ETag of an object changes from look to look while nothing else does. */
  isUnsteady(subject: Subject): boolean;
}

/** How many keys are remembered singly. */
const REMEMBERED = 10_000;
/** An object that was modified less than this long ago may well have been replaced within the second that times tell, in ms. */
const SETTLED_MS = 5000;

/** Storage fails nothing: what it did not do is as if it had been evicted. */
async function quietly<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch {
    return undefined;
  }
}

/** What was written last, of many keys: of those that were forgotten, the latest. */
function createWrites(): Pick<Ledger, 'now' | 'wrote'> & { since(key: string, seen: number): boolean } {
  const last = new Map<string, number>();
  let count = 0;
  let floor = 0;
  return {
    now: () => count,
    wrote(key) {
      last.delete(key);
      last.set(key, ++count);
      for (const [oldest, at] of last) {
        if (last.size <= REMEMBERED) break;
        last.delete(oldest);
        floor = Math.max(floor, at);
      }
    },
    since: (key, seen) => (last.get(key) ?? floor) > seen,
  };
}

/**
 * ETags that a proxy or an extension of the browser makes up anew each time: an object of the same time and size whose ETag was another twice
 * in a row.
 */
function createSteadiness(
  clock: Clock,
  tell: (key: string) => void,
): { note(id: string, before: ObjectInfo, now: ObjectInfo): void; isUnsteady(id: string): boolean } {
  const odd = new Map<string, number>();
  return {
    isUnsteady: (id) => (odd.get(id) ?? 0) >= 2,
    note(id, before, now) {
      const { lastModified } = now;
      const onlyItsName =
        lastModified !== undefined &&
        clock() - lastModified.getTime() > SETTLED_MS &&
        before.sizeBytes === now.sizeBytes &&
        !now.generation &&
        before.etag !== now.etag &&
        sameFacts({ lastModified: before.lastModified }, { lastModified });
      const times = onlyItsName ? (odd.get(id) ?? 0) + 1 : 0;
      odd.delete(id);
      if (times) odd.set(id, times);
      for (const oldest of odd.keys()) if (odd.size > REMEMBERED) odd.delete(oldest);
      if (times === 2) tell(now.key);
    },
  };
}

/** Make the ledger of one store. */
export function createLedger(init: { clock: Clock; onWarning?: ((warning: CloudError) => void) | undefined }): Ledger {
  const { clock, onWarning } = init;
  const writes = createWrites();
  const steadiness = createSteadiness(clock, (key) =>
    onWarning?.(
      new CloudError(`the ETag of ${key} is unstable: it tells no versions apart, so nothing is kept by it`, {
        code: 'InvalidResponse',
        operation: 'get',
        key,
      }),
    ),
  );
  /** Blocks of which some came by parts: whoever looked before does not say otherwise afterwards. */
  const doubted = new Set<string>();
  const idOf = (subject: Subject): string => `${subject.namespace}/${pointerKey(subject).object}`;
  const isLate = ({ shelf, keep, key, since }: Reading): boolean => !keep || !shelf.alive() || writes.since(key, since);

  const ledger: Ledger = {
    now: writes.now,
    wrote: writes.wrote,
    async find({ subject, shelf }, { signal } = {}) {
      const key = pointerKey(subject);
      const near = shelf.container.getSync?.(key);
      if (near) return fromEntry(near);
      try {
        return fromEntry((await shelf.container.getMany([key], { signal }))[0]);
      } catch (error) {
        if (signal?.aborted) throw error;
        return undefined;
      }
    },
    async publish(reading, pointer) {
      const { subject, shelf } = reading;
      if (isLate(reading) || !(await reading.still())) return false;
      const old = await ledger.find(reading);
      if (reading.named && old?.validator !== pointer.validator) return false;
      if (old && old.checkedAt > reading.at && old.validator !== pointer.validator) return false;
      if (old && old.validator !== pointer.validator) steadiness.note(idOf(subject), old.info, { ...pointer.info, key: reading.shown });
      const verified = pointer.verified && !doubted.has(pointer.object) && !(old?.object === pointer.object && !old.verified);
      const checkedAt = reading.named && old ? old.checkedAt : reading.at;
      const now: Pointer = { ...pointer, verified, checkedAt, before: beforeOf(old, pointer.object) };
      const kept = await quietly(() => shelf.container.putMany([toEntry(subject, now)]));
      if (!kept) return false;
      if (isLate(reading)) {
        await ledger.drop(reading);
        return false;
      }
      if (old && old.object !== pointer.object) await ledger.discard(reading, old.object);
      return true;
    },
    async unverify(reading, object) {
      const { subject, shelf, key, since } = reading;
      doubted.delete(object);
      doubted.add(object);
      for (const oldest of doubted) if (doubted.size > REMEMBERED) doubted.delete(oldest);
      const old = await ledger.find(reading);
      if (!old || old.object !== object || !old.verified) return true;
      const kept = await quietly(() => shelf.container.putMany([toEntry(subject, { ...old, verified: false })]));
      // what was written or cleared meanwhile does not come back
      if (writes.since(key, since) || !shelf.alive()) await ledger.drop(reading);
      return kept === 1;
    },
    async drop(reading) {
      const { subject } = reading;
      // it goes, too, where storage does not answer and seems to have none
      const old = await ledger.find(reading);
      // the pointer first: without it nothing finds the blocks
      for (const object of [pointerKey(subject).object, ...(old ? [...old.before, old.object] : [])]) await ledger.discard(reading, object);
    },
    async discard({ subject: { namespace }, shelf }, object) {
      await shelf.blocks.forget({ namespace, object });
      await quietly(() => shelf.container.delete({ namespace, object }));
    },
    isUnsteady: (subject) => steadiness.isUnsteady(idOf(subject)),
  };
  return ledger;
}
