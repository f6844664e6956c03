/**
 * Opening a datafile's content: where it comes from, and what happens when the handle is closed.
 *
 * @module
 */
import { CloudError, isCloudError } from '../../errors.ts';
import type { Disk, DiskEdit, DiskStat } from '../../platform/types.ts';
import type { AbortOptions } from '../../types.ts';
import { ConflictError, FileExistsError, FileNotFoundError, ReadOnlyResourceError } from '../errors.ts';
import { openHandle, type FileHandle } from '../../handle/file-handle.ts';
import { parseOpenMode, type OpenMode } from '../../handle/modes.ts';
import { lockFolder } from '../octue-folder.ts';
import { parentOf } from '../place.ts';
import { warn } from '../../store/warn.ts';
import { customMetadata, lookForWrite } from './cloud-object.ts';
import { fetchTo } from './fetch.ts';
import { lookLocally, saveLocalMetadata, scratchPlace } from './local-copy.ts';
import { metadataText, nameOf, toText, type DatafileState, type LocalCopy } from './state.ts';
import { upload } from './upload.ts';

/** How a datafile is opened; what is left out is as the datafile was made. */
export interface OpenFileOptions extends AbortOptions {
  /** Of text: `utf-8`, `utf-8-sig`, `ascii`, `latin-1`, `utf-16` …; others can be read. @default 'utf-8' */
  encoding?: string | undefined;
  /** Line ends, as Python's `newline`: `null`, `''`, `'\n'`, `'\r'` or `'\r\n'`. @default null */
  newline?: string | null | undefined;
  /** Store the metadata together with what was written. @default true */
  updateMetadata?: boolean | undefined;
}

/** Opens the content. */
export async function openFile(state: DatafileState, modeText: string | undefined, options: OpenFileOptions): Promise<FileHandle> {
  const { defaults } = state;
  const mode = parseOpenMode(modeText ?? defaults.mode);
  const name = nameOf(state);
  if (!mode.binary && /\.(hdf5|h5)$/.test(name)) {
    throw new CloudError(`${toText(state)} is HDF5, no text: open it with openHdf5(), or its bytes in a mode with b`, {
      code: 'NotSupported',
      operation: 'open',
    });
  }
  if (mode.modifies && state.cloud?.place.kind === 'url')
    throw new ReadOnlyResourceError(`${toText(state)} is behind a URL and can only be read`, { operation: 'open' });
  const local = await localFor(state, mode, options);
  const disk = await local.place.disk();
  const { path } = local.place;
  const about = {
    mode: modeText ?? defaults.mode,
    encoding: options.encoding ?? defaults.encoding,
    // That of the datafile is for text; only a call that asks for the impossible is refused.
    newline: options.newline === undefined && !mode.binary ? defaults.newline : options.newline,
    name,
  };
  if (!mode.modifies) {
    const file = await disk.open(path, options);
    if (!file) throw missing(state, path);
    const before = metadataText(state);
    return openHandle({ file }, { ...about, onClose: async () => warnUnstored(state, before) });
  }
  const { edit, base } = await beginEdit(local, disk, mode, options);
  const save = (edited: DiskEdit): Promise<void> => saveEdit(state, local, edited, base, options);
  return openHandle({ edit }, { ...about, save });
}

/** A working copy, and the version that it is of. */
async function beginEdit(
  local: LocalCopy,
  disk: Disk,
  { access }: OpenMode,
  { signal }: AbortOptions,
): Promise<{ edit: DiskEdit; base: DiskStat | null }> {
  for (let tries = 1; ; tries++) {
    const base = local.stat;
    try {
      return { edit: await disk.edit(local.place.path, { from: base && access !== 'w' ? 'file' : 'empty', signal }), base };
    } catch (error) {
      // Replaced while it was copied: what is there now is as good a beginning.
      if (!isCloudError(error, 'ObjectChanged') || tries === 10) throw error;
      await lookLocally(local, { signal });
    }
  }
}

const missing = (state: DatafileState, path: string): FileNotFoundError =>
  new FileNotFoundError(`there is no file of ${toText(state)}`, { operation: 'open', key: path });

/** Python's documentation says that a block saves its metadata, and its code does not when the file is only read. */
function warnUnstored(state: DatafileState, before: string): void {
  if (metadataText(state) === before) return;
  const message = `the metadata of ${toText(state)} were changed while it was open for reading, which stores none: call updateMetadata()`;
  warn(state.context, new CloudError(message, { code: 'InvalidArgument', operation: 'open' }));
}

/** The local copy to work on, brought from the cloud where the mode needs what is there. */
async function localFor(state: DatafileState, mode: OpenMode, options: OpenFileOptions): Promise<LocalCopy> {
  const { local, cloud } = state;
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
async function saveEdit(
  state: DatafileState,
  local: LocalCopy,
  edit: DiskEdit,
  base: DiskStat | null,
  options: OpenFileOptions,
): Promise<void> {
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
