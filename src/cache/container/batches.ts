/**
 * Values in portions.
 *
 * @module
 */
import type { CacheEntry } from './container.ts';

const MOST_ROWS = 16;
/** How much goes in one batch. */
export const BATCH_BYTES: number = 0x40_0000;

/** Cut a list into what is encrypted, or goes in one transaction, at a time. */
export function* batchesOf(entries: readonly CacheEntry[]): Generator<CacheEntry[], void, undefined> {
  let batch: CacheEntry[] = [];
  let bytes = 0;
  for (const entry of entries) {
    if (batch.length && (batch.length === MOST_ROWS || bytes + entry.bytes.length > BATCH_BYTES)) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(entry);
    bytes += entry.bytes.length;
  }
  if (batch.length) yield batch;
}
