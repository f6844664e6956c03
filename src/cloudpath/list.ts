/**
 * What is below a folder, page by page.
 *
 * @module
 */
import { listBuckets } from '../open/open-store.ts';
import type { AbortOptions, ObjectInfo } from '../types.ts';
import { compareUtf8 } from '../util/utf8.ts';
import { CloudPathNotImplementedError } from './errors.ts';
import { locationOf, type Place } from './place.ts';

/** Something below a folder. */
export interface Entry {
  /** Of the object; of a folder without its slash, unless the name is empty or the address a web one. */
  key: string;
  name: string;
  directory: boolean;
  /** What the listing told of the object; absent for folders and where it told no size. */
  info?: ObjectInfo | undefined;
}

/** A folder by the prefix of its keys. */
export function folderEntry(place: Place, prefix: string): Entry {
  const bare = prefix.slice(0, -1);
  const name = bare.slice(bare.lastIndexOf('/') + 1);
  return { key: place.web || name === '' ? prefix : bare, name, directory: true };
}

/** What an entry is in the order of keys: of a folder the prefix of what is in it. */
export const prefixOf = ({ key, directory }: Entry): string => (directory && !key.endsWith('/') ? `${key}/` : key);

/** An object of a listing. */
export function fileEntry(info: ObjectInfo): Entry {
  const { key } = info;
  const entry = { key, name: key.slice(key.lastIndexOf('/') + 1), directory: false };
  return Number.isFinite(info.sizeBytes) ? { ...entry, info } : entry;
}

/**
 * One level of a folder, in the order of keys. Its own marker (an object `folder/`) is not in it; of an object and a folder of one name both are.
 *
 * @param head names begin with this
 */
export async function* listLevel(
  place: Place,
  folder: string,
  { head = '', signal }: AbortOptions & { head?: string },
): AsyncGenerator<Entry, void, undefined> {
  if (place.root) {
    yield* listRoot(place, { signal });
    return;
  }
  for await (const page of place.store.list({ prefix: folder + head, delimiter: '/', signal })) {
    const files = page.objects.filter(({ key }) => key !== folder).map(fileEntry);
    const folders = page.prefixes.map((prefix) => folderEntry(place, prefix));
    yield* [...files, ...folders].sort((a, b) => compareUtf8(prefixOf(a), prefixOf(b)));
  }
}

/** The buckets. */
async function* listRoot(place: Place, options: AbortOptions): AsyncGenerator<Entry, void, undefined> {
  if (place.protocol === 'gs') throw new CloudPathNotImplementedError('GCS lists the buckets of a project alone', { url: place.text });
  const location = locationOf({ context: place.context, base: `${place.base}any/` });
  for await (const names of listBuckets(place.context, location, options))
    for (const name of names) yield { key: name, name, directory: true };
}

/** All objects below a folder, markers of folders among them. */
export async function* listTree(place: Place, folder: string, options: AbortOptions): AsyncGenerator<ObjectInfo, void, undefined> {
  for await (const page of place.store.list({ prefix: folder, signal: options.signal })) yield* page.objects;
}

/** Keys of a listing lie in the order of their folders, so what is left behind is never met again. */
export class FolderTrail {
  #at = '';
  readonly #top: string;

  /** @param top the folder that all keys are below */
  constructor(top: string) {
    this.#top = top;
  }

  /** The folders, by prefix, that this key is the first to be in, the outermost first. */
  enter(key: string): string[] {
    const folder = key.slice(0, key.lastIndexOf('/') + 1);
    const out: string[] = [];
    for (let at = key.indexOf('/', this.#top.length); at >= 0; at = key.indexOf('/', at + 1)) {
      const prefix = key.slice(0, at + 1);
      if (!this.#at.startsWith(prefix)) out.push(prefix);
    }
    this.#at = folder;
    return out;
  }
}
