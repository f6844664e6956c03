/**
 * What a URL means to a signer: which service, where on the wire, which region.
 *
 * @module
 */
import { CloudError } from '../errors.ts';
import { gcsAddress, s3Address } from '../url/endpoint.ts';
import { encodeKey } from '../url/key.ts';
import { parseUrl } from '../url/parse.ts';

/** How the place of an object is told. */
export interface TargetOptions {
  /** @default from an Amazon host, else 'us-east-1' */
  region?: string | undefined;
  /** Of the service, e.g. `http://127.0.0.1:9000`. */
  endpoint?: string | undefined;
  /** Public host in place of the endpoint's, with or without a scheme; the bucket stays in the path. */
  host?: string | undefined;
  /** A host that is one bucket's own: the bucket does not show in the URL. */
  bucketHost?: string | undefined;
  /** @default true unless the endpoint is Amazon's */
  forcePathStyle?: boolean | undefined;
  /** Which service an https URL belongs to. @default by its host */
  service?: 's3' | 'gs' | undefined;
}

/** A place that can be signed for. */
export interface Target {
  service: 's3' | 'gs';
  region: string;
  /** Null where only the server knows. */
  bucket: string | null;
  /** As it is before encoding; of an https URL it stays empty. */
  key: string;
  /** Address of the object, or of the bucket when `key` is empty or `ofBucket` was asked for. */
  url: string;
}

// The region is the first group. s3-REGION is the old form, the global host has none.
const AMAZON_HOST =
  /^https:\/\/(?:[^/]+\.)?s3(?:-fips|-accelerate)?(?:\.dualstack)?(?:[.-]([a-z]{2,}(?:-[a-z]+)+-\d))?\.amazonaws\.com(?:\.cn)?$/i;
const GOOGLE_HOST = /^https:\/\/(?:[^/]+\.)?storage\.googleapis\.com$/i;

function withScheme(host: string, like: string | undefined): string {
  return /^https?:\/\//i.test(host) ? host : `${like?.startsWith('http:') ? 'http' : 'https'}://${host}`;
}

/**
 * Resolve an s3://, gs:// or https:// URL.
 *
 * @param ofBucket the bucket's own address: for listings and POST policies
 * @throws CloudError `NotSupported` for other protocols, `InvalidArgument` for https hosts whose service is not told
 */
export function resolveTarget(url: string, options: TargetOptions, ofBucket = false): Target {
  const { protocol, bucket, path, host } = parseUrl(url);
  const { bucketHost, forcePathStyle } = options;
  if (protocol === 's3' || protocol === 'gs') {
    const own = host ?? options.endpoint;
    const endpoint = options.host === undefined ? own : withScheme(options.host, own);
    const region = options.region ?? AMAZON_HOST.exec(endpoint ?? '')?.[1] ?? 'us-east-1';
    const key = ofBucket ? '' : path;
    const init = { bucket: bucket!, key, region, endpoint, forcePathStyle };
    const address =
      bucketHost === undefined
        ? protocol === 's3'
          ? s3Address(init)
          : gcsAddress(init)
        : `${withScheme(bucketHost, own)}/${encodeKey(key)}`;
    return { service: protocol, region, bucket, key: path, url: address };
  }
  if ((protocol !== 'https' && protocol !== 'http') || host === null)
    throw new CloudError('Only s3, gs and https URLs can be signed', { code: 'NotSupported', url });
  const amazon = AMAZON_HOST.exec(host);
  const service = options.service ?? (amazon ? 's3' : GOOGLE_HOST.test(host) ? 'gs' : undefined);
  if (!service) throw new CloudError('Whose URL this is does not show: the option service says so', { code: 'InvalidArgument', url });
  const authority = bucketHost ?? options.host;
  const origin = authority === undefined ? host : withScheme(authority, host);
  return {
    service,
    region: options.region ?? amazon?.[1] ?? 'us-east-1',
    bucket: null,
    key: '',
    url: `${origin}/${path.replace(/^\/(?=[?#])|#.*$/gs, '')}`,
  };
}
