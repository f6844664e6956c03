/**
 * Keeping the files of the disk container within their budget, without a lock or a word to other processes.
 *
 * Each process looks how much there is before its first value and after every 32nd part of the budget that it wrote; above 75 % it removes the
 * oldest down to 70 %. What eight processes write between two looks is a quarter of the budget, so they stay below it together.
 *
 * @module
 */
import type { CacheFiles } from '../../platform/types.ts';
import { createSerial } from '../../util/serial.ts';
import { removeOldest, roomOf, valueFiles } from './disk-sweep.ts';

const FULL = 0.75;
const EMPTIED = 0.7;
const BETWEEN_LOOKS = 1 / 32;

/** What was removed. */
interface Evicted {
  removed: number;
  bytes: number;
}

/** See {@link createDiskRoom}. */
export interface DiskRoom {
  /** Makes room for a value before it is written; undefined when there is none. `done` is called when it is written, or is not to be. */
  take(bytes: number): Promise<{ done(): void } | undefined>;
  /** Removes the oldest until this much is left; undefined when that is under way already. */
  evict(targetBytes: number): Promise<Evicted | undefined>;
  /** Removes half of what there is, since the disk is full; joins one who is at it. */
  halve(): Promise<void>;
}

/** Make the keeper of one budget. */
export function createDiskRoom(files: CacheFiles, budgetBytes: number): DiskRoom {
  const oneByOne = createSerial();
  const between = budgetBytes * BETWEEN_LOOKS;
  /** Bytes since the last look, the first of which is due at once; and those that no look can see yet. */
  let written = Infinity;
  let onTheWay = 0;
  let evicting: Promise<Evicted> | undefined;

  async function removing(target: (present: number) => number): Promise<Evicted> {
    const found = await valueFiles(files);
    return removeOldest(files, found, target(roomOf(found)));
  }
  const evict = (target: (present: number) => number): Promise<Evicted> => {
    evicting ??= removing(target).finally(() => (evicting = undefined));
    return evicting;
  };
  /** Whether there is room. Values that are larger than what may be written between two looks need some of their own. */
  async function look(bytes: number): Promise<boolean> {
    const others = onTheWay + Math.max(0, bytes - between);
    const found = await valueFiles(files);
    let present = roomOf(found);
    if (present + others > FULL * budgetBytes) present -= (await removeOldest(files, found, EMPTIED * budgetBytes - others)).bytes;
    return present + onTheWay + bytes <= budgetBytes;
  }
  return {
    async take(bytes) {
      const begin = (): { done(): void } => {
        written += bytes;
        onTheWay += bytes;
        return { done: () => void (onTheWay -= bytes) };
      };
      if (written + bytes <= between) return begin();
      return oneByOne(async () => {
        // Whoever was before may have looked for this one too.
        if (written + bytes <= between) return begin();
        written = Infinity;
        if (!(await look(bytes))) return undefined;
        written = 0;
        return begin();
      });
    },
    evict: async (targetBytes) => (evicting ? undefined : evict(() => targetBytes)),
    async halve() {
      await evict((present) => present / 2);
    },
  };
}
