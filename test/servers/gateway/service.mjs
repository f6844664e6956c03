/**
 * S3 as a function from a request to an answer: no socket here.
 *
 * @module
 */
import { randomBytes } from 'node:crypto';
import * as buckets from './buckets.mjs';
import { openPayload } from './chunked.mjs';
import * as cors from './cors.mjs';
import { S3Error, errorReply } from './errors.mjs';
import { decodeText, queryValue } from './http.mjs';
import * as list from './list.mjs';
import { createBucket } from './memory.mjs';
import * as multipart from './multipart.mjs';
import * as objects from './objects.mjs';
import { authenticate } from './sigv4.mjs';

const SUBRESOURCES = [
  'accelerate acl analytics attributes encryption intelligent-tiering inventory legal-hold lifecycle logging metrics notification',
  'object-lock ownershipControls policy policyStatus publicAccessBlock replication requestPayment restore retention select tagging torrent',
  'versions website',
]
  .join(' ')
  .split(' ');
const MAX_KEY_BYTES = 1024;

const BUCKET_OPERATIONS = {
  GET: {
    location: ['GetBucketLocation', buckets.getBucketLocation],
    uploads: ['ListMultipartUploads', list.listUploads],
    cors: ['GetBucketCors', cors.getBucketCors],
    versioning: ['GetBucketVersioning', buckets.getBucketVersioning],
    'list-type': ['ListObjectsV2', list.listObjectsV2],
    '': ['ListObjects', list.listObjects],
  },
  HEAD: { '': ['HeadBucket', buckets.headBucket] },
  PUT: { cors: ['PutBucketCors', cors.putBucketCors], '': ['CreateBucket', buckets.createBucketOperation] },
  DELETE: { cors: ['DeleteBucketCors', cors.deleteBucketCors], '': ['DeleteBucket', buckets.deleteBucket] },
  POST: { delete: ['DeleteObjects', objects.deleteObjects] },
};
const OBJECT_OPERATIONS = {
  GET: { uploadId: ['ListParts', multipart.listParts], '': ['GetObject', objects.getObject] },
  HEAD: { '': ['HeadObject', objects.getObject] },
  PUT: { uploadId: ['UploadPart', multipart.uploadPart], '': ['PutObject', objects.putObject] },
  DELETE: { uploadId: ['AbortMultipartUpload', multipart.abortUpload], '': ['DeleteObject', objects.deleteObject] },
  POST: { uploads: ['CreateMultipartUpload', multipart.createUpload], uploadId: ['CompleteMultipartUpload', multipart.completeUpload] },
};
const COPIES = { PutObject: ['CopyObject', objects.copyObject], UploadPart: ['UploadPartCopy', multipart.uploadPartCopy] };

/**
 * A gateway without a socket.
 *
 * @param {object} options
 * @param {{ accessKeyId: string, secretAccessKey: string, sessionToken?: string, expiresAt?: number }[]} options.accounts
 * @param {string} options.region the only one that a scope may name
 * @param {boolean | cors.CorsRule[]} [options.cors] for buckets without rules of their own
 * @param {boolean} [options.anonymousRead] unsigned GET, HEAD and list are allowed
 * @param {number} [options.minPartBytes] of all parts but the last
 * @param {string} [options.domain] `BUCKET.domain` in Host names the bucket
 * @param {(region: string) => Error | undefined} [options.wrongRegion] another error for a scope of another region
 */
export function createService({
  accounts,
  region,
  cors: rules = true,
  anonymousRead = false,
  minPartBytes = 5_242_880,
  domain = 'localhost',
  wrongRegion,
}) {
  const known = new Map(accounts.map((account) => [account.accessKeyId, account]));
  const all = new Map();
  const defaults = rules === true ? [cors.PERMISSIVE] : rules || [];

  /** Which bucket, key and operation a request means; `error` where that cannot be told. */
  function locate(request) {
    try {
      const place = address(request, domain);
      return { ...place, ...operationOf(request, place) };
    } catch (error) {
      return { error, operation: 'Unknown' };
    }
  }

  /** Verifies the signature. `signature`: `valid`, `none` or the error's code. */
  function check(request, now) {
    const place = locate(request);
    if (place.error) return { ...place, auth: { kind: 'none' }, signature: 'none' };
    try {
      const auth = authenticate(request, { accounts: known, region, now, wrongRegion });
      const payload = openPayload(request, auth);
      return { ...place, auth, payload, signature: auth.kind === 'none' ? 'none' : 'valid' };
    } catch (error) {
      if (!(error instanceof S3Error)) throw error;
      return { ...place, error, auth: { kind: 'refused' }, signature: error.code };
    }
  }

  /** Does what was asked for, without the headers of `finish`. Never throws for what a client did. */
  function answer(request, now, checked) {
    const requestId = randomBytes(8).toString('hex').toUpperCase();
    try {
      const reply = request.method === 'OPTIONS' ? cors.preflight(request, corsRules(checked.bucketName)) : perform(request, now, checked);
      return { ...reply, headers: { 'x-amz-request-id': requestId, ...reply.headers } };
    } catch (error) {
      if (!(error instanceof S3Error)) throw error;
      return errorReply(error, requestId, request.path);
    }
  }

  /** Puts the headers on that every answer has: date, CORS. */
  function finish(request, reply, { now, bucketName }) {
    const headers = { date: new Date(now).toUTCString(), server: 'anyfile-gateway', ...reply.headers };
    return { ...reply, headers: { ...headers, ...cors.corsHeaders(request, headers, corsRules(bucketName)) } };
  }

  const corsRules = (bucketName) => all.get(bucketName)?.cors ?? defaults;

  function perform(request, now, checked) {
    if (checked.error) throw checked.error;
    const { auth, payload, bucketName, key, action, operation } = checked;
    if (auth.kind === 'none') mayAnonymous(request, operation);
    if (request.method === 'PUT' && request.headers['content-length'] === undefined) {
      throw new S3Error(411, 'MissingContentLength', 'You must provide the Content-Length HTTP header.');
    }
    const call = {
      request,
      auth,
      now,
      key,
      bucketName,
      region,
      minPartBytes,
      buckets: all,
      data: payload.data,
      trailers: payload.trailers,
      host: request.headers.host,
      query: (name) => queryValue(request, name),
      amz: amzOf(request, auth),
      bucketOf,
    };
    if (operation !== 'CreateBucket' && operation !== 'ListBuckets') call.bucket = bucketOf(bucketName);
    return action(call);
  }

  function mayAnonymous(request, operation) {
    const reads = ['GetObject', 'HeadObject', 'ListObjectsV2', 'ListObjects', 'HeadBucket'];
    if (anonymousRead && reads.includes(operation)) return;
    const headers = operation === 'HeadBucket' ? { 'x-amz-bucket-region': region } : {};
    throw new S3Error(403, 'AccessDenied', 'Access Denied', { headers });
  }

  function bucketOf(name) {
    const bucket = all.get(name);
    if (!bucket) throw new S3Error(404, 'NoSuchBucket', 'The specified bucket does not exist', { extra: { BucketName: name } });
    return bucket;
  }

  return {
    check,
    answer,
    finish,
    /** Accounts by access key id; sessions are added here. */
    accounts: known,
    buckets: all,
    /** Makes a bucket without a request. */
    addBucket: (name) => void all.set(name, createBucket(name)),
  };
}

/** Bucket and key of a target, path style or virtual-host style; nothing is normalised. */
function address({ path, headers, query }, domain) {
  if (query === undefined) throw new S3Error(400, 'InvalidURI', "Couldn't parse the specified URI.");
  const host = (headers.host ?? '').replace(/:\d+$/, '').toLowerCase();
  const decoded = decodeText(path.replaceAll('+', ' ')).slice(1);
  const slash = decoded.indexOf('/');
  const place = host.endsWith(`.${domain}`)
    ? { bucketName: host.slice(0, -domain.length - 1), key: decoded }
    : { bucketName: slash < 0 ? decoded : decoded.slice(0, slash), key: slash < 0 ? '' : decoded.slice(slash + 1) };
  if (Buffer.byteLength(place.key) > MAX_KEY_BYTES) {
    throw new S3Error(400, 'KeyTooLongError', 'Your key is too long', {
      extra: { Size: Buffer.byteLength(place.key), MaxSizeAllowed: MAX_KEY_BYTES },
    });
  }
  return place;
}

function operationOf(request, { bucketName, key }) {
  const { method } = request;
  if (method === 'OPTIONS') return { operation: 'Preflight' };
  if (bucketName === '') {
    if (method === 'GET') return { operation: 'ListBuckets', action: list.listBuckets };
    throw new S3Error(405, 'MethodNotAllowed', 'The specified method is not allowed against this resource.');
  }
  const asked = SUBRESOURCES.find((name) => queryValue(request, name) !== undefined);
  if (asked)
    throw new S3Error(501, 'NotImplemented', `A header or query you provided implies functionality that is not implemented: ${asked}`);
  const choices = (key === '' ? BUCKET_OPERATIONS : OBJECT_OPERATIONS)[method];
  const name = choices && Object.keys(choices).find((choice) => choice !== '' && queryValue(request, choice) !== undefined);
  const choice = choices?.[name ?? ''];
  if (!choice)
    throw new S3Error(405, 'MethodNotAllowed', 'The specified method is not allowed against this resource.', { extra: { Method: method } });
  const copies = request.headers['x-amz-copy-source'] !== undefined && COPIES[choice[0]];
  const [operation, action] = copies || choice;
  return { operation, action };
}

/** Reads an `x-amz-*` value from the headers or a signed query; `all(prefix)`: every one, the prefix cut off. */
function amzOf({ headers, query }, { kind }) {
  const pairs = kind === 'query' ? query.map(([name, value]) => [name.toLowerCase(), value]) : [];
  const amz = (name) => headers[name] ?? pairs.find(([key]) => key === name)?.[1];
  amz.all = (prefix) =>
    Object.fromEntries(
      [...pairs, ...Object.entries(headers)]
        .filter(([name]) => name.startsWith(prefix))
        .map(([name, value]) => [name.slice(prefix.length), value]),
    );
  return amz;
}
