/**
 * A file in memory, where there is no disk that can be used without waiting.
 *
 * @module
 */
import { CloudError } from '../../errors.ts';
import type { DiskEditNow } from '../../platform/types.ts';

/** Pieces in which memory is taken: nothing is copied when the file grows, and holes take none. */
const PIECE_BYTES = 0x10_0000;

/** A file in memory. */
export interface MemoryFile extends DiskEditNow {
  readonly sizeBytes: number;
}

/**
 * Make an empty file.
 *
 * @param maxBytes what it may take of memory
 */
export function createMemoryFile(maxBytes: number): MemoryFile {
  const pieces = new Map<number, Uint8Array>();
  let sizeBytes = 0;
  /** Calls with what of each piece lies between two places. */
  const each = (start: number, end: number, act: (number: number, from: number, to: number) => void): void => {
    for (let number = Math.floor(start / PIECE_BYTES); number * PIECE_BYTES < end; number++) {
      const first = number * PIECE_BYTES;
      act(number, Math.max(start - first, 0), Math.min(end - first, PIECE_BYTES));
    }
  };
  const room = (number: number): Uint8Array => {
    const piece = pieces.get(number);
    if (piece) return piece;
    if ((pieces.size + 1) * PIECE_BYTES > maxBytes)
      throw new CloudError(
        `there is no disk here that could be used without waiting, and the file grows above the ${maxBytes} bytes that it may take of memory: ` +
          'write it in a web worker, or allow more by `maxMemoryBytes`',
        { code: 'QuotaExceeded', operation: 'openHdf5' },
      );
    const made = new Uint8Array(PIECE_BYTES);
    pieces.set(number, made);
    return made;
  };
  return {
    get sizeBytes() {
      return sizeBytes;
    },
    read(into, at) {
      const end = Math.min(at + into.length, sizeBytes);
      each(at, end, (number, from, to) => {
        const target = number * PIECE_BYTES + from - at;
        const piece = pieces.get(number);
        if (piece) into.set(piece.subarray(from, to), target);
        else into.fill(0, target, target + to - from);
      });
      return Math.max(end - at, 0);
    },
    write(bytes, at) {
      each(at, at + bytes.length, (number, from, to) => {
        const source = number * PIECE_BYTES + from - at;
        room(number).set(bytes.subarray(source, source + to - from), from);
      });
      sizeBytes = Math.max(sizeBytes, at + bytes.length);
    },
    truncate(size) {
      // what was cut off reads as zeros when the file grows again
      if (size < sizeBytes)
        each(size, sizeBytes, (number, from) => {
          if (from === 0) pieces.delete(number);
          else pieces.get(number)?.fill(0, from);
        });
      sizeBytes = size;
    },
    close() {
      pieces.clear();
      sizeBytes = 0;
    },
  };
}
