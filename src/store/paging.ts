/**
 * Listings of the stores that have no server to do it.
 *
 * @module
 */
import { CloudError } from '../errors.ts';
import type { ListOptions, ListPage, ObjectInfo } from '../types.ts';
import { throwIfAborted } from '../util/abort.ts';

/** A checked page size: 1 to 1,000. */
export function checkPageSize(size = 1000): number {
  if (!Number.isSafeInteger(size) || size < 1)
    throw new CloudError('pageSize is a whole number from 1', { code: 'InvalidArgument', operation: 'list' });
  return Math.min(size, 1000);
}

/**
 * Turn keys into pages, folding at the delimiter.
 *
 * @param keys ascending in the order of UTF-8, all with the prefix and after `startAfter`
 * @param info what is known of a key; `undefined` when it is gone by now
 */
export async function* paginate(
  keys: AsyncIterable<string> | Iterable<string>,
  options: ListOptions,
  info: (key: string) => ObjectInfo | undefined | Promise<ObjectInfo | undefined>,
): AsyncGenerator<ListPage, void, undefined> {
  const { prefix = '', delimiter, signal } = options;
  const pageSize = checkPageSize(options.pageSize);
  let found: string[] = [];
  let prefixes: string[] = [];
  let folded: string | undefined;
  const page = async (): Promise<ListPage> => {
    const objects = await Promise.all(found.map(async (key) => info(key)));
    throwIfAborted(signal);
    const done = { objects: objects.filter((one) => one !== undefined), prefixes, hasMetadata: true };
    found = [];
    prefixes = [];
    return done;
  };
  for await (const key of keys) {
    throwIfAborted(signal);
    const at = delimiter ? key.indexOf(delimiter, prefix.length) : -1;
    if (at >= 0 && folded !== undefined && key.startsWith(folded)) continue;
    if (found.length + prefixes.length === pageSize) yield page();
    if (at < 0) found.push(key);
    else prefixes.push((folded = key.slice(0, at + delimiter!.length)));
  }
  if (found.length + prefixes.length > 0) yield page();
}
