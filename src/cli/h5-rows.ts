/**
 * A dataset in rows, the last axis along each: read in blocks that fit into memory, in the order of the values.
 *
 * @module
 */
import type { Hdf5Dataset, Hdf5Type, Hdf5Values } from '../hdf5.ts';
import type { AxisSlice } from './h5-slice.ts';

/** Bytes of values that are read at a time, and values where their bytes say little: texts, lists, records. */
const MOST_BYTES = 16 * 0x100000;
const MOST_LOOSE_VALUES = 0x10000;

/** One axis of what is asked for: `count` indexes from `start` on, each `step`-th. */
interface Axis {
  readonly start: number;
  readonly step: number;
  readonly count: number;
}

/** Values that were read: rows, or where a row is too long a piece of one. */
export interface Rows {
  /** The index in the dataset of the first value. */
  readonly at: readonly number[];
  /** Rows of the block. */
  readonly count: number;
  /** Values of each. */
  readonly width: number;
  /** Whether the first row begins here, and the last one ends. */
  readonly begins: boolean;
  readonly ends: boolean;
  /** Of all rows, one behind the other. */
  readonly values: Hdf5Values;
  /** The index of a row's first value. */
  indexOf(row: number): readonly number[];
}

/** Whether values are numbers, one behind the other. */
const isTight = ({ class: its }: Hdf5Type): boolean => /^(integer|float|bitfield|enum|time|complex)$/.test(its);

function axesOf(slices: readonly AxisSlice[], dataset: Hdf5Dataset): Axis[] {
  const counts = dataset.sliceShape(slices.map(({ range }) => range));
  return slices.map(({ range }, axis) => {
    const extent = dataset.shape![axis]!;
    const [start, , step] = range ?? [];
    const first = Math.min(Math.max((start ?? 0) < 0 ? (start ?? 0) + extent : (start ?? 0), 0), extent);
    return { start: first, step: step ?? 1, count: counts[axis]! };
  });
}

/** At which axis blocks are cut, and how many of its indexes each takes: all that is behind it is taken whole. */
function cutOf(axes: readonly Axis[], most: number, chunks: readonly number[] | null): { axis: number; piece: number } {
  let within = 1;
  for (let axis = axes.length - 1; axis > 0; axis--) {
    const { count, step } = axes[axis]!;
    if (within * count > most) return { axis, piece: pieceOf(Math.max(1, Math.floor(most / within)), step, chunks?.[axis]) };
    within *= count;
  }
  const { step } = axes[0]!;
  return { axis: 0, piece: pieceOf(Math.max(1, Math.floor(most / within)), step, chunks?.[0]) };
}

/** Whole chunks where that is possible: else each is unpacked several times. */
const pieceOf = (piece: number, step: number, chunk: number | undefined): number =>
  step === 1 && chunk !== undefined && piece > chunk ? piece - (piece % chunk) : piece;

/** The boxes that are read, one after the other: for each axis the first of its indexes and how many. */
function* boxesOf(axes: readonly Axis[], axis: number, piece: number): Generator<{ from: number; count: number }[], void, undefined> {
  const at = axes.map(() => 0);
  for (;;) {
    yield axes.map(({ count }, i) => ({
      from: at[i]!,
      count: i < axis ? 1 : i > axis ? count : Math.min(piece, count - at[i]!),
    }));
    let i = axis;
    for (; i >= 0; i--) {
      at[i]! += i === axis ? piece : 1;
      if (at[i]! < axes[i]!.count) break;
      at[i] = 0;
    }
    if (i < 0) return;
  }
}

/**
 * Read rows. The next block is fetched while one is worked on.
 *
 * @param slices an entry for each axis, of a dataset that has axes
 * @param limit rows at most: none behind them is read
 * @param maxBytes of values that are read at a time. @default 16 MiB
 */
export async function* readRows(
  dataset: Hdf5Dataset,
  slices: readonly AxisSlice[],
  { limit = Infinity, maxBytes = MOST_BYTES, signal }: { limit?: number; maxBytes?: number; signal: AbortSignal },
): AsyncGenerator<Rows, void, undefined> {
  const { type, chunks } = dataset;
  const axes = axesOf(slices, dataset);
  if (limit <= 0 || axes.some(({ count }) => count === 0)) return;
  // the axis along which rows run: the last one that is left
  const along = slices.findLastIndex(({ isDropped }) => !isDropped);
  const isFlat = slices.filter(({ isDropped }) => !isDropped).length < 2;
  const rowWidth = isFlat ? 1 : axes[along]!.count;
  const tight = Math.max(1, Math.floor(maxBytes / Math.max(1, type.sizeBytes)));
  const wanted = limit * rowWidth;
  const most = Math.min(isTight(type) ? tight : Math.min(tight, MOST_LOOSE_VALUES), wanted);
  const { axis, piece } = cutOf(axes, most, limit < Infinity ? null : chunks);

  const read = async (box: readonly { from: number; count: number }[]): Promise<Rows> => {
    const places = box.map(({ from }, i) => axes[i]!.start + from * axes[i]!.step);
    const ranges = box.map(({ count }, i): [number, number, number] => {
      const { step } = axes[i]!;
      return [places[i]!, places[i]! + (count - 1) * step + 1, step];
    });
    const values = await dataset.slice(ranges, { signal });
    const all = box.reduce((product, { count }) => product * count, 1);
    const width = isFlat ? 1 : box[along]!.count;
    return {
      at: places,
      count: all / width,
      width,
      begins: isFlat || box[along]!.from === 0,
      ends: isFlat || box[along]!.from + box[along]!.count === rowWidth,
      values,
      indexOf(row) {
        const index = [...places];
        let rest = row;
        for (let i = box.length - 1; i >= 0; i--) {
          if (i === along && !isFlat) continue;
          index[i]! += (rest % box[i]!.count) * axes[i]!.step;
          rest = Math.floor(rest / box[i]!.count);
        }
        return index;
      },
    };
  };

  let rows = 0;
  let next: Promise<Rows> | undefined;
  for (const box of boxesOf(axes, axis, piece)) {
    if (rows >= limit) break;
    const coming = read(box);
    // told when its turn comes
    coming.catch(() => {});
    const isPiece = !isFlat && box[along]!.from + box[along]!.count < rowWidth;
    if (!isPiece) rows += box.reduce((product, { count }) => product * count, 1) / (isFlat ? 1 : box[along]!.count);
    if (next) yield await next;
    next = coming;
  }
  if (next) yield await next;
}
