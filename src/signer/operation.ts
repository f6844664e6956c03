/**
 * What a request to S3 does, by its method, parameters and headers. Whatever is not known to be one of the signed operations is refused:
 * S3 has forty subresources behind a question mark, and more each year.
 *
 * @module
 */
import type { SignerOperation, SignerRefusal } from './protocol.ts';

const LISTING = new Set([
  'list-type',
  'prefix',
  'delimiter',
  'start-after',
  'continuation-token',
  'max-keys',
  'encoding-type',
  'fetch-owner',
]);
/** Of a read; pages ask for checksums here, where the header would cost them a preflight. */
const OVERRIDES = /^(response-(cache-control|content-(disposition|encoding|language|type)|expires)|x-amz-checksum-mode)$/;
const HEADERS = /^(content-(type|md5)|x-amz-(meta-[\w-]+|checksum-[\w-]+|sdk-checksum-algorithm|content-sha256))$/;

/** Of a request on an object or, with an empty key, on its bucket. */
export interface OperationInit {
  method: string;
  key: string;
  query: ReadonlyMap<string, string>;
  /** Let versions be named. */
  versions: boolean;
}

function ofBucket(method: string, query: ReadonlyMap<string, string>): SignerOperation | SignerRefusal {
  if (method !== 'GET') return 'method';
  return query.get('list-type') === '2' && [...query.keys()].every((name) => LISTING.has(name)) ? 'list' : 'query';
}

/** @returns the operation, or why there is none */
export function operationOf({ method, key, query, versions }: OperationInit): SignerOperation | SignerRefusal {
  if (key === '') return ofBucket(method, query);
  const names = [...query.keys()].sort();
  const shape = names.join();
  const hasUpload = Boolean(query.get('uploadId'));
  const byVersion = shape === '' || (versions && shape === 'versionId');
  switch (method) {
    case 'GET':
    case 'HEAD':
      if (method === 'GET' && hasUpload)
        return names.every((name) => /^(uploadId|max-parts|part-number-marker)$/.test(name)) ? 'write' : 'query';
      return names.every((name) => OVERRIDES.test(name) || (versions && name === 'versionId')) ? 'read' : 'query';
    case 'PUT':
      return shape === '' || (shape === 'partNumber,uploadId' && hasUpload && /^\d{1,5}$/.test(query.get('partNumber')!))
        ? 'write'
        : 'query';
    case 'POST':
      return (shape === 'uploads' && query.get('uploads') === '') || (shape === 'uploadId' && hasUpload) ? 'write' : 'query';
    case 'DELETE':
      if (shape === 'uploadId' && hasUpload) return 'write';
      return byVersion ? 'delete' : 'query';
    default:
      return 'method';
  }
}

/**
 * The headers to be signed, names in lower case.
 *
 * @param more names that a rule allows besides the usual ones
 * @returns undefined when one is not allowed
 */
export function headersOf(asked: unknown, more: readonly string[]): Record<string, string> | undefined {
  if (asked === undefined) return {};
  if (typeof asked !== 'object' || asked === null || Array.isArray(asked)) return undefined;
  const headers: Record<string, string> = {};
  for (const [given, value] of Object.entries(asked as Record<string, unknown>)) {
    const name = given.toLowerCase();
    const known = HEADERS.test(name) || more.includes(name);
    if (!known || name in headers || typeof value !== 'string' || !/^[\t -~\u0080-\u00ff]*$/.test(value)) return undefined;
    headers[name] = value;
  }
  return headers;
}
