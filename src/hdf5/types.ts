/**
 * What the rooms of HDF5 share. Types only, no code.
 *
 * @module
 */
import type { AbortOptions } from '../types.ts';

/** Bytes [start, end) of a file. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** What a file is read by: its size, and ranges of it. */
export interface Hdf5Source {
  readonly byteLength: number;
  /** Reads ranges, each into a buffer of its own, in the order asked. All are of one version of the file. */
  read(ranges: readonly ByteRange[], options?: AbortOptions): Promise<Uint8Array[]>;
  /** Its file name, by which it may link to itself. */
  readonly name?: string | undefined;
  /** What was asked so far, where the source counts. */
  stats?(): { requests: number; bytesFetched: number; rounds: number };
  /** Another file in the same folder, for external links and data; null when there is none. `name` is relative and has no `..`. */
  sibling?(name: string, options?: AbortOptions): Promise<Hdf5Source | null>;
  close?(): Promise<void>;
}

/** What the planner reads by: bytes of the file, fetched where they are not here. */
export interface Look {
  readonly byteLength: number;
  /**
   * Bytes [start, end), clipped to the file's end; not to be changed. Missing ones are fetched, and some behind them, where they come one after
   * the other, unless `exact`.
   */
  read(start: number, end: number, options?: { exact?: boolean | undefined }): Promise<Uint8Array>;
  /** Resolves when all of these are here: what is missing is fetched together with what others ask for in the same turn. */
  ensure(ranges: readonly ByteRange[]): Promise<void>;
}
