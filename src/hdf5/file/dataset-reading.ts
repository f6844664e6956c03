/**
 * Reading values of a dataset: what they need is fetched at once, and plain numbers do not go through the library.
 *
 * @module
 */
import type { AbortOptions } from '../../types.ts';
import { abortable, throwIfAborted } from '../../util/abort.ts';
import { Hdf5Error } from '../errors.ts';
import type { DatasetLayout } from '../layout/types.ts';
import { planSelection } from '../layout/plan-selection.ts';
import { missingFilter, needFilters, type UsedFilter } from '../library/filters.ts';
import { checkSize, withValues } from '../library/memory.ts';
import type { FileId, H5Module } from '../library/module.ts';
import type { Work } from '../engine.ts';
import { assembleRuns, contiguousRuns } from '../values/contiguous.ts';
import { decode } from '../values/decode.ts';
import { memoryTypeOf } from '../values/memory-type.ts';
import type { Selection } from '../values/selection.ts';
import type { Hdf5Type, Hdf5Values } from '../values/type.ts';
import type { ByteRange, Look } from '../types.ts';
import { ofAnotherFile } from './foreign-references.ts';
import { halves, joined } from './parts.ts';
import { heapsOf } from './plan-heaps.ts';
import { tryPlan, type FileContext } from './context.ts';
import { hasPointers } from './exact-type.ts';
import { filtersOfSources } from './virtual-sources.ts';

/** What is read of a dataset. */
export interface ReadOptions extends AbortOptions {
  /** Compounds as one record for each element, or one column for each member. @default 'records' */
  as?: 'records' | 'columns' | undefined;
}

/** A dataset, as reading needs it. */
export interface ReadableDataset {
  readonly path: string;
  readonly shape: readonly number[];
  readonly type: Hdf5Type;
  /** Bytes of an element in the library's memory. */
  readonly elementBytes: number;
  /** The shape of chunks; null where there are none. */
  readonly chunks: readonly number[] | null;
  readonly filters: readonly { id: number; name: string }[];
  /** Whether it is in another file, to which a link leads. @default false */
  readonly isForeign?: boolean | undefined;
  /** Absent when it could not be made out. */
  readonly layout: DatasetLayout | undefined;
}

/** Longer runs are read past the pages: they would drive all else out. */
const DIRECT_BYTES = 0x40_0000;
/** Less than a page between two runs is not worth two ranges. */
const HOLE_BYTES = 4096;
/** What is fetched at a time for one read; what needs more is read in parts. */
const PART_BYTES = 0x400_0000;
/** Elements that point somewhere are read so many at a time: the library begins anew, and loses memory, with each miss. */
const POINTERS = 1024;

const countOf = (selection: Selection): number => selection.reduce((product, { count }) => product * count, 1);
const bytesOf = (ranges: readonly ByteRange[]): number => ranges.reduce((sum, { start, end }) => sum + end - start, 0);

/** Where the values begin that lie in the file as they are, one behind the other; undefined for all others. */
function plainAt({ layout, type }: ReadableDataset): number | undefined {
  return layout?.kind === 'contiguous' && !layout.external && !hasPointers(type) ? layout.contiguous?.at : undefined;
}

/** Values that lie in the file as they are; undefined when that is too much at a time. */
async function readPlain(
  { engine }: FileContext,
  work: Work,
  dataset: ReadableDataset,
  selection: Selection,
  at: number,
  { as, signal }: ReadOptions,
): Promise<Hdf5Values | undefined> {
  const { type, shape } = dataset;
  const runs = contiguousRuns(selection, shape, type.sizeBytes, { gapBytes: HOLE_BYTES });
  const ranges = runs.map(({ start, end }) => ({ start: start + at, end: end + at }));
  const sizeBytes = bytesOf(ranges);
  if (sizeBytes > PART_BYTES && sizeBytes > 2 * countOf(selection) * type.sizeBytes) return undefined;
  let pieces: Uint8Array[];
  const isDirect = sizeBytes >= DIRECT_BYTES && ranges.length === 1;
  if (isDirect) pieces = await engine.readDirect(ranges, { signal });
  else {
    if (sizeBytes > PART_BYTES) return undefined;
    await abortable(work.look.ensure(ranges), signal);
    pieces = await Promise.all(ranges.map(({ start, end }) => work.look.read(start, end, { exact: true })));
  }
  throwIfAborted(signal);
  const raw = assembleRuns(pieces, runs, selection, shape, type.sizeBytes);
  return decode(raw, type, countOf(selection), {
    as,
    own: isDirect ? !engine.lendsBytes : pieces.every(({ buffer }) => buffer !== raw.buffer),
  });
}

/** Fetches at once what elements point to, where the elements lie in the file as they are. */
async function planPointers({ superblock }: FileContext, look: Look, dataset: ReadableDataset, selection: Selection): Promise<void> {
  const { type, layout, shape } = dataset;
  const { offsetBytes } = superblock;
  const at = layout?.kind === 'contiguous' && !layout.external ? layout.contiguous?.at : undefined;
  const isPointer = type.class === 'vlen' || type.class === 'vlen-string';
  if (at === undefined || !isPointer || type.sizeBytes !== 8 + offsetBytes || offsetBytes < 4) return;
  const runs = contiguousRuns(selection, shape, type.sizeBytes, { gapBytes: HOLE_BYTES });
  if (bytesOf(runs) > PART_BYTES) return;
  const pieces = await Promise.all(runs.map(({ start, end }) => look.read(start + at, end + at, { exact: true })));
  await look.ensure(heapsOf(assembleRuns(pieces, runs, selection, shape, type.sizeBytes), superblock, look, PART_BYTES));
}

/** Values that the library reads. */
function readNow(
  module: H5Module,
  file: FileId,
  { path, type, elementBytes }: ReadableDataset,
  selection: Selection,
  as: ReadOptions['as'],
): Hdf5Values {
  // also of a selection of everything: nulls are all that the dataset has now, which in a file that is written may be more than the memory holds
  const of = (pick: (axis: Selection[number]) => number): bigint[] | null =>
    selection.length === 0 ? null : selection.map((axis) => BigInt(pick(axis)));
  const counts = of(({ count: n }) => n);
  const offsets = of(({ start }) => start);
  const strides = of(({ step }) => step);
  const count = countOf(selection);
  const sizeBytes = count * elementBytes;
  return withValues(module, sizeBytes, hasPointers(type), (pointer, address) => ({
    read: () => void module.get_dataset_data(file, path, counts, offsets, strides, address),
    take: () => decode(module.HEAPU8.subarray(pointer, pointer + sizeBytes), memoryTypeOf(type), count, { heap: module.HEAPU8, as }),
    reclaim() {
      if (counts) module.reclaim_vlen_memory_count(file, path, '', address, counts);
      else module.reclaim_vlen_memory(file, path, '', address);
    },
  }));
}

/** One part of a selection, cut further where it is too much. */
async function readPart(
  context: FileContext,
  dataset: ReadableDataset,
  selection: Selection,
  missing: readonly UsedFilter[],
  options: ReadOptions,
): Promise<Hdf5Values> {
  const { engine, superblock } = context;
  const { signal, as } = options;
  const { layout, type, chunks } = dataset;
  const inHalves = async (grid: readonly number[] | null): Promise<Hdf5Values | undefined> => {
    const parts = halves(selection, grid);
    if (!parts) return undefined;
    const values: Hdf5Values[] = [];
    for (const part of parts) values.push(await readPart(context, dataset, part, missing, options));
    return joined(values);
  };
  const work = engine.begin();
  try {
    if (hasPointers(type) && countOf(selection) > POINTERS) {
      // all that they need is fetched together, and stays until they are read
      await tryPlan(context, work, signal, async (look) => {
        if (!layout) return;
        const { ranges } = await planSelection(look, superblock, layout, selection, { byLibrary: true });
        if (bytesOf(ranges) <= PART_BYTES) await look.ensure(ranges);
        await planPointers(context, look, dataset, selection);
      });
      const values = await inHalves(null);
      if (values !== undefined) return values;
    }
    const at = context.isPlanned ? plainAt(dataset) : undefined;
    if (at !== undefined) {
      const values = (await readPlain(context, work, dataset, selection, at, options)) ?? (await inHalves(null));
      if (values !== undefined) return values;
    }
    const plan =
      layout && (await tryPlan(context, work, signal, (look) => planSelection(look, superblock, layout, selection, { byLibrary: true })));
    if (plan) {
      const values = bytesOf(plan.ranges) > PART_BYTES ? await inHalves(chunks) : undefined;
      if (values !== undefined) return values;
      await abortable(work.look.ensure(plan.ranges), signal);
      if (hasPointers(type)) await tryPlan(context, work, signal, (look) => planPointers(context, look, dataset, selection));
    }
    return await engine.run((module, file) => readNow(module, file, dataset, selection, as), { signal, work });
  } catch (error) {
    if (missing[0] && error instanceof Hdf5Error) throw missingFilter(missing[0], error);
    throw error;
  } finally {
    work.end();
  }
}

/**
 * Read the values that a selection names, flat, the last axis fastest. What needs many bytes is read in parts, one after the other.
 *
 * @throws MissingFilterError, Hdf5Error, UnsupportedTypeError; CloudError `QuotaExceeded`, and what the source throws
 */
export async function readSelection(
  context: FileContext,
  dataset: ReadableDataset,
  selection: Selection,
  options: ReadOptions = {},
): Promise<Hdf5Values> {
  const { type, layout, elementBytes } = dataset;
  const { signal, as } = options;
  const count = countOf(selection);
  checkSize(count * Math.max(elementBytes, type.sizeBytes));
  if (count === 0) return decode(new Uint8Array(0), memoryTypeOf(type), 0, { as, heap: new Uint8Array(0) });
  const used = layout?.filters.length
    ? layout.filters.map(({ id, name, flags }) => ({ id, name, isOptional: (flags & 1) === 1 }))
    : dataset.filters;
  const module = await context.engine.run((library) => library, { signal });
  const missing = await abortable(needFilters(module, used, context.loadPlugin), signal);
  const read = (without: readonly UsedFilter[]): Promise<Hdf5Values> => readPart(context, dataset, selection, without, options);
  const values = await read(missing).catch(async (error: unknown) => {
    if (!(error instanceof Hdf5Error) || !(layout?.kind === 'virtual' || dataset.isForeign)) throw error;
    // only now: a slice may need few of very many sources
    const its = await filtersOfSources(context, dataset.path, { signal });
    const without = await abortable(needFilters(module, its, context.loadPlugin), signal);
    if (its.length === without.length && !without.length) throw error;
    return read(without);
  });
  return dataset.isForeign ? ofAnotherFile(values) : values;
}
