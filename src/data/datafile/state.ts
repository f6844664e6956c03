/**
 * What a datafile is made of. The class in datafile.ts shows it; the files beside it change it.
 *
 * @module
 */
import type { Serial } from '../../util/serial.ts';
import type { DiskStat } from '../../platform/types.ts';
import type { StoreContext } from '../../store/context.ts';
import type { ObjectInfo } from '../../types.ts';
import type { PyDateTime } from '../date-time.ts';
import { formatJson } from '../json-write.ts';
import type { LabelSet } from '../label.ts';
import { baseName, type CloudPlace, type LocalPlace, type UrlPlace } from '../place.ts';
import { datafileRecord, type DatafileMetadata, type StoredDatafile } from '../record.ts';
import type { Tags } from '../tags.ts';

/** How a datafile's handles are opened when the call does not say. */
export interface OpenDefaults {
  mode: string;
  updateMetadata: boolean;
  encoding: string | undefined;
  newline: string | null | undefined;
}

/** The copy on the local disk. */
export interface LocalCopy {
  readonly place: LocalPlace;
  /** What was there when it was last looked at; `null` when nothing was. */
  stat: DiskStat | null;
  /** The CRC-32C of that version, once somebody asked. */
  hash?: { version: string; crc32c: string } | undefined;
  /** The metadata that were stored for it when they were last looked at, as text; `null` when there were none, `undefined` when nobody looked. */
  saved: string | null | undefined;
  /** Which version of the object it was made of, and its own version then: as long as both are so it is that object, decoded or not. */
  from?: { object: string; version: string } | undefined;
}

/** What tells versions of an object's content apart, where the store shows it. */
export const versionOf = ({ generation, etag }: Pick<ObjectInfo, 'generation' | 'etag'>): string | undefined => generation ?? etag;

/** The object in the cloud, or the file behind a URL. */
export interface CloudObject {
  readonly place: CloudPlace | UrlPlace;
  /** What was there when it was last looked at; `null` when nothing was, `undefined` when nobody looked. It is what the next write must find. */
  info: ObjectInfo | null | undefined;
  /** The metadata that are stored on it, as text; undefined when there are none. */
  saved: string | undefined;
  /** The metadata of the datafile when they were last read from there or written there, as text; undefined when that was never done. */
  seen?: string | undefined;
  /** Versions that metadata alone tell from the one that is named after them: this datafile changed them. */
  renewed?: Map<string, string> | undefined;
}

/** All of a datafile. */
export interface DatafileState {
  readonly context: StoreContext;
  id: string;
  timestamp: PyDateTime | null;
  tags: Tags;
  labels: LabelSet;
  /** Given by the user; else it is that of the file. */
  readonly name: string | undefined;
  readonly defaults: OpenDefaults;
  local: LocalCopy | undefined;
  cloud: CloudObject | undefined;
  /** A hash set by hand. */
  fixedHash: string | undefined;
  /** Savings of content, one after the other. */
  saves?: Serial | undefined;
}

/** What is stored of a datafile. */
export const metadataOf = ({ id, timestamp, tags, labels }: DatafileState): DatafileMetadata => ({ id, timestamp, tags, labels });

/**
 * The metadata as text, to see whether they changed.
 *
 * @throws InvalidTagError InvalidLabelError
 */
export const metadataText = (state: DatafileState): string => textOf(metadataOf(state));

const textOf = (metadata: DatafileMetadata): string => formatJson(datafileRecord(metadata, ''));

/** The same of what is stored; undefined when that is not all of it. */
export function storedText(stored: StoredDatafile | undefined): string | undefined {
  const { id, timestamp, tags, labels } = stored ?? {};
  const whole = id !== undefined && timestamp !== undefined && tags !== undefined && labels !== undefined;
  return whole ? textOf({ id, timestamp, tags, labels }) : undefined;
}

/** Whether the metadata are others than those that are stored: in the cloud, if it is there, else on disk. */
export const metadataChanged = (state: DatafileState): boolean =>
  metadataText(state) !== ((state.cloud ?? state.local)?.saved ?? undefined);

/** Takes over what is stored, attribute by attribute; what is not stored stays. */
export function applyStored(state: DatafileState, { id, timestamp, tags, labels }: StoredDatafile): void {
  if (id !== undefined) state.id = id;
  if (timestamp !== undefined) state.timestamp = timestamp;
  if (tags !== undefined) state.tags = tags;
  if (labels !== undefined) state.labels = labels;
}

/** The name: the user's, else the object's, else the file's. */
export function nameOf({ name, cloud, local }: DatafileState): string {
  if (name !== undefined) return name;
  const place = cloud?.place ?? local?.place;
  return place ? baseName(place) : '';
}

/** A datafile for messages: no URL, which may be signed. */
export const toText = (state: DatafileState): string => `<Datafile('${nameOf(state)}')>`;
