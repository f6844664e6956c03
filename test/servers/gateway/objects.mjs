/**
 * The operations on one object, and the batch delete.
 *
 * @module
 */
import { checkRead, checkWrite, matchesEtag, parseRange } from './conditions.mjs';
import { S3Error, invalidRequest, preconditionFailed } from './errors.mjs';
import { decodeText } from './http.mjs';
import { checkChecksum, checkMd5, checksumHeaders, givenChecksum, headersOf, makeObject, parseCopySource } from './upload.mjs';
import { childText, childrenOf, element, parseXml, xmlReply } from './xml.mjs';

const OVERRIDES = ['content-type', 'content-language', 'expires', 'cache-control', 'content-disposition', 'content-encoding'];

/** The object, or 404. */
export function found({ bucket, key, query }) {
  const version = query('versionId');
  const object = bucket.get(key);
  if (version !== undefined && version !== 'null')
    throw new S3Error(404, 'NoSuchVersion', 'The specified version does not exist.', { extra: { Key: key } });
  if (!object) throw new S3Error(404, 'NoSuchKey', 'The specified key does not exist.', { extra: { Key: key } });
  return object;
}

/** GET and HEAD. */
export function getObject(call) {
  const { request, auth, amz, query } = call;
  const object = found(call);
  const etag = `"${object.etag}"`;
  const lastModified = object.lastModified.toUTCString();
  checkRead((name) => request.headers[name], object, { etag, 'last-modified': lastModified });
  const headers = { ...object.headers, etag, 'last-modified': lastModified, 'accept-ranges': 'bytes' };
  for (const [name, value] of Object.entries(object.metadata)) headers[`x-amz-meta-${name}`] = value;
  if (object.storageClass !== 'STANDARD') headers['x-amz-storage-class'] = object.storageClass;
  for (const name of OVERRIDES) {
    const value = query(`response-${name}`);
    if (value === undefined) continue;
    if (auth.kind === 'none') throw invalidRequest('Request specific response headers cannot be used for anonymous GET requests.');
    headers[name] = value;
  }
  const { range, parts } = wanted(call, object);
  if (parts) headers['x-amz-mp-parts-count'] = String(parts);
  if (!range && amz('x-amz-checksum-mode')?.toUpperCase() === 'ENABLED') Object.assign(headers, checksumHeaders(object));
  if (!range) return { status: 200, headers, body: object.data };
  headers['content-range'] = `bytes ${range.start}-${range.end - 1}/${object.data.length}`;
  return { status: 206, headers, body: object.data.subarray(range.start, range.end) };
}

/** By Range header or by `partNumber`. */
function wanted({ request, query }, object) {
  const number = query('partNumber');
  if (number === undefined) return { range: parseRange(request.headers.range, object.data.length) };
  if (request.headers.range !== undefined) throw invalidRequest('Cannot specify both Range header and partNumber query parameter');
  const parts = object.parts ?? [object.data.length];
  const index = Number(number) - 1;
  if (!(index >= 0 && index < parts.length)) throw new S3Error(416, 'InvalidPartNumber', 'The requested partnumber is not satisfiable');
  const start = parts.slice(0, index).reduce((sum, size) => sum + size, 0);
  return { range: { start, end: start + parts[index] }, parts: object.parts?.length };
}

/** PUT of a body. */
export function putObject(call) {
  const { request, bucket, key, data, now } = call;
  checkMd5(request, data);
  const checksum = checkChecksum(call, data);
  const kept = headersOf(call);
  checkWrite((name) => request.headers[name], bucket.get(key));
  const object = makeObject({ data, kept, checksum, now });
  bucket.set(key, object);
  return { status: 200, headers: { etag: `"${object.etag}"`, ...checksumHeaders(object) }, body: null };
}

/** The object that `x-amz-copy-source` names, its conditions checked. */
export function copySource({ amz, bucketOf }) {
  const source = parseCopySource(amz('x-amz-copy-source'), decodeText);
  const object = found({ bucket: bucketOf(source.bucket), key: source.key, query: () => source.versionId });
  const seconds = (date) => Math.floor(Number(date) / 1000);
  const condition = (name) => amz(`x-amz-copy-source-${name}`);
  const [match, none, since, unmodified] = ['if-match', 'if-none-match', 'if-modified-since', 'if-unmodified-since'].map(condition);
  if (
    match !== undefined
      ? !matchesEtag(match, object.etag)
      : unmodified !== undefined && seconds(object.lastModified) > seconds(Date.parse(unmodified))
  ) {
    throw preconditionFailed('x-amz-copy-source-If-Match');
  }
  if (
    none !== undefined ? matchesEtag(none, object.etag) : since !== undefined && seconds(object.lastModified) <= seconds(Date.parse(since))
  ) {
    throw preconditionFailed('x-amz-copy-source-If-None-Match');
  }
  return { ...source, object };
}

/** PUT with `x-amz-copy-source`. */
export function copyObject(call) {
  const { request, bucket, key, amz, now } = call;
  const source = copySource(call);
  const directive = amz('x-amz-metadata-directive') ?? 'COPY';
  if (directive !== 'COPY' && directive !== 'REPLACE') throw new S3Error(400, 'InvalidArgument', 'Unknown metadata directive.');
  const { headers, metadata, storageClass } = source.object;
  const own = headersOf(call);
  const kept =
    directive === 'REPLACE' ? own : { headers, metadata, storageClass: amz('x-amz-storage-class') ? own.storageClass : 'STANDARD' };
  if (directive === 'COPY' && source.bucket === bucket.name && source.key === key && storageClass === kept.storageClass) {
    throw invalidRequest('An object can be copied to itself only with other metadata or another storage class.');
  }
  checkWrite((name) => request.headers[name], bucket.get(key));
  const checksum =
    source.object.checksum.type === 'COMPOSITE' ? checkChecksum({ amz: () => undefined }, source.object.data) : source.object.checksum;
  const object = makeObject({ data: source.object.data, kept, checksum, now });
  bucket.set(key, object);
  return xmlReply('CopyObjectResult', copyResult(object));
}

/** The elements of a copy's answer. */
export const copyResult = ({ etag, lastModified, checksum }) =>
  element('LastModified', lastModified.toISOString()) +
  element('ETag', `"${etag}"`) +
  (checksum ? element(`Checksum${checksum.algorithm.toUpperCase()}`, checksum.value) + element('ChecksumType', checksum.type) : '');

/** DELETE of one key: 204, whether it was there or not. */
export function deleteObject({ request, bucket, key }) {
  const object = bucket.get(key);
  const match = request.headers['if-match'];
  if (match !== undefined) {
    if (!object) throw new S3Error(404, 'NoSuchKey', 'The specified key does not exist.', { extra: { Key: key } });
    if (!matchesEtag(match, object.etag)) throw preconditionFailed('If-Match');
  }
  bucket.delete(key);
  return { status: 204, headers: {}, body: null };
}

/** POST ?delete: up to 1,000 keys. The body must come with a digest. */
export function deleteObjects(call) {
  const { request, bucket, data } = call;
  if (request.headers['content-md5'] === undefined && !givenChecksum(call))
    throw invalidRequest('Missing required header for this request: Content-MD5 OR x-amz-checksum-*');
  checkMd5(request, data);
  checkChecksum(call, data);
  const root = readXml(data, 'Delete');
  const items = childrenOf(root, 'Object');
  const quiet = childText(root, 'Quiet')?.trim() === 'true';
  if (items.length === 0 || items.length > 1000) throw malformedXml();
  const results = items.map((item) => {
    const key = childText(item, 'Key');
    if (key === undefined || key === '') throw malformedXml();
    try {
      const match = childText(item, 'ETag');
      deleteObject({ bucket, key, request: { headers: match === undefined ? {} : { 'if-match': match } } });
      return quiet ? '' : `<Deleted>${element('Key', key)}</Deleted>`;
    } catch (error) {
      return `<Error>${element('Key', key)}${element('Code', error.code)}${element('Message', error.message)}</Error>`;
    }
  });
  return xmlReply('DeleteResult', results.join(''));
}

const malformedXml = () =>
  new S3Error(400, 'MalformedXML', 'The XML you provided was not well-formed or did not validate against our published schema');

/** The body's root element, which must have that name. */
export function readXml(data, name) {
  try {
    const root = parseXml(data.toString('utf8'));
    if (root.name === name) return root;
  } catch {
    // told below
  }
  throw malformedXml();
}
