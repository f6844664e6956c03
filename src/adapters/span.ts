/**
 * Ranges as the peers write them.
 *
 * @module
 */
import type { ByteSpan } from '../cache/blocks/layout.ts';

/** `[start, end)` of `ArrayBuffer.slice`, within a size: negative positions count from the end, and what is beyond it is not there. */
export function clampSpan(start: number, end: number | undefined, sizeBytes: number): ByteSpan {
  const place = (at: number): number => Math.min(Math.max(at < 0 ? sizeBytes + at : at, 0), sizeBytes);
  const from = place(start);
  return { start: from, end: Math.max(from, place(end ?? sizeBytes)) };
}
