/**
 * Which missing blocks are fetched together, and how many requests run at a time.
 *
 * @module
 */
import type { BlockObject } from './layout.ts';

/** Limits of one request, in bytes. */
export interface RequestLimits {
  readonly gapBytes: number;
  readonly maxRequestBytes: number;
}

/** A block in a plan: by its number, and whether anybody waits for it. */
export interface Planned {
  readonly index: number;
  readonly waiting: { readonly size: number };
}

const mostBlocks = ({ blockBytes }: BlockObject, { maxRequestBytes }: RequestLimits): number =>
  Math.max(1, Math.floor(maxRequestBytes / blockBytes));

/** The blocks between wanted ones that would be worth fetching along. `indexes` ascend. */
export function gapsOf(object: BlockObject, indexes: readonly number[], limits: RequestLimits): number[][] {
  const gaps: number[][] = [];
  for (const [i, index] of indexes.entries()) {
    const next = indexes[i + 1];
    if (next === undefined) break;
    const between = next - index - 1;
    if (between < 1 || between * object.blockBytes > limits.gapBytes || between + 2 > mostBlocks(object, limits)) continue;
    gaps.push(Array.from({ length: between }, (_, n) => index + 1 + n));
  }
  return gaps;
}

/**
 * Runs of neighbours, none longer than a request may be, beginning and ending with one that somebody waits for.
 *
 * @param blocks by ascending number
 * @returns the runs, and what is in none
 */
export function planRequests<T extends Planned>(
  object: BlockObject,
  blocks: readonly T[],
  limits: RequestLimits,
): { runs: T[][]; rest: T[] } {
  const most = mostBlocks(object, limits);
  const runs: T[][] = [];
  const rest: T[] = [];
  let run: T[] = [];
  const end = (): void => {
    while (run.length && !run.at(-1)!.waiting.size) rest.push(run.pop()!);
    if (run.length) runs.push(run);
    run = [];
  };
  for (const block of blocks) {
    const last = run.at(-1);
    if (last && (block.index !== last.index + 1 || block.index - run[0]!.index >= most)) end();
    if (run.length || block.waiting.size) run.push(block);
    else rest.push(block);
  }
  end();
  return { runs, rest };
}

/** Runs jobs, at most `limit` at a time in each lane, in the order in which they came. Jobs do not reject. */
export function createLanes(limit: number): (lane: string, job: () => Promise<void>) => void {
  const lanes = new Map<string, { running: number; waiting: (() => Promise<void>)[] }>();
  return (name, job) => {
    let lane = lanes.get(name);
    if (!lane) lanes.set(name, (lane = { running: 0, waiting: [] }));
    const mine = lane;
    mine.waiting.push(job);
    if (mine.running >= limit) return;
    mine.running++;
    void (async () => {
      for (let next = mine.waiting.shift(); next; next = mine.waiting.shift()) await next();
      if (--mine.running === 0) lanes.delete(name);
    })();
  };
}
