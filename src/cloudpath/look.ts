/**
 * What a path is: a file, a directory, or nothing.
 *
 * @module
 */
import { isCloudError } from '../errors.ts';
import type { AbortOptions, ObjectInfo } from '../types.ts';
import { NoStatError } from './errors.ts';
import type { FreshOptions } from './path-types.ts';
import { isOnDisk, shown, type Place } from './place.ts';

/** What was found at a path. */
export interface Facts {
  kind: 'file' | 'directory' | 'missing';
  /** Of a file. */
  info?: ObjectInfo | undefined;
}

/** A bucket that is not there holds nothing. */
async function holdsAnything(place: Place, { signal }: AbortOptions): Promise<boolean> {
  try {
    for await (const page of place.store.list({ prefix: place.folder, pageSize: 1, signal }))
      if (page.objects.length + page.prefixes.length > 0) return true;
  } catch (error) {
    if (!isCloudError(error, 'NotFound')) throw error;
  }
  return false;
}

/** Whether there is a directory, whatever else has that name. */
export async function isFolder(place: Place, options: AbortOptions): Promise<boolean> {
  if (isOnDisk(place)) return (await place.store.isFolder?.(place.key, options)) ?? false;
  return holdsAnything(place, options);
}

/**
 * Ask what is there: one HEAD for a file, and one listing of one key more for what is none. An object counts before a directory. A bucket as a
 * whole is a directory without a request, and so is a web address that ends in a slash.
 */
export async function lookAt(place: Place, options: AbortOptions): Promise<Facts> {
  if (place.root || place.key === '' || place.web === 'folder') return { kind: 'directory' };
  const info = await place.store.head(place.key, { signal: options.signal });
  if (info) return { kind: 'file', info };
  if (place.web) return { kind: 'missing' };
  return { kind: (await isFolder(place, options)) ? 'directory' : 'missing' };
}

/** What was told already, unless it is to be asked for anew. */
export const recall = async (place: Place, told: Facts | undefined, { fresh, signal }: FreshOptions): Promise<Facts> =>
  (fresh ? undefined : told) ?? lookAt(place, { signal });

/** The info of an object: what is known already, else by one HEAD. @throws NoStatError it is not there, or a directory */
export async function lookForFile(place: Place, told: Facts | undefined, { signal }: AbortOptions): Promise<ObjectInfo> {
  const { root, web, key, text } = place;
  const isDirectory = root || key === '' || web === 'folder' || told?.kind === 'directory';
  const info = told?.info ?? (isDirectory ? null : await place.store.head(key, { signal }));
  if (info) return info;
  throw new NoStatError(`${shown(place)} is a directory, or not there`, { url: text, operation: 'stat' });
}

/** Whether there is a file or directory; of a bucket whether it is there. */
export async function exists(place: Place, options: AbortOptions): Promise<boolean> {
  if (place.root) return true;
  if (place.web === 'folder') return (await place.store.head(place.key, { signal: options.signal })) !== null;
  if (place.key !== '') return (await lookAt(place, options)).kind !== 'missing';
  if (isOnDisk(place)) return true;
  try {
    // an empty bucket has a listing, a missing one has none
    for await (const _ of place.store.list({ pageSize: 1, signal: options.signal })) break;
    return true;
  } catch (error) {
    if (isCloudError(error, 'NotFound')) return false;
    throw error;
  }
}
