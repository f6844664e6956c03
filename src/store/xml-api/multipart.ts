/**
 * Large and endless bodies: multipart upload, four parts in flight. Nothing stays behind when it fails.
 *
 * @module
 */
import { combineCrc } from '../../integrity/combine.ts';
import { digestOf, prepareHash } from '../../integrity/hasher.ts';
import { multipartEtag } from '../../integrity/s3-etag.ts';
import type { AbortOptions, HttpResponse, PutResult } from '../../types.ts';
import { toBase64 } from '../../util/base64.ts';
import { checksumIn, infoFromHeaders } from '../headers.ts';
import { storedOther, type SentChecksum, type WriteChecksums } from './checksums.ts';
import { headObject } from './get.ts';
import { sendPartBody, uploadParts } from './parts-upload.ts';
import { xmlField } from './xml.ts';
import type { XmlDriver } from './driver.ts';

/** A part that the server has. */
interface SentPart extends SentChecksum {
  etag: string;
  sizeBytes: number;
  /** Its piece of the combined CRC. */
  crc: Uint8Array | undefined;
}

async function* joined(first: Uint8Array, rest: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield first;
  yield* rest;
}

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
  const type = { 'x-amz-checksum-type': 'FULL_OBJECT' };
  const announced = announces ? { 'x-amz-checksum-algorithm': combined!.toUpperCase(), ...type } : {};
  if (combined) await prepareHash(combined);
  const parts: SentPart[] = [];
  let crc: Uint8Array | undefined;
  let sizeBytes = 0;
  const { done, answer } = await uploadParts(driver, key, {
    signal,
    headers: { ...options.headers, ...announced },
    parts: joined(content.first, content.rest),
    async send(body, place) {
      const sent = await sendPartBody(driver, key, body, { ...place, checksum: header });
      const own = combined && (sent.hash === combined ? sent.digest : digestOf(combined, body));
      parts[place.number - 1] = { ...sent, sizeBytes: body.length, crc: own };
    },
    completion() {
      for (const part of parts) {
        if (combined) crc = crc ? combineCrc(combined, crc, part.crc!, part.sizeBytes) : part.crc;
        sizeBytes += part.sizeBytes;
      }
      const element = announces && combined ? `Checksum${combined.toUpperCase()}` : undefined;
      return {
        parts: parts.map(({ etag, digest }) => ({ etag, ...(element && { checksum: `<${element}>${toBase64(digest)}</${element}>` }) })),
        headers: {
          ...options.conditions,
          ...(completes && { ...type, [`x-amz-checksum-${combined}`]: toBase64(crc!), 'x-amz-mp-object-size': String(sizeBytes) }),
        },
      };
    },
  });
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
