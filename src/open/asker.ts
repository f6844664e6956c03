/**
 * Who asks at a place: whose values and copies they are that come from there.
 *
 * @module
 */
import { identityOf, identityOfSignedUrl, type Identity } from '../auth/identity.ts';
import { clientCacheOf } from '../cache/object/client-cache.ts';
import { namedIdentity } from '../cache/object/identities.ts';
import { placeOf, type CachePlace } from '../cache/object/place.ts';
import type { StoreContext } from '../store/context.ts';
import { scopeOf } from '../store/endpoint-of.ts';
import { wireOf } from '../store/wire.ts';
import type { AbortOptions, Location } from '../types.ts';
import { formatUrl } from '../url/format.ts';

/** Where and who. */
export interface Asker {
  readonly place: CachePlace;
  /** For a key, at this moment. */
  identity(key: string, options: AbortOptions): Promise<Identity>;
}

/**
 * Who asks at a location: a bucket, or a folder of the web. Nothing is asked yet.
 *
 * @returns undefined for disks and memory
 * @throws InvalidConfigurationError the client's options or the environment do not fit
 */
export function askerOf(context: StoreContext, location: Location): Asker | undefined {
  const place = placeOf(context, location);
  const whose = scopeOf(context, location);
  if (!place || !whose) return undefined;
  const cache = clientCacheOf(context);
  const source = wireOf(context).credentials(whose.service, whose.scope);
  const url = formatUrl(location);
  const { bucket } = whose.scope;
  return {
    place,
    async identity(key, { signal }) {
      if (cache.policy.identity !== undefined) return namedIdentity(cache.policy.identity);
      const signed = whose.service === 'http' ? identityOfSignedUrl(key) : undefined;
      return signed ?? identityOf(await source.get({ url, method: 'GET', bucket, signal }), cache.nameOf);
    },
  };
}
