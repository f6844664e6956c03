/**
 * An upload in parts, whatever the parts are made of: begun, sent four at a time, completed, or taken back.
 *
 * @module
 */
import { CloudError } from '../../errors.ts';
import type { AbortOptions, HttpResponse } from '../../types.ts';
import { mapParallel } from '../../util/parallel.ts';
import { hashPayload } from '../payload.ts';
import { checkAnswer, checksumFor, type SentChecksum, type WriteChecksums } from './checksums.ts';
import type { XmlDriver } from './driver.ts';
import { checkXml, escapeXml, xmlField } from './xml.ts';

/** Parts in flight; with parts of 16 MiB that is what a put holds in memory at most. */
const PARTS_IN_FLIGHT = 4;

/** Where one part goes. */
export interface PartPlace extends AbortOptions {
  /** From 1 on. */
  readonly number: number;
  readonly query: Record<string, string>;
}

/** What is uploaded. */
export interface PartsUpload<Part> extends AbortOptions {
  /** The upload is begun with these. */
  readonly headers: Record<string, string>;
  readonly parts: Iterable<Part> | AsyncIterable<Part>;
  send(part: Part, place: PartPlace): Promise<void>;
  /** What it is completed by, when all were sent: of each part its ETag and whatever else is said of it, and headers. */
  completion(): { readonly parts: readonly { etag: string; checksum?: string }[]; readonly headers: Record<string, string> };
}

/** The answer's body. */
export const textOf = async (response: HttpResponse): Promise<string> => new TextDecoder().decode(await response.body.bytes());

/** Sends the bytes of one part, and holds the answer to them. */
export async function sendPartBody(
  driver: XmlDriver,
  key: string,
  body: Uint8Array,
  { query, signal, checksum }: PartPlace & { checksum: WriteChecksums['part'] },
): Promise<SentChecksum & { etag: string }> {
  const about = { operation: 'put', key, signal };
  const sent = await checksumFor(checksum, body);
  const response = await driver.send(
    { method: 'PUT', headers: sent.headers, key, query, body, payloadHash: await hashPayload(body) },
    about,
  );
  await response.body.cancel();
  const etag = response.headers.get('etag');
  if (!etag) throw new CloudError('ETag is hidden: the bucket must expose it (cors.expose.etag)', { code: 'NotSupported', ...about });
  checkAnswer(response.headers, sent, body, driver.init.dialect.etagIsMd5 && !driver.wire.page, key);
  return { ...sent, etag };
}

/**
 * Upload in parts. On any failure waits for what is in flight, aborts the upload and rejects with the first error.
 *
 * @returns the response that completed it, and what it says
 */
export async function uploadParts<Part>(
  driver: XmlDriver,
  key: string,
  { headers, parts, send, completion, signal }: PartsUpload<Part>,
): Promise<{ done: HttpResponse; answer: string }> {
  const about = { operation: 'put', key, signal };
  const created = await driver.send({ method: 'POST', headers, key, query: { uploads: '' } }, { ...about, idempotent: true });
  const uploadId = xmlField(checkXml(await textOf(created), 'InitiateMultipartUploadResult'), 'UploadId');
  if (!uploadId) throw new CloudError('the server gave no upload id', { code: 'InvalidResponse', ...about });
  const inFlight = new Set<Promise<void>>();
  try {
    // each part is awaited here too: the upload must not be aborted under one that is still on its way
    const tracked = (part: Part, index: number, partSignal: AbortSignal): Promise<void> => {
      const number = index + 1;
      const sent = send(part, { number, query: { partNumber: String(number), uploadId }, signal: partSignal });
      inFlight.add(sent);
      return sent.finally(() => inFlight.delete(sent));
    };
    for await (const _ of mapParallel(parts, PARTS_IN_FLIGHT, tracked, { signal, ordered: false }));
    const complete = completion();
    const list = complete.parts.map(
      ({ etag, checksum = '' }, i) => `<Part><PartNumber>${i + 1}</PartNumber><ETag>${escapeXml(etag)}</ETag>${checksum}</Part>`,
    );
    const body = new TextEncoder().encode(
      `<CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${list.join('')}</CompleteMultipartUpload>`,
    );
    const done = await driver.send(
      {
        method: 'POST',
        headers: { 'content-type': 'application/xml', ...complete.headers },
        key,
        query: { uploadId },
        body,
        payloadHash: await hashPayload(body),
      },
      { ...about, checkBody: true },
    );
    return { done, answer: checkXml(await textOf(done), 'CompleteMultipartUploadResult') };
  } catch (error) {
    await Promise.allSettled(inFlight);
    // the upload must go even when the caller's signal is what ended it
    await driver
      .send({ method: 'DELETE', headers: {}, key, query: { uploadId } }, { operation: 'put', key })
      .then((response) => response.body.cancel())
      .catch(() => {});
    throw error;
  }
}
