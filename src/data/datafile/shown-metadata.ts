/**
 * Whether a page is shown the metadata of objects. Custom metadata are headers, and a page sees of those what the bucket's CORS rules expose: an
 * object whose metadata are hidden looks like one that has none, and a write would replace what nobody saw.
 *
 * @module
 */
import { sendsLikeAPage } from '#platform';
import { CloudError } from '../../errors.ts';
import type { StoreContext } from '../../store/context.ts';
import type { AbortOptions, ObjectInfo } from '../../types.ts';
import { newId } from '../id.ts';
import type { CloudPlace } from '../place.ts';

/** How objects are called that are written to see what a page is shown. */
export const probePrefix = '.anyfile-probe-';

const names = ['octue__id', 'octue__timestamp', 'octue__tags', 'octue__labels', 'octue__sdk_version'] as const;

const showsAll = ({ metadata }: ObjectInfo): boolean => names.every((name) => name in metadata);

/**
 * Makes sure, before an object is replaced that shows no metadata, that it has none. Where nothing in the bucket has shown any yet, a small object
 * is written beside it, looked at and removed; once for each bucket and client, and only in pages.
 *
 * @throws CloudError `NotSupported`: the metadata are hidden; nothing was changed
 */
export async function requireShownMetadata(
  context: StoreContext,
  place: CloudPlace,
  info: ObjectInfo,
  { signal }: AbortOptions,
): Promise<void> {
  if (!sendsLikeAPage || place.protocol === 'mem') return;
  const known = context.shared(`metadata shown ${place.protocol} ${place.location.host ?? ''} ${place.bucket}`, () => ({ shown: false }));
  known.shown ||= showsAll(info) || (await probe(place, signal));
  if (known.shown) return;
  const headers = names.map((name) => `${place.protocol === 's3' ? 'x-amz-meta-' : 'x-goog-meta-'}${name}`).join(', ');
  const message = `the page is not shown the metadata of objects, so those that are there would be lost: expose ${headers} in the bucket's CORS rules`;
  throw new CloudError(message, { code: 'NotSupported', url: place.url, operation: 'upload' });
}

async function probe({ store, key }: CloudPlace, signal: AbortSignal | undefined): Promise<boolean> {
  const name = `${key.slice(0, key.lastIndexOf('/') + 1)}${probePrefix}${newId()}`;
  const metadata = Object.fromEntries(names.map((one) => [one, 'null']));
  await store.put(name, '', { metadata, ifAbsent: true, signal });
  try {
    const info = await store.head(name, { signal });
    return info !== null && showsAll(info);
  } finally {
    await store.delete(name);
  }
}
