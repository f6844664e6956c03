/**
 * Files that are looked at by ranges, whatever their size: which they are, and their views.
 *
 * @module
 */
import type { ObjectInfo, ObjectStore } from '../../index.ts';
import { urlOf, type Connection } from '../connection.ts';
import { baseName } from '../format.ts';
import { kindOf, type View } from '../views.ts';
import { objectSource, type FileSource } from './file-source.ts';
import { viewElement } from './view-host.ts';

/** Smaller tables of text are read whole, and so can be verified. */
const wholeTextBytes = 1_000_000;

/** How a file is looked at by ranges; `undefined` for those that are read. */
export function rangedKind(name: string, { sizeBytes, contentType, contentEncoding }: ObjectInfo): 'parquet' | 'csv' | undefined {
  if (/\.(parquet|geoparquet|pq)$/i.test(name) || /^application\/(vnd\.apache\.|x-)?parquet$/.test(contentType ?? '')) return 'parquet';
  // of what is packed the middle cannot be read
  if (contentEncoding || /\.(gz|br|zst|bz2|xz)$/i.test(name)) return undefined;
  return kindOf(name, contentType).kind === 'csv' && !(sizeBytes <= wholeTextBytes) ? 'csv' : undefined;
}

/** The table of such a file; `name` is shown. */
export function rangedView(
  kind: 'parquet' | 'csv',
  { connection, info, name }: { connection: Connection; info: ObjectInfo; name: string },
  onFail: (error: unknown) => void,
): View {
  const { client, folder, store } = connection;
  const byKey = (): FileSource => objectSource(store, info, name);
  // no URL leads into a folder that was chosen
  const byUrl = async (): Promise<FileSource> =>
    (await import('./url-source.ts')).urlSource(urlOf(connection, info.key), client, info, name);
  return {
    title: 'Table',
    make: () =>
      viewElement(
        name,
        async (host, options) =>
          kind === 'csv'
            ? (await import('./csv-view.ts')).mountCsv(host, byKey(), options)
            : (await import('./parquet-view.ts')).mountParquet(host, folder ? byKey() : await byUrl(), options),
        onFail,
      ),
  };
}

/** Whether a folder is a Zarr hierarchy by its name. */
export const isZarrFolder = (prefix: string): boolean => /\.zarr\/$/i.test(prefix);

/** The view of a Zarr hierarchy. */
export const zarrView = (store: ObjectStore, prefix: string, onFail: (error: unknown) => void): View => ({
  title: 'Arrays',
  make: () =>
    viewElement(
      baseName(prefix),
      async (host, options) => (await import('./zarr-view.ts')).mountZarr(host, { store, prefix }, options),
      onFail,
    ),
});
