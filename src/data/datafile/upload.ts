/**
 * Uploading a datafile: content and metadata in one request, never over a version that nobody here has seen.
 *
 * @module
 */
import { CloudError, isCloudError } from '../../errors.ts';
import type { AbortOptions, Body, ObjectInfo } from '../../types.ts';
import { gather } from '../../util/streams.ts';
import { CloudLocationNotSpecifiedError, FileNotFoundError } from '../errors.ts';
import { baseName, samePlace, type CloudPlace } from '../place.ts';
import {
  asConflict,
  customMetadata,
  infoAfter,
  infoOf,
  lookForWrite,
  onlyIf,
  saveCloudMetadata,
  saveMetadataOn,
  writablePlace,
} from './cloud-object.ts';
import { contentTypeOf } from '../../store/content-type.ts';
import { sameContent } from './content-hash.ts';
import { fetchTo } from './fetch.ts';
import { requireShownMetadata } from './shown-metadata.ts';
import { scratchPlace } from './local-copy.ts';
import { metadataChanged, metadataText, toText, type CloudObject, type DatafileState, type LocalCopy, versionOf } from './state.ts';

/** Options of an upload. */
export interface UploadOptions extends AbortOptions {
  /** Store the metadata too; else those stay that are stored. @default true */
  updateCloudMetadata?: boolean | undefined;
  /**
   * Look at what is there before a file is sent to a new place. Else it is sent under the condition that nothing is there, which saves a
   * request when that is so. @default for files above 4 MiB
   */
  lookFirst?: boolean | undefined;
  /** Shared by uploads to one folder: once something was there the others look first. @internal */
  found?: { any: boolean } | undefined;
}

/** What is sent before it is known whether it is wanted, and what is read into memory so that it can be sent again after a fault. */
const smallBytes = 0x400000;

/**
 * Uploads to a place, or to where the datafile is already.
 *
 * @returns whether content was sent or copied
 * @throws ConflictError what is there is not what was there when it was read
 */
export async function upload(state: DatafileState, to: CloudPlace | undefined, options: UploadOptions): Promise<boolean> {
  if (!to && !state.cloud) throw new CloudLocationNotSpecifiedError(`${toText(state)} has no place in the cloud`, { operation: 'upload' });
  if (!to || (state.cloud && samePlace(to, state.cloud.place))) return uploadAgain(state, options);
  if (to.key === '') throw new CloudError('a datafile needs a name in its bucket', { code: 'InvalidArgument', url: to.url });
  const cloud: CloudObject = { place: to, info: undefined, saved: undefined };
  // Too much metadata is an error before anything is sent.
  if (options.updateCloudMetadata !== false) customMetadata(state, to, undefined);
  const sent = state.local ? await sendNew(state, cloud, to, state.local, options) : await copyNew(state, cloud, to, options);
  state.cloud = cloud;
  return sent;
}

/** To where it is already: what did not change is not sent. */
async function uploadAgain(state: DatafileState, options: UploadOptions): Promise<boolean> {
  const { cloud, place } = writablePlace(state, 'upload');
  if (cloud.info === undefined) await lookForWrite(cloud, options);
  if (state.local && (await sameContent(state.local, cloud, options)) !== true) {
    await send(state, cloud, place, state.local, cloud.info ?? null, options);
    return true;
  }
  if (!cloud.info)
    throw new FileNotFoundError(`${toText(state)} is neither here nor in the cloud`, { url: place.url, operation: 'upload' });
  if (options.updateCloudMetadata !== false && metadataChanged(state)) await saveCloudMetadata(state, options);
  return false;
}

/** To a new place, from the local copy. */
async function sendNew(
  state: DatafileState,
  cloud: CloudObject,
  place: CloudPlace,
  local: LocalCopy,
  options: UploadOptions,
): Promise<boolean> {
  const lookFirst = options.lookFirst ?? (options.found?.any || (local.stat?.sizeBytes ?? 0) > smallBytes);
  if (!lookFirst) {
    try {
      await send(state, cloud, place, local, null, options);
      return true;
    } catch (error) {
      if (!isCloudError(error, 'PreconditionFailed')) throw error;
      if (options.found) options.found.any = true;
    }
  }
  await lookForWrite(cloud, options);
  if ((await sameContent(local, cloud, options)) !== true) {
    await send(state, cloud, place, local, cloud.info ?? null, options);
    return true;
  }
  if (options.updateCloudMetadata !== false && metadataText(state) !== cloud.saved) await saveMetadataOn(state, cloud, place, options);
  return false;
}

/** What is to stand on the object. */
function metadataFor(state: DatafileState, cloud: CloudObject, place: CloudPlace, options: UploadOptions): Record<string, string> {
  const existing = cloud.info?.metadata ?? state.cloud?.info?.metadata;
  return options.updateCloudMetadata === false ? { ...existing } : customMetadata(state, place, existing);
}

/** Sends the local file under the condition that `expected` is what is there. */
async function send(
  state: DatafileState,
  cloud: CloudObject,
  place: CloudPlace,
  local: LocalCopy,
  expected: ObjectInfo | null,
  options: UploadOptions,
): Promise<void> {
  const { signal } = options;
  const metadata = metadataFor(state, cloud, place, options);
  const text = options.updateCloudMetadata === false ? cloud.saved : metadataText(state);
  const disk = await local.place.disk();
  const file = await disk.open(local.place.path, { signal });
  if (!file) {
    throw new FileNotFoundError(`the local file of ${toText(state)} is missing`, { operation: 'upload', key: local.place.path });
  }
  try {
    const { sizeBytes } = file;
    const chunks = file.read(0, sizeBytes, { signal });
    const body: Body = sizeBytes <= smallBytes ? await gather(chunks, sizeBytes) : chunks;
    // what the object had stays, also at another place
    const { contentType, contentDisposition, contentLanguage, cacheControl }: Partial<ObjectInfo> = expected ?? state.cloud?.info ?? {};
    const about = {
      contentType: contentType ?? (await contentTypeOf(baseName(place))),
      contentDisposition,
      contentLanguage,
      cacheControl,
      storageClass: expected?.storageClass,
      metadata,
    };
    if (expected) await requireShownMetadata(state.context, place, expected, options);
    const put = { ...about, ...onlyIf(expected), checksum: 'crc32c', sizeBytes, signal } as const;
    const result = await place.store.put(place.key, body, put).catch((error: unknown) => {
      throw asConflict(state, error, 'upload');
    });
    const hash = local.hash?.version === file.version ? local.hash.crc32c : undefined;
    cloud.info = infoAfter(result, { ...about, sizeBytes, crc32c: hash });
    cloud.saved = text;
    if (options.updateCloudMetadata !== false) cloud.seen = text;
  } finally {
    await file.close();
  }
}

/** To a new place without a local copy: within a bucket by the store itself. */
async function copyNew(state: DatafileState, cloud: CloudObject, place: CloudPlace, options: UploadOptions): Promise<boolean> {
  const from = state.cloud!;
  const { store, key } = from.place;
  if (from.place.kind === 'url' || store !== place.store || !store.copy) {
    state.local = await fetchTo(state, from, await scratchPlace(state), options);
    return sendNew(state, cloud, place, state.local, options);
  }
  const info = await infoOf(from, options);
  const gone = (): FileNotFoundError =>
    new FileNotFoundError(`${toText(state)} is not in the cloud`, { url: from.place.url, operation: 'upload' });
  if (!info) throw gone();
  const replaces = options.updateCloudMetadata !== false && metadataChanged(state);
  const metadata = replaces ? customMetadata(state, place, info.metadata) : undefined;
  const about = { metadata, ifMatch: versionOf(info), signal: options.signal };
  const copy = store.copy.bind(store);
  const result = await copy(key, place.key, { ...about, ifAbsent: true })
    .catch(async (error: unknown) => {
      if (!isCloudError(error, 'PreconditionFailed')) throw error;
      // Something is there, which an upload to a new place replaces; or the source is another one, which fails again.
      return copy(key, place.key, about);
    })
    .catch((error: unknown) => {
      throw asConflict(state, error, 'upload');
    });
  if (!result) throw gone();
  const { lastModified: _, etag: __, generation: ___, metageneration: ____, versionId: _____, ...kept } = info;
  cloud.info = infoAfter(result, { ...kept, metadata: metadata ?? info.metadata });
  cloud.saved = replaces ? metadataText(state) : from.saved;
  cloud.seen = replaces ? cloud.saved : from.seen;
  return true;
}
