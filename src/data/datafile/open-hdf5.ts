/**
 * A datafile's content as an HDF5 file: read where it lies, or written as a working copy.
 *
 * @module
 */
import { CloudError } from '../../errors.ts';
import type { Hdf5File } from '../../hdf5/file/file.ts';
import type { Hdf5OpenOptions } from '../../hdf5/open-hdf5.ts';
import { writesHdf5 } from '../../hdf5/modes.ts';
import type { Hdf5Source } from '../../hdf5/types.ts';
import type { Hdf5WritableFile } from '../../hdf5/write/file.ts';
import { withHandle } from '../../handle/with-handle.ts';
import type { AbortOptions } from '../../types.ts';
import { collect } from '../../util/streams.ts';
import { FileNotFoundError } from '../errors.ts';
import { parentOf, type LocalPlace } from '../place.ts';
import { lookLocally } from './local-copy.ts';
import type { OpenFileOptions } from './open-file.ts';
import { toText, type DatafileState } from './state.ts';
import type { DatafileHdf5WriteOptions } from './write-hdf5.ts';

/** How a datafile is opened as HDF5 to be read: as other files are, by its own client. */
export type DatafileHdf5Options = Omit<Hdf5OpenOptions, 'mode' | 'client'>;

const withoutText = (options: OpenFileOptions): void => {
  const given = (['encoding', 'newline'] as const).find((name) => options[name] !== undefined);
  if (given) throw unfit(`an HDF5 file has no ${given}`);
};

/** Open the content of a datafile in any mode. */
export async function openDatafileHdf5(
  state: DatafileState,
  mode: string,
  options: DatafileHdf5Options | DatafileHdf5WriteOptions,
): Promise<Hdf5File | Hdf5WritableFile> {
  if (!writesHdf5(mode)) return readDatafileHdf5(state, options);
  return (await import('./write-hdf5.ts')).writeDatafileHdf5(state, mode, options);
}

/** Open the content of a datafile by its name, as `open` does: with a block, which it is closed after, or aborted when that throws. */
export async function openNamedHdf5<T>(
  state: DatafileState,
  mode: string,
  options: OpenFileOptions,
  block: ((file: Hdf5File | Hdf5WritableFile) => Promise<T> | T) | undefined,
): Promise<Hdf5File | Hdf5WritableFile | T> {
  withoutText(options);
  const file = await openDatafileHdf5(state, mode, options);
  if (!block) return file;
  if ('abort' in file) return withHandle(file, block);
  try {
    return await block(file);
  } finally {
    await file.close();
  }
}

const unfit = (message: string): CloudError => new CloudError(message, { code: 'InvalidArgument', operation: 'openHdf5' });

/** One version of a file of the disk, and those beside it. */
async function diskSource({ disk: open }: LocalPlace, path: string, options: AbortOptions): Promise<Hdf5Source | null> {
  const disk = await open();
  const file = await disk.open(path, options);
  if (!file) return null;
  const place: LocalPlace = { kind: 'local', path, disk: async () => disk };
  return {
    byteLength: file.sizeBytes,
    read: (ranges, { signal } = {}) =>
      Promise.all(
        ranges.map(async ({ start, end }) => {
          const pieces = file.read(start, end, { signal })[Symbol.asyncIterator]();
          const take = async (): Promise<Uint8Array | undefined> => {
            const { done, value } = await pieces.next();
            return done ? undefined : value;
          };
          return await collect(take, end - start + 1);
        }),
      ),
    sibling: async (name, its = {}) => diskSource(place, `${parentOf(path).replace(/\/$/, '')}/${name}`, its),
    close: () => file.close(),
  };
}

async function readDatafileHdf5(state: DatafileState, options: DatafileHdf5Options): Promise<Hdf5File> {
  const { local, cloud, context } = state;
  const { openHdf5 } = await import('../../hdf5/open-hdf5.ts');
  const session = { ...options, client: { context } };
  if (local && ((await lookLocally(local, options)) || !cloud)) {
    const { path } = local.place;
    const source = await diskSource(local.place, path, options);
    if (!source) throw new FileNotFoundError(`there is no file of ${toText(state)}`, { operation: 'openHdf5', key: path });
    return openHdf5({ ...source, name: path.slice(path.lastIndexOf('/') + 1) }, session);
  }
  if (!cloud) throw unfit(`${toText(state)} is nowhere`);
  return openHdf5(cloud.place.url, session);
}
