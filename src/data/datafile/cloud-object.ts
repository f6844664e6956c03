/**
 * Looking at a datafile's object and changing its metadata.
 *
 * @module
 */
import { CloudError, isCloudError } from '../../errors.ts';
import type { AbortOptions, ObjectInfo, PutResult } from '../../types.ts';
import { customMetadataLimits, formatCloudMetadata, readCloudMetadata } from '../cloud-metadata.ts';
import { CloudLocationNotSpecifiedError, ConflictError, FileNotFoundError, ReadOnlyResourceError } from '../errors.ts';
import { newId } from '../id.ts';
import type { CloudPlace } from '../place.ts';
import type { StoredDatafile } from '../record.ts';
import { sdkVersion } from '../sdk-version.ts';
import { requireShownMetadata } from './shown-metadata.ts';
import { applyStored, metadataOf, metadataText, storedText, toText, type CloudObject, type DatafileState, versionOf } from './state.ts';

/** Asks the store what is there. A missing bucket holds no object. */
export async function look(cloud: CloudObject, options: AbortOptions): Promise<ObjectInfo | null> {
  const { store, key } = cloud.place;
  try {
    cloud.info = await store.head(key, { signal: options.signal });
  } catch (error) {
    if (!isCloudError(error, 'NotFound')) throw error;
    cloud.info = null;
  }
  return cloud.info;
}

/** What is there, as it was when it was last looked at; asked when nobody looked yet. */
export const infoOf = async (cloud: CloudObject, options: AbortOptions): Promise<ObjectInfo | null> =>
  cloud.info === undefined ? look(cloud, options) : cloud.info;

/** What an object's custom metadata say of a datafile. Behind a URL only names with the prefix count. */
export function storedIn({ place, info }: CloudObject): StoredDatafile | undefined {
  if (!info) return undefined;
  if (place.kind === 'cloud') return readCloudMetadata(info.metadata);
  return readCloudMetadata(Object.fromEntries(Object.entries(info.metadata).filter(([name]) => name.toLowerCase().startsWith('octue__'))));
}

/** Takes over what the object says. */
export function adoptStored(state: DatafileState, cloud: CloudObject): void {
  const stored = storedIn(cloud);
  cloud.saved = storedText(stored);
  if (stored) applyStored(state, stored);
  state.id ||= newId();
  // What is stored whole is what the datafile has now: a listing of many need not write each twice.
  cloud.seen = cloud.saved ?? metadataText(state);
}

/** Looks at an object to be written to, whose metadata are not taken over: those that are not valid are as good as none. */
export async function lookForWrite(cloud: CloudObject, options: AbortOptions): Promise<ObjectInfo | null> {
  const info = await look(cloud, options);
  try {
    cloud.saved = storedText(storedIn(cloud));
  } catch (error) {
    if (!isCloudError(error)) throw error;
    cloud.saved = undefined;
  }
  return info;
}

/**
 * The custom metadata to be stored: those of the datafile, and of what is there all that is not ours.
 *
 * @throws CloudError `InvalidArgument`: more than the store takes
 */
export function customMetadata(
  state: DatafileState,
  place: CloudPlace,
  existing: Readonly<Record<string, string>> | undefined,
): Record<string, string> {
  const maxBytes = { mem: undefined, s3: customMetadataLimits.s3, gs: customMetadataLimits.gcs }[place.protocol];
  return formatCloudMetadata(metadataOf(state), sdkVersion, { existing, maxBytes });
}

/** The place in the cloud, which must be there and changeable. */
export function writablePlace(state: DatafileState, operation: string): { cloud: CloudObject; place: CloudPlace } {
  const { cloud } = state;
  if (!cloud) throw new CloudLocationNotSpecifiedError(`${toText(state)} has no place in the cloud`, { operation });
  if (cloud.place.kind === 'url') throw new ReadOnlyResourceError(`${toText(state)} is behind a URL and can only be read`, { operation });
  return { cloud, place: cloud.place };
}

/** The conditions under which only what `info` tells is replaced. @throws CloudError `NotSupported`: a page may not see which version it is */
export function onlyIf(info: ObjectInfo | null): { ifAbsent?: true; ifMatch?: string; ifMetagenerationMatch?: string | undefined } {
  if (!info) return { ifAbsent: true };
  const ifMatch = versionOf(info);
  if (ifMatch !== undefined) return { ifMatch, ifMetagenerationMatch: info.metageneration };
  const message =
    'the version of the object is not shown here, so it cannot be replaced safely: expose ETag in the CORS rules of the bucket';
  throw new CloudError(message, { code: 'NotSupported', key: info.key });
}

/** What a refused precondition means to the user. */
export function asConflict(state: DatafileState, error: unknown, operation: string): unknown {
  if (!isCloudError(error, 'PreconditionFailed')) return error;
  const message = `${toText(state)} was changed in the cloud since it was read; nothing was overwritten: refresh() shows what is there now`;
  return new ConflictError(message, { operation, url: state.cloud?.place.url, cause: error });
}

/** What is known of an object after it was written; `before` tells what the write kept. */
export function infoAfter(result: PutResult, before: Partial<ObjectInfo> & Pick<ObjectInfo, 'metadata' | 'sizeBytes'>): ObjectInfo {
  const told = Object.entries(result).filter(([, value]) => value !== undefined);
  return { ...before, ...Object.fromEntries(told), key: result.key };
}

/**
 * Writes the metadata on an object, whose bytes stay.
 *
 * @throws ConflictError somebody changed the object meanwhile
 * @throws FileNotFoundError there is no object
 */
export async function saveMetadataOn(state: DatafileState, cloud: CloudObject, place: CloudPlace, options: AbortOptions): Promise<void> {
  const operation = 'updateCloudMetadata';
  const { store, key, url } = place;
  if (!store.setMetadata)
    throw new CloudError('this store changes no metadata of objects that are there', { code: 'NotSupported', url, operation });
  const known = cloud.info;
  // What a write tells lacks the time, by which S3 tells apart versions of the metadata: it is asked for, and must be what was written.
  if (!known || (place.protocol === 's3' && !known.lastModified)) {
    const now = await look(cloud, options);
    if (known && !isSame(known, now)) {
      cloud.info = known;
      throw asConflict(state, new CloudError('another version', { code: 'PreconditionFailed' }), operation);
    }
  }
  const expected = cloud.info;
  if (!expected) throw new FileNotFoundError(`${toText(state)} is not in the cloud`, { url, operation });
  const metadata = customMetadata(state, place, expected.metadata);
  const text = metadataText(state);
  await requireShownMetadata(state.context, place, expected, options);
  const result = await store.setMetadata(key, metadata, { expected, signal: options.signal }).catch((error: unknown) => {
    throw asConflict(state, error, operation);
  });
  if (!result) throw new FileNotFoundError(`${toText(state)} is not in the cloud any more`, { url, operation });
  const { lastModified: _, ...kept } = expected;
  cloud.info = infoAfter(result, { ...kept, metadata });
  const { local } = state;
  const now = versionOf(cloud.info);
  const before = versionOf(expected);
  // The bytes stayed, whatever the object's version is now.
  if (now !== undefined && before !== undefined && now !== before) (cloud.renewed ??= new Map()).set(before, now);
  if (now !== undefined && local?.from && local.from.object === before) local.from = { ...local.from, object: now };
  cloud.saved = text;
  cloud.seen = text;
}

/** The same for where the datafile is. @throws CloudLocationNotSpecifiedError ReadOnlyResourceError */
export async function saveCloudMetadata(state: DatafileState, options: AbortOptions): Promise<void> {
  const { cloud, place } = writablePlace(state, 'updateCloudMetadata');
  await saveMetadataOn(state, cloud, place, options);
}

function isSame(a: ObjectInfo, b: ObjectInfo | null): boolean {
  if (!b || (a.generation !== undefined ? a.generation !== b.generation : a.etag !== b.etag)) return false;
  const sorted = (info: ObjectInfo): string => JSON.stringify(Object.entries(info.metadata).sort(([x], [y]) => (x < y ? -1 : 1)));
  return sorted(a) === sorted(b);
}
