/**
 * The shape of chunks.
 *
 * @module
 */
import { unfit } from './encode/unfit.ts';

/** Chunks of this size are read with one request, and unpacked at once. */
const CHUNK_BYTES = 0x4_0000;
/** What an axis without an end is taken to have where nothing is there yet. */
const GUESSED_EXTENT = 1024;
/** HDF5's own limit. */
const MOST_BYTES = 2 ** 32 - 1;

/**
 * Chunks for a dataset, of up to 256 KiB: the longest axis is halved until they are no larger.
 *
 * @param maxShape `null`: without an end
 */
export function guessChunks(shape: readonly number[], maxShape: readonly (number | null)[], elementBytes: number): number[] {
  const chunks = shape.map((extent, axis) =>
    Math.max(1, maxShape[axis] === null ? Math.max(extent, GUESSED_EXTENT) : Math.max(extent, maxShape[axis]!)),
  );
  const bytes = (): number => chunks.reduce((product, extent) => product * extent, elementBytes);
  while (bytes() > CHUNK_BYTES && chunks.some((extent) => extent > 1)) {
    const longest = chunks.indexOf(Math.max(...chunks));
    chunks[longest] = Math.ceil(chunks[longest]! / 2);
  }
  return chunks;
}

/** The same chunks. @throws CloudError `InvalidArgument` HDF5 has no such ones */
export function checkedChunks(chunks: readonly number[], maxShape: readonly (number | null)[], elementBytes: number): readonly number[] {
  if (!Array.isArray(chunks) || chunks.length !== maxShape.length || chunks.length === 0)
    throw unfit('chunks have as many axes as the dataset, and single values none');
  for (const [axis, extent] of chunks.entries()) {
    const most = maxShape[axis] ?? Infinity;
    if (!(Number.isSafeInteger(extent) && extent > 0 && extent <= most))
      throw unfit(`a chunk has whole numbers above 0 and no more than the dataset may have, not [${chunks.join(', ')}]`);
  }
  if (chunks.reduce((product, extent) => product * extent, elementBytes) > MOST_BYTES) throw unfit('a chunk has less than 4 GiB');
  return chunks;
}
