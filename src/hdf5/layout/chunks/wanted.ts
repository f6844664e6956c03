/**
 * Which chunks a selection touches. They are a grid: some places of each dimension, in every combination.
 *
 * @module
 */
import type { SelectedAxis, Selection } from '../../values/selection.ts';
import { MAX_PLANNED, PlanTooLarge } from '../plan-too-large.ts';

/** How many of sorted numbers are less. */
function lowerBound(sorted: readonly number[], value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Chunks that are looked for, in the order of their places, the last dimension fastest. */
export class WantedChunks implements Iterable<number[]> {
  readonly count: number;
  /** For each dimension the places that are wanted, ascending. */
  readonly #axes: readonly (readonly number[])[];

  constructor(axes: readonly (readonly number[])[]) {
    this.#axes = axes;
    this.count = axes.reduce((product, axis) => product * axis.length, 1);
  }

  /** How many of them come before a place. */
  rank(index: readonly number[]): number {
    let rank = 0;
    let behind = this.count;
    for (const [i, axis] of this.#axes.entries()) {
      const at = lowerBound(axis, index[i]!);
      behind /= axis.length;
      rank += at * behind;
      if (axis[at] !== index[i]) break;
    }
    return rank;
  }

  has(index: readonly number[]): boolean {
    return this.#axes.every((axis, i) => axis[lowerBound(axis, index[i]!)] === index[i]);
  }

  *[Symbol.iterator](): Generator<number[], void, undefined> {
    const axes = this.#axes;
    const turn = axes.map(() => 0);
    for (let left = this.count; left > 0; left--) {
      yield turn.map((at, i) => axes[i]![at]!);
      for (let i = axes.length - 1; i >= 0 && ++turn[i]! === axes[i]!.length; i--) turn[i] = 0;
    }
  }
}

/** The places of one dimension. */
function touched({ start, step, count }: SelectedAxis, chunkLength: number): number[] {
  const last = start + (count - 1) * step;
  const first = Math.floor(start / chunkLength);
  const places = Math.min(count, Math.floor(last / chunkLength) - first + 1);
  if (places > MAX_PLANNED) throw new PlanTooLarge('chunks');
  // steps longer than a chunk go over some, and never meet one twice
  if (step >= chunkLength) return Array.from({ length: places }, (_, i) => Math.floor((start + i * step) / chunkLength));
  return Array.from({ length: places }, (_, i) => first + i);
}

/**
 * The chunks that a selection touches.
 *
 * @param selection of at least one element
 * @throws PlanTooLarge
 */
export function wantedChunks(selection: Selection, chunkShape: readonly number[]): WantedChunks {
  let count = 1;
  const axes = selection.map((axis, i) => {
    const places = touched(axis, chunkShape[i]!);
    count *= places.length;
    if (count > MAX_PLANNED) throw new PlanTooLarge('chunks');
    return places;
  });
  return new WantedChunks(axes);
}
