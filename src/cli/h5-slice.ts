/**
 * Slices on the command line, as Python writes them.
 *
 * @module
 */
import { InvalidArgumentError } from 'commander';
import type { Hdf5Range } from '../hdf5.ts';
import { UsageError } from './io.ts';

/** What is said of one axis: a range, one index, or `...`: as many whole axes as are left. */
type Part = { readonly range: readonly (number | undefined)[] } | { readonly index: number } | '...';

/** What is asked for of an axis. */
export interface AxisSlice {
  readonly range: Hdf5Range;
  /** One index was named: the axis is left out of what is printed. */
  readonly isDropped: boolean;
}

const usage = 'Write a slice as Python does, an axis each: 0:10,:,-1 or 5:20:2; a step is 1 or more.';

function partOf(text: string): Part {
  if (text === '...') return text;
  if (/^-?\d+$/.test(text)) return { index: whole(text) };
  const match = /^(-?\d+)?:(-?\d+)?(?::(-?\d+)?)?$/.exec(text);
  if (!match) throw new InvalidArgumentError(usage);
  const [start, stop, step] = match.slice(1).map((number) => (number === undefined ? undefined : whole(number)));
  if (step !== undefined && step < 1) throw new InvalidArgumentError(usage);
  return { range: [start, stop, step] };
}

function whole(text: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number)) throw new InvalidArgumentError(usage);
  return number;
}

/**
 * Parse a slice.
 *
 * @param text `0:10,:` `-5:` `::2` `3` `...,0`; blanks say nothing
 * @throws InvalidArgumentError
 */
export function parseSlice(text: string): readonly Part[] {
  const parts = text.replace(/\s+/g, '').split(',').map(partOf);
  if (parts.filter((part) => part === '...').length > 1) throw new InvalidArgumentError(usage);
  return parts;
}

/**
 * What a slice means for a dataset: an entry for each axis.
 *
 * @throws UsageError for more entries than axes, and for an index that is outside
 */
export function sliceOf(parts: readonly Part[], shape: readonly number[]): AxisSlice[] {
  const given = parts.filter((part) => part !== '...').length;
  const axes = `${shape.length} ${shape.length === 1 ? 'axis' : 'axes'}`;
  if (given > shape.length) throw new UsageError(`the slice is for ${given} axes, and the dataset has ${axes}`);
  const rest = Array.from({ length: shape.length - given }, (): Part => ({ range: [] }));
  const at = parts.indexOf('...');
  const all = at < 0 ? [...parts, ...rest] : [...parts.slice(0, at), ...rest, ...parts.slice(at + 1)];
  return all.map((part, axis): AxisSlice => {
    if (part === '...') return { range: null, isDropped: false };
    if ('range' in part) return { range: [part.range[0], part.range[1], part.range[2]], isDropped: false };
    const extent = shape[axis]!;
    const index = part.index < 0 ? part.index + extent : part.index;
    if (!(index >= 0 && index < extent)) throw new UsageError(`index ${part.index} is outside of axis ${axis}, which has ${extent}`);
    return { range: [index, index + 1], isDropped: true };
  });
}
