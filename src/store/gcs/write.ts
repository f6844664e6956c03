/**
 * Writing by the JSON API: a body with its metadata in one request.
 *
 * @module
 */
import { CloudError } from '../../errors.ts';
import { createHasher } from '../../integrity/hasher.ts';
import type { PutOptions, PutResult } from '../../types.ts';
import { toBase64 } from '../../util/base64.ts';
import { concat } from '../../util/bytes.ts';
import { conditionsOf, infoOf, jsonOf, objectFields, type GcsDriver, type GcsObject } from './json.ts';

/** An object resource → what a put tells. */
export const resultOf = (key: string, object: GcsObject): PutResult => {
  const { sizeBytes, generation, md5, crc32c } = infoOf(object);
  return { key, sizeBytes, generation, md5, crc32c };
};

/** The resource that goes with the bytes. */
export function resourceOf(key: string, options: PutOptions): Record<string, unknown> {
  const { contentType, contentEncoding, contentDisposition, contentLanguage, cacheControl, storageClass, metadata } = options;
  return { name: key, contentType, contentEncoding, contentDisposition, contentLanguage, cacheControl, storageClass, metadata };
}

const boundary = 'anyfile-7d1f0c52b9e64a83';

/** One multipart/related request; its CRC32C goes along, so that GCS refuses bytes that changed on the way. */
export async function putWhole(driver: GcsDriver, key: string, bytes: Uint8Array, options: PutOptions): Promise<PutResult> {
  const hasher = createHasher('crc32c');
  hasher.update(bytes);
  const crc32c = toBase64(hasher.digest());
  const { query, headers } = conditionsOf(options);
  const encoder = new TextEncoder();
  const type = options.contentType ?? 'application/octet-stream';
  const head = `--${boundary}\r\ncontent-type: application/json; charset=UTF-8\r\n\r\n${JSON.stringify({ ...resourceOf(key, options), crc32c })}\r\n--${boundary}\r\ncontent-type: ${type}\r\n\r\n`;
  const body = concat([encoder.encode(head), bytes, encoder.encode(`\r\n--${boundary}--`)]);
  const response = await driver.send(
    `/upload${bucketPath(driver)}`,
    { ...query, uploadType: 'multipart', fields: objectFields },
    { method: 'POST', headers: { ...headers, 'content-type': `multipart/related; boundary=${boundary}` }, body },
    { operation: 'put', key, signal: options.signal, idempotent: true },
  );
  const result = resultOf(key, await jsonOf<GcsObject>(response));
  if (result.crc32c && result.crc32c !== crc32c)
    throw new CloudError(`GCS stored other bytes of ${key}`, { code: 'IntegrityError', operation: 'put', key });
  return result;
}

/** `/storage/v1/b/BUCKET/o`. */
export const bucketPath = (driver: GcsDriver): string => driver.objectPath('').replace(/\/$/, '');
