/**
 * Changing a datafile's content: a working copy of what is there, and storing it together with the metadata.
 *
 * @module
 */
import { isCloudError } from '../../errors.ts';
import type { Disk, DiskEdit, DiskStat } from '../../platform/types.ts';
import type { AbortOptions } from '../../types.ts';
import { contentChunks } from '../../store/rewrite.ts';
import { createSerial } from '../../util/serial.ts';
import { ConflictError, FileExistsError, FileNotFoundError, ReadOnlyResourceError } from '../errors.ts';
import type { OpenMode } from '../../handle/modes.ts';
import { lockFolder } from '../octue-folder.ts';
import { parentOf } from '../place.ts';
import { customMetadata, lookForWrite } from './cloud-object.ts';
import { fetchTo } from './fetch.ts';
import { lookLocally, saveLocalMetadata, scratchPlace } from './local-copy.ts';
import { metadataText, toText, versionOf, type CloudObject, type DatafileState, type LocalCopy } from './state.ts';
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

/** The version of the object that content was opened on; `null` when there was none, undefined where that does not tell. */
export interface Opened {
  version: string | null | undefined;
}

/** One that has everything that was written, to be read as long as it was not committed. */
export type SavedEdit = Pick<ContentEdit, 'local' | 'base'> & {
  readonly edit: Pick<DiskEdit, 'commit'> & Partial<Pick<DiskEdit, 'read' | 'sizeBytes'>>;
  readonly opened: Opened;
};

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

/** The local copy to work on, brought from the cloud where the mode needs what is there, and what it is a copy of. */
export async function localFor(state: DatafileState, mode: OpenMode, options: AbortOptions): Promise<{ local: LocalCopy; opened: Opened }> {
  const before = state.local;
  const local = await findLocal(state, mode, options);
  const info = state.cloud?.info;
  // while it was fetched another handle may have stored a newer one
  const fetched = local === before ? undefined : local.from?.object;
  return { local, opened: { version: fetched ?? (info ? versionOf(info) : info) } };
}

async function findLocal(state: DatafileState, mode: OpenMode, options: AbortOptions): Promise<LocalCopy> {
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

/**
 * Content and metadata together: checked first, then stored; in the cloud under the condition that nobody else was faster. One after the other:
 * whoever comes second must see what the first one stored.
 */
export function saveEdit(state: DatafileState, edited: SavedEdit, options: SaveOptions): Promise<void> {
  state.saves ??= createSerial();
  return state.saves(() => save(state, edited, options));
}

async function save(state: DatafileState, { local, edit, base, opened }: SavedEdit, options: SaveOptions): Promise<void> {
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
    // a commit that is refused would throw it away
    condition(await (await local.place.disk()).stat(local.place.path, { signal }));
    local.stat = await edit.commit({ condition, signal });
  };
  if (!cloud && updateMetadata) {
    return saveLocalMetadata(state, { signal }, commit).catch(async (error: unknown) => {
      throw error instanceof ConflictError ? await keptAside(state, edit, error) : error;
    });
  }
  const { place } = local;
  try {
    // Looking at what is there and replacing it are two steps, for which other processes have to wait.
    await (place.temporary ? commit() : lockFolder(await place.disk(), parentOf(place.path), commit, { signal }));
  } catch (error) {
    throw error instanceof ConflictError ? await keptAside(state, edit, error) : error;
  }
  if (cloud) checkOpened(state, cloud, opened, place.path);
  state.local = local;
  if (!cloud) return;
  await upload(state, undefined, { updateCloudMetadata: updateMetadata, signal });
  if (cloud.info) opened.version = versionOf(cloud.info);
}

/** Another handle of this datafile, or a `refresh()`, may have come to another version: the upload's condition would be that one. */
function checkOpened(state: DatafileState, { info, renewed }: CloudObject, { version }: Opened, path: string): void {
  let same = version;
  while (same && renewed?.has(same)) same = renewed.get(same);
  const now = info ? versionOf(info) : info;
  if (version === undefined || now === undefined || same === now) return;
  const message = `the content of ${toText(state)} is another one than it was opened on; nothing was overwritten there, what was written is in ${path}`;
  throw new ConflictError(message, { operation: 'open', key: path });
}

/** Puts what is refused where it can be found as long as the process runs. */
async function keptAside(state: DatafileState, { read, sizeBytes }: SavedEdit['edit'], error: ConflictError): Promise<unknown> {
  if (!read || sizeBytes === undefined) return error;
  const place = await scratchPlace(state);
  try {
    await (await place.disk()).write(place.path, contentChunks({ sizeBytes, read }));
  } catch {
    return error;
  }
  return new ConflictError(`${error.message}; what was written is in ${place.path}`, { operation: 'open', key: place.path, cause: error });
}
