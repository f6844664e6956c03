/**
 * Whether two paths are of one thing, however they are spelled and whichever client they have.
 *
 * @module
 */
import { placeOf as serverOf } from '../cache/object/place.ts';
import { isOnDisk, locationOf, type Place } from './place.ts';

const here = /^(localhost|127\.0\.0\.1|\[::1\])(?=:|$)/;

/** Every address of one of these two services leads to the same buckets. */
const services: readonly (readonly [RegExp, string])[] = [
  [/\.amazonaws\.com(\.cn)?$/, 's3'],
  [/(^|\.)(googleapis\.com|storage\.cloud\.google\.com)$/, 'gs'],
];

/** The server that is meant: without its scheme and the scheme's own port, and by one name. */
function hostOf(provider: string, endpoint: string): string {
  if (endpoint === '') return provider;
  // what is no address is refused when it is asked
  if (!URL.canParse(endpoint)) return endpoint;
  const { host, pathname } = new URL(endpoint);
  const service = services.find(([pattern]) => pattern.test(host))?.[1];
  return service ?? host.toLowerCase().replace(here, 'localhost') + pathname.replace(/\/+$/, '');
}

/** What the keys of a place are keys of, as a text. */
function groundOf(place: Place): string {
  const { context, protocol, drive, base, root } = place;
  if (root) return base;
  if (isOnDisk(place)) return protocol;
  const server = serverOf(context, locationOf(place));
  return server ? JSON.stringify([hostOf(server.provider, server.endpoint), server.bucket, server.folder]) : `mem ${drive}`;
}

/** Whether two places are of one bucket, host or disk: what is memory is that of one client. */
export const sameGround = (a: Place, b: Place): boolean =>
  (a.context === b.context || (a.protocol !== 'mem' && b.protocol !== 'mem')) && groundOf(a) === groundOf(b);

/** Whether two places are one object. */
export const sameObject = (a: Place, b: Place): boolean => a.key === b.key && sameGround(a, b);
