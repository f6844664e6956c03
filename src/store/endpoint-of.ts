/**
 * Where requests of a location go, and whose credentials go with them.
 *
 * @module
 */
import type { Location } from '../types.ts';
import type { StoreContext } from './context.ts';
import type { CredentialScope, Service } from './wire.ts';

/** The location's own host first, then the client's endpoint, then the environment's; undefined for the provider's usual one. */
export function endpointOf(context: StoreContext, { protocol, host }: Location): string | undefined {
  const { options } = context;
  const found =
    protocol === 'gs' ? context.env('STORAGE_EMULATOR_HOST') : (context.env('AWS_ENDPOINT_URL_S3') ?? context.env('AWS_ENDPOINT_URL'));
  const endpoint = host ?? options.endpoint ?? found;
  return endpoint && !/^https?:\/\//.test(endpoint) ? `http://${endpoint}` : endpoint;
}

/** Whose credentials a location is opened with; undefined where there are none. */
export function scopeOf(context: StoreContext, location: Location): { service: Service; scope: CredentialScope } | undefined {
  const { protocol, bucket, alias, host } = location;
  if (protocol === 's3') return { service: 's3', scope: { bucket: bucket!, alias, host } };
  if (protocol === 'gs') {
    // an emulator named by the environment knows no accounts
    const emulator = !context.options.endpoint && endpointOf(context, location) !== undefined;
    return { service: 'gs', scope: { bucket: bucket!, alias, host, emulator } };
  }
  if (protocol !== 'http' && protocol !== 'https') return undefined;
  const server = new URL(host!).host;
  return { service: 'http', scope: { bucket: server, host: server } };
}
