/**
 * Listings of web servers: index pages as Apache and nginx write them. A page that is none is an error, not an empty list.
 *
 * @module
 */
import { CloudError, isCloudError } from '../../errors.ts';
import type { ListOptions, ListPage, ObjectInfo } from '../../types.ts';
import { following } from '../../transport/redirect.ts';
import type { Transport } from '../../transport/compose.ts';
import { unescapeXml } from '../xml-api/xml.ts';
import { urlOfKey } from './store.ts';

/** Deepest folder that is followed. */
const maxDepth = 64;

/**
 * A path as keys spell it, segment by segment: decoded for people, but still what {@link urlOfKey} makes the same address of. So `%25` stays, or
 * `a%2520b` would name another file, and so do bytes that are no UTF-8.
 */
const spelt = (path: string): string =>
  path
    .split('/')
    .map((segment) => {
      try {
        return decodeURI(segment.replaceAll('%25', '%2525'));
      } catch {
        return segment;
      }
    })
    .join('/');

/** The entries of a folder, as keys spell them. */
async function links(web: { transport: Transport }, url: string, options: ListOptions): Promise<string[]> {
  const response = await web.transport({ method: 'GET', url, headers: {} }, { operation: 'list', signal: options.signal, ...following });
  const text = new TextDecoder().decode(await response.body.bytes());
  if (!/<title>\s*(index of|directory listing)/i.test(text)) {
    throw new CloudError('this web server gives no listing', { code: 'NotSupported', operation: 'list', url });
  }
  const folder = new URL(url);
  const path = spelt(folder.pathname);
  const names = new Set<string>();
  for (const [, double, single] of text.matchAll(/<a\s[^>]*?href=(?:"([^"]*)"|'([^']*)')/gi)) {
    const href = unescapeXml(double ?? single ?? '');
    // sort links, parents and links to elsewhere are not entries
    if (!href || /^[?#]/.test(href)) continue;
    const target = URL.canParse(href, folder) ? new URL(href, folder) : undefined;
    if (target?.origin !== folder.origin) continue;
    // servers write whole paths as well, and escape what others do not
    const entry = spelt(target.pathname);
    if (!entry.startsWith(path)) continue;
    const name = entry.slice(path.length);
    if (/^[^/]+\/?$/.test(name)) names.add(name);
  }
  return [...names].sort();
}

/** Walk index pages below `base`; a page of results per folder. */
export async function* listWeb(web: { base: string; transport: Transport }, options: ListOptions = {}): AsyncGenerator<ListPage> {
  const { prefix = '', delimiter, startAfter = '' } = options;
  if (delimiter !== undefined && delimiter !== '/')
    throw new CloudError('web listings fold at "/" only', { code: 'NotSupported', operation: 'list' });
  const start = prefix.slice(0, prefix.lastIndexOf('/') + 1);
  async function* walk(folder: string, depth: number): AsyncGenerator<ListPage> {
    let names: string[];
    try {
      names = await links(web, urlOfKey(web.base, folder), options);
    } catch (error) {
      if (isCloudError(error, 'NotFound') && folder !== '') return;
      throw error;
    }
    const page: { objects: ObjectInfo[]; prefixes: string[] } = { objects: [], prefixes: [] };
    const deeper: string[] = [];
    for (const name of names) {
      const key = folder + name;
      const matches = key.startsWith(prefix) || (name.endsWith('/') && prefix.startsWith(key));
      if (!matches) continue;
      if (!name.endsWith('/')) {
        if (key > startAfter) page.objects.push({ key, sizeBytes: NaN, metadata: {} });
      } else if (delimiter && key.startsWith(prefix)) {
        if (key > startAfter) page.prefixes.push(key);
      } else deeper.push(key);
    }
    yield page;
    if (depth < maxDepth) for (const next of deeper) yield* walk(next, depth + 1);
  }
  yield* walk(start, 0);
}
