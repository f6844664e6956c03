/**
 * Uploading what is on a disk, or at hand, to a path.
 *
 * @module
 */
import type { Body } from '../types.ts';
import { copiesOf } from './copies/copies.ts';
import type { WriteAbout } from './copies/types.ts';
import { copyFile } from './copy-file.ts';
import { copyFolder } from './copy-tree.ts';
import { nameOf, targetOf } from './copy.ts';
import { CloudPathFileNotFoundError } from './errors.ts';
import { lookAt } from './look.ts';
import { objectOf } from './object.ts';
import type { OverwriteOptions } from './options.ts';
import { diskOf, diskPath, isOnDisk, type Place } from './place.ts';

/** What is told of new objects. */
export type AboutObject = Pick<WriteAbout, 'contentType' | 'contentEncoding' | 'cacheControl' | 'storageClass' | 'metadata'>;

/** Options of uploads. */
export interface UploadFromOptions extends OverwriteOptions, AboutObject {
  /** Size of a stream, in bytes, when known. */
  sizeBytes?: number | undefined;
}

/** What of the options goes with an object. */
export const aboutObject = ({ contentType, contentEncoding, cacheControl, storageClass, metadata }: AboutObject): AboutObject => ({
  contentType,
  contentEncoding,
  cacheControl,
  storageClass,
  metadata,
});

/** Replace an object by a body: whatever is there now, and nothing that it becomes meanwhile. */
export async function uploadBody(place: Place, owner: object, body: Body, options: UploadFromOptions): Promise<void> {
  const { signal, forceOverwriteToCloud, sizeBytes } = options;
  if (isOnDisk(place)) await place.store.put(place.key, body, { signal, sizeBytes });
  else
    await copiesOf(place.context).upload(objectOf(place, owner), body, {
      signal,
      forceOverwriteToCloud,
      sizeBytes,
      put: aboutObject(options),
    });
}

/**
 * Upload a file or folder of a disk. A file goes into a directory that is there. The local copy of the very object counts as an edit of it;
 * any other file replaces what is older.
 *
 * @returns where it went
 * @throws OverwriteNewerCloudError CloudPathFileNotFoundError
 */
export async function uploadPath(from: Place, to: Place, owner: object, options: UploadFromOptions): Promise<Place> {
  const { signal, forceOverwriteToCloud } = options;
  const { kind, info } = await lookAt(from, { signal });
  if (kind === 'missing') throw new CloudPathFileNotFoundError(`${from.text} is not there`, { url: from.text, operation: 'uploadFrom' });
  if (!info) {
    await copyFolder(from, to, { signal, forceOverwriteToCloud });
    return to;
  }
  const { place, target } = await targetOf(nameOf(from), to, { signal });
  const copies = copiesOf(place.context);
  const object = objectOf(place, owner);
  const path = diskPath(from);
  const about = aboutObject(options);
  if (!isOnDisk(place) && (await copies.holds(object, path)))
    await copies.upload(object, { disk: await diskOf(from), path }, { signal, forceOverwriteToCloud, put: about });
  else await copyFile(from, info, place, { signal, forceOverwriteToCloud, target, put: about });
  return place;
}
