/**
 * Copying and moving paths: files, directories, into and onto.
 *
 * @module
 */
import { isCloudError } from '../errors.ts';
import type { Disk } from '../platform/types.ts';
import type { AbortOptions, ObjectInfo } from '../types.ts';
import { conditionOf } from './copies/version.ts';
import { copyFile, copyForMove } from './copy-file.ts';
import { copyFolder, type IgnoreNames } from './copy-tree.ts';
import {
  ClientMismatchError,
  CloudPathFileExistsError,
  CloudPathFileNotFoundError,
  CloudPathIsADirectoryError,
  CloudPathNotADirectoryError,
  CloudPathNotExistsError,
  CloudPathNotImplementedError,
  OverwriteNewerCloudError,
} from './errors.ts';
import { isItself } from './itself.ts';
import { lookAt, type Facts } from './look.ts';
import type { OverwriteOptions } from './options.ts';
import { diskOf, diskPath, isOnDisk, shown, sibling, type Place } from './place.ts';
import { sameGround, sameObject } from './same.ts';

const about = ({ text }: Place, operation: string): { url: string; operation: string } => ({ url: text, operation });

/** The last name, without the query of a web address. */
export function nameOf({ key, web }: Place): string {
  const bare = web ? key.replace(/[?#].*$/s, '').replace(/\/$/, '') : key;
  return bare.slice(bare.lastIndexOf('/') + 1);
}

/** What there must be. @throws CloudPathNotExistsError */
async function needAny(place: Place, operation: string, options: AbortOptions): Promise<Facts> {
  const facts = await lookAt(place, options);
  if (facts.kind === 'missing') throw new CloudPathNotExistsError(`${shown(place)} is not there`, about(place, operation));
  return facts;
}

/** Where a file goes: into a directory that is there, or that the slash at the end says. */
export async function targetOf(
  name: string,
  to: Place,
  options: AbortOptions,
): Promise<{ place: Place; target?: ObjectInfo | null | undefined }> {
  const inside = { place: sibling(to, to.folder + name) };
  if (to.text.endsWith('/')) return inside;
  const { kind, info } = await lookAt(to, options);
  return kind === 'directory' ? inside : { place: to, target: info ?? null };
}

/** Options of moves. */
interface Removing extends OverwriteOptions {
  /** The source goes, file by file, when it is at its target. */
  removes?: boolean | undefined;
}

/** Copy or move a file or directory. @returns where it went, whether it is a directory, and whether that is where it was */
export async function copyPath(from: Place, to: Place, options: Removing): Promise<{ place: Place; tree: boolean; same: boolean }> {
  const { signal, removes } = options;
  const operation = removes ? 'move' : 'copy';
  if (removes && from.web) throw new CloudPathNotImplementedError('nothing is removed from a web server', about(from, operation));
  const { info } = await needAny(from, operation, { signal });
  if (info) {
    const { place, target } = await targetOf(nameOf(from), to, { signal });
    const same = removes ? await isItself(from, place, { signal }) : sameObject(from, place);
    if (same) return { place, tree: false, same };
    await (removes ? copyForMove : copyFile)(from, info, place, { ...options, target });
    if (removes) await removeCopied(from, info, { signal });
    return { place, tree: false, same };
  }
  await needNoFile(to, { signal });
  const same = from.folder === to.folder && sameGround(from, to);
  if (same) return { place: to, tree: true, same };
  await copyFolder(from, to, { ...options, ...(removes && { onCopied: removeCopied }) });
  if (removes && isOnDisk(from) && from.key !== '') await removeEmptied(await diskOf(from), diskPath(from), { signal });
  return { place: to, tree: true, same };
}

async function needNoFile(to: Place, options: AbortOptions): Promise<void> {
  if ((await lookAt(to, options)).kind === 'file') throw new CloudPathFileExistsError(`${shown(to)} is a file`, about(to, 'copytree'));
}

/** Copy a directory. @throws CloudPathNotADirectoryError CloudPathFileExistsError */
export async function copyTree(
  from: Place,
  to: Place,
  options: Parameters<typeof copyFolder>[2] & { ignore?: IgnoreNames | undefined },
): Promise<void> {
  const { signal } = options;
  if ((await lookAt(from, { signal })).kind !== 'directory')
    throw new CloudPathNotADirectoryError(`${shown(from)} is no directory: copy`, about(from, 'copytree'));
  await needNoFile(to, { signal });
  await copyFolder(from, to, options);
}

/** Take away what was copied, and nothing that it has become since. */
async function removeCopied(from: Place, info: ObjectInfo, { signal }: AbortOptions): Promise<void> {
  const { conditionalWrites } = from.store.capabilities;
  try {
    await from.store.delete(from.key, { signal, ifMatch: conditionalWrites ? conditionOf(info) : undefined });
  } catch (error) {
    if (!isCloudError(error, 'PreconditionFailed')) throw error;
    // somebody else removed it
    if (!(await from.store.head(from.key, { signal }))) return;
    const message = `${shown(from)} changed while it was moved: what it was is at the target, what it is stays`;
    throw new OverwriteNewerCloudError(message, { ...about(from, 'move'), cause: error });
  }
}

/** Folders of a disk from which everything went, the innermost first. What no listing of a store shows (links, temporary files) keeps its folder. */
async function removeEmptied(disk: Disk, path: string, options: AbortOptions): Promise<void> {
  for (const { name, kind } of (await disk.list(path, options)) ?? [])
    if (kind === 'directory') await removeEmptied(disk, `${path}/${name}`, options);
  const isEmpty = async (): Promise<boolean> => (await disk.list(path, options))?.length === 0;
  if (!(await isEmpty())) return;
  try {
    await disk.removeDirectory(path, options);
  } catch (error) {
    // something came, somebody else removed it, or it is a link to a folder
    if (!isCloudError(error, 'AlreadyExists') && (await isEmpty())) throw error;
  }
}

/**
 * Give an object another key; what is there is replaced.
 *
 * @returns false when it has that key already
 * @throws CloudPathIsADirectoryError CloudPathFileNotFoundError ClientMismatchError
 */
export async function rename(from: Place, to: Place, { signal }: AbortOptions): Promise<boolean> {
  if (from.protocol !== to.protocol)
    throw new ClientMismatchError(`${shown(from)} and ${shown(to)} are of different kinds`, about(from, 'rename'));
  if (from.web) throw new CloudPathNotImplementedError('nothing is renamed on a web server', about(from, 'rename'));
  const { kind, info } = await lookAt(from, { signal });
  if (kind === 'directory')
    throw new CloudPathIsADirectoryError(`${shown(from)} is a directory: move takes directories`, about(from, 'rename'));
  if (!info) throw new CloudPathFileNotFoundError(`${shown(from)} is not there`, about(from, 'rename'));
  if (await isItself(from, to, { signal })) return false;
  await copyFile(from, info, to, { signal, forceOverwriteToCloud: true });
  await removeCopied(from, info, { signal });
  return true;
}

/**
 * Download a file or directory to a disk, beside all caches. What is there is replaced.
 *
 * @returns the absolute path of the file or folder
 */
export async function downloadTo(from: Place, to: Place, { signal }: AbortOptions): Promise<string> {
  const { info } = await needAny(from, 'downloadTo', { signal });
  const disk = await diskOf(to);
  const inFolder = to.text.endsWith('/') || (await disk.stat(diskPath(to), { signal }))?.kind === 'directory';
  if (info) {
    const target = inFolder ? sibling(to, to.folder + nameOf(from)) : to;
    await copyFile(from, info, target, { signal });
    return diskPath(target);
  }
  // also of an empty one
  await disk.makeDirectory(diskPath(to), { signal });
  await copyFolder(from, to, { signal });
  return diskPath(to);
}
