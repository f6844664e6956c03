/**
 * Whether two addresses of which nobody would know it lead to one object: a host's name and its number, or a proxy. Both ends are asked, since what
 * is moved onto itself and then removed is gone.
 *
 * @module
 */
import { mayBeOne } from '../store/may-be-one.ts';
import type { AbortOptions } from '../types.ts';
import { listTree } from './list.ts';
import { locationOf, sibling, type Place } from './place.ts';
import { sameGround, sameObject } from './same.ts';

/** Two buckets of one name behind addresses that are not known to be one server's. */
function mayBeOneBucket(a: Place, b: Place): boolean {
  if (a.protocol !== b.protocol || (a.protocol !== 's3' && a.protocol !== 'gs') || a.root || b.root || sameGround(a, b)) return false;
  return locationOf(a).bucket === locationOf(b).bucket;
}

/** Whether nothing that both ends tell of a key says that these are two objects. */
async function looksSame(a: Place, b: Place, key: string, { signal }: AbortOptions): Promise<boolean> {
  const [one, other] = await Promise.all([a.store.head(key, { signal }), b.store.head(key, { signal })]);
  return one !== null && other !== null && mayBeOne(one, other, true);
}

/** Whether an object would be moved onto itself. In doubt it would: then it stays, and nothing is lost. */
export async function isItself(from: Place, to: Place, options: AbortOptions): Promise<boolean> {
  return sameObject(from, to) || (from.key === to.key && mayBeOneBucket(from, to) && looksSame(from, to, from.key, options));
}

/** Whether two folders are of one bucket: where their addresses do not tell, the first object below the source does. */
export async function isOneGround(from: Place, to: Place, { signal }: AbortOptions): Promise<boolean> {
  if (sameGround(from, to)) return true;
  if (!mayBeOneBucket(from, to)) return false;
  for await (const { key } of listTree(from, from.folder, { signal })) return looksSame(from, sibling(to, key), key, { signal });
  return false;
}
