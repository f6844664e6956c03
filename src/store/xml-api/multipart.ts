/**
 * Large and endless bodies: multipart upload, four parts in flight. Nothing stays behind when it fails.
 *
 * @module
 */
import { CloudError } from '../../errors.ts';
import { combineCrc } from '../../integrity/combine.ts';
import { digestOf, prepareHash } from '../../integrity/hasher.ts';
import { multipartEtag } from '../../integrity/s3-etag.ts';
import type { AbortOptions, HttpResponse, PutResult } from '../../types.ts';
import { toBase64 } from '../../util/base64.ts';
import { mapParallel } from '../../util/parallel.ts';
import { checksumIn, infoFromHeaders } from '../headers.ts';
import { hashPayload } from '../payload.ts';
import { checkAnswer, checksumFor, storedOther, type SentChecksum, type WriteChecksums } from './checksums.ts';
import { headObject } from './get.ts';
import { checkXml, escapeXml, xmlField } from './xml.ts';
import type { XmlDriver } from './driver.ts';

/** Parts in flight; with parts of 16 MiB that is what a put holds in memory at most. */
const partsInFlight = 4;

/** A part that the server has. */
interface SentPart extends SentChecksum {
  etag: string;
  sizeBytes: number;
  /** Its piece of the combined CRC. */
  crc: Uint8Array | undefined;
}

async function* joined(first: Uint8Array, rest: AsyncIterable<Uint8Array>): AsyncGenerator<[number, Uint8Array]> {
  let number = 1;
  yield [number, first];
  for await (const part of rest) yield [++number, part];
}

const textOf = async (response: HttpResponse): Promise<string> => new TextDecoder().decode(await response.body.bytes());

/** Upload in parts. On any failure waits for what is in flight, aborts the upload and rejects with the first error. */
export async function putParts(
  driver: XmlDriver,
  key: string,
  content: { first: Uint8Array; rest: AsyncIterable<Uint8Array> },
  options: AbortOptions & {
    headers: Record<string, string>;
    conditions: Record<string, string>;
    /** @default what the service is sent as a rule */
    checksums?: WriteChecksums | undefined;
  },
): Promise<PutResult> {
  const { signal } = options;
  const { dialect } = driver.init;
  const checksums = options.checksums ?? dialect.checksums;
  const { part: header, combined, announces, completes } = checksums;
  const etagIsMd5 = dialect.etagIsMd5 && !driver.wire.page;
  const about = { operation: 'put', key, signal };
  const type = { 'x-amz-checksum-type': 'FULL_OBJECT' };
  const announced = announces ? { 'x-amz-checksum-algorithm': combined!.toUpperCase(), ...type } : {};
  const created = await driver.send(
    { method: 'POST', headers: { ...options.headers, ...announced }, key, query: { uploads: '' } },
    { ...about, idempotent: true },
  );
  const uploadId = xmlField(checkXml(await textOf(created), 'InitiateMultipartUploadResult'), 'UploadId');
  if (!uploadId) throw new CloudError('the server gave no upload id', { code: 'InvalidResponse', ...about });
  if (combined) await prepareHash(combined);
  const parts: SentPart[] = [];
  const inFlight = new Set<Promise<void>>();
  let crc: Uint8Array | undefined;
  let sizeBytes = 0;
  let done: HttpResponse;
  let answer: string;
  try {
    const send = async ([number, body]: [number, Uint8Array], _: number, signal: AbortSignal): Promise<void> => {
      const query = { partNumber: String(number), uploadId };
      const sent = await checksumFor(header, body);
      const response = await driver.send(
        { method: 'PUT', headers: sent.headers, key, query, body, payloadHash: await hashPayload(body) },
        { ...about, signal },
      );
      await response.body.cancel();
      const etag = response.headers.get('etag');
      if (!etag) throw new CloudError('ETag is hidden: the bucket must expose it (cors.expose.etag)', { code: 'NotSupported', ...about });
      checkAnswer(response.headers, sent, body, etagIsMd5, key);
      const own = combined && (sent.hash === combined ? sent.digest : digestOf(combined, body));
      parts[number - 1] = { ...sent, etag, sizeBytes: body.length, crc: own };
    };
    // each part is awaited here too: the upload must not be aborted under one that is still on its way
    const tracked: typeof send = (part, index, partSignal) => {
      const sent = send(part, index, partSignal);
      inFlight.add(sent);
      return sent.finally(() => inFlight.delete(sent));
    };
    for await (const _ of mapParallel(joined(content.first, content.rest), partsInFlight, tracked, { signal, ordered: false }));
    for (const part of parts) {
      if (combined) crc = crc ? combineCrc(combined, crc, part.crc!, part.sizeBytes) : part.crc;
      sizeBytes += part.sizeBytes;
    }
    const element = announces && combined ? `Checksum${combined.toUpperCase()}` : undefined;
    const list = parts.map(({ etag, digest }, i) => {
      const checksum = element ? `<${element}>${toBase64(digest)}</${element}>` : '';
      return `<Part><PartNumber>${i + 1}</PartNumber><ETag>${escapeXml(etag)}</ETag>${checksum}</Part>`;
    });
    const body = new TextEncoder().encode(
      `<CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${list.join('')}</CompleteMultipartUpload>`,
    );
    const headers = {
      'content-type': 'application/xml',
      ...options.conditions,
      ...(completes && { ...type, [`x-amz-checksum-${combined}`]: toBase64(crc!), 'x-amz-mp-object-size': String(sizeBytes) }),
    };
    done = await driver.send(
      { method: 'POST', headers, key, query: { uploadId }, body, payloadHash: await hashPayload(body) },
      { ...about, checkBody: true },
    );
    answer = checkXml(await textOf(done), 'CompleteMultipartUploadResult');
  } catch (error) {
    await Promise.allSettled(inFlight);
    // the upload must go even when the caller's signal is what ended it
    await driver
      .send({ method: 'DELETE', headers: {}, key, query: { uploadId } }, { operation: 'put', key })
      .then((r) => r.body.cancel())
      .catch(() => {});
    throw error;
  }
  const etag = xmlField(answer, 'ETag');
  const crc32c = combined === 'crc32c' && crc ? toBase64(crc) : undefined;
  const held = await holds(driver, key, { done, answer, crc, sizeBytes, etag, parts, checksums, signal });
  if (!held) {
    await (await import('./take-back.ts')).takeBack(driver, key, done.headers);
    throw storedOther(key);
  }
  const { versionId, generation, metageneration } = infoFromHeaders(key, done.headers);
  return { key, sizeBytes, etag, crc32c, versionId, generation, metageneration };
}

interface Completed extends AbortOptions {
  done: HttpResponse;
  answer: string;
  crc: Uint8Array | undefined;
  sizeBytes: number;
  etag: string | undefined;
  parts: readonly SentPart[];
  checksums: WriteChecksums;
}

/**
 * Whether what was put together is what was sent: by the CRC that was compared with the completion or stands in its answer, else by an ETag of
 * the parts' MD5s, else by what a HEAD of this very version tells. An ETag that is another one proves nothing: not all services make it alike.
 */
async function holds(driver: XmlDriver, key: string, completed: Completed): Promise<boolean> {
  const { done, answer, crc, sizeBytes, etag, parts, checksums, signal } = completed;
  const { combined, completes } = checksums;
  const same = (told: string): boolean => told.replace(/=+$/, '') === toBase64(crc!).replace(/=+$/, '');
  const told = combined && (xmlField(answer, `Checksum${combined.toUpperCase()}`) ?? checksumIn(done.headers, combined));
  if (told && !told.includes('-')) return same(told);
  if (completes) return true;
  if (parts.every(({ hash }) => hash === 'md5') && etag?.replaceAll('"', '') === multipartEtag(parts.map(({ digest }) => digest)))
    return true;
  const info = await headObject(driver, key, { signal }).catch(() => null);
  if (!info || info.etag !== etag) return true; // another writer's by now, or hidden
  return info.sizeBytes === sizeBytes && !(combined === 'crc32c' && info.crc32c && !same(info.crc32c));
}
