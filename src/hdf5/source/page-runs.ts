/**
 * Which requests bring pages that are missing.
 *
 * @module
 */
import type { ByteRange } from '../types.ts';

/** Limits of requests, in bytes. */
export interface RunLimits {
  readonly pageBytes: number;
  /** Pages that lie no further apart are fetched together. */
  readonly gapBytes: number;
  readonly maxRequestBytes: number;
}

/** The first page of a range, and the one behind its last. */
export function pagesOf({ start, end }: ByteRange, pageBytes: number): [first: number, behind: number] {
  return end > start ? [Math.floor(start / pageBytes), Math.ceil(end / pageBytes)] : [0, 0];
}

/**
 * Runs of pages, each for a request.
 *
 * @param missing numbers of pages, in any order
 * @returns pages [from, to) by ascending number
 */
export function runsOf(missing: Iterable<number>, { pageBytes, gapBytes, maxRequestBytes }: RunLimits): [from: number, to: number][] {
  const gap = Math.floor(gapBytes / pageBytes);
  const most = Math.max(1, Math.floor(maxRequestBytes / pageBytes));
  const runs: [number, number][] = [];
  for (const page of Float64Array.from(missing).sort()) {
    const last = runs.at(-1);
    if (last && page <= last[1] + gap && page - last[0] < most) last[1] = page + 1;
    else runs.push([page, page + 1]);
  }
  return runs;
}
