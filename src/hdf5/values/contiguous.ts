/**
 * Values that lie in a file one after the other, without chunks: which bytes a selection needs, and its elements out of them.
 *
 * @module
 */
import { CloudError } from '../../errors.ts';
import { Hdf5Error } from '../errors.ts';
import type { ByteRange } from '../types.ts';
import { foldSelection, type FoldedSelection } from './folded.ts';
import { gather } from './packed.ts';
import type { Selection } from './selection.ts';

/** How runs are made. */
export interface RunOptions {
  /**
   * Runs with at most so many bytes between them are one. @default 4096, for what lies in one page of the file is fetched together anyway
   */
  gapBytes?: number | undefined;
  /** More runs than that are refused. @default 200000 */
  maxRuns?: number | undefined;
}

/**
 * The bytes that hold a selection, in the order of the file, none touching another; places count from the dataset's first byte.
 *
 * @param elementBytes bytes of one element
 * @throws CloudError `QuotaExceeded` there are more than `maxRuns`
 *
 * @example contiguousRuns(normaliseSelection([10, 10], [[0, 2], [0, 5]]), [10, 10], 4, { gapBytes: 0 }) // [{ start: 0, end: 20 }, { start:
 *   40, end: 60 }]
 */
export function contiguousRuns(
  selection: Selection,
  shape: readonly number[],
  elementBytes: number,
  { gapBytes = 4096, maxRuns = 200_000 }: RunOptions = {},
): ByteRange[] {
  const folded = foldSelection(selection, shape, elementBytes);
  const repeats = [...folded.repeats];
  let { runBytes } = folded;
  // what is close together is one run with what is between
  for (let inner = repeats.at(-1); inner && inner.strideBytes - runBytes <= gapBytes; inner = repeats.at(-1)) {
    runBytes += (inner.count - 1) * inner.strideBytes;
    repeats.pop();
  }
  if (runBytes === 0) return [];
  const runs = repeats.reduce((product, { count }) => product * count, 1);
  // of neighbours in an outer repeat two may touch, no more
  if (runs > 2 * maxRuns) throw tooMany(maxRuns);
  let starts = [folded.start];
  for (const { count, strideBytes } of repeats)
    starts = starts.flatMap((start) => Array.from({ length: count }, (_, k) => start + k * strideBytes));
  const merged = mergeRuns(starts, runBytes, gapBytes);
  if (merged.length > maxRuns) throw tooMany(maxRuns);
  return merged;
}

const tooMany = (maxRuns: number): CloudError =>
  new CloudError(`A selection that lies at more than ${maxRuns} places of the file: read in blocks`, {
    code: 'QuotaExceeded',
    operation: 'slice',
  });

function mergeRuns(starts: readonly number[], runBytes: number, gapBytes: number): ByteRange[] {
  const merged: { start: number; end: number }[] = [];
  for (const start of starts) {
    const last = merged.at(-1);
    if (last && start - last.end <= gapBytes) last.end = start + runBytes;
    else merged.push({ start, end: start + runBytes });
  }
  return merged;
}

/**
 * The elements of a selection, one after the other, out of pieces of the dataset.
 *
 * @param pieces bytes of the dataset; together they hold all that is selected, and there may be more
 * @param places where each piece lies, from the dataset's first byte
 * @returns the one piece, or a view of it, where it is the selection; else bytes of their own
 * @throws Hdf5Error a piece is shorter than its place
 *
 * @example assembleRuns(pieces, runs, selection, [10, 10], 4)
 */
export function assembleRuns(
  pieces: readonly Uint8Array[],
  places: readonly ByteRange[],
  selection: Selection,
  shape: readonly number[],
  elementBytes: number,
): Uint8Array {
  const folded = foldSelection(selection, shape, elementBytes);
  if (places.some(({ start, end }, i) => (pieces[i]?.length ?? 0) < end - start))
    throw new Hdf5Error('The file ends within the values of a dataset');
  const { sizeBytes, repeats, start } = folded;
  const only = places[0];
  if (only && repeats.length === 0 && only.start <= start && only.end >= start + sizeBytes)
    return pieces[0]!.subarray(start - only.start, start - only.start + sizeBytes);
  const target = new Uint8Array(sizeBytes);
  for (const [i, place] of places.entries()) copySelected(target, pieces[i]!, place, folded);
  return target;
}

/** Copies what of a selection lies in a piece of the dataset to its place among the elements, cut at the piece's ends. */
function copySelected(target: Uint8Array, piece: Uint8Array, { start, end }: ByteRange, folded: FoldedSelection): void {
  const { repeats, runBytes, start: first } = folded;
  const to = new DataView(target.buffer, target.byteOffset, target.byteLength);
  const from = new DataView(piece.buffer, piece.byteOffset, piece.byteLength);
  // from the first byte to the last one of what is within each repeat, in the dataset and in the target
  const spans = repeats.map((_, depth) =>
    repeats.slice(depth + 1).reduce((sum, { count, strideBytes }) => sum + (count - 1) * strideBytes, runBytes),
  );
  const sizes = repeats.map((_, depth) => repeats.slice(depth + 1).reduce((product, { count }) => product * count, runBytes));

  const copy = (depth: number, at: number, into: number): void => {
    const repeat = repeats[depth];
    if (!repeat) {
      const low = Math.max(at, start);
      const high = Math.min(at + runBytes, end);
      if (high > low) target.set(piece.subarray(low - start, high - start), into + low - at);
      return;
    }
    const { count, strideBytes } = repeat;
    const last = Math.min(count, Math.ceil((end - at) / strideBytes));
    let k = Math.max(0, Math.floor((start - at - spans[depth]!) / strideBytes) + 1);
    if (depth === repeats.length - 1) {
      // those that lie in the piece whole at once, and singly what it cuts
      const whole = Math.max(0, Math.ceil((start - at) / strideBytes));
      const behind = Math.min(count, Math.floor((end - at - runBytes) / strideBytes) + 1);
      if (behind > whole) {
        for (; k < whole; k++) copy(depth + 1, at + k * strideBytes, into + k * runBytes);
        gather(to, into + whole * runBytes, from, at + whole * strideBytes - start, strideBytes, runBytes, behind - whole);
        k = behind;
      }
    }
    for (; k < last; k++) copy(depth + 1, at + k * strideBytes, into + k * sizes[depth]!);
  };
  copy(0, first, 0);
}
