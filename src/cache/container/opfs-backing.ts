/**
 * What the two layouts of the OPFS container have in common: an index in memory of what is there.
 *
 * @module
 */
import type { CacheEntry, CacheKey } from './container.ts';
import { ageOf } from './key.ts';

/** One value that is there. */
export interface OpfsItem {
  readonly key: CacheKey;
  /** What it takes on the disk. */
  readonly totalBytes: number;
  /** In ms since 1970. */
  used: number;
}

/** A layout of values on the browser's disk, of which there is one owner. */
export interface OpfsBacking<Item extends OpfsItem = OpfsItem> {
  readonly layout: 'slab' | 'files';
  readonly items: ReadonlyMap<string, Item>;
  /** Of all items. */
  bytes(): number;
  /** Whether an entry of the layout's folder is a value or on its way to be one; absent where there are no such. */
  owns?(name: string): boolean;
  /** Bytes on the disk that hold nothing, which `tidy` gives back. */
  wasted(): number;
  /** @returns undefined when it is damaged. @throws whatever the platform throws */
  read(item: Item): Promise<CacheEntry | undefined>;
  /** The same at once, where that can be. */
  readSync?(item: Item): CacheEntry | undefined;
  /** Write a record of an entry, whole or not at all; one of the same key goes. @throws whatever the platform throws */
  write(key: CacheKey, record: Uint8Array<ArrayBuffer>, used: number): Promise<void>;
  /**
   * Remove values.
   *
   * @param wipe also overwrite them, where their room is kept
   * @returns how many went
   */
  remove(items: readonly Item[], wipe: boolean): Promise<number>;
  /** Note on the disk when items were used. */
  touch(items: readonly Item[]): void;
  /** Give back what is not used. */
  tidy(): Promise<void>;
  /** Let go; the items stay. */
  close(): Promise<void>;
}

/** One text for each key: its length is looked at later. */
export const idOf = ({ namespace, object, part }: CacheKey): string => `${namespace}-${object}-${part}`;

/** What was used longest ago and must go so that this much is left. */
export function oldest<Item extends OpfsItem>(backing: OpfsBacking<Item>, targetBytes: number): Item[] {
  let left = backing.bytes();
  if (left <= targetBytes) return [];
  return [...backing.items.values()]
    .sort((a, b) => ageOf(a.key.part, a.used) - ageOf(b.key.part, b.used))
    .filter(({ totalBytes }) => {
      if (left <= targetBytes) return false;
      left -= totalBytes;
      return true;
    });
}
