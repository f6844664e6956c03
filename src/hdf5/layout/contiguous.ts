/**
 * Which bytes of values that lie side by side a selection covers.
 *
 * @module
 */
import type { ByteRange } from '../types.ts';
import type { Selection } from '../values/selection.ts';
import { MAX_PLANNED, PlanTooLarge } from './plan-too-large.ts';

/**
 * The parts of values in row-major order that a selection covers. Parts with less than `holeBytes` between them are one.
 *
 * @param selection of at least one element
 * @param at where the first value is
 * @throws PlanTooLarge
 */
export function coveredParts(
  selection: Selection,
  shape: readonly number[],
  elementBytes: number,
  at: number,
  holeBytes: number,
): ByteRange[] {
  let partBytes = elementBytes;
  let strideBytes = elementBytes;
  let first = at;
  let count = 1;
  /** Dimensions, fastest first, along which parts lie apart. */
  const apart: { count: number; stepBytes: number }[] = [];
  for (let i = shape.length - 1; i >= 0; i--) {
    const axis = selection[i]!;
    const stepBytes = axis.step * strideBytes;
    first += axis.start * strideBytes;
    strideBytes *= shape[i]!;
    if (axis.count === 1) continue;
    if (!apart.length && stepBytes - partBytes < Math.max(1, holeBytes)) partBytes += (axis.count - 1) * stepBytes;
    else {
      apart.push({ count: axis.count, stepBytes });
      count *= axis.count;
    }
  }
  if (count > MAX_PLANNED) throw new PlanTooLarge('rows');
  let starts = [first];
  for (const { count, stepBytes } of apart.reverse())
    starts = starts.flatMap((start) => Array.from({ length: count }, (_, i) => start + i * stepBytes));
  return starts.map((start) => ({ start, end: start + partBytes }));
}

/** Ranges in order, those that touch made one. */
export function merged(ranges: ByteRange[]): ByteRange[] {
  const out: { start: number; end: number }[] = [];
  for (const { start, end } of ranges.sort((a, b) => a.start - b.start)) {
    const last = out.at(-1);
    if (last && start <= last.end) last.end = Math.max(last.end, end);
    else out.push({ start, end });
  }
  return out;
}
