/**
 * Where a path is: its store, and its keys as an object and as a folder. Nothing is sent.
 *
 * @module
 */
import { openDisk, openOpfs } from '#platform';
import { CloudError } from '../errors.ts';
import { openLocation } from '../open/open-store.ts';
import type { Disk } from '../platform/types.ts';
import { aliasesOf } from '../store/aliases-of.ts';
import type { StoreContext } from '../store/context.ts';
import type { Location, ObjectStore, Protocol } from '../types.ts';
import { formatUrl } from '../url/format.ts';
import { parseUrl } from '../url/parse.ts';
import { CloudPathNotImplementedError } from './errors.ts';
import type { PureCloudPath } from './pure-path.ts';
import { shownText } from './shown.ts';

/** A path in its client. */
export interface Place {
  readonly context: StoreContext;
  readonly protocol: Protocol;
  /** As given. */
  readonly text: string;
  /** What stands in front of keys in texts: `s3://bucket/`, `https://host/`, `file:///`. */
  readonly base: string;
  /** The bucket, or the host; `''` on a disk. */
  readonly drive: string;
  /** Of the object; `''` for a bucket, host or disk as a whole. */
  readonly key: string;
  /** What keys of all that is below begin with; `''` at the top. */
  readonly folder: string;
  /** Above the buckets: there is no store. */
  readonly root: boolean;
  /** Of a web address whether it ends in a slash, which is all that tells folders there. */
  readonly web: 'file' | 'folder' | undefined;
  /** @throws CloudPathNotImplementedError above the buckets */
  readonly store: ObjectStore;
}

/** The place of a path. */
export function placeOf(context: StoreContext, path: PureCloudPath): Place {
  const { protocol, anchor, bucket, key: raw, drive } = path;
  const text = path.toString();
  const bucketed = protocol === 's3' || protocol === 'gs' || protocol === 'mem';
  const web = protocol === 'http' || protocol === 'https' ? (/^([^?#]*\/)?([?#]|$)/.test(raw) ? 'folder' : 'file') : undefined;
  const bare = web ? raw.replace(/[?#].*$/s, '') : raw;
  const root = bucketed && bucket === '';
  let opened: ObjectStore | undefined;
  const base = bucketed && !root ? `${anchor}${bucket}/` : anchor;
  return {
    context,
    protocol,
    text,
    base,
    drive,
    key: web ? raw : raw.replace(bucketed ? /\/$/ : /\/+$/, ''),
    folder: bare === '' || bare.endsWith('/') ? bare : `${bare}/`,
    root,
    web,
    get store() {
      if (opened) return opened;
      if (root) throw new CloudPathNotImplementedError('this is above all buckets', { url: text });
      const location = locationOf({ context, base });
      return (opened ??= context.shared(`place ${formatUrl(location)}`, () => openLocation(context, location)));
    },
  };
}

/** The bucket, host or disk. */
export function locationOf({ context, base }: Pick<Place, 'context' | 'base'>): Location {
  const location = parseUrl(base.replace(/(?<=[^/:])\/$/, ''), { aliases: aliasesOf(context) });
  return location.bucket === null && location.host === null ? { ...location, path: '/' } : location;
}

/** Its text for messages. */
export const shown = ({ text }: Pick<Place, 'text'>): string => shownText(text);

/** Whether it is on a disk, where folders are things of their own. */
export const isOnDisk = ({ protocol }: Pick<Place, 'protocol'>): boolean => protocol === 'file' || protocol === 'opfs';

/** The place, when it is on a disk. @throws CloudError `InvalidArgument` */
export function needDisk(place: Place): Place {
  if (isOnDisk(place)) return place;
  throw new CloudError(`${shown(place)} is on no local disk`, { code: 'InvalidArgument', url: place.text });
}

/** The disk of a place that is on one. @throws CloudError `NotSupported` where there is none */
export async function diskOf({ protocol, text, context }: Place): Promise<Disk> {
  const disk = await (protocol === 'opfs' ? openOpfs() : openDisk());
  if (disk) return context.options.readOnly ? (await import('../store/wrap/readonly-disk.ts')).readonlyDisk(disk) : disk;
  throw new CloudError('this runtime has no such disk', { code: 'NotSupported', url: text });
}

/** The absolute path of a place that is on a disk. */
export const diskPath = ({ key }: Place): string => (/^[a-z]:(\/|$)/i.test(key) ? key : `/${key}`);

/** Another object of the same store. */
export const sibling = (place: Place, key: string): Place => ({
  ...place,
  text: place.base + key,
  key,
  folder: key === '' || key.endsWith('/') ? key : `${key}/`,
});

/** Whether two places are of one store, opened once: what one server copies. {@link sameObject} tells objects apart. */
export const sameStore = (a: Place, b: Place): boolean => a.context === b.context && a.base === b.base;
