/**
 * Multipart uploads.
 *
 * @module
 */
import { createHash, randomBytes } from 'node:crypto';
import { checksum, checksumBase64 } from './checksums.mjs';
import { checkWrite, parseRange } from './conditions.mjs';
import { S3Error, invalidArgument, invalidRequest } from './errors.mjs';
import { copyResult, copySource, readXml } from './objects.mjs';
import { checkChecksum, checkMd5, checksumHeaders, compareChecksum, givenChecksum, headersOf, makeObject, md5 } from './upload.mjs';
import { childText, childrenOf, element, optional, xmlReply } from './xml.mjs';

const COMPOSITE = ['crc32', 'crc32c', 'sha1', 'sha256'];
const FULL = ['crc32', 'crc32c', 'crc64nvme'];

/** POST ?uploads */
export function createUpload(call) {
  const { bucket, key, amz, now } = call;
  const named = amz('x-amz-checksum-algorithm')?.toLowerCase();
  const algorithm = named ?? 'crc64nvme';
  if (![...COMPOSITE, ...FULL].includes(algorithm)) throw invalidRequest('Checksum algorithm provided is unsupported.');
  const type = amz('x-amz-checksum-type') ?? (COMPOSITE.includes(algorithm) ? 'COMPOSITE' : 'FULL_OBJECT');
  if (!(type === 'COMPOSITE' ? COMPOSITE : FULL).includes(algorithm))
    throw invalidRequest(`The ${type} checksum type cannot be used with the ${algorithm} checksum algorithm.`);
  const id = randomBytes(24).toString('base64url');
  bucket.uploads.set(id, { id, key, kept: headersOf(call), algorithm, named, type, parts: new Map(), started: new Date(now) });
  const headers = { 'x-amz-checksum-algorithm': algorithm.toUpperCase(), 'x-amz-checksum-type': type };
  return xmlReply('InitiateMultipartUploadResult', element('Bucket', bucket.name) + element('Key', key) + element('UploadId', id), headers);
}

function uploadOf({ bucket, key, query }) {
  const upload = bucket.uploads.get(query('uploadId'));
  if (upload?.key !== key)
    throw new S3Error(
      404,
      'NoSuchUpload',
      'The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.',
    );
  return upload;
}

function partNumber({ query }) {
  const number = Number(query('partNumber'));
  if (!(Number.isInteger(number) && number >= 1 && number <= 10_000)) {
    throw invalidArgument('Part number must be an integer between 1 and 10000, inclusive', { ArgumentName: 'partNumber' });
  }
  return number;
}

/** PUT ?partNumber&uploadId */
export function uploadPart(call) {
  const { request, data, now } = call;
  const upload = uploadOf(call);
  const number = partNumber(call);
  checkMd5(request, data);
  const given = givenChecksum(call);
  if (given && upload.named && given.algorithm !== upload.named) {
    throw invalidRequest(
      `Checksum Type mismatch occurred, expected checksum Type: ${upload.named}, actual checksum Type: ${given.algorithm}`,
    );
  }
  if (given) checkChecksum(call, data);
  const sum = { algorithm: upload.algorithm, value: checksumBase64(upload.algorithm, data), type: 'FULL_OBJECT' };
  const part = { data, etag: md5(data).toString('hex'), checksum: sum, lastModified: new Date(now) };
  upload.parts.set(number, part);
  const { 'x-amz-checksum-type': _, ...headers } = checksumHeaders(part);
  return { status: 200, headers: { etag: `"${part.etag}"`, ...headers }, body: null };
}

/** PUT ?partNumber&uploadId with x-amz-copy-source */
export function uploadPartCopy(call) {
  const { amz, now } = call;
  const upload = uploadOf(call);
  const number = partNumber(call);
  const { object } = copySource(call);
  const range = parseRange(amz('x-amz-copy-source-range'), object.data.length) ?? { start: 0, end: object.data.length };
  const data = object.data.subarray(range.start, range.end);
  const part = {
    data,
    etag: md5(data).toString('hex'),
    checksum: { algorithm: upload.algorithm, value: checksumBase64(upload.algorithm, data), type: 'FULL_OBJECT' },
    lastModified: new Date(now),
  };
  upload.parts.set(number, part);
  return xmlReply('CopyPartResult', copyResult(part));
}

/** GET ?uploadId */
export function listParts(call) {
  const { bucket, key, query } = call;
  const upload = uploadOf(call);
  const after = Number(query('part-number-marker') ?? 0);
  const max = Math.min(1000, Number(query('max-parts') ?? 1000));
  const all = [...upload.parts].filter(([number]) => number > after).sort(([a], [b]) => a - b);
  const page = all.slice(0, max);
  const truncated = page.length < all.length;
  const items = page.map(
    ([number, part]) => `<Part>${element('PartNumber', number)}${copyResult(part)}${element('Size', part.data.length)}</Part>`,
  );
  const fields = [
    element('Bucket', bucket.name),
    element('Key', key),
    element('UploadId', upload.id),
    element('PartNumberMarker', after),
    optional('NextPartNumberMarker', truncated ? page.at(-1)[0] : undefined),
    element('MaxParts', max),
    element('IsTruncated', truncated),
    element('StorageClass', upload.kept.storageClass),
  ];
  return xmlReply('ListPartsResult', fields.join('') + items.join(''));
}

/** POST ?uploadId */
export function completeUpload(call) {
  const { request, bucket, key, data, now, minPartBytes, host } = call;
  const upload = uploadOf(call);
  const wanted = childrenOf(readXml(data, 'CompleteMultipartUpload'), 'Part').map((part) => ({
    number: Number(childText(part, 'PartNumber')),
    etag: (childText(part, 'ETag') ?? '').replaceAll('"', ''),
    sum: childText(part, `Checksum${upload.algorithm.toUpperCase()}`),
  }));
  if (wanted.length === 0)
    throw new S3Error(400, 'MalformedXML', 'The XML you provided was not well-formed or did not validate against our published schema');
  const parts = wanted.map(({ number, etag, sum }, i) => {
    if (i > 0 && number <= wanted[i - 1].number) {
      throw new S3Error(400, 'InvalidPartOrder', 'The list of parts was not in ascending order. Parts must be ordered by part number.');
    }
    const part = upload.parts.get(number);
    if (!part || part.etag !== etag || (sum !== undefined && sum !== part.checksum.value)) {
      throw new S3Error(400, 'InvalidPart', 'A part was not uploaded, or its entity tag is another one.', {
        extra: { PartNumber: number, ETag: etag },
      });
    }
    return part;
  });
  for (const { data: bytes } of parts.slice(0, -1)) {
    if (bytes.length < minPartBytes) {
      throw new S3Error(400, 'EntityTooSmall', 'Your proposed upload is smaller than the minimum allowed size', {
        extra: { ProposedSize: bytes.length, MinSizeAllowed: minPartBytes },
      });
    }
  }
  const whole = Buffer.concat(parts.map((part) => part.data));
  const size = call.amz('x-amz-mp-object-size');
  if (size !== undefined && Number(size) !== whole.length)
    throw invalidRequest('The provided x-amz-mp-object-size header value does not match what was computed.');
  const sum = wholeChecksum(upload, parts, whole);
  const given = givenChecksum(call);
  if (given?.algorithm === upload.algorithm) compareChecksum(given, sum.value);
  checkWrite((name) => request.headers[name], bucket.get(key));
  const digest = createHash('md5')
    .update(Buffer.concat(parts.map((part) => Buffer.from(part.etag, 'hex'))))
    .digest('hex');
  const object = makeObject({
    data: whole,
    etag: `${digest}-${parts.length}`,
    kept: upload.kept,
    checksum: sum,
    now,
    parts: parts.map((part) => part.data.length),
  });
  bucket.set(key, object);
  bucket.uploads.delete(upload.id);
  const location = `http://${host}/${bucket.name}/${encodeURIComponent(key)}`;
  return xmlReply(
    'CompleteMultipartUploadResult',
    element('Location', location) +
      element('Bucket', bucket.name) +
      element('Key', key) +
      copyResult(object).replace(/^<LastModified>.*?<\/LastModified>/, ''),
  );
}

function wholeChecksum({ algorithm, type }, parts, whole) {
  if (type === 'FULL_OBJECT') return { algorithm, type, value: checksumBase64(algorithm, whole) };
  const sums = Buffer.concat(parts.map((part) => Buffer.from(part.checksum.value, 'base64')));
  return { algorithm, type, value: `${checksum(algorithm, sums).toString('base64')}-${parts.length}` };
}

/** DELETE ?uploadId */
export function abortUpload(call) {
  call.bucket.uploads.delete(uploadOf(call).id);
  return { status: 204, headers: {}, body: null };
}
