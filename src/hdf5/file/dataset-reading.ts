/**
 * Reading values of a dataset: what they need is fetched at once, and plain numbers do not go through the library.
 *
 * @module
 */
import type { AbortOptions } from '../../types.ts';
import { throwIfAborted } from '../../util/abort.ts';
import { Hdf5Error } from '../errors.ts';
import type { DatasetLayout } from '../layout/types.ts';
import { planSelection } from '../layout/plan-selection.ts';
import { missingFilter, needFilters } from '../library/filters.ts';
import { checkSize, withMemory } from '../library/memory.ts';
import type { Work } from '../engine.ts';
import { assembleRuns, contiguousRuns } from '../values/contiguous.ts';
import { decode } from '../values/decode.ts';
import { memoryTypeOf } from '../values/memory-type.ts';
import type { Selection } from '../values/selection.ts';
import type { Hdf5Type, Hdf5Values } from '../values/type.ts';
import { tryPlan, type FileContext } from './context.ts';
import { hasPointers } from './exact-type.ts';

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
  readonly filters: readonly { id: number; name: string }[];
  /** Absent when it could not be made out. */
  readonly layout: DatasetLayout | undefined;
}

/** Longer runs are read past the pages: they would drive all else out. */
const DIRECT_BYTES = 0x40_0000;
/** Less than a page between two runs is not worth two ranges. */
const HOLE_BYTES = 4096;

const countOf = (selection: Selection): number => selection.reduce((product, { count }) => product * count, 1);

/** Where the values begin that lie in the file as they are, one behind the other; undefined for all others. */
function plainAt({ layout, type }: ReadableDataset): number | undefined {
  return layout?.kind === 'contiguous' && !layout.external && !hasPointers(type) ? layout.contiguous?.at : undefined;
}

/** Values that lie in the file as they are. */
async function readPlain(
  context: FileContext,
  work: Work,
  dataset: ReadableDataset,
  selection: Selection,
  at: number,
  { as, signal }: ReadOptions,
): Promise<Hdf5Values> {
  const { engine } = context;
  const { type, shape } = dataset;
  const runs = contiguousRuns(selection, shape, type.sizeBytes, { gapBytes: HOLE_BYTES });
  const ranges = runs.map(({ start, end }) => ({ start: start + at, end: end + at }));
  const sizeBytes = ranges.reduce((sum, { start, end }) => sum + end - start, 0);
  let pieces: Uint8Array[];
  const isDirect = sizeBytes >= DIRECT_BYTES && ranges.length === 1;
  if (isDirect) pieces = await engine.source.read(ranges, { signal });
  else {
    await work.look.ensure(ranges);
    pieces = await Promise.all(ranges.map(({ start, end }) => work.look.read(start, end, { exact: true })));
  }
  throwIfAborted(signal);
  const raw = assembleRuns(pieces, runs, selection, shape, type.sizeBytes);
  return decode(raw, type, countOf(selection), {
    as,
    own: isDirect ? !engine.lendsBytes : pieces.every(({ buffer }) => buffer !== raw.buffer),
  });
}

/**
 * Read the values that a selection names, flat, the last axis fastest.
 *
 * @throws MissingFilterError, Hdf5Error, UnsupportedTypeError; CloudError `QuotaExceeded`, and what the source throws
 */
export async function readSelection(
  context: FileContext,
  dataset: ReadableDataset,
  selection: Selection,
  options: ReadOptions = {},
): Promise<Hdf5Values> {
  const { engine, superblock } = context;
  const { signal, as } = options;
  const { path, type, layout, shape, elementBytes } = dataset;
  const count = countOf(selection);
  checkSize(count * Math.max(elementBytes, type.sizeBytes));
  const memoryType = memoryTypeOf(type);
  if (count === 0) return decode(new Uint8Array(0), memoryType, 0, { as, heap: new Uint8Array(0) });
  const work = engine.begin();
  try {
    const at = context.isPlanned ? plainAt(dataset) : undefined;
    if (at !== undefined) return await readPlain(context, work, dataset, selection, at, options);

    const used = layout?.filters.length
      ? layout.filters.map(({ id, name, flags }) => ({ id, name, isOptional: (flags & 1) === 1 }))
      : dataset.filters;
    const missing = await engine.run((module) => module, { signal, work }).then((module) => needFilters(module, used, context.loadPlugin));
    const plan =
      layout && (await tryPlan(context, work, signal, (look) => planSelection(look, superblock, layout, selection, { byLibrary: true })));
    if (plan) await work.look.ensure(plan.ranges);

    const isAll = selection.every(({ start, step, count: n }, axis) => start === 0 && step === 1 && n === shape[axis]);
    const counts = isAll ? null : selection.map(({ count: n }) => BigInt(n));
    const offsets = isAll ? null : selection.map(({ start }) => BigInt(start));
    const strides = isAll ? null : selection.map(({ step }) => BigInt(step));
    const sizeBytes = count * elementBytes;
    return await engine
      .run(
        (module, file) =>
          withMemory(module, sizeBytes, (pointer) => {
            module.get_dataset_data(file, path, counts, offsets, strides, BigInt(pointer));
            try {
              const raw = module.HEAPU8.subarray(pointer, pointer + sizeBytes);
              return decode(raw, memoryType, count, { heap: module.HEAPU8, as });
            } finally {
              if (hasPointers(type)) {
                if (counts) module.reclaim_vlen_memory_count(file, path, '', BigInt(pointer), counts);
                else module.reclaim_vlen_memory(file, path, '', BigInt(pointer));
              }
            }
          }),
        { signal, work },
      )
      .catch((error: unknown) => {
        if (missing[0] && error instanceof Hdf5Error) throw missingFilter(missing[0], error);
        throw error;
      });
  } finally {
    work.end();
  }
}
