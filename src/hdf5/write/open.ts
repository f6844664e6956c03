/**
 * Opening an HDF5 file for writing, in a store or on a disk.
 *
 * @module
 */
import { absolutePath } from '#platform';
import { sessionOf, type SessionOptions } from '../../store/session.ts';
import type { AbortOptions } from '../../types.ts';
import { throwIfAborted } from '../../util/abort.ts';
import type { Hdf5WriteMode } from '../modes.ts';
import { loadLibrary } from '../library/load.ts';
import type { Hdf5WritableFile } from './file.ts';
import { openOrigin } from './origin.ts';
import { publish, type AboutFile } from './publish.ts';
import { checkFormat, MEMORY_BYTES, startWriting, type Hdf5FormatOptions } from './start.ts';
import { resolveTarget, urlOf, type Hdf5Target } from './target.ts';

/** Options of opening a file for writing. `signal` is for opening alone. */
export interface Hdf5WriteOptions extends SessionOptions, AbortOptions, AboutFile, Hdf5FormatOptions {
  /**
   * As h5py's: `w` makes a file, in the place of one that is there; `x` and `w-` make one where there is none; `r+` changes one that is there; `a`
   * changes one, or makes it.
   */
  mode: Hdf5WriteMode;
  /**
   * The folder in which the working copy of a file in a store is kept, which may become as large as the file; in Node, Bun and Deno. Those of files on
   * a disk lie beside them. @default the system's for temporary files
   */
  workFolder?: string | undefined;
}

/**
 * Open a file for writing; {@link openHdf5} says the rest.
 *
 * @throws NotHdf5Error; Hdf5Error; CloudError `NotFound`, `AlreadyExists`, `InvalidArgument`, `NotSupported`, and what the store or the disk throws
 */
export async function openForWriting(target: Hdf5Target, options: Hdf5WriteOptions): Promise<Hdf5WritableFile> {
  const { mode, maxMemoryBytes = MEMORY_BYTES, workFolder, signal } = options;
  checkFormat(options);
  throwIfAborted(signal);
  const url = urlOf(target);
  const given = typeof target === 'object' && 'client' in target ? target.client : undefined;
  const { context, isOurs } = sessionOf(given ? { client: given } : options);
  const { contentType, cacheControl, contentDisposition, storageClass, metadata } = options;
  const about: AboutFile = { contentType, cacheControl, contentDisposition, storageClass, metadata };
  const closeClient = async (): Promise<void> => {
    if (isOurs) await context.close();
  };
  try {
    const place = await resolveTarget(url, context);
    // where it cannot be loaded nothing is fetched for it
    await loadLibrary();
    const room = { folder: workFolder === undefined ? undefined : absolutePath(workFolder), maxMemoryBytes };
    const opened = await openOrigin(place, mode, room, { signal });
    const { working, isNew } = opened;
    return await startWriting({ working, isNew, name: place.name }, context, options, {
      publish: (ending) => publish(place, opened, { about, ...ending }),
      settle: () => working.settle(),
      async discard() {
        await working.discard();
        await closeClient();
      },
    });
  } catch (error) {
    await closeClient();
    throw error;
  }
}
