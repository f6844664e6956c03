/**
 * What must be here to read a part of a dataset.
 *
 * @module
 */
import { CloudError } from '../../errors.ts';
import { Hdf5Error } from '../errors.ts';
import type { ByteRange, Look } from '../types.ts';
import type { Selection } from '../values/selection.ts';
import { locateChunks } from './chunks/locate.ts';
import { wantedChunks } from './chunks/wanted.ts';
import { coveredParts, merged } from './contiguous.ts';
import { MAX_PLANNED, PlanTooLarge } from './plan-too-large.ts';
import type { ChunkPlace, DatasetLayout, SelectionPlan, Superblock } from './types.ts';
import { Walk } from './walk.ts';

/** Less than a page between two parts is not worth two ranges. */
const HOLE_BYTES = 4096;
/** Of chunks that are larger than its cache and not filtered, the library reads parts. */
const CACHE_BYTES = 8 << 20;
/** What is contiguous the library reads by a buffer of this size, from wherever it first misses something on. */
const BUFFER_BYTES = 65_536;

/** How a selection will be read. */
export interface PlanOptions {
  /** By the library, which reads more of contiguous values than the selection covers. @default false */
  byLibrary?: boolean | undefined;
}

/** Whether nothing is selected. */
function isNothing({ shape, space }: DatasetLayout, selection: Selection): boolean {
  const fits = selection.length === shape.length && selection.every((axis, i) => axis.start + (axis.count - 1) * axis.step < shape[i]!);
  if (!fits) throw new CloudError('The selection is not one of this dataset', { code: 'InvalidArgument' });
  return space === 'null' || selection.some(({ count }) => count === 0);
}

/** The part of a chunk that a selection covers. */
function withinChunk(selection: Selection, chunkShape: readonly number[], index: readonly number[]): Selection {
  return selection.map(({ start, step, count }, i) => {
    const length = chunkShape[i]!;
    const from = index[i]! * length;
    const first = Math.max(0, Math.ceil((from - start) / step));
    const last = Math.min(count - 1, Math.floor((from + length - 1 - start) / step));
    const begin = start + first * step - from;
    const inside = last - first + 1;
    return { start: begin, stop: begin + (inside - 1) * step + 1, step, count: inside };
  });
}

/** Parts, and what the library's buffer holds behind them. */
const buffered = (parts: readonly ByteRange[], end: number): ByteRange[] =>
  parts.map((part) => ({ start: part.start, end: Math.max(part.end, Math.min(end, part.end + BUFFER_BYTES)) }));

/** Parts of chunks that the library does not read whole. */
function partsOfChunks(layout: DatasetLayout, selection: Selection, places: readonly ChunkPlace[]): ByteRange[] {
  const { chunkShape = [], elementBytes } = layout;
  const parts: ByteRange[] = [];
  for (const { index, at, sizeBytes } of places) {
    const covered = coveredParts(withinChunk(selection, chunkShape, index), chunkShape, elementBytes, at, BUFFER_BYTES);
    for (const part of buffered(covered, at + sizeBytes)) parts.push(part);
    if (parts.length > MAX_PLANNED) throw new PlanTooLarge('rows');
  }
  return parts;
}

function planContiguous(walk: Walk, layout: DatasetLayout, selection: Selection, { byLibrary = false }: PlanOptions): SelectionPlan {
  const { at, sizeBytes = 0 } = layout.contiguous ?? {};
  if (at === undefined) return { ranges: [] };
  const parts = coveredParts(selection, layout.shape, layout.elementBytes, at, byLibrary ? BUFFER_BYTES : HOLE_BYTES);
  for (const { start, end } of parts) walk.check(start, end, 'values');
  return { ranges: merged(byLibrary ? buffered(parts, Math.min(at + sizeBytes, walk.look.byteLength)) : parts) };
}

/**
 * Finds where the chunks that a selection touches are stored.
 *
 * @param selection within the shape
 * @returns those that were written, in the order of their places in the grid
 * @throws PlanTooLarge; Hdf5Error (`NotSupported` when the dataset has no chunks); CloudError `InvalidArgument` for a selection that is not
 *   within the shape
 */
export async function chunkMap(look: Look, superblock: Superblock, layout: DatasetLayout, selection: Selection): Promise<ChunkPlace[]> {
  if (layout.kind !== 'chunked' || !layout.chunkShape)
    throw new Hdf5Error(`A dataset that is ${layout.kind} has no chunks`, { code: 'NotSupported' });
  if (isNothing(layout, selection)) return [];
  return locateChunks(new Walk(look, superblock), layout, wantedChunks(selection, layout.chunkShape));
}

/**
 * Finds the bytes of a file that a selection is read from: its chunks, whole, or the parts of contiguous values that it covers. Where
 * nothing was written nothing is named, nor for values in the header or in other files.
 *
 * @param selection within the shape
 * @throws PlanTooLarge when it touches more than 200,000 chunks or rows; Hdf5Error (`NotSupported` for virtual datasets); CloudError
 *   `InvalidArgument` for a selection that is not within the shape
 */
export async function planSelection(
  look: Look,
  superblock: Superblock,
  layout: DatasetLayout,
  selection: Selection,
  options: PlanOptions = {},
): Promise<SelectionPlan> {
  if (layout.kind === 'virtual') throw new Hdf5Error('Virtual datasets are read without a plan', { code: 'NotSupported' });
  if (isNothing(layout, selection) || layout.kind === 'compact' || layout.external) return { ranges: [] };
  if (layout.kind === 'contiguous') return planContiguous(new Walk(look, superblock), layout, selection, options);
  const places = await chunkMap(look, superblock, layout, selection);
  const inParts = !layout.filtered && places.some(({ sizeBytes }) => sizeBytes > CACHE_BYTES);
  const ranges = inParts
    ? partsOfChunks(layout, selection, places)
    : places.map(({ at, sizeBytes }) => ({ start: at, end: at + sizeBytes }));
  return { ranges: merged(ranges), chunks: places.length };
}
