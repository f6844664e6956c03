/**
 * Where datafiles and datasets are: on the local disk, in the cloud, or behind a read-only URL.
 *
 * @module
 */
import { openDisk, openOpfs } from '#platform';
import { CloudError } from '../errors.ts';
import type { Disk } from '../platform/types.ts';
import { aliasesOf } from '../store/aliases-of.ts';
import type { StoreContext } from '../store/context.ts';
import { openLocation } from '../open/open-store.ts';
import type { Location, ObjectStore } from '../types.ts';
import { formatUrl } from '../url/format.ts';
import { parseUrl } from '../url/parse.ts';

/** A path on the local disk, which in browsers is the origin's own. */
export interface LocalPlace {
  readonly kind: 'local';
  /** Absolute, `/`-separated, without a slash at its end. */
  readonly path: string;
  /** It ends with the process: nobody asked for a copy there. */
  readonly temporary?: true;
  /** @throws CloudError `NotSupported` where there is none */
  disk(): Promise<Disk>;
}

interface RemotePlace {
  /** As text; that of a URL may hold a signature. */
  readonly url: string;
  readonly bucket: string;
  /** Within the store; empty for a whole bucket. Without a slash at its end. */
  readonly key: string;
  /** The bucket's, or the web server's. */
  readonly store: ObjectStore;
}

/** An object or a prefix of a bucket. */
export interface CloudPlace extends RemotePlace {
  readonly kind: 'cloud';
  readonly protocol: 's3' | 'gs' | 'mem';
  readonly location: Location;
}

/** A file behind a URL, signed or public. Its bucket and `path` are read from the URL, as storage services write them. */
export interface UrlPlace extends RemotePlace {
  readonly kind: 'url';
  readonly protocol: 'http' | 'https';
  /** The path behind the bucket, without the query and percent-decoded. */
  readonly path: string;
}

/** Any place. */
export type Place = LocalPlace | CloudPlace | UrlPlace;

/** A disk opened by hand, for working copies. */
export const placeOnDisk = (disk: Disk, path: string): LocalPlace => ({ kind: 'local', path, disk: async () => disk });

/**
 * The place of a path or URL. Nothing is read or sent.
 *
 * @throws CloudError `InvalidUrl`, `UnsupportedProtocol`
 */
export function placeOf(context: StoreContext, text: string): Place {
  const location = parseUrl(text, { aliases: aliasesOf(context) });
  const { protocol, bucket, path, host } = location;
  if (protocol === 'file' || protocol === 'opfs') return localPlace(context, protocol, path);
  const root = { ...location, path: '' };
  const store = context.shared(`place ${formatUrl(root)}`, () => openLocation(context, root));
  if (protocol === 'http' || protocol === 'https') {
    const [first = '', ...rest] = decoded(path.replace(/[?#].*$/s, '')).split('/');
    return { kind: 'url', protocol, url: `${host}/${path}`, bucket: first, path: rest.join('/'), key: path, store };
  }
  // The original folds `..` and double slashes of gs:// away, so that is what its objects are called.
  const key = (protocol === 'gs' ? fold(path) : path).replace(/\/+$/, '');
  return cloudPlace(store, { ...location, path: key }, bucket!);
}

/** Of S3, GCS or memory, when it must be that. @throws CloudError `InvalidArgument` for other places */
export function cloudPlaceOf(context: StoreContext, text: string, what: string): CloudPlace {
  const place = placeOf(context, text);
  if (place.kind === 'cloud') return place;
  throw new CloudError(`${what} is an s3://, gs:// or mem:// URL`, { code: 'InvalidArgument', url: text });
}

/** Of the local disk, when it must be that. @throws CloudError `InvalidArgument` for other places */
export function localPlaceOf(context: StoreContext, text: string, what: string): LocalPlace {
  const place = placeOf(context, text);
  if (place.kind === 'local') return place;
  throw new CloudError(`${what} is a path of the local disk`, { code: 'InvalidArgument', url: text });
}

function localPlace({ options }: StoreContext, protocol: 'file' | 'opfs', path: string): LocalPlace {
  return {
    kind: 'local',
    path: path.replace(/(?<=.)\/+$/, ''),
    async disk() {
      const disk = await (protocol === 'file' ? openDisk() : openOpfs());
      if (disk) return options.readOnly ? (await import('../store/wrap/readonly-disk.ts')).readonlyDisk(disk) : disk;
      throw new CloudError('this runtime has no disk for local paths', { code: 'NotSupported', key: path });
    },
  };
}

function cloudPlace(store: ObjectStore, location: Location, bucket: string): CloudPlace {
  const { path: key } = location;
  const protocol = location.protocol as CloudPlace['protocol'];
  return { kind: 'cloud', protocol, url: formatUrl(location), bucket, key, store, location };
}

/** As it stands where it is not UTF-8, or no name of a file. */
function decoded(path: string): string {
  if (path.includes('%00')) return path;
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

function fold(path: string): string {
  const out: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') out.pop();
    else if (part !== '' && part !== '.') out.push(part);
  }
  return out.join('/');
}

/** A place below a folder's. @param below relative, `/`-separated */
export function placeBelow<P extends LocalPlace | CloudPlace>(folder: P, below: string): P {
  if (folder.kind === 'local') return { ...folder, path: `${folder.path === '/' ? '' : folder.path}/${below}` };
  const { store, location, key, bucket } = folder;
  return cloudPlace(store, { ...location, path: key ? `${key}/${below}` : below }, bucket) as P;
}

/** What stands behind the last slash, without a query. */
export function baseName(place: Place): string {
  const path = place.kind === 'local' ? place.path : place.kind === 'url' ? place.path || place.bucket : place.key || place.bucket;
  return path.slice(path.lastIndexOf('/') + 1);
}

/** The folder that a local path is in. */
export const parentOf = (path: string): string => path.slice(0, Math.max(path.lastIndexOf('/'), 1));

/** Whether two places are the same one. */
export const samePlace = (a: Place, b: Place): boolean =>
  a.kind === b.kind && (a.kind === 'local' ? a.path === (b as LocalPlace).path : a.url === (b as RemotePlace).url);

/** What two places must share for one to be below the other: the disk, the bucket of a service, or the web server. */
function rootOf(place: Place): string {
  if (place.kind === 'local') return '';
  return place.kind === 'url' ? new URL(place.url).origin : formatUrl({ ...place.location, path: '' });
}

/** Whole, below that. How a web address is split into bucket and path is a guess, so both are in. */
function pathOf(place: Place): string {
  if (place.kind === 'url') return place.path ? `${place.bucket}/${place.path}` : place.bucket;
  return place.kind === 'local' ? place.path : place.key;
}

/** Where `inner` is below `folder`, relative to it; undefined when it is elsewhere. A folder is not below itself. */
export function relativeTo(folder: Place, inner: Place): string | undefined {
  if (rootOf(folder) !== rootOf(inner)) return undefined;
  const top = pathOf(folder);
  const path = pathOf(inner);
  if (top === '' || top === '/') return path.replace(/^\//, '') || undefined;
  return path.startsWith(`${top}/`) ? path.slice(top.length + 1) : undefined;
}
