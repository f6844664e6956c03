/**
 * Which operation a request is of, and whether it may be done.
 *
 * @module
 */
import { corsRulesReply } from './cors.ts';
import { noSuchKey, notImplemented, S3Error } from './errors.ts';
import { deleteObjects, listObjects } from './listing.ts';
import { copyObject, deleteObject, getObject, putObject, type Work } from './objects.ts';
import { xmlReply, type Reply } from './reply.ts';
import type { S3Request } from './request.ts';
import { isState, type Shelf } from './shelf.ts';
import { abortUpload, completeUpload, createUpload, listParts, listUploads, uploadPart } from './uploads.ts';
import type { Verify } from './verify.ts';
import { element } from './xml.ts';

/** What a service stands on. */
export interface ServiceInit {
  shelf: Shelf;
  bucket: string;
  region: string;
  /** Origins of pages. */
  origins: readonly string[];
  readOnly: boolean;
  verify: Verify;
}

/** Sub-resources that this server does not have: asked for, they must not be taken for the object itself. */
const UNKNOWN =
  /^(accelerate|acl|analytics|attributes|encryption|intelligent-tiering|inventory|legal-hold|lifecycle|logging|metrics|notification|object-lock|ownershipControls|policy|policyStatus|publicAccessBlock|replication|requestPayment|restore|retention|select|tagging|torrent|versions|website)$/;

/** Of the service itself. */
function serviceRoot({ method }: S3Request, bucket: string): Reply {
  if (method !== 'GET' && method !== 'HEAD') throw notImplemented('This');
  const buckets = `<Buckets><Bucket>${element('Name', bucket)}${element('CreationDate', new Date(0).toISOString())}</Bucket></Buckets>`;
  return xmlReply('ListAllMyBucketsResult', `<Owner>${element('ID', 'anyfile')}</Owner>${buckets}`);
}

async function onBucket(work: Work, { region, origins }: ServiceInit): Promise<Reply> {
  const { request, bucket } = work;
  const { method, query } = request;
  if (method === 'HEAD') return { status: 200, headers: { 'x-amz-bucket-region': region } };
  if (method === 'GET') {
    if (query.has('location')) return xmlReply('LocationConstraint', region === 'us-east-1' ? '' : region);
    if (query.has('versioning')) return xmlReply('VersioningConfiguration', '');
    if (query.has('uploads')) return listUploads(work);
    if (query.has('cors')) return corsRulesReply(origins);
    return listObjects(work);
  }
  if (method === 'POST' && query.has('delete')) return deleteObjects(work);
  if (method === 'PUT' && query.size === 0) throw new S3Error(409, 'BucketAlreadyOwnedByYou', `${bucket} is there already`);
  throw notImplemented(`${method} of this bucket`);
}

async function onObject(work: Work): Promise<Reply> {
  const { method, query, headers } = work.request;
  const upload = query.has('uploadId');
  switch (method) {
    case 'GET':
      return upload ? listParts(work) : getObject(work);
    case 'HEAD':
      return getObject(work);
    case 'PUT':
      if (upload) return uploadPart(work);
      return headers['x-amz-copy-source'] === undefined ? putObject(work) : copyObject(work);
    case 'DELETE':
      return upload ? abortUpload(work) : deleteObject(work);
    case 'POST':
      if (query.has('uploads')) return createUpload(work);
      if (upload) return completeUpload(work);
  }
  throw notImplemented(`${method} of an object`);
}

/** Answer one request that is no preflight. @throws S3Error, and what the disk throws */
export async function answer(request: S3Request, init: ServiceInit): Promise<Reply> {
  const verified = init.verify(request);
  const { method, bucket, key, query } = request;
  const reads = method === 'GET' || method === 'HEAD';
  if (init.readOnly && !reads) throw new S3Error(403, 'AccessDenied', 'This server was started to be read only');
  if (bucket === '') return serviceRoot(request, init.bucket);
  if (bucket !== init.bucket) {
    if (method === 'PUT' && key === '') throw new S3Error(403, 'AccessDenied', `This server has one bucket, ${init.bucket}`);
    throw new S3Error(404, 'NoSuchBucket', 'The bucket does not exist', { BucketName: bucket });
  }
  const unknown = [...query.keys()].find((name) => UNKNOWN.test(name));
  if (unknown !== undefined) throw notImplemented(unknown);
  const work: Work = { request, verified, shelf: init.shelf, bucket };
  if (key === '') return onBucket(work, init);
  if (isState(key) && reads) throw noSuchKey(key);
  return onObject(work);
}
