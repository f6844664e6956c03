/**
 * Opening an HDF5 file for reading.
 *
 * @module
 */
import { CloudError, isCloudError } from '../../errors.ts';
import { openReader } from '../../open/open-reader.ts';
import { sessionOf, type SessionOptions } from '../../store/session.ts';
import type { StoreContext } from '../../store/context.ts';
import type { AbortOptions } from '../../types.ts';
import { abortable, throwIfAborted } from '../../util/abort.ts';
import { createEngine, type Engine } from '../engine.ts';
import { readSuperblock } from '../layout/superblock.ts';
import type { LoadPlugin } from '../library/filters.ts';
import { loadLibrary } from '../library/load.ts';
import { openSource, type Hdf5Input } from '../source/byte-source.ts';
import type { FileContext } from './context.ts';
import { Hdf5File } from './file.ts';
import { listKeys, openItem } from './items.ts';

/** Where plugins for filters are: a folder's URL, with files named as in h5wasm-plugins, or a function that gives the bytes. */
export type Hdf5Plugins = string | URL | LoadPlugin;

/** Options of opening a file for reading. `signal` is for opening alone. */
export interface Hdf5ReadOptions extends SessionOptions, AbortOptions {
  /** Memory for parts of the file that may be read again, in bytes. What is in use is kept besides. @default 64 MiB */
  cacheBytes?: number | undefined;
  /** What ranges are rounded to, in bytes. @default 4,096 */
  pageBytes?: number | undefined;
  /** What the first request asks for, in bytes. @default 65,536 */
  headBytes?: number | undefined;
  /** What is fetched at least when metadata are missed, in bytes. @default 65,536 */
  minFetchBytes?: number | undefined;
  /** What is fetched at most when metadata are read one behind the other, in bytes; 0 for no more than the minimum. @default 4 MiB */
  maxReadAheadBytes?: number | undefined;
  /** Parts that lie no further apart are fetched by one request, in bytes: smaller costs requests, larger costs bytes. @default 65,536 */
  gapBytes?: number | undefined;
  /** `false`: what a slice needs is found by reading it, one miss after the other. Slower; for those who doubt the plan. @default true */
  plan?: boolean | undefined;
  /** Plugins for filters that are not built in: lzf, zstd, blosc, blosc2, lz4, bzip2, bitshuffle, zfp and others. */
  plugins?: Hdf5Plugins | undefined;
}

const MAX_REQUEST_BYTES = 8 * 0x100000;

function checkSizes(sizes: Record<string, { value: number; least: number }>): void {
  for (const [name, { value, least }] of Object.entries(sizes))
    if (!(Number.isSafeInteger(value) && value >= least))
      throw new CloudError(`${name} is a whole number from ${least}, not ${String(value)}`, {
        code: 'InvalidArgument',
        operation: 'openHdf5',
      });
}

/** Plugins out of a folder. */
export function pluginsOf(plugins: Hdf5Plugins | undefined, context: StoreContext): LoadPlugin | undefined {
  if (plugins === undefined || typeof plugins === 'function') return plugins;
  const folder = String(plugins);
  return async ({ file }) => {
    const reader = await openReader(folder + (folder.endsWith('/') ? '' : '/') + file, { client: { context } }).catch((error: unknown) => {
      if (isCloudError(error, 'NotFound')) return undefined;
      throw error;
    });
    if (!reader) return undefined;
    try {
      const [bytes] = await reader.read([{ start: 0, end: reader.byteLength }]);
      return bytes;
    } finally {
      await reader.close();
    }
  };
}

/** A name that the library can open a file by. */
function nameOf(name: string): string {
  const last = name.replace(/^.*[\\/]/s, '').replaceAll('\0', '');
  return last === '' || last === '.' || last === '..' ? 'file.h5' : last;
}

/** Open a file for reading; {@link openHdf5} says the rest. */
export async function openForReading(input: Hdf5Input, options: Hdf5ReadOptions = {}): Promise<Hdf5File> {
  const { cacheBytes = 64 * 0x100000, pageBytes = 4096, headBytes = 0x10000, minFetchBytes = 0x10000, signal } = options;
  const { maxReadAheadBytes = 4 * 0x100000, gapBytes = 0x10000, plan = true } = options;
  const sizes = {
    cacheBytes: { value: cacheBytes, least: 0 },
    pageBytes: { value: pageBytes, least: 512 },
    headBytes: { value: headBytes, least: 1 },
    minFetchBytes: { value: minFetchBytes, least: 1 },
    maxReadAheadBytes: { value: maxReadAheadBytes, least: 0 },
    gapBytes: { value: gapBytes, least: 0 },
  };
  const { context, isOurs } = sessionOf(options);
  const closeClient = async (): Promise<void> => {
    if (isOurs) await context.close();
  };
  let engine: Engine | undefined;
  let given = typeof input === 'object' && input !== null && 'read' in input ? input : undefined;
  try {
    checkSizes(sizes);
    throwIfAborted(signal);
    const library = loadLibrary();
    // told when its turn comes
    library.catch(() => {});
    const { source, name, headBytes: brought, lendsBytes } = await openSource(input, { context, pageBytes, headBytes, signal });
    const module = await library.catch(async (error: unknown) => {
      if (!given) await source.close?.();
      throw error;
    });
    const pages = { pageBytes, cacheBytes, gapBytes, minFetchBytes, maxReadAheadBytes, maxRequestBytes: MAX_REQUEST_BYTES };
    engine = createEngine({ module, source, name: nameOf(name), pages, lendsBytes });
    given = undefined;
    const whole = brought >= source.byteLength ? source.byteLength : Math.floor(brought / pageBytes) * pageBytes;
    if (whole > 0) {
      // it has come with the first request
      const [head] = await source.read([{ start: 0, end: whole }], { signal });
      engine.pages.put(0, head!);
    }
    const work = engine.begin();
    try {
      const superblock = await abortable(readSuperblock(work.look), signal);
      await engine.open({ signal });
      const file: FileContext = {
        engine,
        superblock,
        isPlanned: plan,
        loadPlugin: pluginsOf(options.plugins, context),
        objects: { open: (path, its) => openItem(file, path, its), keys: (path, its) => listKeys(file, path, its) },
      };
      return new Hdf5File(file, closeClient);
    } finally {
      work.end();
    }
  } catch (error) {
    await engine?.close();
    await given?.close?.();
    await closeClient();
    throw error;
  }
}
