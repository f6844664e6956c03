/**
 * A location, as text again.
 *
 * @module
 */
import type { Location } from '../types.ts';
import { encodeKey } from './key.ts';

/**
 * Print a location so that `parseUrl` gives an equal one: the alias is kept, the format only where it is not `precomputed`.
 * A path that itself holds `x://` or ends in `|x:` has no such URL: name it relative to its bucket or folder.
 *
 * @example formatUrl(parseUrl('precomputed://matrix://bucket/a')) // 'matrix://bucket/a'
 */
export function formatUrl(location: Location): string {
  const { format, protocol, bucket, path, host, alias } = location;
  const front = format === 'precomputed' ? '' : `${format}://`;
  if (bucket === null) {
    if (host !== null) return front + host + (path && !/^[?#]/.test(path) ? '/' : '') + path;
    return `${front}${protocol}://${path.startsWith('/') ? '' : '/'}${path}`;
  }
  const store = alias === null ? `${protocol}://${host === null ? '' : `${host}/`}` : `${alias}://`;
  return front + store + bucket + (path && '/') + path;
}

/**
 * The plain web address of an object in a public bucket; other locations come back as they are. No region is known here, so
 * Amazon's buckets get the global host.
 *
 * @example formatUrl(toHttps(parseUrl('gs://bucket/a b'))) // 'https://storage.googleapis.com/bucket/a%20b'
 */
export function toHttps(location: Location): Location {
  const { protocol, bucket, path } = location;
  if (protocol !== 's3' && protocol !== 'gs') return location;
  const host = location.host ?? (protocol === 'gs' ? 'https://storage.googleapis.com' : 'https://s3.amazonaws.com');
  return {
    ...location,
    protocol: host.startsWith('http:') ? 'http' : 'https',
    host,
    bucket: null,
    alias: null,
    path: bucket + (path && `/${encodeKey(path)}`),
  };
}
