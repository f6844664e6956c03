/**
 * What a manifest, or the record of a dataset, that came from elsewhere may name.
 *
 * @module
 */
import { CloudError } from '../errors.ts';
import type { StoreContext } from '../store/context.ts';
import { placeOf, type Place } from './place.ts';

/** Looks at a path before anything of it is opened. */
export type PathCheck = (path: string) => void;

/** All may be named: it is the user's own. */
export const anyPath: PathCheck = () => {};

/**
 * What was read from the cloud or the web is data: it names no files of this machine, and no S3 service of its own choice, to which requests
 * signed with the user's keys would go; that which it was read from it may name.
 *
 * @param what it is, for messages
 */
export function pathsFrom(context: StoreContext, origin: Place, what: 'manifest' | 'dataset'): PathCheck {
  const ownHost = origin.kind === 'cloud' ? origin.location.host : null;
  return (path) => {
    const place = placeOf(context, path);
    const refuse = (named: string): never => {
      const message = `the ${what} names ${named}, which one from elsewhere may not do: open it with { trusted: true } if it is yours`;
      throw new CloudError(message, { code: 'PermissionDenied', url: place.kind === 'local' ? undefined : place.url, operation: 'open' });
    };
    if (place.kind === 'local') return refuse('a path of the local disk');
    if (place.kind === 'url') return undefined;
    if (place.protocol === 'mem' && !(origin.kind === 'cloud' && origin.protocol === 'mem')) return refuse('something in memory');
    if (place.location.host !== null && place.location.alias === null && place.location.host !== ownHost)
      return refuse('an S3 service by its host');
    return undefined;
  };
}
