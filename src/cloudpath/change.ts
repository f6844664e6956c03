/**
 * Removing, touching and making.
 *
 * @module
 */
import { CloudError, isCloudError } from '../errors.ts';
import type { AbortOptions } from '../types.ts';
import {
  CloudPathFileExistsError,
  CloudPathFileNotFoundError,
  CloudPathIsADirectoryError,
  CloudPathNotADirectoryError,
  CloudPathNotImplementedError,
  DirectoryNotEmptyError,
} from './errors.ts';
import { listTree } from './list.ts';
import { lookAt } from './look.ts';
import { diskOf, diskPath, isOnDisk, shown, type Place } from './place.ts';

/** Keys in one request where the store takes many. */
const batch = 1000;

const about = ({ text }: Place, operation: string): { url: string; operation: string } => ({ url: text, operation });

/** Remove one object. @throws CloudPathIsADirectoryError CloudPathFileNotFoundError */
export async function unlink(
  place: Place,
  { missingOk = true, signal }: AbortOptions & { missingOk?: boolean | undefined },
): Promise<void> {
  const { kind } = await lookAt(place, { signal });
  if (kind === 'directory') throw new CloudPathIsADirectoryError(`${shown(place)} is a directory: rmdir or rmtree`, about(place, 'unlink'));
  if (kind === 'file') await place.store.delete(place.key, { signal });
  else if (!missingOk) throw new CloudPathFileNotFoundError(`${shown(place)} is not there`, about(place, 'unlink'));
}

/** Not a file; whether there is a directory. @throws CloudPathNotADirectoryError */
async function needFolder(place: Place, operation: string, options: AbortOptions): Promise<boolean> {
  const { kind } = await lookAt(place, options);
  if (kind === 'file') throw new CloudPathNotADirectoryError(`${shown(place)} is a file: unlink`, about(place, operation));
  return kind === 'directory';
}

/** Remove a directory that holds nothing but its marker; silent when there is none. @throws DirectoryNotEmptyError */
export async function rmdir(place: Place, { signal }: AbortOptions): Promise<void> {
  if (!(await needFolder(place, 'rmdir', { signal }))) return;
  let marker = false;
  for await (const page of place.store.list({ prefix: place.folder, pageSize: 2, signal })) {
    if (page.objects.some(({ key }) => key !== place.folder))
      throw new DirectoryNotEmptyError(`${shown(place)} is not empty: rmtree`, about(place, 'rmdir'));
    marker ||= page.objects.length > 0;
  }
  if (marker) await place.store.delete(place.folder, { signal });
  if (isOnDisk(place)) await (await diskOf(place)).removeDirectory(diskPath(place), { signal });
}

/** Remove a directory with all below it, a thousand keys a request; silent when there is none. Rejects with the first failure when all were tried. */
export async function rmtree(place: Place, { signal }: AbortOptions): Promise<void> {
  if (isOnDisk(place)) {
    if (place.key === '') throw new CloudError('a whole disk is not removed', { code: 'InvalidArgument', ...about(place, 'rmtree') });
    if (!(await needFolder(place, 'rmtree', { signal }))) return;
    await (await diskOf(place)).removeDirectory(diskPath(place), { signal, recursive: true });
    return;
  }
  if (!(await needFolder(place, 'rmtree', { signal }))) return;
  let failure: Error | undefined;
  let pending: string[] = [];
  const flush = async (): Promise<void> => {
    const { errors } = await place.store.delete(pending, { signal });
    failure ??= errors[0]?.error;
    pending = [];
  };
  for await (const { key } of listTree(place, place.folder, { signal })) if (pending.push(key) >= batch) await flush();
  if (pending.length > 0) await flush();
  if (failure) throw failure;
}

/**
 * Make an empty object, or give the one that is there a new time; its bytes and metadata stay.
 *
 * @throws CloudPathFileExistsError CloudPathIsADirectoryError CloudPathNotImplementedError
 */
export async function touch(place: Place, { existOk = true, signal }: AbortOptions & { existOk?: boolean | undefined }): Promise<void> {
  const { store, key } = place;
  if (place.web) throw new CloudPathNotImplementedError('files of web servers are not touched', about(place, 'touch'));
  const { kind, info } = await lookAt(place, { signal });
  if (kind === 'directory') throw new CloudPathIsADirectoryError(`${shown(place)} is a directory`, about(place, 'touch'));
  const there = (cause?: unknown): CloudPathFileExistsError =>
    new CloudPathFileExistsError(`${shown(place)} is there`, { ...about(place, 'touch'), cause });
  if (!info) {
    try {
      await store.put(key, new Uint8Array(0), { ifAbsent: store.capabilities.conditionalWrites, signal });
    } catch (error) {
      if (!isCloudError(error, 'PreconditionFailed')) throw error;
      // somebody else made it this moment
      if (!existOk) throw there(error);
    }
    return;
  }
  if (!existOk) throw there();
  if (store.touch) {
    await store.touch(key, { signal });
    return;
  }
  // a page may not be shown metadata, which then would be lost
  if (store.capabilities.storedBytes === 'signed' && Object.keys(info.metadata).length === 0)
    throw new CloudPathNotImplementedError('a page cannot tell whether the object has metadata to keep', about(place, 'touch'));
  await store.setMetadata?.(key, info.metadata, { expected: info, signal });
}

/**
 * Make a directory on a disk. Nothing elsewhere: there a directory is there as soon as something is in it.
 *
 * @throws CloudPathFileExistsError CloudPathFileNotFoundError
 */
export async function mkdir(
  place: Place,
  { parents = false, existOk = false, signal }: AbortOptions & { parents?: boolean | undefined; existOk?: boolean | undefined },
): Promise<void> {
  if (!isOnDisk(place)) return;
  const disk = await diskOf(place);
  const path = diskPath(place);
  const stat = await disk.stat(path, { signal });
  if (stat?.kind === 'directory' && existOk) return;
  if (stat) throw new CloudPathFileExistsError(`${shown(place)} is there`, about(place, 'mkdir'));
  const above = path.slice(0, path.lastIndexOf('/')) || '/';
  if (!parents && (await disk.stat(above, { signal }))?.kind !== 'directory')
    throw new CloudPathFileNotFoundError(`the folder of ${shown(place)} is not there`, about(place, 'mkdir'));
  await disk.makeDirectory(path, { signal });
}
