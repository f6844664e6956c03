/**
 * What stands at a path.
 *
 * @module
 */
import type { AbortOptions } from '../../types.ts';
import type { Work } from '../engine.ts';
import { readDatasetLayout } from '../layout/dataset-layout.ts';
import { readObjectHeader } from '../layout/object-header.ts';
import { filterName } from '../library/filters.ts';
import type { FileId, H5Module } from '../library/module.ts';
import { typeOfMetadata } from '../values/metadata.ts';
import type { Hdf5Type } from '../values/type.ts';
import { Hdf5Error } from '../errors.ts';
import { addressNow, isLinkNow } from './address.ts';
import { tryWords, type FileContext } from './context.ts';
import type { DatasetFacts } from './dataset.ts';
import { exactType, safeType } from './exact-type.ts';

/** A link that leads nowhere, or into a file that is not there. */
export interface FoundLink {
  readonly kind: 'link';
  /** The path that it names. */
  readonly target: string;
  /** The other file, of an external link. */
  readonly file?: string | undefined;
}

/** What stands at a path, as the library tells it. The address is undefined for what is in another file. */
export type Found =
  | { readonly kind: 'group' }
  | { readonly kind: 'dataset' | 'datatype'; readonly address: number | undefined }
  | FoundLink;

/** As the library says that there is nothing. */
const NOTHING = -1;
/** The number of the message that says a type. */
const DATATYPE = 3;

/** What a link says. */
function linkNow(module: H5Module, file: FileId, path: string): FoundLink {
  const { filename, obj_path: target } = module.get_external_link(file, path);
  if (filename !== undefined) return { kind: 'link', target: target ?? '', file: filename };
  return { kind: 'link', target: module.get_symbolic_link(file, path) ?? '' };
}

/** What kind of thing is at a path; that of a link where it cannot be followed. */
function typeNow(module: H5Module, file: FileId, path: string): number {
  try {
    return module.get_type(file, path);
  } catch (error) {
    // links in a circle, or through something that is not there; another error comes again
    if (!(error instanceof Hdf5Error) || path === '/') throw error;
    const parent = path.slice(0, path.lastIndexOf('/')) || '/';
    const above = typeNow(module, file, parent);
    // nothing is in what is no group
    if (above !== module.H5G_GROUP) return NOTHING;
    if (isLinkNow(module, file, path)) return module.H5G_LINK;
    throw error;
  }
}

/** Ask the library; null when there is nothing. */
export function findNow(module: H5Module, file: FileId, path: string, context: Pick<FileContext, 'engine' | 'superblock'>): Found | null {
  switch (typeNow(module, file, path)) {
    case module.H5G_GROUP:
      return { kind: 'group' };
    case module.H5G_DATASET:
      return { kind: 'dataset', address: addressNow(module, file, path, context) };
    case module.H5G_TYPE:
      return { kind: 'datatype', address: addressNow(module, file, path, context) };
    case module.H5G_LINK:
    case module.H5G_UDLINK:
      return linkNow(module, file, path);
    default:
      return null;
  }
}

const sameShape = (a: readonly number[], b: readonly number[] | null): boolean =>
  a.length === (b?.length ?? 0) && a.every((extent, axis) => extent === b?.[axis]);

/** What can be read of an object's own words. */
interface Reading extends AbortOptions {
  readonly work: Work;
  readonly address: number | undefined;
}

/** A type of its own, from the library and from the file's own words. */
export async function namedType(context: FileContext, path: string, { work, address, signal }: Reading): Promise<Hdf5Type> {
  const header = await tryWords(context, { work, signal, address }, readObjectHeader);
  const message = header?.messages.find(({ type }) => type === DATATYPE);
  const exact = message && safeType(message.bytes);
  const metadata = await context.engine.run((module, file) => module.get_datatype_metadata(file, path), { signal, work });
  return exactType(typeOfMetadata(metadata), exact);
}

/** Above this an axis has no limit: the library tells 2⁶⁴ − 1. */
const UNLIMITED = 2 ** 63;

/** What a dataset is, from the library and from the file's own words. */
export async function datasetFacts(context: FileContext, path: string, { work, address, signal }: Reading): Promise<DatasetFacts> {
  const read = await tryWords(context, { work, signal, address }, readDatasetLayout);
  const exact = read && safeType(read.datatype);
  const { metadata, filters } = await context.engine.run(
    (module, file) => {
      const told = module.get_dataset_metadata(file, path);
      return { metadata: told, filters: told.chunks ? module.get_dataset_filters(file, path) : [] };
    },
    { signal, work },
  );
  // what is at the address has to be what the library found
  const isIt = read !== undefined && sameShape(read.shape, metadata.shape);
  return {
    path,
    type: exactType(typeOfMetadata(metadata), isIt ? exact : undefined),
    elementBytes: metadata.size,
    shape: metadata.shape,
    maxShape: metadata.maxshape?.map((extent) => (extent >= UNLIMITED ? null : extent)) ?? null,
    chunks: metadata.chunks,
    filters: filters.map(({ id, name, cd_values: values }) => ({ id, name: filterName(id, name), values })),
    layout: isIt ? read : undefined,
    isForeign: address === undefined,
  };
}
