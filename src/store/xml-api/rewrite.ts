/**
 * Replacing an object by parts, of which those that did not change are copied on the server. Nothing stays behind when it fails. Loaded on use.
 *
 * Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_UploadPartCopy.html
 *
 * @module
 */
import { CloudError } from '../../errors.ts';
import type { PutOptions, PutResult, RewriteContent } from '../../types.ts';
import { checkKey, encodeKey } from '../../url/key.ts';
import { headersFromPut, infoFromHeaders } from '../headers.ts';
import { storedOther } from './checksums.ts';
import type { XmlDriver } from './driver.ts';
import { headObject } from './get.ts';
import { sendPartBody, uploadParts, type PartPlace } from './parts-upload.ts';
import { planRewrite, type RewritePart } from './rewrite-plan.ts';
import { beginUpload, textOf } from './upload-calls.ts';
import { checkXml, xmlField } from './xml.ts';

/** A stretch of an object. */
export interface CopiedPart {
  /** Bucket and key of the source. */
  readonly from: string;
  /** Bytes [start, end). */
  readonly start: number;
  readonly end: number;
  /** The version of the source. */
  readonly ifMatch: string;
}

/** One part that is copied on the server; gives its ETag. */
export async function copyPart(
  driver: XmlDriver,
  key: string,
  { from, start, end, ifMatch }: CopiedPart,
  { query, signal }: PartPlace,
): Promise<string> {
  const about = { operation: 'put', key, signal };
  const { dialect } = driver.init;
  const prefix = `${dialect.headerPrefix}copy-source`;
  const headers = { [prefix]: `/${encodeKey(from)}`, [`${prefix}-range`]: `bytes=${start}-${end - 1}`, ...dialect.copyIfMatch(ifMatch) };
  const response = await driver.send({ method: 'PUT', headers, key, query }, { ...about, checkBody: true });
  const etag = xmlField(checkXml(await textOf(response), 'CopyPartResult'), 'ETag');
  if (!etag) throw new CloudError('the server gave no ETag of a copied part', { code: 'InvalidResponse', ...about });
  return etag;
}

/** One part; gives its ETag. */
async function sendPart(
  driver: XmlDriver,
  key: string,
  { start, end, isKept }: RewritePart,
  content: RewriteContent,
  place: PartPlace & { ifMatch: string },
): Promise<string> {
  const { bucket } = driver.init;
  const { ifMatch } = place;
  if (isKept) return copyPart(driver, key, { from: `${bucket}/${key}`, start, end, ifMatch }, place);
  // in every service's API, whatever the upload was begun with
  const { etag } = await sendPartBody(driver, key, await content.read(start, end), { ...place, checksum: 'content-md5' });
  return etag;
}

/**
 * `ObjectStore.rewrite`.
 *
 * @returns undefined where nothing would be kept: then all is to be sent
 */
export async function rewriteObject(
  driver: XmlDriver,
  key: string,
  content: RewriteContent,
  options: PutOptions & { ifMatch: string },
): Promise<PutResult | undefined> {
  checkKey(key, { http: true });
  const { dialect } = driver.init;
  const { ifMatch, signal } = options;
  const { sizeBytes } = content;
  const parts = planRewrite(sizeBytes, content.changed);
  if (!parts) return undefined;
  const etags: string[] = [];
  const { done, answer } = await uploadParts(driver, key, {
    signal,
    replaces: true,
    begin: async () => (await beginUpload(driver, key, { headers: headersFromPut(options, dialect), signal })).id,
    parts,
    async send(part, place) {
      etags[place.number - 1] = await sendPart(driver, key, part, content, { ...place, ifMatch });
    },
    completion: () => ({ parts: etags.map((etag) => ({ etag })), headers: dialect.ifMatch(ifMatch) }),
  });
  const etag = xmlField(answer, 'ETag');
  // a server that takes no notice of ranges makes something else of them
  const info = await headObject(driver, key, { signal }).catch(() => null);
  if (info && info.etag === etag && info.sizeBytes !== sizeBytes) {
    await (await import('./take-back.ts')).takeBack(driver, key, done.headers);
    throw storedOther(key);
  }
  const { versionId, generation, metageneration } = infoFromHeaders(key, done.headers);
  return { key, sizeBytes, etag, versionId, generation, metageneration };
}
