/**
 * The requests of an upload in parts, and what is done about those whose answer nobody waited for.
 *
 * Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateMultipartUpload.html and those of its sisters;
 * https://cloud.google.com/storage/docs/multipart-uploads
 *
 * @module
 */
import { CloudError } from '../../errors.ts';
import type { AbortOptions, HttpResponse } from '../../types.ts';
import { answered } from '../answered.ts';
import { hashPayload } from '../payload.ts';
import { announcementOf, isRefusal, type WriteChecksums } from './checksums.ts';
import type { XmlDriver } from './driver.ts';
import { headObject } from './get.ts';
import { takeBack } from './take-back.ts';
import { checkXml, escapeXml, xmlField } from './xml.ts';

/** What an upload is completed by: of each part its ETag and whatever else is said of it, and headers. */
export interface Completion {
  readonly parts: readonly { etag: string; checksum?: string }[];
  readonly headers: Record<string, string>;
}

/** The answer's body. */
export const textOf = async (response: HttpResponse): Promise<string> => new TextDecoder().decode(await response.body.bytes());

/** An upload that was begun. */
export interface BegunUpload {
  readonly id: string;
  /** The checksum that its parts are to have, by the name that the answer gives it. */
  readonly algorithm: string | null | undefined;
}

/** Begins an upload. */
export async function beginUpload(
  driver: XmlDriver,
  key: string,
  { headers, signal }: AbortOptions & { headers: Record<string, string> },
): Promise<BegunUpload> {
  const about = { operation: 'put', key };
  return answered(
    async (own) => {
      const request = { method: 'POST', headers, key, query: { uploads: '' } } as const;
      const created = await driver.send(request, { ...about, signal: own, idempotent: true });
      const id = xmlField(checkXml(await textOf(created), 'InitiateMultipartUploadResult'), 'UploadId');
      if (!id) throw new CloudError('the server gave no upload id', { code: 'InvalidResponse', ...about });
      return { id, algorithm: created.headers.get('x-amz-checksum-algorithm') };
    },
    ({ id }) => removeUpload(driver, key, id).catch(() => {}),
    signal,
  );
}

/**
 * Begins an upload whose parts are verified. A service that has shown a CRC is told that they come with it, as long as it takes that; whether it
 * understood, its answer tells.
 *
 * @returns its id, and what its parts and its end go out with
 */
export async function beginVerified(
  driver: XmlDriver,
  key: string,
  { headers, checksums, signal }: AbortOptions & { headers: Record<string, string>; checksums: WriteChecksums },
): Promise<{ id: string; checksums: WriteChecksums }> {
  const begin = (by: WriteChecksums): Promise<BegunUpload> =>
    beginUpload(driver, key, { headers: { ...headers, ...announcementOf(by) }, signal });
  const { shown } = driver.service;
  const instead = shown && checksums.shown?.[shown];
  if (instead) {
    try {
      const { id, algorithm } = await begin(instead);
      return { id, checksums: isBegunWith(instead, algorithm) ? instead : checksums };
    } catch (error) {
      if (!isRefusal(error)) throw error;
      driver.service.shown = undefined;
    }
  }
  return { id: (await begin(checksums)).id, checksums };
}

/** Whether the name that a service gives is that of the CRC of the whole. */
export const isBegunWith = ({ combined }: WriteChecksums, algorithm: string | null | undefined): boolean =>
  combined !== undefined && algorithm?.toLowerCase() === combined;

/** Ends an upload that is not to be completed; one that is not there is no error. */
export async function removeUpload(driver: XmlDriver, key: string, uploadId: string, { signal }: AbortOptions = {}): Promise<void> {
  const response = await driver.send(
    { method: 'DELETE', headers: {}, key, query: { uploadId } },
    { operation: 'put', key, signal, accept: (status) => (status >= 200 && status < 300) || status === 404 },
  );
  await response.body.cancel();
}

/** What the answer to a completed upload says. */
export interface CompletedUpload {
  readonly done: HttpResponse;
  readonly answer: string;
}

/** Completes an upload. An abort on the way ends the upload, or takes away what it has become unless that replaced another version. */
export async function completeUpload(
  driver: XmlDriver,
  key: string,
  uploadId: string,
  { completion, replaces, signal }: AbortOptions & { completion: Completion; replaces: boolean },
): Promise<CompletedUpload> {
  const list = completion.parts.map(
    ({ etag, checksum = '' }, i) => `<Part><PartNumber>${i + 1}</PartNumber><ETag>${escapeXml(etag)}</ETag>${checksum}</Part>`,
  );
  const body = new TextEncoder().encode(
    `<CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${list.join('')}</CompleteMultipartUpload>`,
  );
  const headers = { 'content-type': 'application/xml', ...completion.headers };
  const payloadHash = await hashPayload(body);
  return answered(
    async (own) => {
      const done = await driver.send(
        { method: 'POST', headers, key, query: { uploadId }, body, payloadHash },
        { operation: 'put', key, signal: own, checkBody: true },
      );
      return { done, answer: checkXml(await textOf(done), 'CompleteMultipartUploadResult') };
    },
    async ({ done, answer }) => {
      if (!replaces) await takeAway(driver, key, done, xmlField(answer, 'ETag')).catch(() => {});
    },
    signal,
  );
}

/** Removes what an upload became: that version where the bucket keeps several, else what is there as long as it has this ETag. */
async function takeAway(driver: XmlDriver, key: string, done: HttpResponse, etag: string | undefined): Promise<void> {
  if (await takeBack(driver, key, done.headers)) return;
  if (!etag || (await headObject(driver, key))?.etag !== etag) return;
  const request = { method: 'DELETE', headers: driver.init.dialect.ifMatch(etag), key } as const;
  await (await driver.send(request, { operation: 'put', key })).body.cancel();
}
