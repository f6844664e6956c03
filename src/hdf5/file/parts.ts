/**
 * Reading in parts what is too much at a time.
 *
 * @module
 */
import { concat } from '../../util/bytes.ts';
import type { SelectedAxis, Selection } from '../values/selection.ts';
import type { Hdf5Columns, Hdf5Numbers, Hdf5Values } from '../values/type.ts';

/** Some of the elements of an axis, from the `from`-th to before the `to`-th selected one. */
function someOf({ start, step }: SelectedAxis, from: number, to: number): SelectedAxis {
  const first = start + from * step;
  return { start: first, stop: first + (to - from - 1) * step + 1, step, count: to - from };
}

/**
 * Cut a selection in two, so that the values of the second follow those of the first; between two chunks.
 *
 * @param chunks the shape of chunks, null where there are none
 * @returns undefined when it cannot be cut
 */
export function halves(selection: Selection, chunks: readonly number[] | null): [Selection, Selection] | undefined {
  // the first axis with several: those before it have one
  const axis = selection.findIndex(({ count }) => count > 1);
  const along = selection[axis];
  if (!along) return undefined;
  const { start, step, count } = along;
  const size = chunks?.[axis] ?? 1;
  const middle = start + Math.floor(count / 2) * step;
  // the chunk in which the middle is begins here; where that is before all, the next one does
  let cut = Math.floor(middle / size) * size;
  if (cut <= start) cut += size;
  const at = Math.ceil((cut - start) / step);
  if (at <= 0 || at >= count) return undefined;
  const half = (from: number, to: number): Selection => selection.map((one, i) => (i === axis ? someOf(one, from, to) : one));
  return [half(0, at), half(at, count)];
}

/** Whether they are numbers in a typed array. */
const isNumbers = (values: Hdf5Values): values is Hdf5Numbers => ArrayBuffer.isView(values);

/** Put the values of parts behind one another. All are of one kind. */
export function joined(parts: readonly Hdf5Values[]): Hdf5Values {
  const [first] = parts;
  if (parts.length < 2 || first === undefined) return first!;
  if (isNumbers(first)) {
    const bytes = concat(
      (parts as Hdf5Numbers[]).map(({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength)),
    );
    return new (first.constructor as new (buffer: ArrayBuffer) => Hdf5Numbers)(bytes.buffer);
  }
  if (Array.isArray(first)) return (parts as unknown[][]).flat() as Hdf5Values;
  const names = Object.keys(first);
  return Object.fromEntries(names.map((name) => [name, joined(parts.map((part) => (part as Hdf5Columns)[name]!))]));
}
