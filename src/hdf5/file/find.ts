/**
 * What stands at a path.
 *
 * @module
 */
import type { AbortOptions } from '../../types.ts';
import type { Work } from '../engine.ts';
import { readDatasetLayout } from '../layout/dataset-layout.ts';
import { readObjectHeader } from '../layout/object-header.ts';
import type { DatasetLayout } from '../layout/types.ts';
import { filterName } from '../library/filters.ts';
import type { FileId, H5DatasetMetadata, H5Filter, H5Module } from '../library/module.ts';
import { parseDatatype } from '../values/datatype-message.ts';
import { typeOfMetadata, type H5Metadata } from '../values/metadata.ts';
import type { Hdf5Type } from '../values/type.ts';
import { addressNow } from './address.ts';
import { tryPlan, type FileContext } from './context.ts';
import type { DatasetFacts } from './dataset.ts';
import { exactType } from './exact-type.ts';

/** A link that leads nowhere, or into a file that is not there. */
export interface FoundLink {
  readonly kind: 'link';
  /** The path that it names. */
  readonly target: string;
  /** The other file, of an external link. */
  readonly file?: string | undefined;
}

/** What stands at a path, as the library tells it. */
export type Found =
  | { readonly kind: 'group' }
  | {
      readonly kind: 'dataset';
      readonly metadata: H5DatasetMetadata;
      readonly filters: readonly H5Filter[];
      readonly address: number | undefined;
    }
  | { readonly kind: 'datatype'; readonly metadata: H5Metadata; readonly address: number | undefined }
  | FoundLink;

/** The number of the message that says a type. */
const DATATYPE = 3;

/** What a link says. */
function linkNow(module: H5Module, file: FileId, path: string): FoundLink {
  const { filename, obj_path: target } = module.get_external_link(file, path);
  if (filename !== undefined) return { kind: 'link', target: target ?? '', file: filename };
  return { kind: 'link', target: module.get_symbolic_link(file, path) ?? '' };
}

/** Ask the library; null when there is nothing. */
export function findNow(module: H5Module, file: FileId, path: string, context: Pick<FileContext, 'engine' | 'superblock'>): Found | null {
  const type = module.get_type(file, path);
  switch (type) {
    case module.H5G_GROUP:
      return { kind: 'group' };
    case module.H5G_DATASET: {
      const metadata = module.get_dataset_metadata(file, path);
      const filters = metadata.chunks ? module.get_dataset_filters(file, path) : [];
      return { kind: 'dataset', metadata, filters, address: addressNow(module, file, path, context) };
    }
    case module.H5G_TYPE:
      return {
        kind: 'datatype',
        metadata: module.get_datatype_metadata(file, path),
        address: addressNow(module, file, path, context),
      };
    case module.H5G_LINK:
    case module.H5G_UDLINK:
      return linkNow(module, file, path);
    default:
      return null;
  }
}

const sameShape = (a: readonly number[], b: readonly number[] | null): boolean =>
  a.length === (b?.length ?? 0) && a.every((extent, axis) => extent === b?.[axis]);

/** A type of its own, from the library and from the file's own words. */
export async function namedType(
  context: FileContext,
  { metadata, address }: Extract<Found, { kind: 'datatype' }>,
  work: Work,
  { signal }: AbortOptions,
): Promise<Hdf5Type> {
  const header =
    address === undefined
      ? undefined
      : await tryPlan({ isPlanned: true }, work, signal, (look) => readObjectHeader(look, context.superblock, address));
  const message = header?.messages.find(({ type }) => type === DATATYPE);
  return exactType(typeOfMetadata(metadata), message && (() => parseDatatype(message.bytes).type));
}

/** Above this an axis has no limit: the library tells 2⁶⁴ − 1. */
const UNLIMITED = 2 ** 63;

/** What a dataset is, from the library and from the file's own words. */
export async function datasetFacts(
  context: FileContext,
  path: string,
  found: Extract<Found, { kind: 'dataset' }>,
  work: Work,
  { signal }: AbortOptions,
): Promise<DatasetFacts> {
  const { metadata, address } = found;
  const read =
    address === undefined
      ? undefined
      : await tryPlan({ isPlanned: true }, work, signal, (look) => readDatasetLayout(look, context.superblock, address));
  // what is at the address has to be what the library found
  const layout: DatasetLayout | undefined = read && sameShape(read.shape, metadata.shape) ? read : undefined;
  const type = exactType(typeOfMetadata(metadata), layout && (() => parseDatatype(layout.datatype).type));
  return {
    path,
    type,
    elementBytes: metadata.size,
    shape: metadata.shape,
    maxShape: metadata.maxshape?.map((extent) => (extent >= UNLIMITED ? null : extent)) ?? null,
    chunks: metadata.chunks,
    filters: found.filters.map(({ id, name, cd_values: values }) => ({ id, name: filterName(id, name), values })),
    layout,
  };
}
