/**
 * Where an edit goes that could not be uploaded: into its copy's place, else into another that is counted, else out of the way. Its bytes
 * are kept before anything is tried with the working copy, which ends with the first try.
 *
 * @module
 */
import { isCloudError } from '../../errors.ts';
import type { DiskEdit } from '../../platform/types.ts';
import { OverwriteNewerLocalError } from '../errors.ts';
import { shownKeyOf, type Desk } from './desk.ts';
import { withFile } from './disk-io.ts';
import type { Home } from './home.ts';
import { findCopy, placeOf } from './place.ts';
import { beginEmpty, keepAside, publish, type Publication } from './publish.ts';
import type { CopyIdentity } from './record.ts';
import type { CloudObject } from './types.ts';
import type { CopyVersion } from './version.ts';

/** What could not be uploaded. */
export interface Unsent {
  readonly edit: DiskEdit;
  readonly identity: CopyIdentity;
  readonly found: Publication['found'];
  /** What it was made from. */
  readonly version: CopyVersion | undefined;
  /** Why. */
  readonly error: unknown;
}

/** @returns the error to throw: that of the upload, which says where the edit is when that is not the copy's place */
export async function rescue(desk: Desk, object: CloudObject, unsent: Unsent): Promise<unknown> {
  const { edit, found, error } = unsent;
  const home = desk.lasting ?? desk.home;
  // A disk that is full takes no second copy, and yet a rename.
  const kept = await keepAside({ home, name: found.place.name }, edit).catch(() => undefined);
  const keptNow = (): unknown => {
    desk.owners.keeps(object);
    return error;
  };
  let taken = false;
  let clash = false;
  if (!desk.lasting || !kept) {
    try {
      taken = !(await publish({ ...unsent, dirty: true }));
      if (!taken) {
        if (kept) await home.disk.remove(kept).catch(() => {});
        return desk.lasting ? told(object, keptNow(), found.place.path, true) : keptNow();
      }
    } catch (failure) {
      clash = isCloudError(failure, 'AlreadyExists');
    }
  }
  if (!kept) return told(object, error, undefined);
  if (desk.lasting || clash) {
    const path = await moveIn(home, kept, unsent, clash).catch(() => undefined);
    if (path !== undefined) return told(object, keptNow(), path, true);
  }
  if (!taken) return told(object, error, kept);
  const message = `the upload failed, and the local copy was edited by somebody else meanwhile; what was written here is in ${kept}`;
  return new OverwriteNewerLocalError(message, { url: object.url, key: shownKeyOf(object), operation: 'open', cause: error });
}

/** Makes a kept file the copy. @param odd where a folder cannot be in the way @returns its path; undefined when edits are there already */
async function moveIn(home: Home, kept: string, { identity, version }: Unsent, odd: boolean): Promise<string | undefined> {
  const usual = await findCopy(home, identity, {});
  const wanted = odd && !usual.place.odd ? { place: placeOf(home, identity, true), state: 'missing' as const, stat: null } : usual;
  if (wanted.state === 'dirty') return undefined;
  const { edit, found } = await beginEmpty(wanted, identity, {});
  try {
    await withFile(home.disk, kept, async (file) => {
      let at = 0;
      for await (const chunk of file.read(0, file.sizeBytes)) {
        await edit.write(at, chunk);
        at += chunk.length;
      }
    });
    if (!(await publish({ edit, identity, found, version, dirty: true }))) return undefined;
  } finally {
    await edit.discard();
  }
  await home.disk.remove(kept).catch(() => {});
  return found.place.path;
}

/**
 * Says where an edit is. What an abort was given is thrown as it is, unless nothing else leads to the edit.
 *
 * @param recorded it is found by its record, too
 */
function told(object: CloudObject, error: unknown, path: string | undefined, recorded = false): unknown {
  const where = path === undefined ? 'what was written could not be kept on the disk either' : `what was written is in ${path}`;
  if (isCloudError(error)) {
    error.message += `; ${where}`;
    return error;
  }
  if (recorded) return error;
  const about = { url: object.url, key: shownKeyOf(object), operation: 'open', cause: error };
  return new OverwriteNewerLocalError(`the upload ended; ${where}`, about);
}
