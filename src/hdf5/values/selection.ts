/**
 * Which elements of a dataset are meant.
 *
 * @module
 */
import { CloudError } from '../../errors.ts';
import { Hdf5Error } from '../errors.ts';

/** Elements `start`, `start + step` … of one axis, `count` of them, all before `stop`. */
export interface SelectedAxis {
  readonly start: number;
  readonly stop: number;
  /** At least 1. */
  readonly step: number;
  readonly count: number;
}

/** Elements of a dataset: one entry an axis. */
export type Selection = readonly SelectedAxis[];

/**
 * Which elements of one axis are asked for: `[start, stop, step]` as in a slice of Python, from `start` to before `stop`, each `step`-th.
 * What is left out or `null` is the beginning, the end, 1. Negative numbers count from the end. `null`: all.
 */
export type Hdf5Range =
  | readonly [start?: number | null | undefined, stop?: number | null | undefined, step?: number | null | undefined]
  | null;

/**
 * The elements that ranges mean, by numpy's rules for slices: what lies outside is cut off, and nothing may be left.
 *
 * @param shape the dataset's
 * @param ranges one an axis; axes behind the last one are taken whole. Everything when left out
 * @throws CloudError `InvalidArgument` more ranges than axes, numbers that are not whole, or a step below 1; Hdf5Error the dataset's axes
 *   are longer than numbers are exact
 *
 * @example normaliseSelection([10, 5], [[-3, null], null]) // rows 7 to 9
 */
export function normaliseSelection(shape: readonly number[], ranges: readonly Hdf5Range[] | null | undefined = []): Selection {
  const given = ranges ?? [];
  if (!Array.isArray(given)) throw invalid('Ranges are an array, with one entry for each axis');
  if (given.length > shape.length) throw invalid(`${given.length} ranges for a dataset of ${shape.length} axes`);
  return shape.map((length, axis) => {
    if (!(Number.isSafeInteger(length) && length >= 0)) throw new Hdf5Error(`An axis of ${length} elements`);
    return axisOf(length, (given as readonly Hdf5Range[])[axis] ?? []);
  });
}

function axisOf(length: number, range: NonNullable<Hdf5Range>): SelectedAxis {
  if (!Array.isArray(range) || range.length > 3) throw invalid('A range is [start, stop, step], or null for all');
  const [first, last, by] = range as NonNullable<Hdf5Range>;
  for (const number of [first, last, by])
    if (number != null && !Number.isSafeInteger(number)) throw invalid(`A range has whole numbers, not ${String(number)}`);
  const step = by ?? 1;
  if (step < 1) throw invalid(`The step of a range is at least 1, not ${step}`);
  const start = clipped(first ?? 0, length);
  const stop = Math.max(start, clipped(last ?? length, length));
  return { start, stop, step, count: Math.ceil((stop - start) / step) };
}

/** A place in an axis, counted from the end where it is negative. */
const clipped = (place: number, length: number): number => Math.min(Math.max(place < 0 ? place + length : place, 0), length);

const invalid = (message: string): CloudError => new CloudError(message, { code: 'InvalidArgument', operation: 'slice' });
