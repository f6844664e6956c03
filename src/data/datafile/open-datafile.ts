/**
 * Making datafiles: from paths and URLs, with the metadata that are stored there.
 *
 * @module
 */
import { CloudError } from '../../errors.ts';
import { contextOf, type SessionOptions } from '../../store/session.ts';
import type { StoreContext } from '../../store/context.ts';
import type { AbortOptions, ObjectInfo } from '../../types.ts';
import { newId, normaliseId } from '../id.ts';
import { LabelSet, type LabelsInput } from '../label.ts';
import type { OctueFile } from '../octue-file.ts';
import { loadOctueFile } from '../octue-folder.ts';
import { cloudPlaceOf, localPlaceOf, parentOf, placeOf, type CloudPlace, type Place, type UrlPlace } from '../place.ts';
import { tagsFrom, type TagsInput } from '../tags.ts';
import { timestampFrom, type TimestampInput } from '../timestamp.ts';
import { adoptStored, look } from './cloud-object.ts';
import { Datafile } from './datafile.ts';
import { linkCopy } from './fetch.ts';
import { localCopyAt, storedOf } from './local-copy.ts';
import { fromPrimitive, type DatafilePrimitive } from './primitive.ts';
import { applyStored, storedText, type CloudObject, type DatafileState, type LocalCopy } from './state.ts';
import { upload } from './upload.ts';

/** Options of {@link openDatafile}. What is stored wins over the metadata given here, one by one, unless it is ignored. */
export interface DatafileOptions extends SessionOptions, AbortOptions {
  /** For a path in the cloud: where the local copy is or goes. A copy with other bytes is replaced when it is older than the object. */
  localPath?: string | undefined;
  /** For a local path: uploads there at once, and keeps in step. */
  cloudPath?: string | undefined;
  timestamp?: TimestampInput;
  tags?: TagsInput;
  labels?: LabelsInput;
  /** @default random */
  id?: string | undefined;
  /** In place of the file's own name. */
  name?: string | undefined;
  /** In place of the hash of the content. */
  hash?: string | undefined;
  /** Take the metadata given here, whatever is stored. @default false */
  ignoreStoredMetadata?: boolean | undefined;
  /** For `open()` without a mode. @default 'r' */
  mode?: string | undefined;
  /** For `open()`: see there. */
  encoding?: string | undefined;
  newline?: string | null | undefined;
  /** Whether handles that write store the metadata. @default true */
  updateMetadata?: boolean | undefined;
}

/** What a listing or a folder's records tell already, so that nobody asks again. */
export interface Known {
  /** The object; `null` when there is none. */
  info?: ObjectInfo | null | undefined;
  /** The local file. */
  copy?: LocalCopy | undefined;
  /** The records of its folder. */
  records?: OctueFile | undefined;
}

/**
 * A datafile that nothing was read of yet. Its id is empty unless one is given: most have one stored, and random ones cost time.
 *
 * @throws CloudError `InvalidArgument` InvalidTagError InvalidLabelError
 */
export function blankState(context: StoreContext, options: DatafileOptions): DatafileState {
  const { id, timestamp, tags, labels, name, hash, mode = 'r', updateMetadata = true, encoding, newline } = options;
  return {
    context,
    id: id === undefined ? '' : normaliseId(id),
    timestamp: timestampFrom(timestamp),
    tags: tagsFrom(tags),
    labels: new LabelSet(labels),
    name,
    defaults: { mode, updateMetadata, encoding, newline },
    local: undefined,
    cloud: undefined,
    fixedHash: hash,
  };
}

/** Makes a datafile at a place, with what is stored there. */
export async function loadState(context: StoreContext, place: Place, options: DatafileOptions, known: Known = {}): Promise<DatafileState> {
  const state = blankState(context, options);
  const { ignoreStoredMetadata = false, signal } = options;
  if (place.kind === 'local') {
    const disk = await place.disk();
    const [copy, records] = await Promise.all([
      known.copy ?? localCopyAt(place, { signal }),
      ignoreStoredMetadata ? undefined : (known.records ?? loadOctueFile(context, disk, parentOf(place.path), { signal })),
    ]);
    state.local = copy;
    const stored = records && storedOf(records, place, options.name);
    if (stored) applyStored(state, stored);
    state.id ||= newId();
    // What is to be ignored may be replaced.
    copy.saved = records ? (storedText(stored) ?? null) : undefined;
    return state;
  }
  const cloud = cloudObjectAt(place, known.info);
  if (known.info === undefined) await look(cloud, { signal });
  return withObject(state, cloud, ignoreStoredMetadata);
}

/** The same at once, for an object that a listing told all of. */
export const listedState = (context: StoreContext, place: CloudPlace, info: ObjectInfo, ignoreStoredMetadata: boolean): DatafileState =>
  withObject(blankState(context, {}), cloudObjectAt(place, info), ignoreStoredMetadata);

function cloudObjectAt(place: CloudPlace | UrlPlace, info: ObjectInfo | null | undefined): CloudObject {
  if (place.key === '') throw new CloudError('a datafile has a name in its bucket', { code: 'InvalidArgument', url: place.url });
  return { place, info, saved: undefined };
}

function withObject(state: DatafileState, cloud: CloudObject, ignoreStoredMetadata: boolean): DatafileState {
  state.cloud = cloud;
  if (!ignoreStoredMetadata) adoptStored(state, cloud);
  state.id ||= newId();
  return state;
}

/**
 * Open a datafile: its metadata are read, its content is not. It need not be there yet.
 *
 * @param path of the local disk (in a browser of its own), `s3://`, `gs://` or `mem://`, or a URL, signed or public, which can only be read
 * @returns the datafile; what it lacks in metadata is as given in the options
 * @throws CloudError `InvalidUrl`, `InvalidArgument`, `PermissionDenied` …; InvalidTagError InvalidLabelError
 * @throws FileExistsError with `localPath`: the file there is newer than the object, and another one
 * @example
 * const datafile = await openDatafile('gs://bucket/wind.csv', { labels: ['raw'] });
 * datafile.tags['height_m'] = 80;
 * await datafile.updateMetadata();
 */
export async function openDatafile(path: string, options: DatafileOptions = {}): Promise<Datafile> {
  const context = contextOf(options);
  const { localPath, cloudPath, signal } = options;
  const place = placeOf(context, path);
  const target = cloudPath === undefined ? undefined : cloudPlaceOf(context, cloudPath, 'cloudPath');
  const copyPlace = localPath === undefined ? undefined : localPlaceOf(context, localPath, 'localPath');
  if (target && place.kind !== 'local') throw new CloudError('cloudPath goes with a local path', { code: 'InvalidArgument', url: path });
  if (copyPlace && place.kind === 'local')
    throw new CloudError('localPath goes with a path in the cloud', { code: 'InvalidArgument', key: path });
  const state = await loadState(context, place, options);
  if (copyPlace) await linkCopy(state, await localCopyAt(copyPlace, { signal }), { signal });
  if (target) await upload(state, target, { signal });
  return new Datafile(state);
}

/**
 * A datafile from its serialised form, as `toPrimitive` or `serialise` gives it or Octue's SDK wrote it. Nothing is read or sent.
 *
 * @throws CloudError `InvalidArgument`: not a serialised datafile
 * @example const datafile = deserialiseDatafile(text, { client });
 */
export const deserialiseDatafile = (value: DatafilePrimitive | string, options: SessionOptions = {}): Datafile =>
  new Datafile(fromPrimitive(contextOf(options), value));
