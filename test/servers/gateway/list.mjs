/**
 * ListObjectsV2, the older ListObjects, and the lists of buckets.
 *
 * @module
 */
import { invalidArgument } from './errors.mjs';
import { pageOf } from './memory.mjs';
import { element, optional, xmlReply } from './xml.mjs';

/** As S3 does for `encoding-type=url`: a form's encoding, yet with `/` as it is. */
const encodeForm = (text) =>
  encodeURIComponent(text)
    .replace(/[!'()~]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%20', '+')
    .replaceAll('%2F', '/');

function common({ query }) {
  const encoding = query('encoding-type');
  if (encoding !== undefined && encoding !== 'url')
    throw invalidArgument('Invalid Encoding Method specified in Request', { ArgumentName: 'encoding-type' });
  const maxText = query('max-keys');
  if (maxText !== undefined && !/^\d+$/.test(maxText)) {
    throw invalidArgument('Provided max-keys not an integer or within integer range', { ArgumentName: 'max-keys', ArgumentValue: maxText });
  }
  const show = encoding === 'url' ? encodeForm : (text) => text;
  return {
    show,
    encoding,
    max: Math.min(1000, Number(maxText ?? 1000)),
    prefix: query('prefix') ?? '',
    delimiter: query('delimiter') ?? '',
  };
}

function contents(bucket, keys, show) {
  return keys
    .map((key) => {
      const { lastModified, etag, data, storageClass, checksum } = bucket.get(key);
      const fields = element('Key', show(key)) + element('LastModified', lastModified.toISOString()) + element('ETag', `"${etag}"`);
      const sum = checksum ? element('ChecksumAlgorithm', checksum.algorithm.toUpperCase()) + element('ChecksumType', checksum.type) : '';
      return `<Contents>${fields}${sum}${element('Size', data.length)}${element('StorageClass', storageClass)}</Contents>`;
    })
    .join('');
}

const folded = (prefixes, show) => prefixes.map((prefix) => `<CommonPrefixes>${element('Prefix', show(prefix))}</CommonPrefixes>`).join('');

/** GET ?list-type=2 */
export function listObjectsV2(call) {
  const { bucket, query } = call;
  const { show, encoding, max, prefix, delimiter } = common(call);
  const token = query('continuation-token');
  const startAfter = query('start-after');
  const page = pageOf(bucket.keys(), { prefix, delimiter, after: token === undefined ? startAfter : readToken(token), max });
  const fields = [
    element('Name', bucket.name),
    element('Prefix', show(prefix)),
    optional('Delimiter', delimiter ? show(delimiter) : undefined),
    element('MaxKeys', max),
    optional('EncodingType', encoding),
    element('KeyCount', page.keys.length + page.prefixes.length),
    element('IsTruncated', page.last !== undefined),
    optional('ContinuationToken', token),
    optional('NextContinuationToken', page.last === undefined ? undefined : writeToken(page.last)),
    optional('StartAfter', startAfter === undefined ? undefined : show(startAfter)),
  ];
  return xmlReply('ListBucketResult', fields.join('') + contents(bucket, page.keys, show) + folded(page.prefixes, show));
}

/** GET without list-type */
export function listObjects(call) {
  const { bucket, query } = call;
  const { show, encoding, max, prefix, delimiter } = common(call);
  const marker = query('marker');
  const page = pageOf(bucket.keys(), { prefix, delimiter, after: marker, max });
  const fields = [
    element('Name', bucket.name),
    element('Prefix', show(prefix)),
    element('Marker', show(marker ?? '')),
    element('MaxKeys', max),
    optional('Delimiter', delimiter ? show(delimiter) : undefined),
    optional('EncodingType', encoding),
    element('IsTruncated', page.last !== undefined),
    optional('NextMarker', page.last === undefined || !delimiter ? undefined : show(page.last)),
  ];
  return xmlReply('ListBucketResult', fields.join('') + contents(bucket, page.keys, show) + folded(page.prefixes, show));
}

/** Opaque, and with characters that must be encoded in a query. */
const writeToken = (key) => `1+/${Buffer.from(key).toString('base64')}=`;

function readToken(token) {
  const key = /^1\+\/([\w+/=]*)=$/.exec(token);
  if (!key) throw invalidArgument('The continuation token provided is incorrect', { ArgumentName: 'continuation-token' });
  return Buffer.from(key[1], 'base64').toString('utf8');
}

/** GET / */
export function listBuckets({ buckets }) {
  const items = [...buckets.values()].map(
    ({ name, created }) => `<Bucket>${element('Name', name)}${element('CreationDate', created.toISOString())}</Bucket>`,
  );
  return xmlReply('ListAllMyBucketsResult', `<Owner><ID>anyfile</ID></Owner><Buckets>${items.join('')}</Buckets>`);
}

/** GET ?uploads */
export function listUploads({ bucket, query }) {
  const prefix = query('prefix') ?? '';
  const items = [...bucket.uploads.values()]
    .filter(({ key }) => key.startsWith(prefix))
    .map(
      ({ id, key, started }) =>
        `<Upload>${element('Key', key)}${element('UploadId', id)}${element('Initiated', started.toISOString())}</Upload>`,
    );
  return xmlReply('ListMultipartUploadsResult', element('Bucket', bucket.name) + element('IsTruncated', false) + items.join(''));
}
