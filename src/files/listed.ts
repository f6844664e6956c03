/**
 * What one listing tells of many files that are to be read.
 *
 * @module
 */
import type { AbortOptions, ObjectInfo } from '../types.ts';
import { compareUtf8 } from '../util/utf8.ts';
import type { FileSet } from './types.ts';

/** What a listing told: a file's info, `null` for one that is not there, undefined for one that it did not come to. */
export type Listed = (path: string) => ObjectInfo | null | undefined;

/** A listing that goes over so many times more objects than were wanted costs more than it spares. */
const MOST_TIMES = 10;
/** As many fit into one page, which is one request. */
const PAGE = 1000;

/** The longest text that all begin with. */
function commonPrefix(paths: readonly string[]): string {
  const sorted = [...paths].sort();
  const [first = '', last = ''] = [sorted[0], sorted.at(-1)];
  let length = 0;
  while (length < first.length && first[length] === last[length]) length++;
  // half a character is no prefix
  return /[\ud800-\udbff]$/.test(first.slice(0, length)) ? first.slice(0, length - 1) : first.slice(0, length);
}

/** Whether listings spare requests here: not where nothing is cached, nor where they tell no versions. */
export const canList = ({ context, protocol }: FileSet): boolean =>
  (protocol === 's3' || protocol === 'gs') &&
  !context.options.useHttps &&
  context.options.cache !== undefined &&
  context.options.cache.mode !== 'off';

/**
 * List what files have in front in common. Ends where it has gone past the last of them, or over many more than they are: what it did not
 * come to is asked for singly. Buckets whose listings are in no order are listed to their end.
 */
export async function listFor({ store }: FileSet, paths: readonly string[], { signal }: AbortOptions): Promise<Listed> {
  const found = new Map<string, ObjectInfo>();
  const wanted = new Set(paths);
  const last = paths.reduce((most, path) => (compareUtf8(path, most) > 0 ? path : most), '');
  let seen = 0;
  let reached = '';
  let sorted = true;
  for await (const { objects } of store.list({ prefix: commonPrefix(paths), signal })) {
    for (const info of objects) {
      if (wanted.has(info.key)) found.set(info.key, info);
      sorted &&= compareUtf8(info.key, reached) >= 0;
      reached = info.key;
    }
    seen += objects.length;
    const past = sorted && compareUtf8(reached, last) >= 0;
    if (past || seen > wanted.size * MOST_TIMES + PAGE)
      return (path) => found.get(path) ?? (sorted && compareUtf8(path, reached) <= 0 ? null : undefined);
  }
  return (path) => found.get(path) ?? null;
}
