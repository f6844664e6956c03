/**
 * Writing by the JSON API: a body with its metadata in one request.
 *
 * @module
 */
import { CloudError } from '../../errors.ts';
import { digestOf, prepareHash } from '../../integrity/hasher.ts';
import type { PutOptions, PutResult } from '../../types.ts';
import { toBase64 } from '../../util/base64.ts';
import { concat } from '../../util/bytes.ts';
import { conditionsOf, infoOf, jsonOf, objectFields, type GcsDriver, type GcsObject } from './json.ts';

/** An object resource → what a put tells. */
export const resultOf = (key: string, object: GcsObject): PutResult => {
  const { sizeBytes, generation, metageneration, md5, crc32c } = infoOf(object);
  return { key, sizeBytes, generation, metageneration, md5, crc32c };
};

/** The resource that goes with the bytes. */
export function resourceOf(key: string, options: PutOptions): Record<string, unknown> {
  const { contentType, contentEncoding, contentDisposition, contentLanguage, cacheControl, storageClass, metadata } = options;
  return { name: key, contentType, contentEncoding, contentDisposition, contentLanguage, cacheControl, storageClass, metadata };
}

const boundary = 'anyfile-7d1f0c52b9e64a83';

/** One multipart/related request; its CRC32C goes along, so that GCS refuses bytes that changed on the way. */
export async function putWhole(driver: GcsDriver, key: string, bytes: Uint8Array, options: PutOptions): Promise<PutResult> {
  const crc32c = await crc32cOf(bytes);
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
  return checkStored(driver, resultOf(key, await jsonOf<GcsObject>(response)), crc32c);
}

/** Base64, as GCS writes it. */
export async function crc32cOf(bytes: Uint8Array): Promise<string> {
  await prepareHash('crc32c');
  return toBase64(digestOf('crc32c', bytes));
}

/**
 * Hold GCS to what it was sent. An object of other bytes is removed: this generation of it, never another writer's.
 *
 * @throws CloudError `IntegrityError`
 */
export async function checkStored(driver: GcsDriver, result: PutResult, crc32c: string): Promise<PutResult> {
  const { key } = result;
  if (!result.crc32c || result.crc32c.replace(/=+$/, '') === crc32c.replace(/=+$/, '')) return result;
  await takeBackGeneration(driver, result);
  throw new CloudError(`GCS stored other bytes of ${key}`, { code: 'IntegrityError', operation: 'put', key });
}

/** Removes this generation of an object, and no other. Never rejects. */
export async function takeBackGeneration(driver: GcsDriver, { key, generation }: PutResult): Promise<void> {
  if (!generation) return;
  await driver
    .send(driver.objectPath(key), { generation, ifGenerationMatch: generation }, { method: 'DELETE' }, { operation: 'put', key })
    .then((response) => response.body.cancel())
    .catch(() => {});
}

/** `/storage/v1/b/BUCKET/o`. */
export const bucketPath = (driver: GcsDriver): string => driver.objectPath('').replace(/\/$/, '');
