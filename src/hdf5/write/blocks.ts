/**
 * Writing in pieces: what is handed to the library at a time is small, and of chunks whole ones where that is possible.
 *
 * @module
 */
import type { SelectedAxis, Selection } from '../values/selection.ts';
import { isRow, type Entries } from './encode/writer.ts';

/** A part of a selection. */
export interface Piece {
  readonly selection: Selection;
  /** Where it begins in the selection, along each axis. */
  readonly from: readonly number[];
}

/** So many bytes at a time: the library's memory never shrinks. */
const PIECE_BYTES = 0x40_0000;

/** Where one axis is cut: at borders of chunks, so many of them at a time. */
function* cuts(
  { start, step, count, stop }: SelectedAxis,
  unit: number,
  units: number,
): Generator<readonly [from: number, axis: SelectedAxis]> {
  for (let from = 0; from < count;) {
    const first = start + from * step;
    // up to a border that later ones keep to
    const size = step === 1 ? Math.min(unit * units - (first % unit), count - from) : Math.min(units, count - from);
    yield [from, { start: first, step, count: size, stop: Math.min(first + size * step, stop) }];
    from += size;
  }
}

/**
 * A selection in pieces, in the order of the values.
 *
 * @param chunks of the dataset, null for none
 */
export function* piecesOf(
  selection: Selection,
  chunks: readonly number[] | null,
  elementBytes: number,
  maxBytes: number = PIECE_BYTES,
): Generator<Piece> {
  const units = selection.map(({ step }, axis) => (step === 1 ? (chunks?.[axis] ?? 1) : 1));
  const extents = selection.map(({ count }, axis) => Math.min(count, units[axis]!));
  let bytes = extents.reduce((product, extent) => product * extent, elementBytes);
  const times = selection.map(() => 1);
  // the last axis first: what lies together is written together
  for (let axis = selection.length - 1; axis >= 0; axis--) {
    const all = Math.ceil(selection[axis]!.count / extents[axis]!) + 1;
    times[axis] = Math.max(1, Math.min(all, Math.floor(maxBytes / bytes)));
    bytes *= Math.min(times[axis]!, selection[axis]!.count / extents[axis]!);
    if (times[axis]! < all) break;
  }
  function* below(axis: number, from: number[], chosen: SelectedAxis[]): Generator<Piece> {
    if (axis === selection.length) return yield { selection: chosen, from };
    for (const [at, cut] of cuts(selection[axis]!, units[axis]!, times[axis]!)) yield* below(axis + 1, [...from, at], [...chosen, cut]);
  }
  yield* below(0, [], []);
}

/** A row of the same kind. */
function rowLike(row: ArrayLike<unknown>, length: number): unknown[] {
  const Kind = row.constructor as new (length: number) => unknown[];
  return ArrayBuffer.isView(row) ? new Kind(length) : Array.from({ length });
}

/**
 * The values of a piece.
 *
 * @param width entries of an element
 * @param shape of the whole selection
 * @returns entries, and which element of them is the piece's first; the rest follow one behind the other
 */
export function entriesOf(entries: Entries, width: number, shape: readonly number[], piece: Piece): { entries: Entries; first: number } {
  const counts = piece.selection.map(({ count }) => count);
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, extent) => product * extent, 1));
  const first = piece.from.reduce((sum, from, axis) => sum + from * strides[axis]!, 0);
  // in one run: behind the first axis of which there are several all are whole
  const leading = counts.findIndex((count) => count > 1);
  if (leading < 0 || counts.every((count, axis) => axis <= leading || count === shape[axis])) return { entries, first };
  if (!isRow(entries)) {
    const columns = Object.entries(entries).map(([name, column]) => {
      // members may be arrays themselves
      const inner = (column as ArrayLike<unknown>).length / shape.reduce((product, extent) => product * extent, 1);
      return [name, entriesOf(column as Entries, inner, shape, piece).entries];
    });
    return { entries: Object.fromEntries(columns) as Entries, first: 0 };
  }
  const out = rowLike(
    entries,
    counts.reduce((product, count) => product * count, width),
  );
  const run = counts.at(-1)! * width;
  let put = 0;
  const gather = (axis: number, at: number): void => {
    if (axis === counts.length - 1) {
      for (let i = 0; i < run; i++) out[put + i] = entries[at * width + i];
      put += run;
      return;
    }
    for (let i = 0; i < counts[axis]!; i++) gather(axis + 1, at + i * strides[axis]!);
  };
  gather(0, first);
  return { entries: out, first: 0 };
}
