/**
 * Local copies as a part of their client's cache: counted and cleared with it.
 *
 * @module
 */
import { clientCacheOf, type ClientCache } from '../cache/object/client-cache.ts';
import type { StoreContext } from '../store/context.ts';
import { copiesOf } from './copies/copies.ts';
import { memoryNamespace } from './object.ts';

/**
 * The cache of a client, copies included.
 *
 * @throws InvalidConfigurationError the client's options or the environment do not fit
 */
export const cacheWithCopies = (context: StoreContext): ClientCache =>
  context.shared('cache with copies', () => {
    const cache = clientCacheOf(context);
    const copies = copiesOf(context);
    cache.join({
      stats: () => copies.stats(),
      // of other users' copies in the same folder nothing is known
      clear: (options) => copies.clear({ ...options, namespaces: [...options.namespaces, memoryNamespace(context)] }),
    });
    return cache;
  });
