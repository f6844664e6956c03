/**
 * An HDF5 file by its name on the command line.
 *
 * @module
 */
import { isCloudError } from '../index.ts';
import { Hdf5Error, MissingFilterError, openHdf5, type Hdf5File, type Hdf5Item, type Hdf5Reference } from '../hdf5.ts';
import { attempt } from './attempt.ts';
import { keyOf, referencesIn, type NameOf } from './h5-plain.ts';
import { ItemError, type Task } from './io.ts';
import { isWeb } from './session.ts';

/** Options of all commands of `anyfile h5`. */
export interface H5Options {
  plugins?: string;
  verbose?: boolean;
  csv?: boolean;
}

/** An open file, and what stands in messages for it. */
export interface OpenedFile {
  readonly file: Hdf5File;
  readonly shown: string;
  /** What is at a path. @throws ItemError there is nothing */
  item(path: string): Promise<Hdf5Item>;
  /** Finds out the names of what references lead to. @returns how to tell each, so far */
  namesIn(value: unknown): Promise<NameOf>;
}

/** References that are followed, at most: each may cost a request. */
const MOST_REFERENCES = 1000;

const missing = 'does not exist';

/** The errors of HDF5 are about one file, whatever their code. */
function asItem(error: unknown): unknown {
  if (error instanceof MissingFilterError) {
    const { filterId, filterName, code } = error;
    const said = `it is packed by filter ${filterId} (${filterName}), which is not built in: name a folder with its plugin by --plugins`;
    return new ItemError(said, code);
  }
  if (error instanceof Hdf5Error) return new ItemError(error.message, error.code);
  if (isCloudError(error, 'NotFound') && error.providerCode !== 'NoSuchBucket') return new ItemError(missing);
  return error;
}

/** Tell what is wrong with one object; the others go on. */
export const failed = (task: Task, shown: string, error: unknown): Promise<void> =>
  attempt(task, shown, () => Promise.reject(asItem(error)));

/** Run a piece of work; what is wrong with the file is an error of this item. */
async function asking<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw asItem(error);
  }
}

/** The names of what references lead to; those that are not followed are told by their bytes. */
function createNames(file: Hdf5File, signal: AbortSignal): (value: unknown) => Promise<NameOf> {
  const names = new Map<string, string>();
  const nameOf: NameOf = (reference) => names.get(keyOf(reference)) ?? keyOf(reference);
  return async (value) => {
    const due = new Map<string, Hdf5Reference>();
    for (const reference of referencesIn(value)) {
      if (names.size + due.size >= MOST_REFERENCES) break;
      if (reference.kind === 'object' && !names.has(keyOf(reference))) due.set(keyOf(reference), reference);
    }
    await Promise.all(
      Array.from(due, async ([key, reference]) => {
        try {
          const { kind, ...item } = await file.dereference(reference, { signal });
          if (kind !== 'region') names.set(key, (item as { path: string }).path);
        } catch (error) {
          signal.throwIfAborted();
          if (!(error instanceof Hdf5Error)) throw error;
          names.set(key, key);
        }
      }),
    );
    return nameOf;
  };
}

/** Open a file, work with it, and close it. What fails is told under the file's name and the path in it. */
export async function withFile(
  task: Task,
  url: string,
  path: string | undefined,
  { plugins, verbose }: H5Options,
  work: (opened: OpenedFile) => Promise<void>,
): Promise<void> {
  const { session, client, signal, out } = task;
  const place = await session.parse(url);
  const folder = plugins === undefined ? undefined : await session.parse(plugins);
  const shown = path === undefined ? place.shown : `${place.shown} ${path}`;
  await attempt(task, shown, async () => {
    if (place.folder) throw new ItemError('is a directory');
    const options = { client, signal, ...(folder && { plugins: session.url(folder.root, folder.key) }) };
    const file = await asking(() => openHdf5(session.url(place.root, place.key), options)).catch(async (error: unknown) => {
      const isMissing = error instanceof ItemError && error.message === missing;
      throw isMissing && !isWeb(place.root) && (await session.isFolder(place)) ? new ItemError('is a directory') : error;
    });
    try {
      const item = async (at: string): Promise<Hdf5Item> => {
        const found = await file.get(at, { signal });
        if (!found) throw new ItemError(`${at} is not in the file`);
        return found;
      };
      await asking(() => work({ file, shown: place.shown, item, namesIn: createNames(file, signal) }));
      out.done();
    } finally {
      if (verbose) tellStats(task, place.shown, file);
      await file.close();
    }
  });
}

/** What was fetched, on stderr. */
function tellStats({ name, options, out }: Task, shown: string, file: Hdf5File): void {
  const { requests, bytesFetched, rounds } = file.stats();
  const { byteLength } = file;
  if (options.json)
    return out.note(JSON.stringify({ operation: name, path: shown, stats: { requests, bytesFetched, rounds, byteLength } }));
  const percent = (100 * bytesFetched) / Math.max(1, byteLength);
  const share = ` (${percent < 10 ? Number(percent.toPrecision(2)) : Math.round(percent)} %)`;
  const times = (n: number, one: string): string => `${n.toLocaleString('en')} ${one}${n === 1 ? '' : 's'}`;
  const bytes = (n: number): string => n.toLocaleString('en');
  out.note(
    `anyfile ${name}: ${times(requests, 'request')} in ${times(rounds, 'round')}, ${bytes(bytesFetched)} of ${bytes(byteLength)} bytes${share}`,
  );
}
