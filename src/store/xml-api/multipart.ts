/**
 * Large and endless bodies: multipart upload, four parts in flight. Nothing stays behind when it fails.
 *
 * @module
 */
import { CloudError } from '../../errors.ts';
import type { AbortOptions, PutResult } from '../../types.ts';
import { mapParallel } from '../../util/parallel.ts';
import { hashPayload } from '../payload.ts';
import { checkXml, escapeXml, xmlField } from './xml.ts';
import type { XmlDriver } from './driver.ts';

/** Parts in flight; with parts of 16 MiB that is what a put holds in memory at most. */
const partsInFlight = 4;

async function* joined(first: Uint8Array, rest: AsyncIterable<Uint8Array>): AsyncGenerator<[number, Uint8Array]> {
  let number = 1;
  yield [number, first];
  for await (const part of rest) yield [++number, part];
}

/** Upload in parts. On any failure waits for what is in flight, aborts the upload and rejects with the first error. */
export async function putParts(
  driver: XmlDriver,
  key: string,
  content: { first: Uint8Array; rest: AsyncIterable<Uint8Array> },
  options: AbortOptions & { headers: Record<string, string>; conditions: Record<string, string> },
): Promise<PutResult> {
  const { signal } = options;
  const about = { operation: 'put', key, signal };
  const text = async (response: { body: { bytes(): Promise<Uint8Array> } }): Promise<string> =>
    new TextDecoder().decode(await response.body.bytes());
  const created = await driver.send(
    { method: 'POST', headers: options.headers, key, query: { uploads: '' } },
    { ...about, idempotent: true },
  );
  const uploadId = xmlField(checkXml(await text(created), 'InitiateMultipartUploadResult'), 'UploadId');
  if (!uploadId) throw new CloudError('the server gave no upload id', { code: 'InvalidResponse', ...about });
  let sizeBytes = 0;
  const etags: string[] = [];
  const inFlight = new Set<Promise<void>>();
  try {
    const send = async ([number, body]: [number, Uint8Array], _: number, signal: AbortSignal): Promise<void> => {
      const query = { partNumber: String(number), uploadId };
      const response = await driver.send(
        { method: 'PUT', headers: {}, key, query, body, payloadHash: await hashPayload(body) },
        { ...about, signal },
      );
      await response.body.cancel();
      const etag = response.headers.get('etag');
      if (!etag) throw new CloudError('ETag is hidden: the bucket must expose it (cors.expose.etag)', { code: 'NotSupported', ...about });
      etags[number - 1] = etag;
      sizeBytes += body.length;
    };
    // each part is awaited here too: the upload must not be aborted under one that is still on its way
    const tracked: typeof send = (part, index, partSignal) => {
      const sent = send(part, index, partSignal);
      inFlight.add(sent);
      return sent.finally(() => inFlight.delete(sent));
    };
    for await (const _ of mapParallel(joined(content.first, content.rest), partsInFlight, tracked, { signal, ordered: false }));
    const list = etags.map((etag, i) => `<Part><PartNumber>${i + 1}</PartNumber><ETag>${escapeXml(etag)}</ETag></Part>`).join('');
    const body = new TextEncoder().encode(
      `<CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${list}</CompleteMultipartUpload>`,
    );
    const headers = { 'content-type': 'application/xml', ...options.conditions };
    const done = await driver.send(
      { method: 'POST', headers, key, query: { uploadId }, body, payloadHash: await hashPayload(body) },
      { ...about, checkBody: true },
    );
    return { key, sizeBytes, etag: xmlField(checkXml(await text(done), 'CompleteMultipartUploadResult'), 'ETag') };
  } catch (error) {
    await Promise.allSettled(inFlight);
    // the upload must go even when the caller's signal is what ended it
    await driver
      .send({ method: 'DELETE', headers: {}, key, query: { uploadId } }, { operation: 'put', key })
      .then((r) => r.body.cancel())
      .catch(() => {});
    throw error;
  }
}
