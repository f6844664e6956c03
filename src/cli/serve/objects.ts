/**
 * GET, HEAD, PUT, DELETE and copies of objects.
 *
 * @module
 */
import { invalidArgument, noSuchKey, notImplemented, preconditionFailed, S3Error } from './errors.ts';
import { openPayload, plainPayload } from './payload.ts';
import { aboutFrom, checksumHeaders, checkWrite, headersOf, notModified, rangeOf, xmlReply, type Reply } from './reply.ts';
import type { S3Request } from './request.ts';
import type { Shelf, Stored } from './shelf.ts';
import type { Verified } from './verify.ts';
import { element } from './xml.ts';

/** What an operation works on. */
export interface Work {
  request: S3Request;
  verified: Verified;
  shelf: Shelf;
  /** The only one. */
  bucket: string;
}

/** Headers of an answer that a signed query may ask for otherwise. */
const OVERRIDES = ['content-type', 'content-language', 'expires', 'cache-control', 'content-disposition', 'content-encoding'];

/** GET and HEAD. */
export async function getObject(work: Work): Promise<Reply> {
  const { request, shelf } = work;
  const { key, headers, query, method } = request;
  if (query.get('versionId')) throw notImplemented('versionId');
  const stored = await shelf.head(key);
  if (!stored) throw noSuchKey(key);
  const told = headersOf(stored, headers['x-amz-checksum-mode']?.toUpperCase() === 'ENABLED' && headers['range'] === undefined);
  for (const name of OVERRIDES) {
    const value = query.get(`response-${name}`);
    if (value !== null) told[name] = value;
  }
  if (notModified(request, stored)) return { status: 304, headers: told };
  const asked = headers['if-range'] === undefined || headers['if-range'] === stored.etag ? headers['range'] : undefined;
  const range = rangeOf(asked, stored.sizeBytes);
  const { start, end } = range ?? { start: 0, end: stored.sizeBytes };
  const all: Record<string, string> = {
    ...told,
    'content-length': String(end - start),
    ...(range && { 'content-range': `bytes ${start}-${end - 1}/${stored.sizeBytes}` }),
  };
  const status = range ? 206 : 200;
  if (method === 'HEAD') return { status, headers: all };
  const opened = await shelf.open(key, range);
  if (!opened) throw noSuchKey(key);
  if (opened.stored.etag !== stored.etag) {
    // another writer came in between: what was said above is of the version before
    await opened.body[Symbol.asyncDispose]();
    return getObject(work);
  }
  return { status, headers: all, body: opened.body.stream() };
}

/** PUT of bytes. */
export async function putObject({ request, verified, shelf }: Work): Promise<Reply> {
  const { key } = request;
  if (key.endsWith('/')) throw invalidArgument('Folders are no objects here: they come with the objects in them');
  const payload = openPayload(request, verified);
  const stored = await shelf.put(key, payload, aboutFrom(request), { condition: (now) => checkWrite(request, now) });
  return { status: 200, headers: { etag: stored.etag, ...checksumHeaders(stored.checksums ?? {}) } };
}

/** DELETE of one object; one that is not there is no error. */
export async function deleteObject({ request, shelf }: Work): Promise<Reply> {
  const { key, headers, query } = request;
  if (query.get('versionId')) throw notImplemented('versionId');
  const match = headers['if-match'];
  await shelf.remove(key, match === undefined ? undefined : (now) => now && checkWrite(request, now));
  return { status: 204, headers: {} };
}

/** The object that a copy is of. */
export async function sourceOf({ request, shelf, bucket }: Work): Promise<{ key: string; stored: Stored }> {
  const [path = '', version] = (request.headers['x-amz-copy-source'] ?? '').split('?versionId=');
  if (version !== undefined) throw notImplemented('versionId');
  let text: string;
  try {
    text = decodeURIComponent(path.replaceAll('+', ' ')).replace(/^\//, '');
  } catch {
    throw invalidArgument('x-amz-copy-source is not percent-encoded UTF-8');
  }
  const slash = text.indexOf('/');
  if (slash < 1) throw invalidArgument('x-amz-copy-source must name a bucket and a key');
  if (text.slice(0, slash) !== bucket) throw new S3Error(404, 'NoSuchBucket', 'The bucket of the source does not exist');
  const key = text.slice(slash + 1);
  const stored = await shelf.head(key);
  if (!stored) throw noSuchKey(key);
  if (notModified(request, stored, 'x-amz-copy-source-')) throw preconditionFailed('x-amz-copy-source-If-None-Match');
  return { key, stored };
}

/** PUT of what another object, or the same, holds. */
export async function copyObject(work: Work): Promise<Reply> {
  const { request, shelf } = work;
  const { key, headers } = request;
  const source = await sourceOf(work);
  const replaces = headers['x-amz-metadata-directive']?.toUpperCase() === 'REPLACE';
  const about = replaces ? aboutFrom(request) : { headers: source.stored.headers, metadata: source.stored.metadata };
  const check = (now: Stored | null): void => checkWrite(request, now);
  let stored: Stored | null;
  if (source.key === key) {
    if (!replaces) throw new S3Error(400, 'InvalidRequest', 'A copy onto itself must change metadata: x-amz-metadata-directive: REPLACE');
    stored = await shelf.describe(key, about, (now) => {
      check(now);
      // the conditions of the source, now that nobody else can come in between
      if (now && notModified(request, now, 'x-amz-copy-source-')) throw preconditionFailed('x-amz-copy-source-If-None-Match');
    });
  } else {
    const opened = await shelf.open(source.key);
    if (opened && opened.stored.etag !== source.stored.etag) {
      await opened.body[Symbol.asyncDispose]();
      return copyObject(work);
    }
    const payload = opened && plainPayload(opened.body.stream(), Object.keys(source.stored.checksums ?? {}));
    stored = payload && (await shelf.put(key, payload, about, { condition: check }));
  }
  if (!stored) throw noSuchKey(source.key);
  return xmlReply('CopyObjectResult', element('LastModified', stored.lastModified.toISOString()) + element('ETag', stored.etag));
}
