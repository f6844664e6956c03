/**
 * Names on the command line, and the stores behind them.
 *
 * @module
 */
import { CloudFiles, formatUrl, isCloudError, openStore, parseUrl, redactUrl } from '../index.ts';
import type { Client, Location, ObjectInfo, ObjectStore } from '../index.ts';
import { UsageError } from './io.ts';

/** One name, as a place: a root that is opened once, and a key below it. */
export interface Place {
  /** As it was given, without what may be secret. */
  readonly shown: string;
  /** The bucket, web host or disk, as a URL. */
  readonly root: string;
  /** Without a leading slash; '' is the root itself. */
  readonly key: string;
  /** The name ends in a slash, or is a root. */
  readonly folder: boolean;
  readonly location: Location;
}

/** One file or folder of a listing. */
export interface Entry {
  readonly root: string;
  /** As users see it: without an encoding's suffix on disks. Folders end in a slash. */
  readonly name: string;
  /** As it is stored. */
  readonly key: string;
  /** Absent for folders and where asking costs more than it is worth. */
  readonly info?: ObjectInfo | undefined;
}

/** What the encodings are called in names on disks and in memory, in the order in which they are looked for. */
const SUFFIXES = ['', '.gz', '.br', '.zstd', '.xz', '.bz2'];

/** Places and stores of one run. */
export interface Session {
  /** Whether names hide the suffix of an encoding here. */
  suffixed(root: string): boolean;
  /** @throws UsageError for a name that is none */
  parse(text: string): Promise<Place>;
  /** Opened once a root: within one bucket copies then stay in the store. */
  files(root: string): CloudFiles;
  store(root: string): ObjectStore;
  /** The URL of a key, for people: no query of a web address. */
  show(root: string, key: string): string;
  /** The same for the library: whole, and so never to be printed. */
  url(root: string, key: string): string;
  /** One file by its name, or `null`. Web addresses are taken at their word. */
  find(root: string, name: string): Promise<Entry | null>;
  /** Whether there is such a folder, or anything below such a prefix. */
  isFolder(place: Pick<Place, 'root' | 'key'>): Promise<boolean>;
  /** Files below a textual prefix; with `flat`, one level and its folders. */
  list(root: string, prefix: string, flat?: boolean): AsyncGenerator<Entry, void, undefined>;
  /** Takes the queries of the web addresses that were given out of a text. */
  redact(text: string): string;
}

/** The key as a folder's: with a slash at its end, unless it is the root. */
export const asFolder = (key: string): string => (key === '' || key.endsWith('/') ? key : `${key}/`);

/** The last part of a key, its slash and query left out. */
export const baseName = (key: string): string => key.replace(/\?.*$/s, '').replace(/\/+$/, '').replace(/^.*\//s, '');

/** Whether a root is a disk's. */
export const isDisk = (root: string): boolean => root.startsWith('file://');

/** Whether a root is a web server's. */
export const isWeb = (root: string): boolean => /^https?:/.test(root);

/** The disk's root, or on Windows the drive's. */
const diskRoot = (path: string): string => /^(?:[a-z]:)?\//i.exec(path)?.[0] ?? '/';

function split(location: Location): { root: string; key: string } {
  const { path, bucket, host } = location;
  if (bucket !== null || host !== null) return { root: formatUrl({ ...location, path: '' }), key: path };
  const front = diskRoot(path);
  return { root: formatUrl({ ...location, path: front }), key: path.slice(front.length) };
}

/** Make the places of one run. Sends nothing. */
export function createSession(client: Client, signal: AbortSignal): Session {
  const files = new Map<string, CloudFiles>();
  const stores = new Map<string, ObjectStore>();
  const secrets = new Set<string>();

  const locate = async (text: string): Promise<Location> => {
    try {
      return parseUrl(text, { aliases: client.aliases });
    } catch (error) {
      // Kept names are read when a name is met that nobody knows.
      if (!isCloudError(error, 'UnsupportedProtocol') || !/^[a-z][\w+.-]+:\/\//i.test(text)) throw error;
      await client.aliases.load({ signal });
      return parseUrl(text, { aliases: client.aliases });
    }
  };

  const session: Session = {
    suffixed: (root) => /^(file|mem|opfs):/.test(root),

    async parse(text) {
      let location: Location;
      try {
        location = await locate(text);
      } catch (error) {
        if (isCloudError(error, 'InvalidUrl') || isCloudError(error, 'UnsupportedProtocol')) {
          throw new UsageError(`${redactUrl(text)}: ${error.message} [${error.code}]`);
        }
        throw error;
      }
      const { root, key } = split(location);
      const query = isWeb(root) ? /[?#].*$/s.exec(key)?.[0] : undefined;
      if (query && query.length > 1) secrets.add(query);
      return { shown: isWeb(root) ? redactUrl(text) : text, root, key, folder: key === '' || text.endsWith('/'), location };
    },

    files(root) {
      let set = files.get(root);
      if (!set) files.set(root, (set = new CloudFiles(root, { client })));
      return set;
    },

    store(root) {
      let store = stores.get(root);
      if (!store) stores.set(root, (store = openStore(root, { client })));
      return store;
    },

    show: (root, key) => session.url(root, isWeb(root) ? redactUrl(key) : key),

    url: (root, key) => `${root}${root.endsWith('/') || key === '' ? '' : '/'}${key}`,

    async find(root, name) {
      if (isWeb(root)) return { root, name, key: name };
      for (const suffix of session.suffixed(root) ? SUFFIXES : ['']) {
        const key = name + suffix;
        const info = await session.store(root).head(key, { signal });
        if (info) return { root, name, key, info };
      }
      return null;
    },

    async isFolder({ root, key }) {
      if (key === '') return true;
      if (isDisk(root)) return session.files(root).isDir(key, { signal });
      for await (const page of session.store(root).list({ prefix: asFolder(key), pageSize: 1, signal })) {
        if (page.objects.length + page.prefixes.length > 0) return true;
      }
      return false;
    },

    async *list(root, prefix, flat = false) {
      const strip = session.suffixed(root) ? /\.(gz|br|zstd|xz|bz2)$/ : /$^/;
      for await (const page of session.store(root).list({ prefix, signal, ...(flat && { delimiter: '/' }) })) {
        const found: Entry[] = page.objects.map((info) => ({ root, name: info.key.replace(strip, ''), key: info.key, info }));
        const folders = page.prefixes.map((key) => ({ root, name: key, key }));
        yield* [...found, ...folders].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
      }
    },

    redact(text) {
      let clean = text;
      for (const secret of secrets) clean = clean.replaceAll(secret, '');
      return clean;
    },
  };
  return session;
}
