/**
 * A path as what its local copy is made of.
 *
 * @module
 */
import { cacheNamespace } from '../cache/identity.ts';
import { clientCacheOf } from '../cache/object/client-cache.ts';
import { askerOf } from '../open/asker.ts';
import type { StoreContext } from '../store/context.ts';
import { contentTypeOf } from '../store/content-type.ts';
import type { AbortOptions, ObjectInfo, ObjectStore } from '../types.ts';
import type { CloudObject } from './copies/types.ts';
import { randomName } from '../util/random-name.ts';
import { isFolder } from './look.ts';
import { locationOf, type Place } from './place.ts';

/** Of what is in one client's memory: it is not what is in another's, whatever it is called. */
export const memoryNamespace = (context: StoreContext): string => context.shared('namespace of memory', () => randomName(8));

/** Whose copies they are. */
async function namespaceOf(place: Place, options: AbortOptions): Promise<string> {
  const { context } = place;
  const asker = askerOf(context, locationOf(place));
  if (!asker) return memoryNamespace(context);
  const { provider, endpoint, bucket } = asker.place;
  const identity = await asker.identity(place.key, options);
  clientCacheOf(context).note(provider, identity);
  return cacheNamespace({ provider, endpoint, bucket, identity: identity.id });
}

/** New objects get the type that goes with their name. */
function typed(store: ObjectStore): ObjectStore {
  if (!store.capabilities.headers) return store;
  return {
    ...store,
    async put(key, body, options = {}) {
      const contentType = options.contentType ?? (await contentTypeOf(key.slice(key.lastIndexOf('/') + 1)));
      return store.put(key, body, { ...options, contentType });
    },
  };
}

/**
 * @param owner to whom edits belong: the path
 * @param known what a listing told just now: the first who asks is answered that
 */
export function objectOf(place: Place, owner: object, known?: ObjectInfo): CloudObject {
  const { base, key, drive } = place;
  const store = typed(place.store);
  let told = known;
  // once: who asks again has found that it is another by now
  const answer = (asked: string): ObjectInfo | undefined => {
    if (asked !== key) return undefined;
    const now = told;
    told = undefined;
    return now;
  };
  return {
    url: base + key,
    bucket: drive,
    key,
    store: known ? { ...store, head: async (...asked) => answer(asked[0]) ?? store.head(...asked) } : store,
    namespace: () => namespaceOf(place, {}),
    owner,
    isDirectory: async (options) => place.key === '' || place.web === 'folder' || (!place.web && (await isFolder(place, options))),
  };
}
