/**
 * A container as a client uses it: opened on first use, with one block cache over it, and cleared so that nothing comes back.
 *
 * @module
 */
import { CloudError } from '../../errors.ts';
import type { AbortOptions } from '../../types.ts';
import { createBlockCache, type BlockCache } from '../blocks/block-cache.ts';
import type { CacheContainer, CacheEntry } from '../container/container.ts';

/**
 * What one reader works with, from its first look to the last value it keeps. After a clearing it keeps nothing: what was read before must
 * not come back.
 */
export interface Shelf {
  /** Values that are put after a clearing are not kept. */
  readonly container: CacheContainer;
  readonly blocks: BlockCache;
  /** Whether it still keeps anything. */
  alive(): boolean;
}

/** See {@link createShelves}. */
export interface Shelves {
  /** What a reader that begins now works with. Never rejects. */
  current(): Promise<Shelf>;
  /**
   * Deletes values. Readers that are under way keep nothing any more, and what they are putting is waited for.
   *
   * @returns what `remove` gives
   * @throws CloudError `InvalidArgument` after {@link Shelves.close}, which waits for those that were begun
   */
  clear(remove: (container: CacheContainer) => Promise<number>): Promise<number>;
  /** The container, if it was opened. */
  opened(): Promise<CacheContainer> | undefined;
  close(): Promise<void>;
}

/** How block caches are made. */
export interface ShelvesOptions {
  open(): Promise<CacheContainer>;
  gapBytes: number;
  maxRequestBytes: number;
}

interface Era {
  shelf: Shelf;
  /** Keeps nothing more, and waits for what is being kept. */
  end(): Promise<void>;
}

/** A container that is cut off when its time is over. */
function beginEra(container: CacheContainer, { gapBytes, maxRequestBytes }: ShelvesOptions): Era {
  let alive = true;
  const putting = new Set<Promise<number>>();
  const guarded: CacheContainer = {
    kind: container.kind,
    capabilities: container.capabilities,
    getMany: (keys, options) => container.getMany(keys, options),
    async putMany(entries: readonly CacheEntry[], options?: AbortOptions) {
      if (!alive) return 0;
      const put = container.putMany(entries, options);
      putting.add(put);
      try {
        return await put;
      } finally {
        putting.delete(put);
      }
    },
    touch: (keys) => container.touch(keys),
    delete: (range, options) => container.delete(range, options),
    evict: (targetBytes) => container.evict(targetBytes),
    usage: (range) => container.usage(range),
    known: (range, options) => container.known(range, options),
    objects: (range, options) => container.objects(range, options),
    scrub: () => container.scrub(),
    close: async () => {},
  };
  if (container.getSync) guarded.getSync = (key) => container.getSync!(key);
  const blocks = createBlockCache({ container: guarded, gapBytes, maxRequestBytes });
  return {
    shelf: { container: guarded, blocks, alive: () => alive },
    async end() {
      alive = false;
      await Promise.allSettled([...putting, blocks.close()]);
    },
  };
}

/** Make the shelves of one container, which is opened when it is first used. */
export function createShelves(options: ShelvesOptions): Shelves {
  let opened: Promise<CacheContainer> | undefined;
  let era: Promise<Era> | undefined;
  let closed = false;
  const open = (): Promise<CacheContainer> => (opened ??= options.open());
  const begin = async (): Promise<Era> => beginEra(await open(), options);
  const clearing = new Set<Promise<number>>();
  const remove = async (from: Parameters<Shelves['clear']>[0], before: Promise<Era> | undefined): Promise<number> => {
    await (await before)?.end();
    return from(await open());
  };
  return {
    current: async () => (await (era ??= begin())).shelf,
    async clear(from) {
      // a container that is closed removes nothing, and says so by a count alone
      if (closed) throw new CloudError('this client is closed', { code: 'InvalidArgument', operation: 'clearCache' });
      const before = era;
      era = undefined;
      const removing = remove(from, before);
      clearing.add(removing);
      try {
        return await removing;
      } finally {
        clearing.delete(removing);
      }
    },
    opened: () => opened,
    async close() {
      if (closed) return;
      closed = true;
      // what is being kept lasts: it was read before the client was closed
      await (await era)?.shelf.blocks.settled();
      await (await era)?.end();
      await Promise.allSettled(clearing);
      await (await opened)?.close();
    },
  };
}
