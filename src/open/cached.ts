/**
 * Stores behind their client's cache.
 *
 * @module
 */
import { clientCacheOf } from '../cache/object/client-cache.ts';
import { withCache } from '../cache/object/with-cache.ts';
import type { StoreContext } from '../store/context.ts';
import { warn } from '../store/warn.ts';
import { wireOf } from '../store/wire.ts';
import type { Location, ObjectStore } from '../types.ts';
import { askerOf } from './asker.ts';

/**
 * Put the client's cache in front of the store of a location.
 *
 * @param location that the store was opened for: a bucket, or a folder of the web
 * @throws InvalidConfigurationError the client's options or the environment do not fit
 * @throws CloudError `NotSupported`: encryption where it is not to be had
 */
export function openCached(context: StoreContext, location: Location, store: ObjectStore): ObjectStore {
  const asker = askerOf(context, location);
  if (!asker) return store;
  return withCache(store, {
    ...asker,
    cache: clientCacheOf(context),
    page: wireOf(context).page,
    clock: context.clock,
    onWarning: (warning) => warn(context, warning),
  });
}
