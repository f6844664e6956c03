/**
 * Which parts of a file were changed.
 *
 * @module
 */
import type { ByteRange } from '../types.ts';

/** Changes are noted by so many bytes: a set of blocks of a file of 5 GB is still small. */
const BLOCK_BYTES = 0x10000;

/** What was changed of a file that was there before. */
export interface ChangedRanges {
  add(start: number, end: number): void;
  /** The file was cut: what is behind is not what it was, whatever it becomes. */
  cut(sizeBytes: number): void;
  /**
   * Ranges that may be others than they were, in order and apart from one another; the rest is as it was.
   *
   * @param sizeBytes the size of the file now
   */
  ranges(sizeBytes: number): ByteRange[];
}

/** Make the note of a file. @param sizeBytes what it had; all that comes behind is new */
export function createChangedRanges(sizeBytes: number): ChangedRanges {
  const blocks = new Set<number>();
  let keptBytes = sizeBytes;
  return {
    add(start, end) {
      for (let block = Math.floor(start / BLOCK_BYTES); block * BLOCK_BYTES < Math.min(end, keptBytes); block++) blocks.add(block);
    },
    cut(size) {
      keptBytes = Math.min(keptBytes, size);
    },
    ranges(size) {
      const kept = Math.min(keptBytes, size);
      const ranges: { start: number; end: number }[] = [];
      const put = (start: number, end: number): void => {
        const last = ranges.at(-1);
        if (last && last.end >= start) last.end = end;
        else if (end > start) ranges.push({ start, end });
      };
      for (const block of [...blocks].sort((a, b) => a - b)) {
        const start = block * BLOCK_BYTES;
        if (start < kept) put(start, Math.min(start + BLOCK_BYTES, kept));
      }
      put(kept, size);
      return ranges;
    },
  };
}
