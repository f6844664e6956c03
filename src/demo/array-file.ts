/**
 * What the views of HDF5 and Zarr have in common: groups, and arrays that are read by slices.
 *
 * @module
 */
import type { Hdf5Attributes, Hdf5Dataset, Hdf5Datatype, Hdf5Link, Hdf5Unreadable } from '../hdf5.ts';
import type { AbortOptions } from '../index.ts';

/** A group. */
export interface ArrayGroup {
  readonly kind: 'group';
  readonly path: string;
  attrs(options?: AbortOptions): Promise<Hdf5Attributes>;
}

/** An array. */
export type ArrayDataset = Pick<
  Hdf5Dataset,
  'kind' | 'path' | 'shape' | 'chunks' | 'dtype' | 'type' | 'filters' | 'size' | 'attrs' | 'read' | 'slice'
>;

/** What can stand at a path. */
export type ArrayItem = ArrayGroup | ArrayDataset | Pick<Hdf5Datatype, 'kind' | 'path' | 'dtype' | 'attrs'> | Hdf5Link;

/** A file, or folder, of arrays. */
export interface ArrayFile {
  group(path: string, options?: AbortOptions): Promise<ArrayGroup>;
  /** Names in a group. */
  keys(path: string, options?: AbortOptions): Promise<string[]>;
  /** What is at a path; `null` when there is nothing. */
  get(path: string, options?: AbortOptions): Promise<ArrayItem | Hdf5Unreadable | null>;
}
