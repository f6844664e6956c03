// A signed S3 request in a page of code, for setting servers up. It shares nothing with src/, so that no bug hides in both.
import { createHash, createHmac } from 'node:crypto';

const sha256 = (data) => createHash('sha256').update(data).digest('hex');
const hmac = (key, data) => createHmac('sha256', key).update(data).digest();

/**
 * Sends one path-style request, signed in its headers (AWS Signature Version 4, the service's public description).
 *
 * @param server endpoint, region and keys
 * @param path begins with the bucket; must need no encoding
 * @param query one name without a value, e.g. `cors`, or nothing
 * @param more headers that need no signature, e.g. content-encoding
 */
export async function s3Request({ endpoint, region, accessKeyId, secretAccessKey }, method, path, query = '', body = '', more = {}) {
  const url = new URL(`/${path}${query && `?${query}`}`, endpoint);
  const time = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
  const day = time.slice(0, 8);
  const scope = `${day}/${region}/s3/aws4_request`;
  const headers = {
    'content-md5': createHash('md5').update(body).digest('base64'),
    host: url.host,
    'x-amz-content-sha256': sha256(body),
    'x-amz-date': time,
  };
  const names = Object.keys(headers).join(';');
  const canonical = [
    method,
    url.pathname,
    query && `${query}=`,
    ...Object.entries(headers).map(([name, value]) => `${name}:${value}`),
    '',
    names,
    sha256(body),
  ];
  const key = [day, region, 's3', 'aws4_request'].reduce(hmac, `AWS4${secretAccessKey}`);
  const signature = hmac(key, ['AWS4-HMAC-SHA256', time, scope, sha256(canonical.join('\n'))].join('\n')).toString('hex');
  // fetch sets the host itself.
  const { host: _, ...sent } = headers;
  return await fetch(url, {
    method,
    ...(body && { body }),
    headers: {
      ...more,
      ...sent,
      authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope},SignedHeaders=${names},Signature=${signature}`,
    },
  });
}
