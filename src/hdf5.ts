/**
 * HDF5 files, opened where they lie: in S3, GCS, on the web, on a disk, in a Blob or in memory. Only what is looked at is read.
 *
 * @example
 * await using file = await openHdf5('s3://bucket/scan.h5', { region: 'eu-central-1' });
 * console.log(await file.keys());
 * const image = await file.dataset('/entry/data/image');
 * const corner = await image.slice([[0, 64], [0, 64]]); // a typed array, row by row
 *
 * @module
 */
export { Hdf5Error, MissingFilterError, NotHdf5Error, UnsupportedTypeError } from './hdf5/errors.ts';
export type { Hdf5Attributes } from './hdf5/file/attributes.ts';
export type { BlockOptions } from './hdf5/file/blocks.ts';
export type { ReadOptions } from './hdf5/file/dataset-reading.ts';
export type { Hdf5Block, Hdf5Dataset, Hdf5Filter } from './hdf5/file/dataset.ts';
export type { Hdf5Region } from './hdf5/file/dereference.ts';
export type { Hdf5File, Hdf5Stats } from './hdf5/file/file.ts';
export type { Hdf5Datatype, Hdf5Group, Hdf5Link } from './hdf5/file/group.ts';
export type { Hdf5Item } from './hdf5/file/items.ts';
export type { Hdf5Plugins, Hdf5ReadOptions } from './hdf5/file/open.ts';
export type { WalkOptions } from './hdf5/file/walk.ts';
export type { ChunkPlace } from './hdf5/layout/types.ts';
export type { LoadPlugin } from './hdf5/library/filters.ts';
export { openHdf5, type Hdf5OpenOptions } from './hdf5/open-hdf5.ts';
export type { Hdf5Input, PathOfClient } from './hdf5/source/byte-source.ts';
export type { ByteRange, Hdf5Source } from './hdf5/types.ts';
export { Hdf5Reference } from './hdf5/values/reference.ts';
export type { Hdf5Range } from './hdf5/values/selection.ts';
export type * from './hdf5/values/type.ts';
