/**
 * Making datasets: from folders, prefixes, signed documents, or files that are named.
 *
 * @module
 */
import { CloudError } from '../../errors.ts';
import type { StoreContext } from '../../store/context.ts';
import { contextOf, type SessionOptions } from '../../store/session.ts';
import type { AbortOptions } from '../../types.ts';
import { widthOf } from '../../files/progress.ts';
import { mapParallel } from '../../util/parallel.ts';
import { Datafile } from '../datafile/datafile.ts';
import { deserialiseDatafile, openDatafile } from '../datafile/open-datafile.ts';
import type { DatafilePrimitive } from '../datafile/primitive.ts';
import { parseSignedMetadata } from '../dataset-document.ts';
import { FilterSet } from '../filter/containers.ts';
import { newId, normaliseId } from '../id.ts';
import { parseJson } from '../json-read.ts';
import { LabelSet, type LabelsInput } from '../label.ts';
import { emptyOctueFile, storedDataset, type OctueFile } from '../octue-file.ts';
import { loadOctueFile } from '../octue-folder.ts';
import { baseName, placeOf, relativeTo, type CloudPlace, type LocalPlace, type UrlPlace } from '../place.ts';
import type { StoredDataset } from '../record.ts';
import { tagsFrom, type TagsInput } from '../tags.ts';
import { pathsFrom } from '../trust.ts';
import { decodeTyped } from '../typed-json.ts';
import { isPlainObject, type PyObject } from '../value.ts';
import { chooseFiles, type ChoiceOptions, type FileChoice } from './choice.ts';
import { Dataset } from './dataset.ts';
import { listPrefix, openNamed, type ListingOptions } from './listing.ts';
import { loadCloudRecord, storedInCloud } from './record-store.ts';
import { applyStoredDataset, datasetToText, folderOf, storedDatasetText, type DatasetState } from './state.ts';
import { walkFolder } from './walk.ts';

/** What a dataset may be made of: datafiles, paths, or serialised datafiles. */
export type FilesInput = Iterable<Datafile | string | DatafilePrimitive>;

/** Options of {@link openDataset}. What is stored wins over the metadata given here, one by one, unless it is ignored. */
export interface DatasetOptions extends SessionOptions, AbortOptions, ChoiceOptions, ListingOptions {
  /** The files, in place of what the path holds. An empty list counts as none given. */
  files?: FilesInput | undefined;
  /** Folders below too. @default true */
  recursive?: boolean | undefined;
  /** @default random */
  id?: string | undefined;
  /** @default that which is stored, else the folder's */
  name?: string | undefined;
  tags?: TagsInput;
  labels?: LabelsInput;
  /** In place of the hash of the files. */
  hash?: string | undefined;
  /** Take the metadata given here, whatever is stored; of files in the cloud then only the listing is asked. @default false */
  ignoreStoredMetadata?: boolean | undefined;
  /** Take `.octue` files for datafiles. @default false */
  includeOctueMetadataFiles?: boolean | undefined;
  /** Take paths of the local disk, and hosts of S3 services, from a document or a record in the cloud that names the files. @default false */
  trusted?: boolean | undefined;
  /** Requests in flight. @default the client's concurrency */
  parallel?: number | undefined;
}

/**
 * Open a dataset: its files are found and their metadata read, no content is.
 *
 * What is asked: of GCS one request for each 1,000 files and one for the dataset's own record; of S3 besides one HEAD for each file that is
 * chosen, in parallel, and none with `ignoreStoredMetadata`.
 *
 * @param path a folder, an `s3://`, `gs://` or `mem://` prefix, or a signed URL of `generateSignedUrl`. @default the current folder
 * @throws CloudError `NotFound` (no such bucket), `InvalidResponse` (a URL without a document), `InvalidArgument`, `PermissionDenied` (also when
 *   what is stored names files that it may not) …
 * @example
 * const dataset = await openDataset('gs://bucket/campaign', { include: '*.csv' });
 * const masts = dataset.files.filter({ labels__contains: 'met-mast' });
 */
export async function openDataset(path?: string, options?: DatasetOptions): Promise<Dataset>;
export async function openDataset(options?: DatasetOptions): Promise<Dataset>;
export async function openDataset(first?: string | DatasetOptions, second: DatasetOptions = {}): Promise<Dataset> {
  const options = typeof first === 'object' ? first : second;
  const path = (typeof first === 'string' && first) || '.';
  return new Dataset(await loadDataset(contextOf(options), path, options));
}

/**
 * A dataset from its serialised form, as `toPrimitive` or `serialise` gives it or Octue's SDK wrote it. Its files are opened.
 *
 * @throws CloudError `InvalidArgument`: not a serialised dataset
 */
export async function deserialiseDataset(value: PyObject | string, options: DatasetOptions = {}): Promise<Dataset> {
  const root = typeof value === 'string' ? parseJson(value) : value;
  if (!isPlainObject(root)) throw new CloudError('Not a serialised dataset: no object', { code: 'InvalidArgument' });
  const unknown = Object.keys(root).filter((key) => !primitiveKeys.has(key));
  if (unknown.length) throw new CloudError(`Not a serialised dataset: it has ${unknown.join(', ')}`, { code: 'InvalidArgument' });
  const { path, files, id, name, recursive } = root as unknown as DatasetOptions & { path?: string | null };
  const { tags, labels } = decodeTyped({ tags: root['tags'] ?? null, labels: root['labels'] ?? null }) as Pick<
    DatasetOptions,
    'tags' | 'labels'
  >;
  // What is no path would be taken for options.
  if (path !== undefined && path !== null && typeof path !== 'string')
    throw new CloudError('Not a serialised dataset: its path is no text', { code: 'InvalidArgument' });
  const given = { ...(files && { files }), ...(id && { id }), ...(name && { name }), ...(tags && { tags }), ...(labels && { labels }) };
  return openDataset(path ?? '.', { ...given, ...(recursive === false && { recursive }), ...options });
}

const primitiveKeys: ReadonlySet<string> = new Set(['path', 'files', 'id', 'name', 'tags', 'labels', 'recursive', 'hash_value']);

/** A dataset that nothing was read of yet. */
function blankDataset(context: StoreContext, path: string, options: DatasetOptions): DatasetState {
  const { id, name, tags, labels, hash } = options;
  return {
    context,
    id: id === undefined ? newId() : normaliseId(id),
    name,
    tags: tagsFrom(tags),
    labels: new LabelSet(labels),
    place: placeOf(context, path),
    path,
    files: new FilterSet<Datafile>(),
    fromFiles: false,
    saved: undefined,
    cloudRecord: undefined,
    fixedHash: hash,
  };
}

/** Makes a dataset with what is stored there. */
export async function loadDataset(context: StoreContext, path: string, options: DatasetOptions): Promise<DatasetState> {
  const blank = blankDataset(context, path, options);
  const choice = chooseFiles(options);
  const named = options.files === undefined ? [] : listOf(options.files);
  if (named.length) {
    const state: DatasetState = { ...blank, fromFiles: true };
    const [files] = await Promise.all([openGiven(context, named, options), loadOwn(state, choice, options)]);
    state.files = new FilterSet(apart(files));
    return state;
  }
  blank.files = new FilterSet(apart(await loadFiles(blank, choice, options)));
  return blank;
}

/** One member for each path: the first. */
function apart(files: readonly Datafile[]): Iterable<Datafile> {
  const byPath = new Map<string, Datafile>();
  for (const file of files) {
    const path = file.cloudPath ?? file.path;
    if (!byPath.has(path)) byPath.set(path, file);
  }
  return byPath.values();
}

/** The files of the place, while the dataset's own record is read. */
async function loadFiles(state: DatasetState, choice: FileChoice, options: DatasetOptions): Promise<Datafile[]> {
  const { place, context } = state;
  if (place.kind === 'local') {
    const top = await loadTop(state, place, choice, options);
    return walkFolder(state, place, choice, top, options);
  }
  if (place.kind === 'url') {
    const stored = await loadDocument(state, place, options);
    if (!choice.ignoreStoredMetadata) applyStoredDataset(state, stored);
    return openNamed(context, namedPlaces(state, stored.files, choice, options), choice, options);
  }
  // Both at once; a record that names its files is rare, and then the listing was for nothing.
  const [stored, files] = await Promise.all([loadOwn(state, choice, options), listPrefix(context, place, choice, options)]);
  return stored?.files ? openNamed(context, namedPlaces(state, stored.files, choice, options), choice, options) : files;
}

/** The places of files that are named by what is stored, as far as they are chosen. @throws CloudError `PermissionDenied` */
function namedPlaces(
  state: DatasetState,
  files: readonly string[],
  choice: FileChoice,
  { trusted }: DatasetOptions,
): (LocalPlace | CloudPlace | UrlPlace)[] {
  const { context, place } = state;
  if (!trusted) files.forEach(pathsFrom(context, place, 'dataset'));
  const folder = folderOf(place);
  return files.map((path) => placeOf(context, path)).filter((file) => choice.takes(relativeTo(folder, file) ?? baseName(file)));
}

/** The dataset's own record, taken over. */
async function loadOwn(state: DatasetState, choice: FileChoice, options: AbortOptions): Promise<StoredDataset | undefined> {
  const { place } = state;
  if (choice.ignoreStoredMetadata || place.kind === 'url') return undefined;
  if (place.kind === 'local') return void (await loadTop(state, place, choice, options));
  state.cloudRecord = await loadCloudRecord(state, place, options);
  return adopt(state, storedInCloud(state.cloudRecord));
}

/** The records of the folder itself, of which the dataset's own is taken over. */
async function loadTop(state: DatasetState, place: LocalPlace, choice: FileChoice, options: AbortOptions): Promise<OctueFile> {
  if (choice.ignoreStoredMetadata) return emptyOctueFile;
  const file = await loadOctueFile(state.context, await place.disk(), place.path, options);
  adopt(state, storedDataset(file));
  return file;
}

function adopt(state: DatasetState, stored: StoredDataset | undefined): StoredDataset | undefined {
  state.saved = storedDatasetText(stored);
  if (stored) applyStoredDataset(state, stored);
  return stored;
}

async function loadDocument(state: DatasetState, place: UrlPlace, { signal }: AbortOptions): Promise<StoredDataset & { files: string[] }> {
  const result = await place.store.get(place.key, { signal });
  if (!result) throw new CloudError(`there is no document of ${datasetToText(state)}`, { code: 'NotFound', url: place.url });
  return parseSignedMetadata(await result.text());
}

function listOf(files: FilesInput): (Datafile | string | DatafilePrimitive)[] {
  if (typeof files === 'object' && files !== null && Symbol.iterator in files && !(files instanceof Map)) return [...files];
  throw new CloudError('files is a list of datafiles, paths or serialised datafiles', { code: 'InvalidArgument' });
}

async function openGiven(
  context: StoreContext,
  given: readonly (Datafile | string | DatafilePrimitive)[],
  { ignoreStoredMetadata, parallel, signal }: DatasetOptions,
): Promise<Datafile[]> {
  const client = { context };
  const open = async (one: Datafile | string | DatafilePrimitive, _: number, inner: AbortSignal): Promise<Datafile> => {
    if (one instanceof Datafile) return one;
    if (typeof one === 'string') return openDatafile(one, { client, ignoreStoredMetadata, signal: inner });
    return deserialiseDatafile(one, { client });
  };
  const files: Datafile[] = [];
  for await (const file of mapParallel(given, widthOf({ context }, parallel), open, { signal, ordered: true })) files.push(file);
  return files;
}
