/**
 * Making datasets.
 *
 * @module
 */
import type { AbortOptions } from '../../types.ts';
import { throwIfAborted } from '../../util/abort.ts';
import { currentAttempt } from '../library/attempt.ts';
import { libraryError } from '../library/guards.ts';
import { filterName, needFilters, type LoadPlugin } from '../library/filters.ts';
import type { FileId, H5Module } from '../library/module.ts';
import type { Hdf5Filter } from '../file/dataset.ts';
import { memoryTypeOf } from '../values/memory-type.ts';
import { normaliseSelection } from '../values/selection.ts';
import type { Hdf5Type } from '../values/type.ts';
import { checkedChunks, guessChunks } from './chunks.ts';
import { compile } from './encode/encode.ts';
import { unfit } from './encode/unfit.ts';
import { filterOf, type CompressionOptions, type PackedBy } from './filters.ts';
import { makeGroups, roomFor } from './names.ts';
import { typeOfDtype, type Hdf5Dtype } from './types/dtype-text.ts';
import { inferType } from './types/infer.ts';
import { checkedShape, layOut, shapeOf, type Hdf5Data, type Laid } from './types/lay-out.ts';
import { isMade, lendType } from './types/lend-type.ts';
import type { WriteEngine } from './write-engine.ts';
import { writeValues } from './write-values.ts';

/** What a dataset is made of. */
export interface CreateDatasetOptions extends CompressionOptions, AbortOptions {
  /** Its values: one; a typed array or an array, row by row; records, or columns by name. Without them it is filled with zeros, or empty texts. */
  data?: Hdf5Data | undefined;
  /** Its extent along each axis; `[]` for a single value. @default that of `data` */
  shape?: readonly number[] | undefined;
  /** What the values are. @default what `data` tells: numbers are `<f8` and bigints `<i8` unless they come in another typed array */
  dtype?: Hdf5Dtype | undefined;
  /** How far each axis can grow, `null` for without an end. @default as far as `shape` */
  maxShape?: readonly (number | null)[] | undefined;
  /** The shape of its chunks. @default where it can grow or is packed, of up to 256 KiB; else none */
  chunks?: readonly number[] | undefined;
}

/** What was made. */
export interface MadeDataset {
  readonly type: Hdf5Type;
  /** Bytes of an element in the library's memory. */
  readonly elementBytes: number;
  readonly shape: readonly number[];
  readonly maxShape: readonly (number | null)[];
  readonly chunks: readonly number[] | null;
  readonly filters: readonly Hdf5Filter[];
}

interface Plan extends Omit<MadeDataset, 'filters'> {
  readonly laid: Laid | undefined;
  readonly filter: PackedBy | undefined;
}

/** HDF5's number for an axis without an end. */
const UNLIMITED = 2n ** 64n - 1n;

function checkedMaxShape(maxShape: readonly (number | null)[], shape: readonly number[]): readonly (number | null)[] {
  if (!Array.isArray(maxShape) || maxShape.length !== shape.length) throw unfit('maxShape has as many axes as the dataset');
  for (const [axis, most] of maxShape.entries())
    if (most !== null && !(Number.isSafeInteger(most) && most >= shape[axis]!))
      throw unfit(`maxShape has whole numbers no less than the shape's, or null, not [${maxShape.join(', ')}]`);
  return maxShape;
}

/** What is to be made. @throws CloudError `InvalidArgument`, UnsupportedTypeError */
function plan(options: CreateDatasetOptions): Plan {
  const { data, dtype } = options;
  const told = dtype === undefined ? undefined : typeOfDtype(dtype);
  const laid = data === undefined ? undefined : layOut(data, told);
  if (!laid && (!told || !options.shape)) throw unfit('a dataset needs `data`, or `dtype` and `shape`');
  const type = told ?? inferType(laid!.entries);
  const memory = memoryTypeOf(type);
  // refuses types whose values cannot be written
  compile(memory);
  const shape = laid ? shapeOf(laid, type, options.shape) : [...checkedShape(options.shape!)];
  const maxShape = options.maxShape ? checkedMaxShape(options.maxShape, shape) : shape;
  const filter = filterOf(options);
  const grows = maxShape.some((most, axis) => most !== shape[axis]);
  if (shape.length === 0 && (filter || options.chunks)) throw unfit('a single value has no chunks, and is not packed');
  if (filter && (type.class === 'vlen' || type.class === 'vlen-string'))
    throw unfit(
      'texts and sequences of any length lie apart from the chunks that point to them, and are not packed: give texts a size, as S8',
    );
  let chunks: readonly number[] | null = null;
  if (options.chunks) chunks = checkedChunks(options.chunks, maxShape, type.sizeBytes);
  else if (grows || filter) chunks = checkedChunks(guessChunks(shape, maxShape, type.sizeBytes), maxShape, type.sizeBytes);
  return { type, elementBytes: memory.sizeBytes, shape, maxShape, chunks, laid, filter };
}

/** The first error of several: those behind it are of what was not made. */
const firstOf = (text: string): string => text.split(/(?=HDF5-DIAG)/)[0]!;

const big = (shape: readonly number[]): bigint[] => shape.map(BigInt);

function makeNow(
  module: H5Module,
  file: FileId,
  path: string,
  { type, shape, maxShape, chunks, filter }: Plan,
  about: { missing: readonly string[]; trackOrder: boolean },
): void {
  const { missing, trackOrder } = about;
  // without an element there is nothing for h5wasm to write, which it would do at once
  const begin = chunks ? shape.map((extent, axis) => (axis === 0 ? 0 : extent)) : shape;
  lendType(module, type, (words) => {
    makeGroups(module, file, missing, trackOrder);
    module.create_dataset(file, path, 0n, {
      ...words,
      shape: big(begin),
      maxshape: chunks ? maxShape.map((most) => (most === null ? UNLIMITED : BigInt(most))) : null,
      chunks: chunks && big(chunks),
      track_order: trackOrder,
      ...(filter && { compression: filter.id, compression_opts: [...filter.values] }),
    });
  });
  // what went wrong was printed, and what did not as well: that of nothing nothing was written
  const isDataset = module.get_type(file, path) === module.H5G_DATASET;
  const made = isDataset ? module.get_dataset_metadata(file, path) : undefined;
  if (!made || !isMade(made, type) || made.shape?.length !== shape.length)
    throw libraryError(`make ${path}`, firstOf(currentAttempt()!.text));
  if (chunks && shape[0]! > 0) module.resize_dataset(file, path, big(shape));
}

/**
 * Make a dataset, and write its values.
 *
 * @throws CloudError `InvalidArgument`, `AlreadyExists`; UnsupportedTypeError, MissingFilterError: nothing was made
 */
export async function createDataset(
  engine: WriteEngine,
  path: string,
  options: CreateDatasetOptions,
  about: { loadPlugin: LoadPlugin | undefined; trackOrder: boolean },
): Promise<MadeDataset> {
  const { signal } = options;
  throwIfAborted(signal);
  const planned = plan(options);
  const { type, shape, chunks, laid, filter } = planned;
  if (filter) await needFilters(engine.module, [filter], about.loadPlugin);
  throwIfAborted(signal);
  const missing = roomFor(engine, path);
  const make = (module: H5Module, file: FileId): void => makeNow(module, file, path, planned, { ...about, missing });
  // h5wasm writes at once, and is told so where there is nothing
  const noValues = /#000:[^\n]*H5Dwrite\(\)[^]*no input buffer/;
  if (!laid) engine.change(make, noValues);
  else {
    const prepare = (): void => engine.change(make, noValues);
    await writeValues(engine, { path, type, chunks }, normaliseSelection(shape), laid.entries, { signal, prepare });
  }
  const filters = filter ? engine.ask((module, file) => module.get_dataset_filters(file, path)) : [];
  return { ...planned, filters: filters.map(({ id, name, cd_values: values }) => ({ id, name: filterName(id, name), values })) };
}
