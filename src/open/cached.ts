/**
 * Stores behind their client's cache.
 *
 * @module
 */
import { identityOf, identityOfSignedUrl } from '../auth/identity.ts';
import { clientCacheOf } from '../cache/object/client-cache.ts';
import { namedIdentity } from '../cache/object/identities.ts';
import { placeOf } from '../cache/object/place.ts';
import { withCache } from '../cache/object/with-cache.ts';
import type { StoreContext } from '../store/context.ts';
import { scopeOf } from '../store/endpoint-of.ts';
import { warn } from '../store/warn.ts';
import { wireOf } from '../store/wire.ts';
import type { Location, ObjectStore } from '../types.ts';
import { formatUrl } from '../url/format.ts';

/**
 * Put the client's cache in front of the store of a location.
 *
 * @param location that the store was opened for: a bucket, or a folder of the web
 * @throws InvalidConfigurationError the client's options or the environment do not fit
 * @throws CloudError `NotSupported`: encryption where it is not to be had
 */
export function openCached(context: StoreContext, location: Location, store: ObjectStore): ObjectStore {
  const place = placeOf(context, location);
  const whose = scopeOf(context, location);
  if (!place || !whose) return store;
  const cache = clientCacheOf(context);
  const wire = wireOf(context);
  const source = wire.credentials(whose.service, whose.scope);
  const url = formatUrl(location);
  const { bucket } = whose.scope;
  return withCache(store, {
    cache,
    place,
    page: wire.page,
    clock: context.clock,
    onWarning: (warning) => warn(context, warning),
    async identity(key, { signal }) {
      if (cache.policy.identity !== undefined) return namedIdentity(cache.policy.identity);
      const signed = whose.service === 'http' ? identityOfSignedUrl(key) : undefined;
      return signed ?? identityOf(await source.get({ url, method: 'GET', bucket, signal }), cache.nameOf);
    },
  });
}
