/**
 * Large and endless bodies: multipart upload, four parts in flight. Nothing stays behind when it fails.
 *
 * @module
 */
import { combineCrc } from '../../integrity/combine.ts';
import { digestOf, prepareHash } from '../../integrity/hasher.ts';
import { multipartEtag } from '../../integrity/s3-etag.ts';
import type { AbortOptions, PutResult } from '../../types.ts';
import { toBase64 } from '../../util/base64.ts';
import { checksumIn, infoFromHeaders } from '../headers.ts';
import { fullObject, storedOther, type SentChecksum, type WriteChecksums } from './checksums.ts';
import { headObject } from './get.ts';
import { sendPartBody, uploadParts } from './parts-upload.ts';
import { takeBack } from './take-back.ts';
import { beginVerified, type CompletedUpload, type Completion } from './upload-calls.ts';
import { xmlField } from './xml.ts';
import type { XmlDriver } from './driver.ts';

/** A part that the server has. */
export interface SentPart extends Pick<SentChecksum, 'hash' | 'digest'> {
  etag: string;
  sizeBytes: number;
  /** Its piece of the combined CRC. */
  crc: Uint8Array | undefined;
}

async function* joined(first: Uint8Array, rest: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield first;
  yield* rest;
}

/** The piece of the combined CRC that a part makes. */
export const crcOf = (
  { combined }: WriteChecksums,
  sent: Pick<SentChecksum, 'hash' | 'digest'>,
  body: Uint8Array,
): Uint8Array | undefined => combined && (sent.hash === combined ? sent.digest : digestOf(combined, body));

/** What all parts make. */
export interface Sum {
  parts: readonly SentPart[];
  crc: Uint8Array | undefined;
  sizeBytes: number;
  checksums: WriteChecksums;
}

/** Puts parts together. @param parts all of them, in order */
export function sumOf(parts: readonly SentPart[], checksums: WriteChecksums): Sum {
  const { combined } = checksums;
  let crc: Uint8Array | undefined;
  let sizeBytes = 0;
  for (const part of parts) {
    if (combined) crc = crc ? combineCrc(combined, crc, part.crc!, part.sizeBytes) : part.crc;
    sizeBytes += part.sizeBytes;
  }
  return { parts, crc, sizeBytes, checksums };
}

/** What an upload is completed by. */
export function completionOf({ parts, crc, sizeBytes, checksums }: Sum, conditions: Record<string, string>): Completion {
  const { combined, announces, completes } = checksums;
  const element = announces && combined ? `Checksum${combined.toUpperCase()}` : undefined;
  return {
    parts: parts.map(({ etag, digest }) => ({ etag, ...(element && { checksum: `<${element}>${toBase64(digest)}</${element}>` }) })),
    headers: {
      ...conditions,
      ...(completes && { ...fullObject, [`x-amz-checksum-${combined}`]: toBase64(crc!), 'x-amz-mp-object-size': String(sizeBytes) }),
    },
  };
}

/**
 * Holds the store to what was sent, after the upload was completed.
 *
 * @throws CloudError `IntegrityError`
 */
export async function resultOfUpload(
  driver: XmlDriver,
  key: string,
  { done, answer }: CompletedUpload,
  sum: Sum,
  { signal }: AbortOptions,
): Promise<PutResult> {
  const { crc, sizeBytes } = sum;
  const etag = xmlField(answer, 'ETag');
  if (!(await holds(driver, key, { done, answer, etag, ...sum, signal }))) {
    await takeBack(driver, key, done.headers);
    throw storedOther(key);
  }
  const crc32c = sum.checksums.combined === 'crc32c' && crc ? toBase64(crc) : undefined;
  const { versionId, generation, metageneration } = infoFromHeaders(key, done.headers);
  return { key, sizeBytes, etag, crc32c, versionId, generation, metageneration };
}

/** Upload in parts. On any failure waits for what is in flight, aborts the upload and rejects with the first error. */
export async function putParts(
  driver: XmlDriver,
  key: string,
  content: { first: Uint8Array; rest: AsyncIterable<Uint8Array>; giveBack?: ((part: Uint8Array) => void) | undefined },
  options: AbortOptions & {
    headers: Record<string, string>;
    conditions: Record<string, string>;
    /** @default what the service is sent as a rule */
    checksums?: WriteChecksums | undefined;
    /** See `PartsUpload`. */
    replaces?: boolean | undefined;
  },
): Promise<PutResult> {
  const { signal, replaces } = options;
  let checksums = options.checksums ?? driver.init.dialect.checksums;
  const parts: SentPart[] = [];
  let sum: Sum | undefined;
  const completed = await uploadParts(driver, key, {
    signal,
    replaces,
    async begin() {
      const begun = await beginVerified(driver, key, { headers: options.headers, checksums, signal });
      ({ checksums } = begun);
      if (checksums.combined) await prepareHash(checksums.combined);
      return begun.id;
    },
    parts: joined(content.first, content.rest),
    async send(body, place) {
      const { etag, hash, digest } = await sendPartBody(driver, key, body, { ...place, checksum: checksums.part });
      parts[place.number - 1] = { etag, hash, digest, sizeBytes: body.length, crc: crcOf(checksums, { hash, digest }, body) };
      content.giveBack?.(body);
    },
    completion: () => completionOf((sum = sumOf(parts, checksums)), options.conditions),
  });
  return resultOfUpload(driver, key, completed, sum!, { signal });
}

interface Completed extends AbortOptions, CompletedUpload, Sum {
  etag: string | undefined;
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
