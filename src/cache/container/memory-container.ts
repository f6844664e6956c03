/**
 * Values in memory: in front of a container that lasts, and alone where there is none.
 *
 * @module
 */
import { throwIfAborted } from '../../util/abort.ts';
import { maxValueBytes, type CacheContainer, type CacheEntry, type CacheKey, type CacheUsage, type NamespaceRange } from './container.ts';
import { isEntry, isIn, isKey, isRange } from './key.ts';

/** How a memory container is made. */
export interface MemoryContainerOptions {
  /** The most that all values may take. @default 64 MiB */
  budgetBytes?: number | undefined;
}

/** What an entry takes beside its bytes, roughly: so that many small ones count as well. */
const ENTRY_BYTES = 512;

const costOf = ({ sizeBytes }: CacheKey): number => sizeBytes + ENTRY_BYTES;
const idOf = ({ namespace, object, part, sizeBytes }: CacheKey): string => `${namespace}/${object}/${part}/${sizeBytes}`;

/** A copy of everything: of the bytes alone, were they a view, as of the meta. */
const copyOf = ({ namespace, object, part, sizeBytes, bytes, meta }: CacheEntry): CacheEntry => ({
  namespace,
  object,
  part,
  sizeBytes,
  bytes: new Uint8Array(bytes),
  ...(meta && { meta: { ...meta } }),
});

/**
 * Makes a container in memory, which keeps what was used last.
 *
 * Bytes are copied when they are put and again when they are got, so that no caller can change what another will get: arrays of bytes
 * cannot be frozen, and a checksum at each get (as dear as the copy at 64 KiB, a third of it at 8 MiB) would find changes when it is too
 * late. Nobody else can reach the copies, so they are not verified.
 *
 * @example
 * const memory = createMemoryContainer({ budgetBytes: 16 * 0x100000 });
 * await memory.putMany([{ namespace, object, part: 0, sizeBytes: bytes.length, bytes }]);
 */
export function createMemoryContainer(options: MemoryContainerOptions = {}): CacheContainer {
  const { budgetBytes = 64 * 0x100000 } = options;
  // In the order of use: what is used goes to the end.
  const entries = new Map<string, CacheEntry>();
  let bytes = 0;
  let closed = false;
  /** Pointers whose turn to go has come once: they are used before their blocks, so they wait until those had theirs. */
  const spared = new Set<string>();

  const remove = (id: string, entry: CacheEntry): void => {
    spared.delete(id);
    entries.delete(id);
    bytes -= costOf(entry);
  };
  const use = (key: CacheKey): CacheEntry | undefined => {
    const id = idOf(key);
    const entry = entries.get(id);
    if (!entry) return undefined;
    spared.delete(id);
    entries.delete(id);
    entries.set(id, entry);
    return entry;
  };
  const shrink = (target: number): { removed: number; bytes: number } => {
    const before = { count: entries.size, bytes };
    for (const [id, entry] of entries) {
      if (bytes <= target) break;
      if (entry.part === 'o' && !spared.has(id)) {
        spared.add(id);
        entries.delete(id);
        entries.set(id, entry);
      } else remove(id, entry);
    }
    return { removed: before.count - entries.size, bytes: before.bytes - bytes };
  };
  const put = (given: CacheEntry): boolean => {
    if (!isEntry(given) || costOf(given) > budgetBytes) return false;
    const id = idOf(given);
    const old = entries.get(id);
    if (old) remove(id, old);
    shrink(budgetBytes - costOf(given));
    entries.set(id, copyOf(given));
    bytes += costOf(given);
    return true;
  };
  const getSync = (key: CacheKey): CacheEntry | undefined => {
    const entry = isKey(key) ? use(key) : undefined;
    return entry && copyOf(entry);
  };
  const usage = (range?: NamespaceRange): CacheUsage => {
    if (!range) return { entries: entries.size, bytes, budgetBytes };
    const mine = isRange(range) ? [...entries.values()].filter((entry) => isIn(entry, range)) : [];
    return { entries: mine.length, bytes: mine.reduce((sum, entry) => sum + costOf(entry), 0), budgetBytes };
  };

  return {
    kind: 'memory',
    capabilities: { persistent: false, shared: 'none', syncRead: true, maxValueBytes, batchBytes: 4 * 0x100000, budgetBytes },
    getSync,
    async getMany(keys, { signal } = {}) {
      throwIfAborted(signal);
      return keys.map(getSync);
    },
    async putMany(given, { signal } = {}) {
      throwIfAborted(signal);
      return closed ? 0 : given.filter(put).length;
    },
    touch(keys) {
      for (const key of keys) use(key);
    },
    async delete(range, { signal } = {}) {
      throwIfAborted(signal);
      const before = entries.size;
      if (isRange(range)) for (const [id, entry] of entries) if (isIn(entry, range)) remove(id, entry);
      return before - entries.size;
    },
    evict: async (targetBytes) => shrink(targetBytes),
    usage: async (range) => usage(range),
    async *known(range, { signal } = {}) {
      throwIfAborted(signal);
      if (!isRange(range)) return;
      // As it is now: what is put meanwhile does not make it longer.
      for (const entry of [...entries.values()].filter((one) => one.part === 'o' && isIn(one, range))) {
        yield copyOf(entry);
        throwIfAborted(signal);
      }
    },
    async objects(range, { signal } = {}) {
      throwIfAborted(signal);
      if (!isRange(range)) return [];
      return [...new Set([...entries.values()].filter((one) => isIn(one, range)).map(({ object }) => object))];
    },
    scrub: async () => 0,
    async close() {
      closed = true;
      entries.clear();
      spared.clear();
      bytes = 0;
    },
  };
}
