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
import { openFiles } from './cloud-files.ts';
import { getOne } from './get.ts';
import { splitPath } from './join.ts';
import type { FileRecord, FileSet, GetFilesOptions } from './types.ts';

/** One file to read. */
export type DlItem = string | { path: string; start?: number | undefined; end?: number | undefined; byteRange?: readonly [number | null, number | null] | undefined; tags?: unknown };

/** A record with the URL it was asked for. */
export type DlRecord = FileRecord & { fullPath: string };

/**
 * Read files by their URLs, in order, across stores. One URL gives one record, several an array.
 *
 * @example const [a, b] = await dl(['s3://bucket/a', 'https://host/b']);
 */
export function dl(url: DlItem, options?: SessionOptions & GetFilesOptions): Promise<DlRecord>;
export function dl(urls: Iterable<DlItem> | AsyncIterable<DlItem>, options?: SessionOptions & GetFilesOptions): Promise<DlRecord[]>;
export async function dl(
  urls: DlItem | Iterable<DlItem> | AsyncIterable<DlItem>,
  options: SessionOptions & GetFilesOptions = {},
): Promise<DlRecord | DlRecord[]> {
  const context = contextOf(options);
  await aliasesOf(context).load(options);
  const sets = new Map<string, FileSet>();
  const one = async (item: DlItem, _: number, signal: AbortSignal): Promise<DlRecord> => {
    const { path: fullPath, start, end, byteRange, tags } = typeof item === 'string' ? { path: item } as Exclude<DlItem, string> : item;
    const location = parseUrl(fullPath, { aliases: aliasesOf(context) });
    const [folder, path] = splitPath(location.path);
    const place = formatUrl({ ...location, path: folder });
    let files = sets.get(place);
    if (!files) sets.set(place, (files = openFiles({ ...location, path: folder }, { client: { context } })));
    const { raw, raiseErrors } = options;
    try {
      return { ...(await getOne(files, { path, start: start ?? byteRange?.[0], end: end ?? byteRange?.[1], tags }, { raw, signal })), fullPath };
    } catch (error) {
      if (raiseErrors !== false || signal.aborted) throw error;
      const failed = { path, content: null, byteRange: [start ?? null, end ?? null] as [number | null, number | null], error: error as Error };
      return { ...failed, compress: null, raw: raw === true, tags: tags ?? null, verified: false, fullPath };
    }
  };
  if (typeof urls === 'string' || (!(Symbol.iterator in urls) && !(Symbol.asyncIterator in urls))) {
    return one(urls as DlItem, 0, options.signal ?? new AbortController().signal);
  }
  const records: DlRecord[] = [];
  const parallel = options.parallel ?? context.options.concurrency ?? 32;
  for await (const record of mapParallel(urls, parallel, one, { signal: options.signal, ordered: true })) records.push(record);
  return records;
}
