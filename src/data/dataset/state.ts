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
}

/** The name given or stored, else that of the folder. */
export const datasetName = ({ name, place }: DatasetState): string => name ?? baseName(place);

/** What is stored of a dataset that is at a path. */
export const datasetMetadata = (state: DatasetState, path: string = state.path): DatasetMetadata => {
  const { id, tags, labels } = state;
  return { id, name: datasetName(state), tags, labels, path };
};

/** The metadata as text, to see whether they changed; without the path, which nobody reads. @throws InvalidTagError InvalidLabelError */
export const datasetText = (state: DatasetState): string => formatJson(datasetRecord(datasetMetadata(state, '')));

/** The same of what is stored; `null` when that is not all of it. */
export function storedDatasetText(stored: StoredDataset | undefined): string | null {
  const { id, name, tags, labels } = stored ?? {};
  if (id === undefined || name === undefined || tags === undefined || labels === undefined) return null;
  return formatJson(datasetRecord({ id, name, tags, labels, path: '' }));
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
export function pathInDataset(state: DatasetState, datafile: Datafile): string | undefined {
  const { local, cloud } = Datafile.stateOf(datafile);
  const own = state.place.kind === 'local' ? local?.place : cloud?.place;
  if (!own) return undefined;
  // The files of a signed dataset lie beside the folder of its document.
  return relativeTo(state.place.kind === 'url' ? signedFolder(state.place) : state.place, own);
}

/** The dataset that a signed document is of. */
function signedFolder(place: Place & { kind: 'url' }): Place {
  return { ...place, path: place.path.replace(/\/?\.signed_metadata_files\/.*$/s, '') };
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
