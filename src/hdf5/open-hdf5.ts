/**
 * The one way to open an HDF5 file.
 *
 * @module
 */
import { withHandle } from '../handle/with-handle.ts';
import type { AbortOptions } from '../types.ts';
import type { Hdf5File } from './file/file.ts';
import { openForReading, type Hdf5ReadOptions } from './file/open.ts';
import { writesHdf5, type Hdf5WriteMode } from './modes.ts';
import type { Hdf5Input, PathOfClient } from './source/byte-source.ts';
import type { Hdf5WritableFile } from './write/file.ts';
import type { Hdf5WriteOptions } from './write/open.ts';
import type { Hdf5FormatOptions } from './write/start.ts';
import type { Hdf5Target } from './write/target.ts';

/** Options of opening a file for reading. */
export interface Hdf5OpenOptions extends Hdf5ReadOptions {
  /** `r`: to be read where it lies. @default 'r' */
  mode?: 'r' | undefined;
}

/** What opens itself as HDF5, as a `Datafile` does. */
export interface HasHdf5 {
  openHdf5(mode: 'r', options: Omit<Hdf5ReadOptions, 'client'>): Promise<Hdf5File>;
  openHdf5(mode: Hdf5WriteMode, options: Hdf5FormatOptions & AbortOptions): Promise<Hdf5WritableFile>;
}

/**
 * Open an HDF5 file where it lies. One request brings its beginning; after that only what is looked at is fetched, what a slice needs all at
 * once. All that is read is of one version of the file: when it becomes another, reads reject with `ObjectChanged`.
 *
 * With a mode that writes (`w`, `x`, `w-`, `a`, `r+`, as h5py's) a working copy is made and changed, which `close` puts in its place whole, unless
 * somebody else was faster. In Node, Bun and Deno and in workers it is on a disk, in pages in memory.
 *
 * The HDF5 library (h5wasm, 1 MB packed) is loaded with the first file. Pages with a Content-Security-Policy need `wasm-unsafe-eval`.
 *
 * @param source a URL in any store or a path, a Datafile or CloudPath, a Blob or File, bytes, or what has `byteLength` and `read(ranges)`; to be
 *   written a URL, a path, a Datafile or a CloudPath
 * @throws NotHdf5Error; Hdf5Error when the file is damaged; CloudError `NotFound`, `AlreadyExists`, `RangeNotSupported`, `InvalidArgument`,
 *   `NotSupported` where the library cannot be loaded, and what else the source throws
 * @example
 * const file = await openHdf5('gs://bucket/scan.h5');
 * for await (const [path, item] of file.walk()) console.log(path, item.kind);
 * const mean = await (await file.dataset('/mean')).read();
 * await file.close();
 */
export function openHdf5(target: Hdf5Target | PathOfClient | HasHdf5, options: Hdf5WriteOptions): Promise<Hdf5WritableFile>;
export function openHdf5(source: Hdf5Input | HasHdf5, options?: Hdf5OpenOptions): Promise<Hdf5File>;
export async function openHdf5(
  source: Hdf5Input | HasHdf5 | Hdf5Target,
  options: Hdf5OpenOptions | Hdf5WriteOptions = {},
): Promise<Hdf5File | Hdf5WritableFile> {
  const isObject = typeof source === 'object' && source !== null;
  if (writes(options)) {
    const { mode, ...rest } = options;
    if (isObject && 'openHdf5' in source) return source.openHdf5(mode, rest);
    const { openForWriting } = await import('./write/open.ts');
    if (isObject && 'context' in source) return openForWriting({ url: source.toString(), client: { context: source.context } }, options);
    return openForWriting(source as Hdf5Target, options);
  }
  const { mode = 'r', ...rest } = options;
  if (isObject && 'openHdf5' in source) return source.openHdf5(mode, rest);
  return openForReading(source as Hdf5Input, rest);
}

/** Whether a file is to be written. @throws CloudError `InvalidArgument` there is no such mode */
const writes = (options: Hdf5OpenOptions | Hdf5WriteOptions): options is Hdf5WriteOptions => {
  const { mode = 'r' } = options;
  return writesHdf5(mode);
};

/**
 * Open a file for writing for as long as `edit` runs, and close it then; when `edit` throws nothing is written.
 *
 * @param options as of {@link openHdf5}. `mode`: @default 'a'
 * @returns what `edit` returns
 * @throws what {@link openHdf5}, `edit` and `close` throw
 * @example await editHdf5('s3://bucket/run.h5', async (file) => { await file.setAttr('checked', true); })
 */
export async function editHdf5<T>(
  target: Hdf5Target | PathOfClient | HasHdf5,
  edit: (file: Hdf5WritableFile) => Promise<T>,
  options: Omit<Hdf5WriteOptions, 'mode'> & { mode?: Hdf5WriteMode | undefined } = {},
): Promise<T> {
  const { mode = 'a', signal } = options;
  const file = await openHdf5(target, { ...options, mode });
  return withHandle(file, edit, { signal });
}
