/**
 * Putting files of the disk container: whole under their names, or not at all.
 *
 * @module
 */
import type { CacheFiles } from '../../platform/types.ts';
import type { CacheEntry } from './container.ts';
import { attempt, codeOf, isGone } from './disk-errors.ts';
import { encodeLead, TEMP_FOLDER, type Place } from './disk-format.ts';

/** A write that ended before the end, without an error. */
class ShortWrite extends Error {
  override name = 'ShortWrite';
}

/**
 * Puts one value.
 *
 * @param wanted asked when it is written, before it gets its name
 * @returns false when it cannot be kept, or is not wanted any more; rejects with what the system says
 */
export type WriteValue = (entry: CacheEntry, place: Place, durable: boolean, wanted: () => boolean) => Promise<boolean>;

/** Makes what writes values below a folder. */
export function createWriter(files: CacheFiles): WriteValue {
  // Two containers of one process, and two processes one after another of the same number, must not meet.
  const own = `${files.processId}-${Math.floor(Math.random() * 2 ** 48).toString(16)}`;
  let count = 0;

  /** Makes a folder that was missed: nobody looks whether folders are there before. */
  const make = (folder: string, missed: unknown): void => {
    if (!isGone(missed)) throw missed;
    files.makeFolderSync(folder);
  };
  const writeTo = async (temp: string, parts: readonly Uint8Array[], durable: boolean): Promise<number> => {
    try {
      return await files.write(temp, parts, durable);
    } catch (error) {
      make(TEMP_FOLDER, error);
      return await files.write(temp, parts, durable);
    }
  };
  const publish = (temp: string, { folder, path }: Place): void => {
    try {
      files.renameSync(temp, path);
    } catch (error) {
      make(folder, error);
      files.renameSync(temp, path);
    }
  };

  return async (entry, place, durable, wanted) => {
    const lead = encodeLead(entry);
    if (!lead) return false;
    const temp = `${TEMP_FOLDER}/${own}-${++count}`;
    try {
      const written = await writeTo(temp, entry.bytes.length ? [lead, entry.bytes] : [lead], durable);
      if (written !== lead.length + entry.bytes.length) throw new ShortWrite();
      if (!wanted()) {
        attempt(() => files.removeSync(temp), undefined);
        return false;
      }
      publish(temp, place);
      return true;
    } catch (error) {
      attempt(() => files.removeSync(temp), undefined);
      // On Windows nothing is put in the place of a file that somebody reads; what he reads is this very value, but for a pointer.
      if (entry.part !== 'o' && /^(EPERM|EACCES|EBUSY|EEXIST)$/.test(codeOf(error)) && attempt(() => files.statSync(place.path), undefined))
        return true;
      throw error;
    }
  };
}
