/**
 * Options of stores as data. What is sent is named: whatever else an object holds, functions and monitors among it, stays where it is.
 *
 * @module
 */
import type {
  CopyOptions,
  DeleteOptions,
  GetOptions,
  ListOptions,
  ListUploadsOptions,
  MultipartOptions,
  ObjectInfo,
  PutOptions,
  SendPartOptions,
  SetMetadataOptions,
  SignUrlOptions,
} from '../types.ts';

type AllOptions = GetOptions &
  PutOptions &
  DeleteOptions &
  ListOptions &
  ListUploadsOptions &
  CopyOptions &
  SetMetadataOptions &
  MultipartOptions &
  SendPartOptions &
  Omit<SignUrlOptions, 'method'>;

/** What is given away is copied all the same on its way. */
type Name = Exclude<keyof AllOptions, 'signal' | 'blob' | 'giveAway'> | 'method';

/** Options that were sent. */
export type PostedOptions = { readonly [name in Name]?: unknown };

/** Every option of every method, or this does not compile: `info` holds what is known of an object, perhaps an opened one. */
const names: Readonly<Record<Name, 'plain' | 'info'>> = {
  range: 'plain',
  ifMatch: 'plain',
  ifNoneMatch: 'plain',
  version: 'plain',
  storedBytes: 'plain',
  verify: 'plain',
  partSizeBytes: 'plain',
  expected: 'info',
  cache: 'plain',
  metadata: 'plain',
  contentType: 'plain',
  contentEncoding: 'plain',
  contentDisposition: 'plain',
  contentLanguage: 'plain',
  cacheControl: 'plain',
  storageClass: 'plain',
  ifMetagenerationMatch: 'plain',
  ifAbsent: 'plain',
  sizeBytes: 'plain',
  checksum: 'plain',
  durable: 'plain',
  prefix: 'plain',
  delimiter: 'plain',
  startAfter: 'plain',
  pageSize: 'plain',
  fromBucket: 'plain',
  source: 'info',
  method: 'plain',
  expiresInMs: 'plain',
  host: 'plain',
  uploadId: 'plain',
  partNumber: 'plain',
  query: 'plain',
  headers: 'plain',
  id: 'plain',
  partBytes: 'plain',
  stored: 'plain',
};

/** What is known of an object, without the methods of an opened one. */
export const infoOf = (info: ObjectInfo): ObjectInfo =>
  Object.fromEntries(Object.entries(info).filter(([, value]) => typeof value !== 'function')) as unknown as ObjectInfo;

/** Options, ready to be sent. */
export function postOptions(options: object | undefined): PostedOptions {
  const posted: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(options ?? {})) {
    if (value === undefined || !Object.hasOwn(names, name)) continue;
    posted[name] = names[name as Name] === 'info' && value !== null ? infoOf(value as ObjectInfo) : value;
  }
  return posted;
}
