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
export type { Hdf5Unreadable } from './hdf5/file/unreadable.ts';
export type { Hdf5Item } from './hdf5/file/items.ts';
export type { Hdf5Plugins, Hdf5ReadOptions } from './hdf5/file/open.ts';
export type { Hdf5WalkItem, WalkOptions } from './hdf5/file/walk.ts';
export type { ChunkPlace } from './hdf5/layout/types.ts';
export type { LoadPlugin } from './hdf5/library/filters.ts';
export { editHdf5, openHdf5, type HasHdf5, type Hdf5OpenOptions } from './hdf5/open-hdf5.ts';
export type { Hdf5Input, PathOfClient } from './hdf5/source/byte-source.ts';
export type { ByteRange, Hdf5Source } from './hdf5/types.ts';
export { Hdf5Reference } from './hdf5/values/reference.ts';
export type { Hdf5Range } from './hdf5/values/selection.ts';
export type * from './hdf5/values/type.ts';
export type { CreateDatasetOptions } from './hdf5/write/create-dataset.ts';
export type { Hdf5WritableDataset } from './hdf5/write/dataset.ts';
export type { Hdf5WritableFile } from './hdf5/write/file.ts';
export type { Hdf5WritableGroup, Hdf5WritableItem } from './hdf5/write/group.ts';
export type { Hdf5WriteOptions } from './hdf5/write/open.ts';
export type { Hdf5WriteMode } from './hdf5/modes.ts';
export type { Hdf5Published } from './hdf5/write/publish.ts';
export type { SetAttributeOptions } from './hdf5/write/set-attribute.ts';
export type { Hdf5FormatOptions } from './hdf5/write/start.ts';
export type { Hdf5Target } from './hdf5/write/target.ts';
export type { Hdf5Dtype } from './hdf5/write/types/dtype-text.ts';
export type { Hdf5Data } from './hdf5/write/types/lay-out.ts';
