/**
 * Putting blocks into a container behind the back of those who read them.
 *
 * @module
 */
import type { CacheContainer, CacheEntry } from '../container/container.ts';

/** The most that waits to be put, in bytes: storage that is slower than the network has some of it dropped. */
const MAX_WAITING_BYTES = 64 * 0x100000;

/** One block to be kept. */
export interface KeptBlock {
  readonly entry: CacheEntry;
  /** It was put, or it will not be. */
  done(): void;
}

/** Puts blocks, some at a time. */
export interface Keeper {
  /** @returns false when there is no room to hold it meanwhile: then it is not put, nor `done` called */
  add(block: KeptBlock): boolean;
  /** Drops what waits to be put and is of this range, and waits for what is being put. */
  forget(range: BlockRange): Promise<void>;
  /** When all that was added is put. */
  settled(): Promise<void>;
  /** Puts what was added, and nothing more. */
  close(): Promise<void>;
}

/** A namespace, or its first 8 digits (an identity's), or one object. */
export interface BlockRange {
  namespace: string;
  object?: string | undefined;
}

/** Whether something is of a range. */
export const isWithin = (what: { namespace: string; object: string }, { namespace, object }: BlockRange): boolean =>
  (namespace.length === 8 ? what.namespace.startsWith(namespace) : what.namespace === namespace) &&
  (object === undefined || what.object === object);

/** Make the keeper of a container. Nothing that storage does is told: what was not kept will be fetched again. */
export function createKeeper(container: CacheContainer): Keeper {
  let queue: KeptBlock[] = [];
  let heldBytes = 0;
  let closed = false;
  let running: Promise<void> | undefined;
  let putting: Promise<void> | undefined;

  const end = (block: KeptBlock): void => {
    heldBytes -= block.entry.sizeBytes;
    block.done();
  };
  const nextBatch = (): KeptBlock[] => {
    let sizeBytes = 0;
    const fits = ({ entry }: KeptBlock): boolean => (sizeBytes += entry.sizeBytes) <= container.capabilities.batchBytes;
    const over = queue.findIndex((block) => !fits(block));
    return queue.splice(0, over < 0 ? queue.length : Math.max(1, over));
  };
  const putBatch = async (batch: readonly KeptBlock[]): Promise<void> => {
    try {
      await container.putMany(batch.map(({ entry }) => entry));
    } catch {
      // as good as kept and evicted
    }
    for (const block of batch) end(block);
  };
  const drain = async (): Promise<void> => {
    // the blocks of one answer come one after the other: let them all come
    await Promise.resolve();
    while (queue.length) await (putting = putBatch(nextBatch()));
    running = putting = undefined;
  };
  const settled = async (): Promise<void> => {
    while (running) await running;
  };

  return {
    settled,
    add(block) {
      if (closed || heldBytes + block.entry.sizeBytes > MAX_WAITING_BYTES) return false;
      heldBytes += block.entry.sizeBytes;
      queue.push(block);
      running ??= drain();
      return true;
    },
    async forget(range) {
      const dropped = queue.filter(({ entry }) => isWithin(entry, range));
      queue = queue.filter(({ entry }) => !isWithin(entry, range));
      for (const block of dropped) end(block);
      await putting;
    },
    async close() {
      closed = true;
      await settled();
    },
  };
}
