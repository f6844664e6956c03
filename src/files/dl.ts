/**
 * dl: files of many places at once.
 *
 * @module
 */
import { aliasesOf } from '../store/aliases-of.ts';
import { contextOf, type SessionOptions } from '../store/session.ts';
import { formatUrl } from '../url/format.ts';
import { parseUrl } from '../url/parse.ts';
import { mapParallel } from '../util/parallel.ts';
import { redactUrl } from '../errors.ts';
import { openFiles } from './cloud-files.ts';
import { blankRecord, getOne } from './get.ts';
import { splitPath } from '../url/split-path.ts';
import { startProgress, widthOf } from './progress.ts';
import type { FileRecord, FileSet, GetFilesOptions, Many } from './types.ts';

/** Options of {@link dl}: those of reads, and of a client. */
export type DlOptions = Omit<GetFilesOptions, 'ordered'> & SessionOptions;

/** One file to read. */
export type DlItem =
  | string
  | {
      path: string;
      start?: number | undefined;
      end?: number | undefined;
      byteRange?: readonly [number | null, number | null] | undefined;
      tags?: unknown;
    };

/** A record with the URL it was asked for; `path` is the key in its bucket, or the path on its host or disk. */
export type DlRecord = FileRecord & { fullPath: string };

/**
 * Read files by their URLs, in order, across stores. One URL gives one record, several an array.
 *
 * @example const [a, b] = await dl(['s3://bucket/a', 'https://host/b']);
 */
export function dl(url: DlItem, options?: DlOptions): Promise<DlRecord>;
export function dl(urls: Many<DlItem>, options?: DlOptions): Promise<DlRecord[]>;
export async function dl(urls: DlItem | Many<DlItem>, options: DlOptions = {}): Promise<DlRecord | DlRecord[]> {
  const context = contextOf(options);
  await aliasesOf(context).load(options);
  const { raw, raiseErrors, partSizeBytes, monitor } = options;
  const single = typeof urls === 'string' || !(Symbol.iterator in urls || Symbol.asyncIterator in urls);
  const tell = startProgress(options.progress ?? context.options.progress, 'dl', options, single ? [urls] : urls);
  const sets = new Map<string, FileSet>();
  const one = async (item: DlItem, _: number, signal: AbortSignal): Promise<DlRecord> => {
    const { path: fullPath, start, end, byteRange, tags } = typeof item === 'string' ? ({ path: item } as Exclude<DlItem, string>) : item;
    const wanted = { path: fullPath, start: start ?? byteRange?.[0], end: end ?? byteRange?.[1], tags };
    try {
      const location = parseUrl(fullPath, { aliases: aliasesOf(context) });
      const [folder, path] = splitPath(location.path);
      const place = formatUrl({ ...location, path: folder });
      let files = sets.get(place);
      if (!files) sets.set(place, (files = openFiles({ ...location, path: folder }, { client: { context } })));
      const record = await getOne(files, { ...wanted, path }, { raw, partSizeBytes, monitor, signal });
      // a query may be a signature: it is only where the caller wrote it
      return {
        ...record,
        path: location.path.replace(/[?#].*$/s, (query) => (location.bucket === null && location.host ? '' : query)),
        fullPath,
      };
    } catch (error) {
      if (raiseErrors !== false || signal.aborted) throw error;
      const path = redactUrl(fullPath);
      return { ...blankRecord({ ...wanted, path }, { raw }), error: error as Error, fullPath };
    }
  };
  const done = async (item: DlItem, index: number, signal: AbortSignal): Promise<DlRecord> => {
    const record = await one(item, index, signal);
    tell(record.path, record.content?.length ?? 0);
    return record;
  };
  const records: DlRecord[] = [];
  const items = single ? [urls] : (urls as Many<DlItem>);
  for await (const record of mapParallel(items, widthOf({ context }, options.parallel), done, { signal: options.signal, ordered: true }))
    records.push(record);
  return single ? records[0]! : records;
}
