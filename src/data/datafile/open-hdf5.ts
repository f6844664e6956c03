/**
 * A datafile's content as an HDF5 file: read where it lies.
 *
 * @module
 */
import { CloudError } from '../../errors.ts';
import type { Hdf5File } from '../../hdf5/file/file.ts';
import type { Hdf5OpenOptions } from '../../hdf5/open-hdf5.ts';
import type { Hdf5Source } from '../../hdf5/types.ts';
import type { AbortOptions } from '../../types.ts';
import { collect } from '../../util/streams.ts';
import { FileNotFoundError } from '../errors.ts';
import { parentOf, type LocalPlace } from '../place.ts';
import { lookLocally } from './local-copy.ts';
import { toText, type DatafileState } from './state.ts';

/** How a datafile is opened as HDF5: as other files are, by its own client. */
export type DatafileHdf5Options = Omit<Hdf5OpenOptions, 'mode' | 'client'>;

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

/** Open the content of a datafile. */
export async function openDatafileHdf5(state: DatafileState, options: Omit<Hdf5OpenOptions, 'client'>): Promise<Hdf5File> {
  const { local, cloud, context } = state;
  const { openHdf5 } = await import('../../hdf5/open-hdf5.ts');
  const session = { ...options, client: { context } };
  if (local && ((await lookLocally(local, options)) || !cloud)) {
    const { path } = local.place;
    const source = await diskSource(local.place, path, options);
    if (!source) throw new FileNotFoundError(`there is no file of ${toText(state)}`, { operation: 'openHdf5', key: path });
    return openHdf5({ ...source, name: path.slice(path.lastIndexOf('/') + 1) }, session);
  }
  if (!cloud) throw new CloudError(`${toText(state)} is nowhere`, { code: 'InvalidArgument', operation: 'openHdf5' });
  return openHdf5(cloud.place.url, session);
}
