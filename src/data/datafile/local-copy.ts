/**
 * A datafile's copy on the local disk: its hash, its record in `.octue`, and making it from the cloud.
 *
 * @module
 */
import { CloudError, isCloudError } from '../../errors.ts';
import type { DiskStat } from '../../platform/types.ts';
import type { AbortOptions } from '../../types.ts';
import { ConflictError, FileExistsError, FileNotFoundError, LocalLocationNotSpecifiedError } from '../errors.ts';
import { storedDatafile, withDatafile, type OctueFile } from '../octue-file.ts';
import { changeOctueFile, loadOctueFile } from '../octue-folder.ts';
import { baseName, parentOf, placeBelow, type LocalPlace } from '../place.ts';
import type { StoredDatafile } from '../record.ts';
import { openScratchFolder } from '../scratch.ts';
import { sdkVersion } from '../sdk-version.ts';
import { applyStored, metadataOf, metadataText, storedText, toText, type DatafileState, type LocalCopy } from './state.ts';

/** A local copy, after a look at what is there. */
export async function localCopyAt(place: LocalPlace, options: AbortOptions): Promise<LocalCopy> {
  const disk = await place.disk();
  return { place, stat: fileOnly(await disk.stat(place.path, options), place.path), saved: undefined };
}

/** Looks again. */
export async function lookLocally(local: LocalCopy, options: AbortOptions): Promise<DiskStat | null> {
  const disk = await local.place.disk();
  return (local.stat = fileOnly(await disk.stat(local.place.path, options), local.place.path));
}

function fileOnly(stat: DiskStat | null, path: string): DiskStat | null {
  if (stat?.kind !== 'directory') return stat;
  throw new CloudError('a datafile is a file, and this is a folder', { code: 'InvalidArgument', key: path });
}

/** What a folder's records say of a file: under the file's own name, or that which the user gave. */
export function storedOf(file: OctueFile, place: LocalPlace, name: string | undefined): StoredDatafile | undefined {
  return storedDatafile(file, baseName(place)) ?? (name === undefined ? undefined : storedDatafile(file, name));
}

/**
 * Writes the record into the folder's `.octue`.
 *
 * @param also done before it is written, while nobody else writes there
 * @throws LocalLocationNotSpecifiedError there is no local copy
 * @throws FileNotFoundError the folder is missing
 * @throws ConflictError somebody else changed the record; nothing was overwritten
 */
export async function saveLocalMetadata(state: DatafileState, options: AbortOptions, also?: () => Promise<void>): Promise<void> {
  const { local, context } = state;
  if (!local) throw new LocalLocationNotSpecifiedError(`${toText(state)} has no local copy`, { operation: 'updateLocalMetadata' });
  const { place } = local;
  const folder = parentOf(place.path);
  const metadata = metadataOf(state);
  const text = metadataText(state);
  try {
    const change = (file: OctueFile): OctueFile => {
      const now = local.saved === undefined ? undefined : (storedText(storedOf(file, place, state.name)) ?? null);
      if (now !== local.saved) {
        const message = `the metadata of ${toText(state)} were changed by somebody else since they were read; nothing was overwritten`;
        throw new ConflictError(message, { operation: 'updateLocalMetadata', key: place.path });
      }
      return withDatafile(file, baseName(place), metadata, sdkVersion);
    };
    await changeOctueFile(context, await place.disk(), folder, change, { ...options, also });
  } catch (error) {
    if (!isCloudError(error, 'NotFound')) throw error;
    throw new FileNotFoundError('the folder of the datafile is missing', { key: folder, cause: error });
  }
  local.saved = text;
}

/** Takes over what the folder's records say. */
export async function adoptRecord(state: DatafileState, local: LocalCopy, options: AbortOptions): Promise<void> {
  const { place } = local;
  const stored = storedOf(await loadOctueFile(state.context, await place.disk(), parentOf(place.path), options), place, state.name);
  if (stored) applyStored(state, stored);
  local.saved = storedText(stored) ?? null;
}

/** A place for a working copy that ends with the process. */
export async function scratchPlace({ cloud }: DatafileState): Promise<LocalPlace> {
  return placeBelow(await openScratchFolder(), cloud ? baseName(cloud.place) : 'file');
}

/** The condition under which one version of a file is replaced, or with `null` none: downloading takes its time. */
export const onlyOver =
  (expected: DiskStat | null, { path }: LocalPlace) =>
  (now: DiskStat | null): void => {
    if (now?.version !== expected?.version) throw new FileExistsError('another file came to be there meanwhile', { key: path });
  };

/**
 * Copies the local file to another path, where nothing may be.
 *
 * @throws FileNotFoundError there is none
 * @throws FileExistsError something is there
 */
export async function copyTo(state: DatafileState, local: LocalCopy, place: LocalPlace, options: AbortOptions): Promise<LocalCopy> {
  const file = await (await local.place.disk()).open(local.place.path, options);
  if (!file) throw new FileNotFoundError(`${toText(state)} has no content yet`, { key: local.place.path });
  try {
    const stat = await (
      await place.disk()
    ).write(place.path, file.read(0, file.sizeBytes, options), { ...options, condition: onlyOver(null, place) });
    return { place, stat, saved: undefined };
  } finally {
    await file.close();
  }
}
