/**
 * Ids of datafiles, datasets and manifests: UUIDs.
 *
 * @module
 */
import { CloudError } from '../errors.ts';
import { toHex } from '../util/base64.ts';

/**
 * An id in its one form, lower case with hyphens. Taken in every form that Python's `UUID` takes: upper case, braces, `urn:uuid:`,
 * no hyphens.
 *
 * @throws CloudError `InvalidArgument`
 * @example normaliseId('{00000000-0000-4000-8000-00000000ABCD}') // '00000000-0000-4000-8000-00000000abcd'
 */
export function normaliseId(id: unknown): string {
  if (typeof id !== 'string') throw new CloudError(`An id is a UUID as a string, not ${typeof id}`, { code: 'InvalidArgument' });
  const digits = id
    .replace(/urn:|uuid:/g, '')
    .replace(/^[{}]+|[{}]+$/g, '')
    .replaceAll('-', '')
    .toLowerCase();
  if (!/^[\da-f]{32}$/.test(digits)) throw new CloudError(`The id '${id.slice(0, 80)}' is not a UUID`, { code: 'InvalidArgument' });
  return withHyphens(digits);
}

const withHyphens = (digits: string): string => digits.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');

/** A random id (RFC 9562, version 4). */
export function newId(): string {
  // Not crypto.randomUUID: pages without TLS lack it.
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  return withHyphens(toHex(bytes));
}
