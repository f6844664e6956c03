/**
 * The HDF5 library over a working file, as a file that is written.
 *
 * @module
 */
import { CloudError } from '../../errors.ts';
import type { StoreContext } from '../../store/context.ts';
import type { AbortOptions } from '../../types.ts';
import { throwIfAborted } from '../../util/abort.ts';
import { createSerial } from '../../util/serial.ts';
import type { FileContext } from '../file/context.ts';
import { listKeys, openItem } from '../file/items.ts';
import { pluginsOf, type Hdf5Plugins } from '../file/open.ts';
import { readSuperblock } from '../layout/superblock.ts';
import { loadLibrary } from '../library/load.ts';
import type { Look } from '../types.ts';
import { Hdf5WritableFile, type FileEnd } from './file.ts';
import type { WorkingFile } from './working-file.ts';
import type { WriteState } from './state.ts';
import { formats, openWriteEngine, type WriteEngine } from './write-engine.ts';
import type { NowFile } from './write-folder.ts';

/** How a file is written, wherever it is to be. */
export interface Hdf5FormatOptions {
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
}

/** What is there to begin with. */
export interface Beginning {
  readonly working: WorkingFile;
  /** Whether it is empty, and to be made. */
  readonly isNew: boolean;
  /** The file's name, by which it may link to itself. */
  readonly name: string;
}

/** What a file may take of memory, in bytes. */
export const MEMORY_BYTES: number = 256 * 0x10_0000;

/** The error for options that fit nothing. */
const unfit = (message: string): CloudError => new CloudError(message, { code: 'InvalidArgument', operation: 'openHdf5' });

/** Look at the options before anything is done. @throws CloudError `InvalidArgument` */
export function checkFormat({ format = 'v18', maxMemoryBytes = MEMORY_BYTES }: Hdf5FormatOptions): void {
  if (!Object.hasOwn(formats, format))
    throw unfit(`there is no format '${format as string}': it is one of ${Object.keys(formats).join(', ')}`);
  if (!(maxMemoryBytes > 0)) throw unfit('maxMemoryBytes is a number above 0');
}

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

/**
 * Open a working file for writing.
 *
 * @param end what becomes of it; when opening fails it is discarded
 * @throws NotHdf5Error; Hdf5Error; what the working file throws
 */
export async function startWriting(
  { working, isNew, name }: Beginning,
  context: StoreContext,
  options: Hdf5FormatOptions & AbortOptions,
  end: FileEnd,
): Promise<Hdf5WritableFile> {
  const { format = 'v18', trackOrder = false, plugins, signal } = options;
  let engine: WriteEngine | undefined;
  try {
    const module = await loadLibrary();
    const kept = working.now;
    // says what it is when it is none
    if (!isNew) await readSuperblock(lookOf(kept));
    engine = openWriteEngine({ module, kept, name, isNew, format, trackOrder });
    engine.flush();
    const file: FileContext = {
      engine,
      superblock: await readSuperblock(engine.begin().look),
      isPlanned: true,
      loadPlugin: pluginsOf(plugins, context),
      objects: { open: (path, its) => openItem(file, path, its), keys: (path, its) => listKeys(file, path, its) },
    };
    const state: WriteState = { engine, context: file, trackOrder, serial: createSerial() };
    throwIfAborted(signal);
    return new Hdf5WritableFile(state, end);
  } catch (error) {
    engine?.drop();
    await end.discard();
    throw error;
  }
}
