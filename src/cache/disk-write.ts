/**
 * Putting files of the disk container: whole under their names, or not at all.
 *
 * @module
 */
import type { CacheFiles } from '../platform/types.ts';
import type { CacheEntry } from './container.ts';
import { attempt, codeOf, isGone } from './disk-errors.ts';
import { encodeLead, TEMP_FOLDER, type Place } from './disk-format.ts';

/** A write that ended before the end, without an error. */
class ShortWrite extends Error {
  override name = 'ShortWrite';
}

/** Puts one value. @returns false when it cannot be kept; rejects with what the system says */
export type WriteValue = (entry: CacheEntry, place: Place, durable: boolean) => Promise<boolean>;

/** Makes what writes values below a folder. */
export function createWriter(files: CacheFiles): WriteValue {
  // Two containers of one process, and two processes one after another of the same number, must not meet.
  const own = `${files.processId}-${Math.floor(Math.random() * 2 ** 48).toString(16)}`;
  let count = 0;

  /** Again when its folder had to be made: nobody looks whether folders are there before. */
  const withFolder = async <T>(folder: string, task: () => Promise<T>): Promise<T> => {
    try {
      return await task();
    } catch (error) {
      if (!isGone(error)) throw error;
      files.makeFolderSync(folder);
      return await task();
    }
  };

  return async (entry, place, durable) => {
    const lead = encodeLead(entry, place.id);
    if (!lead) return false;
    const temp = `${TEMP_FOLDER}/${own}-${++count}`;
    try {
      const parts = entry.bytes.length ? [lead, entry.bytes] : [lead];
      const written = await withFolder(TEMP_FOLDER, () => files.write(temp, parts, durable));
      if (written !== lead.length + entry.bytes.length) throw new ShortWrite();
      await withFolder(place.folder, () => files.rename(temp, place.path));
      return true;
    } catch (error) {
      attempt(() => files.removeSync(temp), undefined);
      // On Windows nothing is put in the place of a file that somebody reads; what he reads is this very value.
      if (/^(EPERM|EACCES|EBUSY|EEXIST)$/.test(codeOf(error)) && attempt(() => files.statSync(place.path), undefined)) return true;
      throw error;
    }
  };
}
