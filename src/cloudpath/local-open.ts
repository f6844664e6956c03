/**
 * Files of a disk, opened where they are: they need no copy.
 *
 * @module
 */
import { openHandle, type FileHandle } from '../handle/file-handle.ts';
import { parseOpenMode } from '../handle/modes.ts';
import type { DiskStat } from '../platform/types.ts';
import type { AbortOptions } from '../types.ts';
import { CloudPathFileExistsError, CloudPathFileNotFoundError, CloudPathIsADirectoryError, OverwriteNewerCloudError } from './errors.ts';
import { diskOf, diskPath, type Place } from './place.ts';

/** Options of {@link openLocal}. */
export interface OpenLocalOptions extends AbortOptions {
  encoding?: string | undefined;
  newline?: string | null | undefined;
  forceOverwriteToCloud?: boolean | undefined;
}

/** Open a file; what is written takes its place when the handle is closed, unless somebody else was faster. */
export async function openLocal(place: Place, modeText: string, options: OpenLocalOptions): Promise<FileHandle> {
  const { encoding, newline, signal } = options;
  const mode = parseOpenMode(modeText);
  const disk = await diskOf(place);
  const path = diskPath(place);
  const { text } = place;
  const about = { url: text, operation: 'open' };
  const base = await disk.stat(path, { signal });
  if (base?.kind === 'directory') throw new CloudPathIsADirectoryError(`${text} is a directory`, about);
  if (!base && (mode.access === 'r' || mode.access === 'a')) throw new CloudPathFileNotFoundError(`${text} is not there`, about);
  if (base && mode.access === 'x') throw new CloudPathFileExistsError(`${text} is there`, about);
  const handle = { mode: modeText, encoding, newline, name: text };
  if (!mode.modifies) {
    const file = await disk.open(path, { signal });
    if (!file) throw new CloudPathFileNotFoundError(`${text} is not there`, about);
    return openHandle({ file }, handle);
  }
  const edit = await disk.edit(path, { from: base && mode.access !== 'w' ? 'file' : 'empty', signal });
  const condition = (now: DiskStat | null): void => {
    if (options.forceOverwriteToCloud || now?.version === base?.version) return;
    throw new OverwriteNewerCloudError(`${text} was changed by somebody else since it was opened`, about);
  };
  return openHandle({ edit }, { ...handle, save: async (edited) => void (await edited.commit({ condition })) });
}
