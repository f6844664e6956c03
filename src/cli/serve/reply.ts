/**
 * Answers, and headers in both directions.
 *
 * @module
 */
import { invalidArgument, preconditionFailed, S3Error } from './errors.ts';
import type { S3Request } from './request.ts';
import type { About, Stored } from './shelf.ts';
import { s3Document } from './xml.ts';

/** What goes back. */
export interface Reply {
  status: number;
  headers: Record<string, string>;
  /** Bytes that are at hand, or a stream. */
  body?: string | ReadableStream<Uint8Array> | undefined;
}

/** An answer in S3's XML. */
export const xmlReply = (name: string, content: string, headers: Record<string, string> = {}): Reply => ({
  status: 200,
  headers: { 'content-type': 'application/xml', ...headers },
  body: s3Document(name, content),
});

const KEPT: ReadonlySet<string> = new Set([
  'content-type',
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-language',
  'expires',
  'x-amz-storage-class',
]);
const META = 'x-amz-meta-';

/** What a write says of its object. */
export function aboutFrom({ headers }: S3Request): About {
  const kept: Record<string, string> = {};
  const metadata: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (name.startsWith(META)) metadata[name.slice(META.length)] = value;
    else if (KEPT.has(name)) kept[name] = value;
  }
  // how it was sent is not how it is stored
  const encoding = (kept['content-encoding'] ?? '')
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '' && one !== 'aws-chunked');
  delete kept['content-encoding'];
  if (encoding.length > 0) kept['content-encoding'] = encoding.join(',');
  if (kept['x-amz-storage-class'] === 'STANDARD') delete kept['x-amz-storage-class'];
  return { headers: kept, metadata };
}

/** Headers that tell an object. */
export function headersOf({ etag, lastModified, headers, metadata, checksums }: Stored, withChecksums: boolean): Record<string, string> {
  return {
    'content-type': 'binary/octet-stream',
    ...headers,
    ...Object.fromEntries(Object.entries(metadata).map(([name, value]) => [`${META}${name}`, value])),
    ...(withChecksums && checksums && checksumHeaders(checksums)),
    etag,
    'last-modified': lastModified.toUTCString(),
    'accept-ranges': 'bytes',
  };
}

/** As headers of an answer. */
export const checksumHeaders = (checksums: Readonly<Record<string, string>>): Record<string, string> => ({
  ...Object.fromEntries(Object.entries(checksums).map(([name, value]) => [`x-amz-checksum-${name}`, value])),
  ...(Object.keys(checksums).length > 0 && { 'x-amz-checksum-type': 'FULL_OBJECT' }),
});

const tagsIn = (text: string): string[] => text.split(',').map((tag) => tag.trim().replace(/^W\//, '').replaceAll('"', ''));
const hasTag = (list: string, etag: string): boolean => list.trim() === '*' || tagsIn(list).includes(etag.replaceAll('"', ''));

/** Refuse a write whose conditions do not hold. */
export function checkWrite({ headers }: S3Request, now: Stored | null): void {
  const match = headers['if-match'];
  const none = headers['if-none-match'];
  if (none !== undefined) {
    if (none.trim() !== '*') throw new S3Error(501, 'NotImplemented', 'If-None-Match of a write takes * alone');
    if (now) throw preconditionFailed('If-None-Match');
  }
  if (match === undefined) return;
  if (!now) throw new S3Error(404, 'NoSuchKey', 'There is nothing that could match');
  if (!hasTag(match, now.etag)) throw preconditionFailed('If-Match');
}

/**
 * The four conditions of a read, or of the source of a copy.
 *
 * @param prefix `x-amz-copy-source-` for a source
 * @returns whether the caller's copy is still right: 304 for a read
 */
export function notModified({ headers }: S3Request, { etag, lastModified }: Stored, prefix = ''): boolean {
  const get = (name: string): string | undefined => headers[prefix + name];
  const [match, none, since, until] = [get('if-match'), get('if-none-match'), get('if-modified-since'), get('if-unmodified-since')];
  if (match !== undefined && !hasTag(match, etag)) throw preconditionFailed('If-Match');
  if (match === undefined && until !== undefined && lastModified.getTime() > Date.parse(until))
    throw preconditionFailed('If-Unmodified-Since');
  if (none !== undefined) return hasTag(none, etag);
  return since !== undefined && lastModified.getTime() <= Date.parse(since);
}

/**
 * The bytes that a Range header asks for; undefined for all of them, as for ranges that are none or several.
 *
 * @returns `end` exclusive
 * @throws S3Error `InvalidRange`
 */
export function rangeOf(header: string | undefined, sizeBytes: number): { start: number; end: number } | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? '');
  if (!match || (match[1] === '' && match[2] === '')) return undefined;
  const [from, to] = [match[1] ?? '', match[2] ?? ''];
  const last = to === '' ? sizeBytes - 1 : Math.min(Number(to), sizeBytes - 1);
  const start = from === '' ? Math.max(0, sizeBytes - Number(to)) : Number(from);
  if (from !== '' && to !== '' && Number(from) > Number(to)) return undefined;
  const end = from === '' ? sizeBytes : last + 1;
  if (start >= sizeBytes || (from === '' && Number(to) === 0))
    throw new S3Error(416, 'InvalidRange', 'The range begins past the end', {}, { 'content-range': `bytes */${sizeBytes}` });
  return { start, end };
}

/** A number of a query, from 0 to `most`. */
export function numberIn(query: URLSearchParams, name: string, most: number): number {
  const text = query.get(name);
  if (text === null || text === '') return most;
  if (!/^\d{1,9}$/.test(text)) throw invalidArgument(`${name} must be a number`);
  return Math.min(Number(text), most);
}
