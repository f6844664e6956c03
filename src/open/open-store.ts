/**
 * The composition root: the only place that knows every driver. Each is loaded when its first call comes.
 *
 * @module
 */
import { aliasesOf } from '../store/aliases-of.ts';
import { CloudError } from '../errors.ts';
import type { Location, ObjectStore } from '../types.ts';
import { formatUrl, toHttps } from '../url/format.ts';
import { parseUrl } from '../url/parse.ts';
import { capabilitiesOf } from '../store/capabilities.ts';
import type { StoreContext } from '../store/context.ts';
import { lazyStore } from '../store/lazy.ts';
import { contextOf, type SessionOptions } from '../store/session.ts';
import { withPrefix } from '../store/wrap/prefix.ts';

/** A folder's path, ready to have keys put behind it. */
const asFolder = (path: string): string => (path === '' || path.endsWith('/') ? path : `${path}/`);

/** Where requests of a location go: the location's own host first, then the client's endpoint, then the environment's. */
function endpointOf(context: StoreContext, { protocol, host }: Location): string | undefined {
  const { options } = context;
  const found =
    protocol === 'gs' ? context.env('STORAGE_EMULATOR_HOST') : (context.env('AWS_ENDPOINT_URL_S3') ?? context.env('AWS_ENDPOINT_URL'));
  const endpoint = host ?? options.endpoint ?? found;
  return endpoint && !/^https?:\/\//.test(endpoint) ? `http://${endpoint}` : endpoint;
}

/** The driver of a bucket, web folder or disk; paths are put in front of keys by {@link openLocation}. */
async function openDriver(context: StoreContext, location: Location): Promise<ObjectStore> {
  const { protocol, bucket, host, alias, path } = location;
  const { options } = context;
  switch (protocol) {
    case 's3': {
      const { createS3Store } = await import('../store/s3/store.ts');
      const endpoint = endpointOf(context, location);
      const region = options.region ?? context.env('AWS_REGION') ?? context.env('AWS_DEFAULT_REGION') ?? 'us-east-1';
      return createS3Store({
        bucket: bucket!,
        context,
        scope: { bucket: bucket!, alias, host },
        endpoint,
        region,
        forcePathStyle: options.forcePathStyle,
        requestPayer: options.requestPayer,
        url: formatUrl({ ...location, path: '' }),
      });
    }
    case 'gs': {
      const { createGcsStore } = await import('../store/gcs/store.ts');
      const endpoint = endpointOf(context, location);
      return createGcsStore({
        bucket: bucket!,
        context,
        // an emulator named by the environment knows no accounts
        scope: { bucket: bucket!, alias, host, emulator: !options.endpoint && endpoint !== undefined },
        endpoint,
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
  if (bucket === null) return lazyStore(url, capabilities, () => openDriver(context, location));
  const root = { ...location, path: '' };
  // one driver a bucket: its region and its tokens are learnt once
  const driver = (): Promise<ObjectStore> => context.shared(`store ${formatUrl(root)}`, () => openDriver(context, root));
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
