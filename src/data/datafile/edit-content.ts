/**
 * Changing a datafile's content: a working copy of what is there, and storing it together with the metadata.
 *
 * @module
 */
import { isCloudError } from '../../errors.ts';
import type { Disk, DiskEdit, DiskStat } from '../../platform/types.ts';
import type { AbortOptions } from '../../types.ts';
import { ConflictError, FileExistsError, FileNotFoundError, ReadOnlyResourceError } from '../errors.ts';
import type { OpenMode } from '../../handle/modes.ts';
import { lockFolder } from '../octue-folder.ts';
import { parentOf } from '../place.ts';
import { customMetadata, lookForWrite } from './cloud-object.ts';
import { fetchTo } from './fetch.ts';
import { lookLocally, saveLocalMetadata, scratchPlace } from './local-copy.ts';
import { metadataText, toText, type DatafileState, type LocalCopy } from './state.ts';
import { upload } from './upload.ts';

/** What is stored on closing. */
export interface SaveOptions extends AbortOptions {
  /** Store the metadata together with what was written. @default true */
  updateMetadata?: boolean | undefined;
}

/** A local copy being changed. */
export interface ContentEdit {
  readonly local: LocalCopy;
  readonly edit: DiskEdit;
  /** The version that it is of; `null` when there was none. */
  readonly base: DiskStat | null;
}

/** One that has everything that was written. */
export type SavedEdit = Pick<ContentEdit, 'local' | 'base'> & { readonly edit: Pick<DiskEdit, 'commit'> };

/** The error for content that is not there. */
export const missing = (state: DatafileState, path: string): FileNotFoundError =>
  new FileNotFoundError(`there is no file of ${toText(state)}`, { operation: 'open', key: path });

/** A working copy of a local copy, and the version that it is of. */
export async function beginEdit(local: LocalCopy, disk: Disk, { access }: OpenMode, { signal }: AbortOptions): Promise<ContentEdit> {
  for (let tries = 1; ; tries++) {
    const base = local.stat;
    try {
      return { local, edit: await disk.edit(local.place.path, { from: base && access !== 'w' ? 'file' : 'empty', signal }), base };
    } catch (error) {
      // Replaced while it was copied: what is there now is as good a beginning.
      if (!isCloudError(error, 'ObjectChanged') || tries === 10) throw error;
      await lookLocally(local, { signal });
    }
  }
}

/** The local copy to work on, brought from the cloud where the mode needs what is there. */
export async function localFor(state: DatafileState, mode: OpenMode, options: AbortOptions): Promise<LocalCopy> {
  const { local, cloud } = state;
  if (mode.modifies && cloud?.place.kind === 'url')
    throw new ReadOnlyResourceError(`${toText(state)} is behind a URL and can only be read`, { operation: 'open' });
  const there = local && (await lookLocally(local, options));
  if (local && (there || !cloud)) {
    await checkLocal(state, local, mode, options);
    // What is in the cloud now is what the upload must find.
    if (mode.modifies && cloud && cloud.info === undefined) await lookForWrite(cloud, options);
    return local;
  }
  const place = local?.place ?? (await scratchPlace(state));
  const fetch = async (): Promise<LocalCopy> => (state.local = await fetchTo(state, cloud!, place, options));
  if (mode.access === 'r') return fetch();
  // What is there now is what the upload must find.
  const info = cloud!.info === undefined ? await lookForWrite(cloud!, options) : cloud!.info;
  if (info && mode.access === 'x') throw new FileExistsError(`${toText(state)} is in the cloud already`, { operation: 'open' });
  return info && mode.access === 'a' ? fetch() : { place, stat: null, saved: undefined };
}

/** What Python's `open` asks of a local path. */
async function checkLocal(state: DatafileState, local: LocalCopy, { access, modifies }: OpenMode, options: AbortOptions): Promise<void> {
  const { stat, place } = local;
  if (stat && access === 'x')
    throw new FileExistsError(`the file of ${toText(state)} is there already`, { operation: 'open', key: place.path });
  if (stat || !modifies || access === 'w') return;
  // Only writing anew makes folders.
  const folder = parentOf(place.path);
  if (access === 'r' || (await (await place.disk()).stat(folder, options))?.kind !== 'directory') throw missing(state, place.path);
}

/** Content and metadata together: checked first, then stored; in the cloud under the condition that nobody else was faster. */
export async function saveEdit(state: DatafileState, { local, edit, base }: SavedEdit, options: SaveOptions): Promise<void> {
  const { signal, updateMetadata = state.defaults.updateMetadata } = options;
  const { cloud } = state;
  metadataText(state);
  if (cloud?.place.kind === 'cloud' && updateMetadata) customMetadata(state, cloud.place, cloud.info?.metadata);
  const commit = async (): Promise<void> => {
    const condition = (now: DiskStat | null): void => {
      if (now?.version === base?.version) return;
      const message = `the file of ${toText(state)} was changed by somebody else since it was opened; nothing was overwritten`;
      throw new ConflictError(message, { operation: 'open', key: local.place.path });
    };
    local.stat = await edit.commit({ condition, signal });
  };
  if (!cloud && updateMetadata) return saveLocalMetadata(state, { signal }, commit);
  const { place } = local;
  // Looking at what is there and replacing it are two steps, for which other processes have to wait.
  await (place.temporary ? commit() : lockFolder(await place.disk(), parentOf(place.path), commit, { signal }));
  state.local = local;
  if (cloud) await upload(state, undefined, { updateCloudMetadata: updateMetadata, signal });
}
