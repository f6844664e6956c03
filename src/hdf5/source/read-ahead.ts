/**
 * How much is fetched when metadata are missed: more and more, where one miss comes behind the other.
 *
 * @module
 */
import type { ByteRange } from '../types.ts';

/** What reads that come one behind the other have in common. */
interface Window {
  end: number;
  sizeBytes: number;
}

/** Limits, in bytes. */
export interface ReadAheadOptions {
  /** What a miss fetches at least. */
  readonly minFetchBytes: number;
  /** What it fetches at most, when more and more was asked for in a row; 0 or less than the minimum for none. */
  readonly maxReadAheadBytes: number;
  readonly byteLength: number;
}

/** Windows that are remembered: a walk reads in several places by turns. */
const WINDOWS = 16;

/** Makes what widens misses. */
export function createReadAhead({ minFetchBytes, maxReadAheadBytes, byteLength }: ReadAheadOptions): (miss: ByteRange) => ByteRange {
  const windows: Window[] = [];
  return ({ start, end }) => {
    let sizeBytes = Math.max(minFetchBytes, end - start);
    if (maxReadAheadBytes > minFetchBytes) {
      const window = windows.find(
        (one) => start >= one.end - minFetchBytes && start <= one.end + Math.max(one.sizeBytes, minFetchBytes) * 4,
      );
      if (window) {
        window.sizeBytes = Math.min(window.sizeBytes * 2, maxReadAheadBytes);
        sizeBytes = Math.max(window.sizeBytes, end - start);
        window.end = start + sizeBytes;
      } else {
        windows.push({ end: start + sizeBytes, sizeBytes });
        if (windows.length > WINDOWS) windows.shift();
      }
    }
    return { start, end: Math.min(byteLength, start + sizeBytes) };
  };
}
