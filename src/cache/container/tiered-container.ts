/**
 * A container in memory in front of one that lasts.
 *
 * @module
 */
import { throwIfAborted } from '../../util/abort.ts';
import { openClearChannel } from './clear-channel.ts';
import type { CacheContainer, CacheEntry, CacheKey, CacheRange } from './container.ts';
import { createMemoryContainer } from './memory-container.ts';

/** How tiers are put together. */
export interface TieredContainerOptions {
  /** The most that the tier in memory may take. @default 64 MiB */
  memoryBytes?: number | undefined;
  /** The tier itself, instead of one that is made. */
  memory?: CacheContainer | undefined;
  /** Where it hears of what others clear. @default anyfile */
  channel?: string | undefined;
}

/**
 * Put memory in front of a container. What is found behind comes to the front; what others clear in their tabs is dropped from it. Numbers
 * (usage, what was removed) are those of the container behind, whose use is noted for hits in front too; `getSync` looks in front only.
 *
 * @example
 * const container = createTieredContainer(idb, { memoryBytes: 16 * 0x100000 });
 */
export function createTieredContainer(back: CacheContainer, options: TieredContainerOptions = {}): CacheContainer {
  const front = options.memory ?? createMemoryContainer({ budgetBytes: options.memoryBytes });
  /** Count what was cleared, and pointers that were put: what was read before must not come to the front afterwards. */
  let clears = 0;
  let replaced = 0;
  let closed = false;
  const drop = async (range: CacheRange): Promise<number> => {
    clears++;
    return await front.delete(range);
  };
  // Containers of browsers hear of it through this channel, and tell of it.
  const channel =
    back.kind === 'indexeddb' || back.kind === 'opfs'
      ? openClearChannel(options.channel ?? 'anyfile', (range) => void drop(range))
      : undefined;

  const getSync = (key: CacheKey): CacheEntry | undefined => {
    const entry = front.getSync?.(key);
    if (entry) back.touch([key]);
    return entry;
  };
  return {
    kind: back.kind,
    capabilities: { ...back.capabilities, syncRead: true },
    get onTrouble() {
      return back.onTrouble;
    },
    set onTrouble(listener) {
      back.onTrouble = listener;
    },
    getSync,
    async getMany(keys, given = {}) {
      throwIfAborted(given.signal);
      const entries = keys.map(getSync);
      const missing = keys.filter((_, i) => !entries[i]);
      if (!missing.length) return entries;
      const [before, pointers] = [clears, replaced];
      const found = await back.getMany(missing, given);
      if (before === clears && !closed)
        await front.putMany(found.filter((entry) => entry !== undefined && (entry.part !== 'o' || pointers === replaced)) as CacheEntry[]);
      return entries.map((entry) => entry ?? found.shift());
    },
    async putMany(entries, given = {}) {
      throwIfAborted(given.signal);
      const before = clears;
      const kept = await back.putMany(entries, given);
      if (entries.some(({ part }) => part === 'o')) replaced++;
      // Kept in memory alone is kept too: storage may be resting.
      return Math.max(kept, before === clears && !closed ? await front.putMany(entries) : 0);
    },
    touch(keys) {
      front.touch(keys);
      back.touch(keys);
    },
    async delete(range, given = {}) {
      throwIfAborted(given.signal);
      const dropped = await drop(range);
      try {
        return Math.max(dropped, await back.delete(range, given));
      } finally {
        await drop(range);
      }
    },
    async evict(targetBytes) {
      // Whoever asks wants room: what went behind shall not stay in front.
      await front.evict(0);
      return await back.evict(targetBytes);
    },
    usage: (range) => back.usage(range),
    async *known(range, given = {}) {
      const there = new Set<string>();
      for await (const entry of back.known(range, given)) {
        there.add(`${entry.namespace} ${entry.object}`);
        yield entry;
      }
      // What is kept in memory alone.
      for await (const entry of front.known(range, given)) if (!there.has(`${entry.namespace} ${entry.object}`)) yield entry;
    },
    async objects(range, given = {}) {
      return [...new Set([...(await back.objects(range, given)), ...(await front.objects(range, given))])];
    },
    scrub: () => back.scrub(),
    async close() {
      closed = true;
      channel?.close();
      await front.close();
      await back.close();
    },
  };
}
