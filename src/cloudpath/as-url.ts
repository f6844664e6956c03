/**
 * Web addresses of objects, plain or signed.
 *
 * @module
 */
import { regionOf } from '../open/open-store.ts';
import { endpointOf } from '../store/endpoint-of.ts';
import type { SignUrlOptions } from '../types.ts';
import { gcsAddress, s3Address } from '../url/endpoint.ts';
import { CloudPathNotImplementedError } from './errors.ts';
import { locationOf, type Place } from './place.ts';

/** Options of `asUrl`; the method and the rest are for signed URLs alone. */
export interface AsUrlOptions extends Pick<SignUrlOptions, 'method' | 'expiresInMs' | 'host' | 'headers' | 'query' | 'signal'> {
  /** Sign it, so that whoever has it may use it. @default false */
  presign?: boolean | undefined;
}

/** The address. What has none on the web (disks, memory) gives its own text. @throws CloudPathNotImplementedError for what cannot be signed */
export async function asUrl(place: Place, { presign = false, ...options }: AsUrlOptions): Promise<string> {
  const { context, protocol, text, drive: bucket, key } = place;
  if (presign) {
    const { store } = place;
    if (store.signUrl) return store.signUrl(key, options);
    throw new CloudPathNotImplementedError(`${protocol} has no signed URLs`, { url: text, operation: 'asUrl' });
  }
  if ((protocol !== 's3' && protocol !== 'gs') || place.root) return text;
  const endpoint = endpointOf(context, locationOf(place));
  if (protocol === 'gs') return gcsAddress({ bucket, key, endpoint });
  return s3Address({ bucket, key, endpoint, region: regionOf(context), forcePathStyle: context.options.forcePathStyle });
}
