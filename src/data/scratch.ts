/**
 * Folders for copies that nobody asked to keep.
 *
 * @module
 */
import { openScratch } from '#platform';
import { placeOnDisk, type LocalPlace } from './place.ts';

/** A folder of its own, which ends with the process; in a browser some day later. It is made when something is written to it. */
export async function openScratchFolder(): Promise<LocalPlace> {
  const { disk, folder } = await openScratch();
  return { ...placeOnDisk(disk, `${folder}/${crypto.getRandomValues(new Uint32Array(2)).join('-')}`), temporary: true };
}
