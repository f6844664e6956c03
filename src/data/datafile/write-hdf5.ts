/**
 * A datafile's content as an HDF5 file that is written: a working copy, stored together with the metadata.
 *
 * @module
 */
import { CloudError } from '../../errors.ts';
import { parseOpenMode } from '../../handle/modes.ts';
import type { Hdf5WritableFile } from '../../hdf5/write/file.ts';
import type { Hdf5WriteMode } from '../../hdf5/modes.ts';
import type { Hdf5Published } from '../../hdf5/write/publish.ts';
import type { Hdf5FormatOptions } from '../../hdf5/write/start.ts';
import type { DiskEdit, DiskStat } from '../../platform/types.ts';
import { beginEdit, localFor, saveEdit, type ContentEdit, type SaveOptions } from './edit-content.ts';
import { baseName } from '../place.ts';
import type { DatafileState } from './state.ts';

/** How a datafile is opened as HDF5 to be written. */
export interface DatafileHdf5WriteOptions extends SaveOptions, Hdf5FormatOptions {}

/** h5py's modes as Python's of bytes. */
const modes: Readonly<Record<Hdf5WriteMode, string>> = { w: 'w+b', x: 'x+b', 'w-': 'x+b', a: 'a+b', 'r+': 'r+b' };

/** What a file in a store is told, and a datafile is not. */
const foreign = ['contentType', 'cacheControl', 'contentDisposition', 'storageClass', 'metadata', 'workFolder'];

/** Commits once: who saves again, after an upload that failed, finds it done; a copy that is refused stays. */
function commitOnce(commit: DiskEdit['commit'], { local }: ContentEdit): DiskEdit['commit'] {
  let done: DiskStat | undefined;
  return async (options = {}) => {
    if (done) return done;
    const disk = await local.place.disk();
    options.condition?.(await disk.stat(local.place.path, options));
    return (done = await commit(options));
  };
}

/** Open the content of a datafile to be written. */
export async function writeDatafileHdf5(
  state: DatafileState,
  hdf5Mode: Hdf5WriteMode,
  options: DatafileHdf5WriteOptions,
): Promise<Hdf5WritableFile> {
  const [{ loadLibrary }, { openWorkingCopy }, { checkFormat, MEMORY_BYTES, startWriting }] = await Promise.all([
    import('../../hdf5/library/load.ts'),
    import('../../hdf5/write/working-file.ts'),
    import('../../hdf5/write/start.ts'),
  ]);
  checkFormat(options);
  const given = foreign.find((name) => (options as Record<string, unknown>)[name] !== undefined);
  if (given)
    throw new CloudError(`${given} is for files in stores: a datafile has its own metadata`, {
      code: 'InvalidArgument',
      operation: 'openHdf5',
    });
  const { signal, maxMemoryBytes = MEMORY_BYTES } = options;
  await loadLibrary();
  const mode = parseOpenMode(modes[hdf5Mode]);
  const { local, opened } = await localFor(state, mode, options);
  const begun = await beginEdit(local, await local.place.disk(), mode, options);
  const working = await openWorkingCopy(begun.edit, { maxMemoryBytes, signal });
  const isNew = !begun.base || mode.access === 'w';
  const edit = { commit: commitOnce(working.commit!, begun) };
  const { path } = local.place;
  return startWriting({ working, isNew, name: baseName(local.place) }, state.context, options, {
    async publish(ending): Promise<Hdf5Published> {
      await saveEdit(state, { ...begun, edit, opened }, { updateMetadata: options.updateMetadata, signal: ending.signal });
      const { sizeBytes } = local.stat!;
      const { etag, generation, versionId } = state.cloud?.info ?? {};
      return { url: state.cloud?.place.url ?? path, sizeBytes, etag, generation, versionId };
    },
    settle: () => working.settle(),
    discard: () => working.discard(),
  });
}
