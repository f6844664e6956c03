/**
 * By which filter chunks are packed.
 *
 * @module
 */
import { unfit } from './encode/unfit.ts';

/** What is told of packing. */
export interface CompressionOptions {
  /**
   * `gzip`, or the registered number of another filter: built in are 1 (gzip), 2 (shuffle alone), 3 (fletcher32), 4 (szip), 5 (nbit); for others a plugin has to be
   * in the file's option `plugins`. Chunks are made where none are asked for.
   *
   * @default not packed
   */
  compression?: 'gzip' | number | undefined;
  /** Of gzip, 0 to 9. @default 4 */
  compressionLevel?: number | undefined;
  /** The filter's own numbers, for others than gzip. @default [] */
  filterValues?: readonly number[] | undefined;
}

/** A filter, and its numbers. */
export interface PackedBy {
  readonly id: number;
  readonly values: readonly number[];
}

const GZIP = 1;
const MOST_ID = 65_535;

/** The filter that is meant. @throws CloudError `InvalidArgument` */
export function filterOf({ compression, compressionLevel, filterValues }: CompressionOptions): PackedBy | undefined {
  if (compression === undefined) {
    if (compressionLevel !== undefined || filterValues !== undefined) throw unfit('what a filter is told needs `compression`');
    return undefined;
  }
  const id = compression === 'gzip' ? GZIP : compression;
  if (!(Number.isInteger(id) && id >= 1 && id <= MOST_ID))
    throw unfit(`compression is 'gzip' or a filter's number, not ${String(compression)}`);
  if (id !== GZIP) {
    if (compressionLevel !== undefined) throw unfit('a level is for gzip; other filters are told `filterValues`');
    const values = filterValues ?? [];
    if (!values.every((value) => Number.isInteger(value) && value >= 0 && value < 2 ** 32))
      throw unfit('filterValues are whole numbers of 4 bytes');
    return { id, values };
  }
  const level = compressionLevel ?? filterValues?.[0] ?? 4;
  if (!(Number.isInteger(level) && level >= 0 && level <= 9)) throw unfit(`a level of gzip is 0 to 9, not ${level}`);
  return { id, values: [level] };
}
