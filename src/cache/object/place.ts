/**
 * Where what is cached comes from: which service, and under which names.
 *
 * @module
 */
import { endpointOf } from '../../store/endpoint-of.ts';
import type { StoreContext } from '../../store/context.ts';
import type { Location } from '../../types.ts';
import { toHttps } from '../../url/format.ts';

/** A bucket, or a web server. */
export interface CachePlace {
  /** `s3`, `gs`, `http`. */
  readonly provider: string;
  readonly endpoint: string;
  /** Empty for a web server. */
  readonly bucket: string;
  /** The URL of everything in it, with a slash at the end. */
  readonly root: string;
  /** What is in front of keys in the store that is opened for a location; of the web alone. */
  readonly folder: string;
}

/**
 * The place of a location.
 *
 * @returns undefined for disks and memory, which are not cached
 */
export function placeOf(context: StoreContext, given: Location): CachePlace | undefined {
  const location = context.options.useHttps ? toHttps(given) : given;
  const { protocol, bucket, host, path } = location;
  if (protocol === 's3' || protocol === 'gs') {
    const endpoint = (endpointOf(context, location) ?? '').replace(/\/+$/, '');
    return { provider: protocol, endpoint, bucket: bucket!, root: `${protocol}://${bucket}/`, folder: '' };
  }
  if (protocol !== 'http' && protocol !== 'https') return undefined;
  const { origin } = new URL(host!);
  const inside = host!.slice(/^https?:\/\/[^/]*/.exec(host!)![0].length + 1);
  const folder = [inside, path].filter(Boolean).join('/');
  return {
    provider: 'http',
    endpoint: origin,
    bucket: '',
    root: `${origin}/`,
    folder: folder && !folder.endsWith('/') ? `${folder}/` : folder,
  };
}
