/**
 * A dataset in blocks that fit into memory.
 *
 * @module
 */
import { CloudError } from '../../errors.ts';

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
