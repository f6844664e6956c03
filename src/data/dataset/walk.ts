/**
 * The files of a folder on disk, with the records of each folder read once.
 *
 * @module
 */
import { CloudError } from '../../errors.ts';
import type { Disk, DiskEntry } from '../../platform/types.ts';
import type { AbortOptions } from '../../types.ts';
import { mapParallel } from '../../util/parallel.ts';
import { Datafile } from '../datafile/datafile.ts';
import { loadState } from '../datafile/open-datafile.ts';
import { emptyOctueFile, octueFileName, type OctueFile } from '../octue-file.ts';
import { loadOctueFile } from '../octue-folder.ts';
import { compareText } from '../order.ts';
import { placeBelow, type LocalPlace } from '../place.ts';
import { warn } from '../../store/warn.ts';
import type { DatasetState } from './state.ts';
import type { FileChoice } from './choice.ts';

interface Found {
  place: LocalPlace;
  disk: Disk;
  records: OctueFile;
}

/** What is in a folder comes behind the slash. */
const orderOf = ({ name, kind }: DiskEntry): string => (kind === 'directory' ? `${name}/` : name);

/** How many files are looked at at a time; more gains nothing on a disk. */
const parallel = 64;

/**
 * Walks a folder. Links to folders are not followed. A folder that is missing is empty, and a warning.
 *
 * @param top the records of the folder itself
 * @returns datafiles in the order of their paths
 */
export async function walkFolder(
  state: DatasetState,
  place: LocalPlace,
  choice: FileChoice,
  top: OctueFile,
  options: AbortOptions,
): Promise<Datafile[]> {
  const { context } = state;
  const disk = await place.disk();
  if ((await disk.stat(place.path, options))?.kind !== 'directory') {
    warn(context, new CloudError('the folder of a dataset is missing: it has no files', { code: 'NotFound', key: place.path }));
    return [];
  }
  const { ignoreStoredMetadata } = choice;

  async function* walk(folder: LocalPlace, below: string): AsyncGenerator<Found, void, undefined> {
    const entries = (await disk.list(folder.path, options)) ?? [];
    const read = !ignoreStoredMetadata && below !== '' && entries.some(({ name }) => name === octueFileName);
    const records = read ? await loadOctueFile(context, disk, folder.path, options) : below === '' ? top : emptyOctueFile;
    for (const { name, kind } of entries.sort((a, b) => compareText(orderOf(a), orderOf(b)))) {
      if (kind === 'file' && choice.takes(below + name)) yield { place: placeBelow(folder, name), disk, records };
      // The folder of that name is a lock that somebody holds.
      if (kind === 'directory' && choice.recursive && name !== `${octueFileName}.lock`) {
        yield* walk(placeBelow(folder, name), `${below}${name}/`);
      }
    }
  }

  const files: Datafile[] = [];
  const open = async ({ place: at, records }: Found): Promise<Datafile> => {
    const copy = { place: at, stat: await disk.stat(at.path, options), saved: undefined };
    return new Datafile(await loadState(context, at, { ignoreStoredMetadata, signal: options.signal }, { copy, records }));
  };
  for await (const file of mapParallel(walk(place, ''), parallel, open, { ...options, ordered: true })) files.push(file);
  return files;
}
