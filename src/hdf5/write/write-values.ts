/**
 * Values into datasets and attributes.
 *
 * @module
 */
import type { AbortOptions } from '../../types.ts';
import { throwIfAborted } from '../../util/abort.ts';
import type { FileId, H5Module } from '../library/module.ts';
import { withMemory } from '../library/memory.ts';
import { overdue } from '../source/turn.ts';
import { memoryTypeOf } from '../values/memory-type.ts';
import type { Selection } from '../values/selection.ts';
import type { Hdf5Type } from '../values/type.ts';
import { entriesOf, piecesOf } from './blocks.ts';
import { widthOf } from './encode/count.ts';
import { encode } from './encode/encode.ts';
import type { Out } from './encode/out.ts';
import type { Entries } from './encode/writer.ts';
import type { WriteEngine } from './write-engine.ts';

/** Lends memory that holds elements and what they point to. */
export function withValues<T>(module: H5Module, out: Out, act: (pointer: bigint) => T): T {
  return withMemory(module, out.sizeBytes, (pointer) => {
    out.settle(pointer);
    module.HEAPU8.set(out.bytes.subarray(0, out.sizeBytes), pointer);
    return act(BigInt(pointer));
  });
}

/** A dataset, as writing needs it. */
export interface WritableFacts {
  readonly path: string;
  readonly type: Hdf5Type;
  readonly chunks: readonly number[] | null;
}

function writeNow(module: H5Module, file: FileId, path: string, selection: Selection, out: Out): void {
  const isScalar = selection.length === 0;
  const of = (pick: (axis: Selection[number]) => number): bigint[] | null =>
    isScalar ? null : selection.map((axis) => BigInt(pick(axis)));
  withValues(module, out, (pointer) =>
    module.set_dataset_data(
      file,
      path,
      of(({ count }) => count),
      of(({ start }) => start),
      of(({ step }) => step),
      pointer,
    ),
  );
}

const isAsItIs = (entries: Entries): boolean => ArrayBuffer.isView(entries);

/**
 * Write values into a part of a dataset, piece by piece. All of them are looked at before the first is written.
 *
 * @param prepare what is to be done to the dataset when the values were found to fit
 * @throws CloudError `InvalidArgument` values that do not fit: nothing was written. What the library or the disk says, and `signal.reason` after the
 *   first piece, spoil the file.
 */
export async function writeValues(
  engine: WriteEngine,
  { path, type, chunks }: WritableFacts,
  selection: Selection,
  entries: Entries,
  { signal, prepare }: AbortOptions & { prepare?: ((module: H5Module, file: FileId) => void) | undefined } = {},
): Promise<void> {
  const memory = memoryTypeOf(type);
  const shape = selection.map(({ count }) => count);
  const width = widthOf(type);
  const pieces = shape.includes(0) ? [] : [...piecesOf(selection, chunks, memory.sizeBytes)];
  const encoded = (piece: (typeof pieces)[number]): Out => {
    const its = entriesOf(entries, width, shape, piece);
    return encode(
      its.entries,
      memory,
      its.first,
      piece.selection.reduce((product, { count }) => product * count, 1),
    );
  };
  throwIfAborted(signal);
  let first = pieces[0] && encoded(pieces[0]);
  // numbers of typed arrays can be bad too, where the dataset has smaller ones
  const isChecked = pieces.length < 2 || (isAsItIs(entries) && type.class === 'float');
  if (!isChecked) for (const piece of pieces.slice(1)) encoded(piece);
  throwIfAborted(signal);
  if (prepare) engine.change(prepare);
  try {
    for (const piece of pieces) {
      const out = first ?? encoded(piece);
      first = undefined;
      engine.change((module, file) => writeNow(module, file, path, piece.selection, out));
      for (let rest = overdue(); rest; rest = overdue()) await rest;
      throwIfAborted(signal);
    }
  } catch (error) {
    engine.fail(error);
    throw error;
  }
}
