/**
 * What a refusal to send an object again tells of it.
 *
 * @module
 */
import type { CloudError } from '../errors.ts';
import type { HttpHeaders, ObjectInfo } from '../types.ts';
import { infoFromHeaders } from './headers.ts';

/**
 * Adds to a `NotModified` what its answer shows of the object: validators and time. Nothing of metadata, which most services leave out there.
 *
 * @returns the same error
 */
export function tellingVersion<E extends CloudError>(error: E, headers: HttpHeaders): E {
  if (error.code !== 'NotModified') return error;
  const { etag, generation, metageneration, versionId, lastModified } = infoFromHeaders('', headers);
  const info: Partial<ObjectInfo> = { etag, generation, metageneration, versionId, lastModified };
  return Object.assign(error, { info: Object.fromEntries(Object.entries(info).filter(([, value]) => value !== undefined)) });
}
