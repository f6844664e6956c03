/**
 * Putting a working copy in a copy's place, with its record: whole, in an order that can end anywhere, and never over what was edited.
 *
 * @module
 */
import { CloudError, isCloudError } from '../../errors.ts';
import type { DiskEdit, DiskStat } from '../../platform/types.ts';
import type { AbortOptions } from '../../types.ts';
import { chunksOfEdit } from './disk-io.ts';
import { roomOf, type Home } from './home.ts';
import { isOf, lockPlace, lookAgain, placeOf, speaksFor, type Found, type Place } from './place.ts';
import { isSettled, readRecord, seenFile, writeRecord, type CopyIdentity, type CopyRecord, type StoredRecord } from './record.ts';
import type { CopyVersion } from './version.ts';

/** What is put in a place. */
export interface Publication {
  readonly edit: DiskEdit;
  readonly identity: CopyIdentity;
  /** What was there when the caller looked: that may go, whatever it holds. */
  readonly found: Pick<Found, 'place' | 'stat' | 'state'>;
  /** What the file is a copy of when it is in step; of an edit, what it was made from, and none when that is nothing. */
  readonly version: CopyVersion | undefined;
  /** An edit that is not in the cloud. */
  readonly dirty?: boolean;
  readonly checkedMs?: number | undefined;
}

/**
 * The file that is there now; `undefined` when somebody's edits are, which stay, or when somebody was faster, so that it has to be looked
 * at again. The working copy may be ended in any case.
 */
export function publish(publication: Publication): Promise<DiskStat | undefined> {
  const { edit, identity, found, version, dirty = false, checkedMs } = publication;
  const { place } = found;
  const { home, recordPath } = place;
  return lockPlace(place, async () => {
    const now = await home.disk.stat(place.path);
    const held = now?.kind === 'file' ? now : null;
    const stored = await readRecord(home, recordPath);
    if (stored && !speaksFor(stored.record, identity)) return undefined;
    if (held && !mayGo(home, held, found) && (await lookAgain(place, identity)).state === 'dirty') return undefined;
    const before = stored && isOf(stored.record, identity) ? stored.record.versions : undefined;
    const record: CopyRecord = { format: 1, ...identity, odd: place.odd || undefined, versions: version ? [version] : [], checkedMs };
    // Until the file is there the record speaks for the old one and for the new one.
    const spoken = before && record.versions.every((one) => before.some((other) => isSame(one, other)));
    const either = spoken ? before : [...(before ?? []), ...record.versions];
    const written = spoken ? undefined : await writeRecord(home, recordPath, { ...record, versions: either });
    let stat: DiskStat;
    try {
      stat = await edit.commit({ condition: holdTo(held), durable: dirty });
    } catch (error) {
      if (written) await restore(place, stored, written).catch(() => {});
      // A lock is not waited for without end, so that two may be here at once.
      if (isCloudError(error, 'ObjectChanged')) return undefined;
      throw error;
    }
    const file = dirty ? undefined : seenFile(home, stat, true);
    if (file || either.length !== record.versions.length) await writeRecord(home, recordPath, { ...record, file });
    return stat;
  });
}

/** Whether a file is what the caller saw. Where versions are too coarse to tell, the bytes have to, of which only edits can be lost. */
function mayGo(home: Home, held: DiskStat, { stat, state }: Publication['found']): boolean {
  return held.version === stat?.version && (state === 'dirty' || isSettled(home, held));
}

const isSame = (a: CopyVersion, b: CopyVersion): boolean => JSON.stringify(a) === JSON.stringify(b);

/** Somebody wrote there between our look and the rename: a program that knows no locks. */
function holdTo(held: DiskStat | null): (now: DiskStat | null) => void {
  return (now) => {
    const file = now?.kind === 'file' ? now.version : undefined;
    if (file !== held?.version) throw new CloudError('the copy was changed this moment', { code: 'ObjectChanged', retryable: true });
  };
}

/** Unless somebody else has written there by now. */
async function restore(place: Place, stored: StoredRecord | null, written: StoredRecord): Promise<void> {
  if ((await readRecord(place.home, place.recordPath))?.text !== written.text) return;
  if (stored) await writeRecord(place.home, place.recordPath, stored.record);
  else await place.home.disk.remove(place.recordPath);
}

/** Keeps what is in a working copy out of the way. @returns where */
export async function keepAside({ home, name }: Pick<Place, 'home' | 'name'>, edit: DiskEdit): Promise<string> {
  const path = `${roomOf(home)}/kept/${name}-${crypto.randomUUID()}`;
  await home.disk.write(path, chunksOfEdit(edit));
  return path;
}

/** Whether anything was kept so. */
export const hasKept = async (home: Home): Promise<boolean> => !!(await home.disk.list(`${roomOf(home)}/kept`))?.length;

/** Begins an empty working copy; in an odd place where the disk does not take the name, or has a folder there. */
export async function beginEmpty<F extends Publication['found']>(
  found: F,
  identity: CopyIdentity,
  { signal }: AbortOptions,
): Promise<{ edit: DiskEdit; found: F }> {
  const { home, path, odd } = found.place;
  try {
    return { edit: await home.disk.edit(path, { from: 'empty', signal }), found };
  } catch (error) {
    if (odd || !(isCloudError(error, 'AlreadyExists') || isCloudError(error, 'InvalidArgument'))) throw error;
    const place = placeOf(home, identity, true);
    return { edit: await home.disk.edit(place.path, { from: 'empty', signal }), found: { ...found, place, state: 'missing', stat: null } };
  }
}

/** Takes a copy and its record away, unless it was changed since it was looked at. @returns whether it went */
export async function takeAway({ place, stat }: Found): Promise<boolean> {
  const { disk, dir } = place.home;
  if (stat?.kind === 'file') {
    try {
      await disk.remove(place.path, { condition: holdTo(stat) });
    } catch (error) {
      if (isCloudError(error, 'ObjectChanged')) return false;
      throw error;
    }
  }
  await disk.remove(place.recordPath);
  // Folders that hold nothing any more; that of the user stays.
  for (let at = parentOf(place.path); at.length > dir.length && at !== roomOf(place.home); at = parentOf(at)) {
    const gone = await disk.removeDirectory(at).then(
      () => true,
      () => false,
    );
    if (!gone) break;
  }
  return true;
}

const parentOf = (path: string): string => path.slice(0, path.lastIndexOf('/'));
