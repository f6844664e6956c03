/**
 * The composition root: the only place that knows every driver. Each is loaded when its first call comes.
 *
 * @module
 */
import { aliasesOf } from '../store/aliases-of.ts';
import { CloudError } from '../errors.ts';
import type { AbortOptions, Location, ObjectStore } from '../types.ts';
import { formatUrl, toHttps } from '../url/format.ts';
import { parseUrl } from '../url/parse.ts';
import { capabilitiesOf } from '../store/capabilities.ts';
import type { StoreContext } from '../store/context.ts';
import { endpointOf, scopeOf } from '../store/endpoint-of.ts';
import { lazyStore, loadedOnce } from '../store/lazy.ts';
import { contextOf, type SessionOptions } from '../store/session.ts';
import { compareUtf8 } from '../util/utf8.ts';
import { withPrefix } from '../store/wrap/prefix.ts';

/** A folder's path, ready to have keys put behind it. */
export const asFolder = (path: string): string => (path === '' || path.endsWith('/') ? path : `${path}/`);

/** The region that S3 is first asked in. */
export const regionOf = ({ options, env }: StoreContext): string =>
  options.region ?? env('AWS_REGION') ?? env('AWS_DEFAULT_REGION') ?? 'us-east-1';

/** The driver of a bucket, web folder or disk; paths are put in front of keys by {@link openLocation}. */
async function openDriver(context: StoreContext, location: Location): Promise<ObjectStore> {
  const store = await createDriver(context, location);
  // what goes over the wire is refused there
  if (!context.options.readOnly || !/^(file|opfs|mem)$/.test(location.protocol)) return store;
  const { withReadonly } = await import('../store/wrap/readonly.ts');
  return withReadonly(store);
}

async function createDriver(context: StoreContext, location: Location): Promise<ObjectStore> {
  const { protocol, bucket, host, path } = location;
  const { options } = context;
  switch (protocol) {
    case 's3': {
      const { createS3Store } = await import('../store/s3/store.ts');
      const endpoint = endpointOf(context, location);
      const region = regionOf(context);
      return createS3Store({
        bucket: bucket!,
        context,
        scope: scopeOf(context, location)!.scope,
        endpoint,
        region,
        forcePathStyle: options.forcePathStyle,
        requestPayer: options.requestPayer,
        url: formatUrl({ ...location, path: '' }),
      });
    }
    case 'gs': {
      const { createGcsStore } = await import('../store/gcs/store.ts');
      return createGcsStore({
        bucket: bucket!,
        context,
        scope: scopeOf(context, location)!.scope,
        endpoint: endpointOf(context, location),
        requestPayer: options.requestPayer,
        url: `gs://${bucket}`,
      });
    }
    case 'http':
    case 'https': {
      const { createHttpStore } = await import('../store/http/store.ts');
      return createHttpStore({ base: asFolder(path ? `${host}/${path}` : `${host}/`), context });
    }
    case 'file':
      return (await import('../store/file.ts')).createFileStore({ root: path });
    case 'opfs':
      return (await import('../store/opfs.ts')).createOpfsStore({ root: path });
    case 'mem': {
      const { createMemoryStore, createMemoryTree } = await import('../store/memory.ts');
      return createMemoryStore({ bucket: bucket!, tree: context.shared('memory', createMemoryTree), clock: context.clock });
    }
  }
}

/** The same behind the cache, where the client has one; disks and memory are not cached. */
async function openBehindCache(context: StoreContext, location: Location): Promise<ObjectStore> {
  if (context.openElsewhere) return context.openElsewhere(location);
  const { cache } = context.options;
  if (!cache || cache.mode === 'off' || scopeOf(context, location) === undefined) return openDriver(context, location);
  const [store, { openCached }] = await Promise.all([openDriver(context, location), import('./cached.ts')]);
  return openCached(context, location, store);
}

/** The store of a parsed location; keys are relative to its path. */
export function openLocation(context: StoreContext, wanted: Location): ObjectStore {
  const { options } = context;
  const payer = options.requestPayer;
  if (payer !== undefined && wanted.protocol !== 'gs' && !(wanted.protocol === 's3' && payer === 'requester')) {
    throw new CloudError('requestPayer goes with gs://, and is "requester" at s3://', { code: 'InvalidArgument', url: formatUrl(wanted) });
  }
  const location = options.useHttps ? toHttps(wanted) : wanted;
  const { protocol, path, bucket } = location;
  const capabilities = capabilitiesOf(protocol, context.storedBytes(protocol));
  const url = formatUrl(location);
  if (bucket === null) return lazyStore(url, capabilities, () => openBehindCache(context, location));
  const root = { ...location, path: '' };
  // one driver a bucket: its region and its tokens are learnt once
  const driver = context.shared(`store ${formatUrl(root)}`, () => loadedOnce(() => openBehindCache(context, root)));
  return withPrefix(lazyStore(formatUrl(root), capabilities, driver), asFolder(path));
}

/**
 * Open the store behind a URL. Sends nothing and reads nothing; the first call does.
 *
 * @param url `s3://bucket/folder`, `s3://https://host/bucket`, `gs://`, `https://`, `file:///`, `opfs:///`, `mem://`, an alias or a plain path; keys are relative to it
 * @throws CloudError `InvalidUrl`, `UnsupportedProtocol`, `InvalidArgument`
 * @example
 * const store = openStore('s3://bucket/data', { region: 'eu-central-1' });
 * const object = await store.get('a.csv');
 */
export function openStore(url: string, options: SessionOptions = {}): ObjectStore {
  const context = contextOf(options);
  return openLocation(context, parseUrl(url, { aliases: aliasesOf(context) }));
}

/**
 * Names of the buckets that the client's credentials may list, page by page.
 *
 * @param location of any bucket of the service, whose name does not count
 * @throws CloudError `NotSupported`: GCS lists those of a project alone
 */
export async function* listBuckets(
  context: StoreContext,
  location: Location,
  options: AbortOptions,
): AsyncGenerator<string[], void, undefined> {
  const { protocol, host, alias } = location;
  if (protocol === 'mem') {
    const { createMemoryTree } = await import('../store/memory.ts');
    const { buckets } = context.shared('memory', createMemoryTree);
    yield [...buckets]
      .filter(([, objects]) => objects.size > 0)
      .map(([name]) => name)
      .sort(compareUtf8);
  } else if (protocol === 's3') {
    const endpoint = endpointOf(context, location);
    const region = regionOf(context);
    const driver = await import('../store/s3/buckets.ts');
    yield* driver.listBuckets({ context, endpoint, region, scope: { bucket: '', alias, host } }, options);
  } else {
    throw new CloudError(`buckets of ${protocol}:// are not listed`, { code: 'NotSupported', operation: 'list' });
  }
}
