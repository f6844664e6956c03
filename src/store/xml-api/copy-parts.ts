/**
 * Copies of what is too large for one request: in parts, on the server. Nothing stays behind when it fails. Loaded on use.
 *
 * Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_UploadPartCopy.html
 *
 * @module
 */
import { CloudError } from '../../errors.ts';
import type { AbortOptions, ObjectInfo, PutResult } from '../../types.ts';
import { headersFromPut, infoFromHeaders } from '../headers.ts';
import type { XmlDriver } from './driver.ts';
import { uploadParts } from './parts-upload.ts';
import { copyPart } from './rewrite.ts';
import { planCopy } from './rewrite-plan.ts';
import { beginUpload } from './upload-calls.ts';
import { xmlField } from './xml.ts';

/**
 * Copy in parts of 512 MiB.
 *
 * @param from bucket and key of the source
 * @param conditions headers under which it is completed
 * @throws CloudError `NotSupported` it is not known which version the source is
 */
export async function copyInParts(
  driver: XmlDriver,
  from: string,
  source: ObjectInfo,
  to: string,
  { conditions, signal }: AbortOptions & { conditions: Record<string, string> },
): Promise<PutResult> {
  const { etag: ifMatch, sizeBytes, contentType, contentEncoding, contentDisposition, contentLanguage, cacheControl, metadata } = source;
  if (!ifMatch) throw new CloudError('the version of the source is not shown', { code: 'NotSupported', operation: 'copy', key: to });
  const about = { contentType, contentEncoding, contentDisposition, contentLanguage, cacheControl, metadata };
  const etags: string[] = [];
  const { done, answer } = await uploadParts(driver, to, {
    signal,
    begin: async () => (await beginUpload(driver, to, { headers: headersFromPut(about, driver.init.dialect), signal })).id,
    parts: planCopy(sizeBytes),
    async send({ start, end }, place) {
      etags[place.number - 1] = await copyPart(driver, to, { from, start, end, ifMatch }, place);
    },
    completion: () => ({ parts: etags.map((etag) => ({ etag })), headers: conditions }),
  });
  const { versionId, generation, metageneration } = infoFromHeaders(to, done.headers);
  return { key: to, sizeBytes, etag: xmlField(answer, 'ETag'), versionId, generation, metageneration };
}
