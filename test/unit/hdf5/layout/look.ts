/**
 * Files in memory to plan by.
 *
 * @module
 */
import type { ByteRange, Look } from '../../../../src/hdf5/types.ts';
import { ok } from '../../../harness.ts';

/** What a file was asked, in the order of asking. */
export interface MemoryLook extends Look {
  readonly asked: ByteRange[];
  /** Rounds of the event loop in which something was asked that had not been before: what would be waves over a network. */
  readonly waves: number;
}

/** Make a file that notes what is asked of it. */
export function memoryLook(bytes: Uint8Array): MemoryLook {
  const asked: ByteRange[] = [];
  const known = new Set<string>();
  let waves = 0;
  let open: Promise<void> | undefined;
  const turn = (range: ByteRange): Promise<void> => {
    asked.push(range);
    const key = `${range.start}-${range.end}`;
    if (known.has(key)) return Promise.resolve();
    known.add(key);
    if (!open) {
      waves++;
      open = new Promise((resolve) => {
        setTimeout(() => {
          open = undefined;
          resolve();
        });
      });
    }
    return open;
  };
  return {
    byteLength: bytes.length,
    async read(start, end) {
      await turn({ start, end });
      return bytes.subarray(Math.min(start, bytes.length), Math.min(end, bytes.length));
    },
    async ensure(ranges) {
      await Promise.all(ranges.map(turn));
    },
    asked,
    get waves() {
      return waves;
    },
  };
}

/** A file that answers at once, and refuses what lies outside of it. */
export const strictLook = (bytes: Uint8Array): Look => {
  const check = (start: number, end: number): void => ok(start >= 0 && start <= end && start <= bytes.length, `a range ${start}-${end}`);
  return {
    byteLength: bytes.length,
    async read(start, end) {
      check(start, end);
      return bytes.subarray(start, end);
    },
    async ensure(ranges) {
      for (const { start, end } of ranges) {
        check(start, end);
        ok(end <= bytes.length, 'a range within the file');
      }
    },
  };
};
