/**
 * The operations on buckets themselves.
 *
 * @module
 */
import { S3Error } from './errors.mjs';
import { createBucket } from './memory.mjs';
import { readXml } from './objects.mjs';
import { childText, xmlDocument, xmlReply } from './xml.mjs';

const NAME = /^(?!\d+\.\d+\.\d+\.\d+$)[a-z\d](?:[a-z\d-]|\.(?!\.)){1,61}[a-z\d]$/;

/** PUT of a bucket. */
export function createBucketOperation({ buckets, bucketName, region, data }) {
  if (!NAME.test(bucketName))
    throw new S3Error(400, 'InvalidBucketName', 'The specified bucket is not valid.', { extra: { BucketName: bucketName } });
  if (buckets.has(bucketName)) {
    throw new S3Error(
      409,
      'BucketAlreadyOwnedByYou',
      'Your previous request to create the named bucket succeeded and you already own it.',
      { extra: { BucketName: bucketName } },
    );
  }
  const place = data.length > 0 ? childText(readXml(data, 'CreateBucketConfiguration'), 'LocationConstraint') : undefined;
  if (place !== undefined && place !== region) {
    throw new S3Error(
      400,
      'IllegalLocationConstraintException',
      `The ${place} location constraint is incompatible for the region specific endpoint this request was sent to.`,
    );
  }
  buckets.set(bucketName, createBucket(bucketName));
  return { status: 200, headers: { location: `/${bucketName}` }, body: null };
}

/** HEAD of a bucket. */
export const headBucket = ({ region }) => ({
  status: 200,
  headers: { 'x-amz-bucket-region': region, 'content-type': 'application/xml' },
  body: null,
});

/** DELETE of a bucket, which must be empty. */
export function deleteBucket({ buckets, bucket }) {
  if (bucket.size > 0)
    throw new S3Error(409, 'BucketNotEmpty', 'The bucket you tried to delete is not empty', { extra: { BucketName: bucket.name } });
  buckets.delete(bucket.name);
  return { status: 204, headers: {}, body: null };
}

/** GET ?location: empty means us-east-1. */
export function getBucketLocation({ region }) {
  const content = region === 'us-east-1' ? '' : region;
  const body = Buffer.from(
    xmlDocument(`<LocationConstraint xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${content}</LocationConstraint>`),
  );
  return { status: 200, headers: { 'content-type': 'application/xml' }, body };
}

/** GET ?versioning: never switched on. */
export const getBucketVersioning = () => xmlReply('VersioningConfiguration', '');
