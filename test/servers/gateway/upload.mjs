/**
 * What PUT, copy and multipart have in common: checks of what came, and the object that is made of it.
 *
 * @module
 */
import { createHash } from 'node:crypto';
import { ALGORITHMS, checksumBase64 } from './checksums.mjs';
import { S3Error, invalidArgument, invalidRequest } from './errors.mjs';

const STORAGE_CLASSES = new Set([
  'STANDARD',
  'REDUCED_REDUNDANCY',
  'STANDARD_IA',
  'ONEZONE_IA',
  'INTELLIGENT_TIERING',
  'GLACIER',
  'DEEP_ARCHIVE',
  'GLACIER_IR',
  'EXPRESS_ONEZONE',
]);
const KEPT = ['cache-control', 'content-disposition', 'content-language', 'expires'];
const MAX_METADATA_BYTES = 2048;

/** The hash under which single uploads go. */
export const md5 = (data) => createHash('md5').update(data).digest();

/** Content-Type, user metadata and the like of a request that makes an object. */
export function headersOf({ request, amz }) {
  const { headers } = request;
  const kept = { 'content-type': headers['content-type'] ?? 'binary/octet-stream' };
  for (const name of KEPT) if (headers[name] !== undefined) kept[name] = headers[name];
  const encoding = (headers['content-encoding'] ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part && part !== 'aws-chunked');
  if (encoding.length > 0) kept['content-encoding'] = encoding.join(',');
  const metadata = amz.all('x-amz-meta-');
  const size = Object.entries(metadata).reduce((sum, pair) => sum + Buffer.byteLength(pair.join('')), 0);
  if (size > MAX_METADATA_BYTES) {
    throw new S3Error(400, 'MetadataTooLarge', 'Your metadata headers exceed the maximum allowed metadata size', {
      extra: { Size: size, MaxSizeAllowed: 2048 },
    });
  }
  const storageClass = amz('x-amz-storage-class') ?? 'STANDARD';
  if (!STORAGE_CLASSES.has(storageClass)) throw new S3Error(400, 'InvalidStorageClass', 'The storage class you specified is not valid');
  return { headers: kept, metadata, storageClass };
}

/** Content-MD5 against the body. */
export function checkMd5(request, data) {
  const given = request.headers['content-md5'];
  if (given === undefined) return;
  if (Buffer.from(given, 'base64').length !== 16) throw new S3Error(400, 'InvalidDigest', 'The Content-MD5 you specified was invalid.');
  const real = md5(data).toString('base64');
  if (real !== given) {
    throw new S3Error(400, 'BadDigest', 'The Content-MD5 you specified did not match what we received.', {
      extra: { ExpectedDigest: given, CalculatedDigest: real },
    });
  }
}

/**
 * The one checksum that a request names, by header, presigned query or trailer, not yet compared.
 *
 * @returns {{ algorithm: string, value: string } | undefined}
 */
export function givenChecksum({ amz, trailers = {} }) {
  const found = ALGORITHMS.map((algorithm) => ({
    algorithm,
    value: amz(`x-amz-checksum-${algorithm}`) ?? trailers[`x-amz-checksum-${algorithm}`],
  }));
  const given = found.filter(({ value }) => value !== undefined);
  if (given.length > 1) throw invalidRequest('Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.');
  const [one] = given;
  const announced = amz('x-amz-sdk-checksum-algorithm')?.toLowerCase();
  if (announced !== undefined && !ALGORITHMS.includes(announced)) throw invalidRequest('Checksum algorithm provided is unsupported.');
  if (one && announced && one.algorithm !== announced) throw invalidRequest('Value for x-amz-sdk-checksum-algorithm header is invalid.');
  return one;
}

/** Compares it; without one S3 makes a CRC64NVME of its own. */
export function checkChecksum(call, data) {
  const given = givenChecksum(call);
  const algorithm = given?.algorithm ?? 'crc64nvme';
  const real = checksumBase64(algorithm, data);
  if (given) compareChecksum(given, real);
  return { algorithm, value: real, type: 'FULL_OBJECT' };
}

/** 400 unless a given checksum is the real one. */
export function compareChecksum({ algorithm, value }, real) {
  if (value === real) return;
  if (Buffer.from(value.replace(/-\d+$/, ''), 'base64').length !== Buffer.from(real.replace(/-\d+$/, ''), 'base64').length) {
    throw invalidRequest(`Value for x-amz-checksum-${algorithm} header is invalid.`);
  }
  throw new S3Error(400, 'BadDigest', `The ${algorithm.toUpperCase()} you specified did not match the calculated checksum.`);
}

/** The checksum as response headers. */
export const checksumHeaders = ({ checksum }) =>
  checksum ? { [`x-amz-checksum-${checksum.algorithm}`]: checksum.value, 'x-amz-checksum-type': checksum.type } : {};

/** An object as it is kept. */
export function makeObject({ data, etag, kept, checksum, now, parts }) {
  return { data, etag: etag ?? md5(data).toString('hex'), ...kept, checksum, lastModified: new Date(now), parts };
}

/** The bytes of a copy's source, with its conditions checked. `MISSING` sources are 404. */
export function parseCopySource(text, decode) {
  const [path, query = ''] = text.split('?');
  const decoded = decode(path.replaceAll('+', ' ')).replace(/^\//, '');
  const slash = decoded.indexOf('/');
  if (slash < 1 || slash === decoded.length - 1)
    throw invalidArgument('Copy Source must mention the source bucket and key: sourcebucket/sourcekey', {
      ArgumentName: 'x-amz-copy-source',
    });
  return { bucket: decoded.slice(0, slash), key: decoded.slice(slash + 1), versionId: /(?:^|&)versionId=([^&]*)/.exec(query)?.[1] };
}
