/**
 * The one way to open an HDF5 file.
 *
 * @module
 */
import { CloudError } from '../errors.ts';
import type { Hdf5File } from './file/file.ts';
import { openForReading, type Hdf5ReadOptions } from './file/open.ts';
import type { Hdf5Input } from './source/byte-source.ts';

/** Options of {@link openHdf5}. */
export interface Hdf5OpenOptions extends Hdf5ReadOptions {
  /** `r`: to be read where it lies. @default 'r' */
  mode?: 'r' | undefined;
}

/** What opens itself as HDF5, as a `Datafile` does. */
export interface HasHdf5 {
  openHdf5(mode: 'r', options: Omit<Hdf5ReadOptions, 'client'>): Promise<Hdf5File>;
}

/**
 * Open an HDF5 file where it lies. One request brings its beginning; after that only what is looked at is fetched, what a slice needs all at
 * once. All that is read is of one version of the file: when it becomes another, reads reject with `ObjectChanged`.
 *
 * The HDF5 library (h5wasm, 1 MB packed) is loaded with the first file. Pages with a Content-Security-Policy need `wasm-unsafe-eval`.
 *
 * @param source a URL in any store or a path, a Datafile or CloudPath, a Blob or File, bytes, or what has `byteLength` and `read(ranges)`
 * @throws NotHdf5Error; Hdf5Error when the file is damaged; CloudError `NotFound`, `RangeNotSupported`, `InvalidArgument`, `NotSupported` where
 *   the library cannot be loaded, and what else the source throws
 * @example
 * const file = await openHdf5('gs://bucket/scan.h5');
 * for await (const [path, item] of file.walk()) console.log(path, item.kind);
 * const mean = await (await file.dataset('/mean')).read();
 * await file.close();
 */
export async function openHdf5(source: Hdf5Input | HasHdf5, options: Hdf5OpenOptions = {}): Promise<Hdf5File> {
  const { mode = 'r', ...rest } = options;
  if (typeof source === 'object' && 'openHdf5' in source) return source.openHdf5(mode, rest);
  if (mode !== 'r') throw new CloudError(`there is no mode '${String(mode)}'`, { code: 'InvalidArgument', operation: 'openHdf5' });
  return openForReading(source, rest);
}
