/**
 * From bytes, as the library hands them out or as they lie in a file, to values.
 *
 * @module
 */
import { Hdf5Error } from '../errors.ts';
import { compilerOf } from './compile.ts';
import { complexParts } from './complex.ts';
import { isBoolean } from './enums.ts';
import { heapOf, sourceOf } from './source.ts';
import type { Hdf5Columns, Hdf5CompoundMember, Hdf5Record, Hdf5Type, Hdf5Value, Hdf5Values } from './type.ts';

/** How values are read. */
export interface DecodeOptions {
  /** The library's memory, to which texts and sequences of any length point. Needed for them only. */
  heap?: Uint8Array | undefined;
  /** What becomes of compounds: a record for each element, or a column for each member. @default 'records' */
  as?: 'records' | 'columns' | undefined;
  /**
   * The caller gives `raw` away with all of the buffer under it: nobody else looks at it, and it may be changed. Numbers are then a view of
   * it where they lie right. @default false
   */
  own?: boolean | undefined;
}

/**
 * The values of elements, flat. They never share memory with `heap`, nor with `raw` unless it is given away.
 *
 * @param raw the elements, one after the other; there may be more bytes behind them
 * @param type as `memoryTypeOf` says it for what the library hands out; as the file says it for what lies in the file
 * @param count how many elements
 * @throws Hdf5Error there are fewer bytes, or something points outside of the memory; UnsupportedTypeError values of a type that cannot be
 *   had
 *
 * @example decode(new Uint8Array([1, 0, 2, 0]), type, 2) // Int16Array [1, 2]
 */
export function decode(raw: Uint8Array, type: Hdf5Type, count: number, options: DecodeOptions = {}): Hdf5Values {
  const { heap, as = 'records', own = false } = options;
  if (!(Number.isSafeInteger(count) && count >= 0 && count * type.sizeBytes <= raw.byteLength))
    throw new Hdf5Error(`${count} values of ${type.sizeBytes} bytes are not in ${raw.byteLength} bytes`);
  const reader = compilerOf(as, heap !== undefined)(type);
  try {
    return reader.read(sourceOf(raw, { own, heap: heap && heapOf(heap) }), 0, type.sizeBytes, count);
  } catch (error) {
    // bounds were checked: what is left is that values take more memory than their bytes
    if (error instanceof RangeError) throw new Hdf5Error(`${count} values do not fit into memory`, { cause: error });
    throw error;
  }
}

/**
 * What a dataset or an attribute of rank 0 gives: the value that `values` hold.
 *
 * @param values of one element, as records or as columns
 *
 * @example scalarOf(Int32Array.of(7), type) // 7
 */
export function scalarOf(values: Hdf5Values, type: Hdf5Type): Hdf5Value {
  if (type.class === 'array' || complexParts(type)) return values;
  if (type.class === 'compound' && !Array.isArray(values)) return recordOf(values as Hdf5Columns, type.members);
  const value = (values as Hdf5Value[])[0]!;
  return isBoolean(type) ? Boolean(value) : value;
}

/** The one element of columns as a record. */
function recordOf(columns: Hdf5Columns, members: readonly Hdf5CompoundMember[]): Hdf5Record {
  return Object.fromEntries(members.map(({ name, type }) => [name, scalarOf(columns[name]!, type)]));
}
