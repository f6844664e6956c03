/**
 * Whether two names of places lead to one object. Loaded on use.
 *
 * @module
 */
import { mayBeOne } from '../store/may-be-one.ts';
import type { ObjectInfo } from '../types.ts';
import { asyncDispose } from '../util/dispose.ts';
import { notThere } from './change.ts';
import type { FileSet } from './types.ts';

/** What the service itself says of an object: a cache may know it as it was before. */
async function seenThere({ store, context }: FileSet, key: string, signal: AbortSignal): Promise<ObjectInfo | null> {
  if (!context.options.cache && !context.openElsewhere) return store.head(key, { signal });
  const result = await store.get(key, { signal, cache: 'bypass' });
  await result?.[asyncDispose]();
  return result;
}

/**
 * Whether what is at two places now is one object, as far as both tell. Two objects that no answer tells apart count as one: then the source stays,
 * which loses nothing.
 */
export async function isOne(from: FileSet, key: string, to: FileSet, dest: string, signal: AbortSignal): Promise<boolean> {
  const [one, other] = await Promise.all([seenThere(from, key, signal), seenThere(to, dest, signal)]);
  if (!other) throw notThere(dest, 'move');
  if (!one) return false;
  return mayBeOne(one, other, from.protocol === to.protocol);
}
