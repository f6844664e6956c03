/**
 * Opening an HDF5 file for writing.
 *
 * @module
 */
import { absolutePath } from '#platform';
import { CloudError } from '../../errors.ts';
import { sessionOf, type SessionOptions } from '../../store/session.ts';
import type { AbortOptions } from '../../types.ts';
import { throwIfAborted } from '../../util/abort.ts';
import { createSerial } from '../../util/serial.ts';
import type { FileContext } from '../file/context.ts';
import { listKeys, openItem } from '../file/items.ts';
import { pluginsOf, type Hdf5Plugins } from '../file/open.ts';
import { readSuperblock } from '../layout/superblock.ts';
import { loadLibrary } from '../library/load.ts';
import type { H5Module } from '../library/module.ts';
import type { Look } from '../types.ts';
import { Hdf5WritableFile } from './file.ts';
import { openOrigin, type Hdf5WriteMode, type Opened } from './origin.ts';
import { publish, type AboutFile } from './publish.ts';
import type { WriteState } from './state.ts';
import { resolveTarget, urlOf, type Hdf5Target } from './target.ts';
import { formats, openWriteEngine, type WriteEngine } from './write-engine.ts';
import type { NowFile } from './write-folder.ts';

/** Options of opening a file for writing. `signal` is for opening alone. */
export interface Hdf5WriteOptions extends SessionOptions, AbortOptions, AboutFile {
  /**
   * As h5py's: `w` makes a file, in the place of one that is there; `x` and `w-` make one where there is none; `r+` changes one that is there; `a`
   * changes one, or makes it.
   */
  mode: Hdf5WriteMode;
  /**
   * Which releases of the HDF5 library can read what is made, from the oldest on: newer formats find chunks faster. Of a file that is there it is for
   * what is added. @default 'v18' (of 2008)
   */
  format?: keyof typeof formats | undefined;
  /** Names in groups, and of attributes, keep the order in which they were given; else they are sorted. Only for what is made. @default false */
  trackOrder?: boolean | undefined;
  /** Plugins for filters that are not built in, as for reading. */
  plugins?: Hdf5Plugins | undefined;
  /**
   * What the file may take of memory, in bytes, where there is no disk that a library can write to: on a page's main thread, and in workers without one.
   * @default 256 MiB
   */
  maxMemoryBytes?: number | undefined;
  /**
   * The folder in which the working copy of a file in a store is kept, which may become as large as the file; in Node, Bun and Deno. Those of files on
   * a disk lie beside them. @default the system's for temporary files
   */
  workFolder?: string | undefined;
}

const modes: readonly string[] = ['w', 'x', 'w-', 'a', 'r+'] satisfies Hdf5WriteMode[];
const unfit = (message: string): CloudError => new CloudError(message, { code: 'InvalidArgument', operation: 'openHdf5' });

function lookOf(file: NowFile): Look {
  return {
    byteLength: file.sizeBytes,
    async read(start, end) {
      const bytes = new Uint8Array(Math.max(0, Math.min(end, file.sizeBytes) - start));
      file.read(bytes, start);
      return bytes;
    },
    async ensure() {},
  };
}

/** The library over a working file. @throws NotHdf5Error, Hdf5Error */
async function startEngine(module: H5Module, name: string, { working, isNew }: Opened, options: Hdf5WriteOptions): Promise<WriteEngine> {
  const kept = working.now;
  // says what it is when it is none
  if (!isNew) await readSuperblock(lookOf(kept));
  const { format = 'v18', trackOrder = false } = options;
  return openWriteEngine({ module, kept, name, isNew, format, trackOrder });
}

/**
 * Open a file for writing; {@link openHdf5} says the rest.
 *
 * @throws NotHdf5Error; Hdf5Error; CloudError `NotFound`, `AlreadyExists`, `InvalidArgument`, `NotSupported`, and what the store or the disk throws
 */
export async function openForWriting(target: Hdf5Target, options: Hdf5WriteOptions): Promise<Hdf5WritableFile> {
  const { mode, format = 'v18', maxMemoryBytes = 256 * 0x10_0000, workFolder, trackOrder = false, signal } = options;
  if (!modes.includes(mode)) throw unfit(`there is no mode '${mode as string}'`);
  if (!Object.hasOwn(formats, format))
    throw unfit(`there is no format '${format as string}': it is one of ${Object.keys(formats).join(', ')}`);
  if (!(maxMemoryBytes > 0)) throw unfit('maxMemoryBytes is a number above 0');
  throwIfAborted(signal);
  const url = urlOf(target);
  const given = typeof target === 'object' && 'client' in target ? target.client : undefined;
  const { context, isOurs } = sessionOf(given ? { client: given } : options);
  const { contentType, cacheControl, contentDisposition, storageClass, metadata } = options;
  const about: AboutFile = { contentType, cacheControl, contentDisposition, storageClass, metadata };
  let opened: Opened | undefined;
  let engine: WriteEngine | undefined;
  const discard = async (): Promise<void> => {
    await opened?.working.discard();
    if (isOurs) await context.close();
  };
  try {
    const place = await resolveTarget(url, context);
    const module = await loadLibrary();
    const room = { folder: workFolder === undefined ? undefined : absolutePath(workFolder), maxMemoryBytes };
    opened = await openOrigin(place, mode, room, { signal });
    const { working } = opened;
    engine = await startEngine(module, place.name, opened, options);
    engine.flush();
    const file: FileContext = {
      engine,
      superblock: await readSuperblock(engine.begin().look),
      isPlanned: true,
      loadPlugin: pluginsOf(options.plugins, context),
      objects: { open: (path, its) => openItem(file, path, its), keys: (path, its) => listKeys(file, path, its) },
    };
    const state: WriteState = { engine, context: file, trackOrder, serial: createSerial() };
    throwIfAborted(signal);
    const its = opened;
    return new Hdf5WritableFile(state, {
      publish: (ending) => publish(place, its, { about, ...ending }),
      settle: () => working.settle(),
      discard,
    });
  } catch (error) {
    engine?.drop();
    await discard();
    throw error;
  }
}

/**
 * Open a file for writing for as long as `edit` runs, and close it then; when `edit` throws nothing is written.
 *
 * @param options `mode`: @default 'a'
 * @returns what `edit` returns
 * @throws what {@link openHdf5}, `edit` and `close` throw
 * @example await editHdf5('s3://bucket/run.h5', async (file) => { await file.setAttr('checked', true); })
 */
export async function editHdf5<T>(
  target: Hdf5Target,
  edit: (file: Hdf5WritableFile) => Promise<T>,
  options: Omit<Hdf5WriteOptions, 'mode'> & { mode?: Hdf5WriteMode | undefined } = {},
): Promise<T> {
  const file = await openForWriting(target, { ...options, mode: options.mode ?? 'a' });
  let result: T;
  try {
    result = await edit(file);
  } catch (error) {
    await file.abort();
    throw error;
  }
  try {
    await file.close({ signal: options.signal });
  } catch (error) {
    await file.abort();
    throw error;
  }
  return result;
}
