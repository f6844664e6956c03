/**
 * Opening a datafile's content as text or bytes.
 *
 * @module
 */
import { CloudError } from '../../errors.ts';
import { openHandle, type FileHandle } from '../../handle/file-handle.ts';
import { parseOpenMode } from '../../handle/modes.ts';
import { warn } from '../../store/warn.ts';
import { beginEdit, localFor, missing, saveEdit, type SaveOptions } from './edit-content.ts';
import { metadataText, nameOf, toText, type DatafileState } from './state.ts';

/** How a datafile is opened; what is left out is as the datafile was made. */
export interface OpenFileOptions extends SaveOptions {
  /** Of text: `utf-8`, `utf-8-sig`, `ascii`, `latin-1`, `utf-16` …; others can be read. @default 'utf-8' */
  encoding?: string | undefined;
  /** Line ends, as Python's `newline`: `null`, `''`, `'\n'`, `'\r'` or `'\r\n'`. @default null */
  newline?: string | null | undefined;
}

/** Opens the content. */
export async function openFile(state: DatafileState, modeText: string | undefined, options: OpenFileOptions): Promise<FileHandle> {
  const { defaults } = state;
  const mode = parseOpenMode(modeText ?? defaults.mode);
  const { local, opened } = await localFor(state, mode, options);
  const disk = await local.place.disk();
  const { path } = local.place;
  const about = {
    mode: modeText ?? defaults.mode,
    encoding: options.encoding ?? defaults.encoding,
    // That of the datafile is for text; only a call that asks for the impossible is refused.
    newline: options.newline === undefined && !mode.binary ? defaults.newline : options.newline,
    name: nameOf(state),
  };
  if (!mode.modifies) {
    const file = await disk.open(path, options);
    if (!file) throw missing(state, path);
    const before = metadataText(state);
    return openHandle({ file }, { ...about, onClose: async () => warnUnstored(state, before) });
  }
  const begun = await beginEdit(local, disk, mode, options);
  const save = (edit: typeof begun.edit): Promise<void> => saveEdit(state, { ...begun, edit, opened }, options);
  return openHandle({ edit: begun.edit }, { ...about, save });
}

/** Python's documentation says that a block saves its metadata, and its code does not when the file is only read. */
function warnUnstored(state: DatafileState, before: string): void {
  if (metadataText(state) === before) return;
  const message = `the metadata of ${toText(state)} were changed while it was open for reading, which stores none: call updateMetadata()`;
  warn(state.context, new CloudError(message, { code: 'InvalidArgument', operation: 'open' }));
}
