/**
 * What methods of a datafile are told.
 *
 * @module
 */
import type { FileHandle } from '../../handle/file-handle.ts';
import type { DataOf } from '../../handle/modes.ts';
import type { AbortOptions } from '../../types.ts';

/** Which parts of the metadata `Datafile.metadata` gives. */
export interface MetadataOptions {
  /** @default true */
  includeId?: boolean | undefined;
  /** @default true */
  includeSdkVersion?: boolean | undefined;
  /** Put `octue__` in front of the names, as they are called in the cloud. @default true */
  useOctueNamespace?: boolean | undefined;
}

/** Whether `open` gives an HDF5 file, as Octue's SDK does; in modes with `b` it gives the bytes of one. */
export const opensAsHdf5 = (name: string, mode: string): boolean => /\.(hdf5|h5)$/.test(name) && !mode.includes('b');

/** What is done with an open file. */
export type Block<M extends string, T> = (file: FileHandle<DataOf<M>>) => Promise<T> | T;

/** Options of `Datafile.generateSignedUrl`. */
export interface DatafileUrlOptions extends AbortOptions {
  /** @default 7 days */
  expiresInMs?: number | undefined;
}

/** How long signed URLs hold when nothing else is said, and the most that services allow. */
export const signedUrlMs: number = 7 * 86_400_000;
