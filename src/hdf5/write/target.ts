/**
 * Where a file is to be.
 *
 * @module
 */
import { openDisk, openOpfs } from '#platform';
import { CloudError } from '../../errors.ts';
import { openLocation } from '../../open/open-store.ts';
import type { Disk } from '../../platform/types.ts';
import { aliasesOf } from '../../store/aliases-of.ts';
import type { StoreContext } from '../../store/context.ts';
import { keyToPath } from '../../store/file-path.ts';
import type { ObjectStore } from '../../types.ts';
import { formatUrl } from '../../url/format.ts';
import { parseUrl } from '../../url/parse.ts';
import { splitPath } from '../../url/split-path.ts';

/** Where a file is to be: a URL of any store or a path, or what has one, as a `CloudPath`. */
export type Hdf5Target =
  | string
  | URL
  | { readonly url?: string | undefined; readonly client?: { readonly context: StoreContext } | undefined };

/** A place for a file. */
export interface TargetPlace {
  /** For messages and for who asks what was written. */
  readonly url: string;
  /** The file's name. */
  readonly name: string;
  readonly store: ObjectStore;
  readonly key: string;
  /** Where it is on a disk of this machine, and that. */
  readonly local: { readonly disk: Disk; readonly path: string } | undefined;
}

/** The URL of a target. @throws CloudError `InvalidArgument` */
export function urlOf(target: Hdf5Target): string {
  const url = typeof target === 'string' || target instanceof URL ? String(target) : target?.url;
  if (typeof url === 'string' && url !== '') return url;
  throw new CloudError('an HDF5 file is written to a URL or a path', { code: 'InvalidArgument', operation: 'openHdf5' });
}

/**
 * Resolve a place. Nothing is looked at.
 *
 * @throws CloudError `InvalidUrl`, `UnsupportedProtocol`, `InvalidArgument`; `NotSupported` for places that are only read
 */
export async function resolveTarget(target: string, context: StoreContext): Promise<TargetPlace> {
  const location = parseUrl(target, { aliases: aliasesOf(context) });
  const [folder, name] = splitPath(location.path);
  const url = formatUrl(location);
  if (!name) throw new CloudError('this URL names no object', { code: 'InvalidUrl', url });
  const store = openLocation(context, { ...location, path: folder });
  if (!store.capabilities.write)
    throw new CloudError('files behind web addresses can only be read', { code: 'NotSupported', operation: 'openHdf5', url });
  const { protocol } = location;
  const disk = protocol === 'file' ? await openDisk() : protocol === 'opfs' ? await openOpfs() : undefined;
  const local = disk && { disk, path: keyToPath(folder, name, { backslash: protocol === 'file' }) };
  return { url, name, store, key: name, local };
}
