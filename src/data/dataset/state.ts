/**
 * What a dataset is made of. The class in dataset.ts shows it; the files beside it change it.
 *
 * @module
 */
import type { StoreContext } from '../../store/context.ts';
import type { ObjectInfo } from '../../types.ts';
import { Datafile } from '../datafile/datafile.ts';
import { ConflictError, ReadOnlyResourceError } from '../errors.ts';
import type { FilterSet } from '../filter/containers.ts';
import { formatJson } from '../json-write.ts';
import type { LabelSet } from '../label.ts';
import { baseName, relativeTo, type CloudPlace, type Place } from '../place.ts';
import { compareText } from '../order.ts';
import { datasetRecord, type DatasetMetadata, type StoredDataset } from '../record.ts';
import type { Tags } from '../tags.ts';
import type { PyObject } from '../value.ts';

/** The `.octue` object of a cloud dataset, when it was last read. */
export interface CloudRecord {
  /** What the next write must find; `null` when nothing was there. */
  info: ObjectInfo | null;
  /** All that it holds. */
  root: PyObject;
}

/** All of a dataset. */
export interface DatasetState {
  readonly context: StoreContext;
  id: string;
  name: string | undefined;
  tags: Tags;
  labels: LabelSet;
  /** Where it is. */
  place: Place;
  /** The same as it was given. */
  path: string;
  files: FilterSet<Datafile>;
  /** Made of files that were named one by one, so that manifests name them too. */
  readonly fromFiles: boolean;
  /** The metadata that were stored when they were last looked at, as text; `null` when there were none, `undefined` when nobody looked. */
  saved: string | null | undefined;
  cloudRecord: CloudRecord | undefined;
  fixedHash: string | undefined;
  /** Where the files lie when the place was changed without them. */
  filesAt?: Place | undefined;
}

/** The name given or stored, else that of the folder. */
export const datasetName = ({ name, place }: DatasetState): string => name ?? (baseName(folderOf(place)) || baseName(place));

/** What is stored of a dataset that is at a path. */
export const datasetMetadata = (state: DatasetState, path: string = state.path): DatasetMetadata => {
  const { id, tags, labels } = state;
  return { id, name: datasetName(state), tags, labels, path };
};

/** The metadata as text, to see whether they changed; without the path, which nobody reads. @throws InvalidTagError InvalidLabelError */
export const datasetText = (state: DatasetState): string => formatJson(datasetRecord(datasetMetadata(state, '')));

/** The same of what is stored, as far as it is; `null` when nothing is. */
export function storedDatasetText(stored: StoredDataset | undefined): string | null {
  if (!stored) return null;
  const { id, name, tags, labels } = stored;
  const all = Object.entries(datasetRecord({ id: id ?? '', name: name ?? '', tags: tags ?? {}, labels: labels ?? [], path: '' }));
  return formatJson(Object.fromEntries(all.filter(([key]) => stored[key as keyof StoredDataset] !== undefined || key === 'path')));
}

/** A dataset for messages. */
export const datasetToText = (state: DatasetState): string => `<Dataset('${datasetName(state)}')>`;

/** Takes over what is stored, attribute by attribute. */
export function applyStoredDataset(state: DatasetState, { id, name, tags, labels }: StoredDataset): void {
  if (id !== undefined) state.id = id;
  if (name !== undefined) state.name = name;
  if (tags !== undefined) state.tags = tags;
  if (labels !== undefined) state.labels = labels;
}

/** Where a datafile is below the dataset: of its two places the one that is of the dataset's kind. */
export function pathInDataset({ place, filesAt }: DatasetState, datafile: Datafile): string | undefined {
  const { local, cloud } = Datafile.stateOf(datafile);
  for (const folder of [place, filesAt]) {
    const own = folder?.kind === 'local' ? local?.place : cloud?.place;
    const path = folder && own && relativeTo(folderOf(folder), own);
    if (path !== undefined) return path;
  }
  return undefined;
}

/** The paths of its files, sorted: local ones of a dataset on the local disk, else those in the cloud, as far as they have them. */
export const filePaths = ({ place, files }: DatasetState): string[] =>
  [...files].map(({ path, cloudPath }) => (place.kind === 'local' ? path : (cloudPath ?? path))).sort(compareText);

/** The folder of a dataset: the files of a signed one lie beside the folder of its document. */
export function folderOf(place: Place): Place {
  if (place.kind !== 'url') return place;
  const [bucket = '', ...path] = `${place.bucket}/${place.path}`.replace(/(^|\/)\.signed_metadata_files\/.*$/s, '').split('/');
  return { ...place, bucket, path: path.join('/') };
}

/** The place in the cloud, which must be there and changeable. */
export function writableDatasetPlace(state: DatasetState, operation: string, none: () => Error): CloudPlace {
  const { place } = state;
  if (place.kind === 'url') throw new ReadOnlyResourceError(`${datasetToText(state)} is behind a URL and can only be read`, { operation });
  if (place.kind === 'local') throw none();
  return place;
}

/** Somebody else changed the dataset's record. */
export const datasetConflict = (state: DatasetState, operation: string, cause?: unknown): ConflictError =>
  new ConflictError(`the metadata of ${datasetToText(state)} were changed by somebody else since they were read; nothing was overwritten`, {
    operation,
    cause,
  });
