/**
 * Replacing an object by parts, of which those that did not change are copied on the server. Nothing stays behind when it fails. Loaded on use.
 *
 * Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_UploadPartCopy.html
 *
 * @module
 */
import { CloudError } from '../../errors.ts';
import type { AbortOptions, HttpResponse, PutOptions, PutResult, RewriteContent } from '../../types.ts';
import { checkKey, encodeKey } from '../../url/key.ts';
import { mapParallel } from '../../util/parallel.ts';
import { headersFromPut, infoFromHeaders } from '../headers.ts';
import { hashPayload } from '../payload.ts';
import { checkAnswer, checksumFor, storedOther } from './checksums.ts';
import type { XmlDriver } from './driver.ts';
import { headObject } from './get.ts';
import { planRewrite, type RewritePart } from './rewrite-plan.ts';
import { checkXml, escapeXml, xmlField } from './xml.ts';

const PARTS_IN_FLIGHT = 4;

const textOf = async (response: HttpResponse): Promise<string> => new TextDecoder().decode(await response.body.bytes());

/** One part; gives its ETag. */
async function sendPart(
  driver: XmlDriver,
  key: string,
  part: RewritePart & { query: Record<string, string> },
  content: RewriteContent,
  { ifMatch, signal }: AbortOptions & { ifMatch: string },
): Promise<string> {
  const { bucket, dialect } = driver.init;
  const { start, end, isKept, query } = part;
  const about = { operation: 'put', key, signal };
  if (isKept) {
    const prefix = `${dialect.headerPrefix}copy-source`;
    const headers = {
      [prefix]: `/${encodeKey(`${bucket}/${key}`)}`,
      [`${prefix}-range`]: `bytes=${start}-${end - 1}`,
      ...dialect.copyIfMatch(ifMatch),
    };
    const response = await driver.send({ method: 'PUT', headers, key, query }, { ...about, checkBody: true });
    const etag = xmlField(checkXml(await textOf(response), 'CopyPartResult'), 'ETag');
    if (!etag) throw new CloudError('the server gave no ETag of a copied part', { code: 'InvalidResponse', ...about });
    return etag;
  }
  const body = await content.read(start, end);
  // in every service's API, whatever the upload was begun with
  const sent = await checksumFor('content-md5', body);
  const response = await driver.send(
    { method: 'PUT', headers: sent.headers, key, query, body, payloadHash: await hashPayload(body) },
    about,
  );
  await response.body.cancel();
  const etag = response.headers.get('etag');
  if (!etag) throw new CloudError('ETag is hidden: the bucket must expose it (cors.expose.etag)', { code: 'NotSupported', ...about });
  checkAnswer(response.headers, sent, body, dialect.etagIsMd5 && !driver.wire.page, key);
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
  const about = { operation: 'put', key, signal };
  const created = await driver.send(
    { method: 'POST', headers: headersFromPut(options, dialect), key, query: { uploads: '' } },
    { ...about, idempotent: true },
  );
  const uploadId = xmlField(checkXml(await textOf(created), 'InitiateMultipartUploadResult'), 'UploadId');
  if (!uploadId) throw new CloudError('the server gave no upload id', { code: 'InvalidResponse', ...about });
  const etags: string[] = [];
  const inFlight = new Set<Promise<void>>();
  let done: HttpResponse;
  let etag: string | undefined;
  try {
    const send = async (part: RewritePart, index: number, partSignal: AbortSignal): Promise<void> => {
      const query = { partNumber: String(index + 1), uploadId };
      etags[index] = await sendPart(driver, key, { ...part, query }, content, { ifMatch, signal: partSignal });
    };
    // each part is awaited here too: the upload must not be aborted under one that is still on its way
    const tracked: typeof send = (part, index, partSignal) => {
      const sent = send(part, index, partSignal);
      inFlight.add(sent);
      return sent.finally(() => inFlight.delete(sent));
    };
    for await (const _ of mapParallel(parts, PARTS_IN_FLIGHT, tracked, { signal, ordered: false }));
    const list = etags.map((its, i) => `<Part><PartNumber>${i + 1}</PartNumber><ETag>${escapeXml(its)}</ETag></Part>`);
    const body = new TextEncoder().encode(
      `<CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${list.join('')}</CompleteMultipartUpload>`,
    );
    const headers = { 'content-type': 'application/xml', ...dialect.ifMatch(ifMatch) };
    done = await driver.send(
      { method: 'POST', headers, key, query: { uploadId }, body, payloadHash: await hashPayload(body) },
      { ...about, checkBody: true },
    );
    etag = xmlField(checkXml(await textOf(done), 'CompleteMultipartUploadResult'), 'ETag');
  } catch (error) {
    await Promise.allSettled(inFlight);
    // the upload must go even when the caller's signal is what ended it
    await driver
      .send({ method: 'DELETE', headers: {}, key, query: { uploadId } }, { operation: 'put', key })
      .then((response) => response.body.cancel())
      .catch(() => {});
    throw error;
  }
  // a server that takes no notice of ranges makes something else of them
  const info = await headObject(driver, key, { signal }).catch(() => null);
  if (info && info.etag === etag && info.sizeBytes !== sizeBytes) {
    await (await import('./take-back.ts')).takeBack(driver, key, done.headers);
    throw storedOther(key);
  }
  const { versionId, generation, metageneration } = infoFromHeaders(key, done.headers);
  return { key, sizeBytes, etag, versionId, generation, metageneration };
}
