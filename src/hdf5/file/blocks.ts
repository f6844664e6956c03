/**
 * A dataset in blocks that fit into memory.
 *
 * @module
 */
import { CloudError } from '../../errors.ts';
import { linkSignals, throwIfAborted } from '../../util/abort.ts';
import type { Hdf5Type, Hdf5Values } from '../values/type.ts';
import type { ReadOptions } from './dataset-reading.ts';

/** A part of a dataset, with where it is from. */
export interface Hdf5Block {
  /** For each axis the first index and the one behind the last. */
  readonly ranges: readonly (readonly [start: number, stop: number])[];
  readonly shape: readonly number[];
  readonly values: Hdf5Values;
}

/** How large blocks are. */
export interface BlockOptions {
  /** Bytes of values in a block at most; one chunk or one value is taken whole even if it is larger. @default 8 MiB */
  maxBytes?: number | undefined;
}

/** What one axis is cut into: pieces of so many indexes. */
function piecesOf(shape: readonly number[], chunks: readonly number[] | null, elementBytes: number, maxBytes: number): number[] {
  const pieces = shape.map((extent, axis) => Math.min(extent, chunks?.[axis] ?? 1));
  let bytes = pieces.reduce((product, extent) => product * extent, elementBytes);
  // the last axis first: what lies together is read together
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const piece = pieces[axis]!;
    const times = Math.max(1, Math.min(Math.ceil(shape[axis]! / piece), Math.floor(maxBytes / bytes)));
    pieces[axis] = Math.min(shape[axis]!, piece * times);
    bytes = (bytes / piece) * pieces[axis]!;
    if (pieces[axis]! < shape[axis]!) break;
  }
  return pieces;
}

/**
 * The ranges of all blocks, in the order of the values.
 *
 * @throws CloudError `InvalidArgument`
 */
export function* blocksOf(
  shape: readonly number[],
  chunks: readonly number[] | null,
  elementBytes: number,
  { maxBytes = 8 * 0x100000 }: BlockOptions,
): Generator<[start: number, stop: number][], void, undefined> {
  if (!(maxBytes > 0)) throw new CloudError('maxBytes is a number above 0', { code: 'InvalidArgument', operation: 'read' });
  if (shape.some((extent) => extent === 0)) return;
  const pieces = piecesOf(shape, chunks, elementBytes, maxBytes);
  const at = shape.map(() => 0);
  for (;;) {
    yield at.map((start, axis) => [start, Math.min(shape[axis]!, start + pieces[axis]!)]);
    let axis = shape.length - 1;
    for (; axis >= 0; axis--) {
      at[axis]! += pieces[axis]!;
      if (at[axis]! < shape[axis]!) break;
      at[axis] = 0;
    }
    if (axis < 0) return;
  }
}

/** A dataset, as cutting it needs it. */
export interface Cut {
  readonly shape: readonly number[] | null;
  readonly chunks: readonly number[] | null;
  readonly type: Hdf5Type;
  slice(ranges: Hdf5Block['ranges'], options: ReadOptions): Promise<Hdf5Values>;
}

/** Reads a dataset's blocks, each while the one before it is worked on; who stops early ends what was begun. */
export async function* readBlocks(dataset: Cut, options: BlockOptions & ReadOptions): AsyncGenerator<Hdf5Block, void, undefined> {
  const { shape, chunks, type } = dataset;
  if (!shape) return;
  const { signal: given, as } = options;
  throwIfAborted(given);
  const { signal, abort, unlink } = linkSignals(given);
  const read = async (ranges: Hdf5Block['ranges']): Promise<Hdf5Block> => ({
    ranges,
    shape: ranges.map(([start, stop]) => stop - start),
    values: await dataset.slice(ranges, { signal, as }),
  });
  let next: Promise<Hdf5Block> | undefined;
  try {
    for (const ranges of blocksOf(shape, chunks, Math.max(1, type.sizeBytes), options)) {
      const coming = read(ranges);
      // told when its turn comes
      coming.catch(() => {});
      if (next) yield await next;
      next = coming;
    }
    if (next) yield await next;
  } finally {
    // nobody waits for what was begun
    abort(new CloudError('no more blocks are read', { code: 'InvalidArgument', operation: 'read' }));
    unlink();
  }
}
