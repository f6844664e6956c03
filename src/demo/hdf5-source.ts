/**
 * A file of a store as the worker of HDF5 reads it: by the page's client, which has the credentials, the cache and the counters, and whose requests the
 * page shows.
 *
 * @module
 */
import type { Hdf5Source } from '../hdf5.ts';
import { formatUrl, isCloudError, openReader, parseUrl, type AbortOptions, type Client, type RangeReader } from '../index.ts';

/** What the library rounds ranges to, in bytes, and what the first request brings: as `openHdf5` has them where it reads by itself. */
const pageBytes = 4096;
const headBytes = 65_536;

/**
 * Open a file. Costs one request, which brings its beginning.
 *
 * @param url may hold a signed query
 * @throws CloudError what {@link openReader} throws
 */
export async function openHdf5Source(url: string, client: Client, { signal }: AbortOptions = {}): Promise<Hdf5Source> {
  const first = { start: 0, end: headBytes };
  // pages of the file are kept in the worker
  const reader = await openReader(url, { client, blockBytes: pageBytes, gapBytes: 0, keep: false, first, signal });
  return sourceOf(reader, url, client);
}

function sourceOf(reader: RangeReader, url: string, client: Client): Hdf5Source {
  const location = parseUrl(url);
  // a query may hold slashes
  const [path = ''] = location.path.split('?', 1);
  const cut = path.lastIndexOf('/') + 1;
  return {
    byteLength: reader.byteLength,
    name: path.slice(cut).replace(/#.*$/s, ''),
    read: (ranges, its) => reader.read(ranges, its),
    stats: () => reader.stats(),
    async sibling(beside, its) {
      try {
        return await openHdf5Source(formatUrl({ ...location, path: path.slice(0, cut) + beside }), client, its);
      } catch (error) {
        if (isCloudError(error, 'NotFound')) return null;
        throw error;
      }
    },
    close: () => reader.close(),
  };
}
