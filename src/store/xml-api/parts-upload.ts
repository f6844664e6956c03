/**
 * An upload in parts, whatever the parts are made of: begun, sent four at a time, completed, or taken back.
 *
 * @module
 */
import { CloudError } from '../../errors.ts';
import type { AbortOptions } from '../../types.ts';
import { mapParallel } from '../../util/parallel.ts';
import { maxParts } from '../part-plan.ts';
import { checkAnswer, checksumFor, type SentChecksum, type WriteChecksums } from './checksums.ts';
import type { XmlDriver } from './driver.ts';
import { completeUpload, removeUpload, type CompletedUpload, type Completion } from './upload-calls.ts';

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
  /** Begins it; gives its id. */
  begin(): Promise<string>;
  readonly parts: Iterable<Part> | AsyncIterable<Part>;
  send(part: Part, place: PartPlace): Promise<void>;
  /** What it is completed by, when all were sent. */
  completion(): Completion;
  /** Only a certain version is replaced: then what is there stays when an abort comes too late. @default false */
  replaces?: boolean | undefined;
}

/** Sends the bytes of one part, and holds the answer to them. @returns its ETag too; `undefined` where a page may not see it */
export async function sendPartBytes(
  driver: XmlDriver,
  key: string,
  body: Uint8Array,
  { query, signal, checksum, blob }: PartPlace & { checksum: WriteChecksums['part']; blob?: Blob | undefined },
): Promise<SentChecksum & { etag: string | undefined }> {
  const about = { operation: 'put', key, signal };
  const sent = await checksumFor(checksum, body);
  const response = await driver.send(
    { method: 'PUT', headers: sent.headers, key, query, body: blob ?? body, payloadHash: await driver.payloadHash(body) },
    about,
  );
  await response.body.cancel();
  const etag = response.headers.get('etag') ?? undefined;
  checkAnswer(response.headers, sent, body, driver.init.dialect.etagIsMd5 && !driver.wire.page, key);
  return { ...sent, etag };
}

/** The same, and its ETag has to be seen. @throws CloudError `NotSupported` */
export async function sendPartBody(
  driver: XmlDriver,
  key: string,
  body: Uint8Array,
  place: PartPlace & { checksum: WriteChecksums['part'] },
): Promise<SentChecksum & { etag: string }> {
  const { etag, ...sent } = await sendPartBytes(driver, key, body, place);
  if (etag) return { ...sent, etag };
  throw new CloudError('ETag is hidden: the bucket must expose it (cors.expose.etag)', {
    code: 'NotSupported',
    operation: 'put',
    key,
  });
}

/**
 * Upload in parts. On any failure waits for what is in flight, aborts the upload and rejects with the first error.
 *
 * @returns the response that completed it, and what it says
 */
export async function uploadParts<Part>(
  driver: XmlDriver,
  key: string,
  { begin, parts, send, completion, replaces = false, signal }: PartsUpload<Part>,
): Promise<CompletedUpload> {
  const uploadId = await begin();
  const inFlight = new Set<Promise<void>>();
  try {
    // each part is awaited here too: the upload must not be aborted under one that is still on its way
    const tracked = (part: Part, index: number, partSignal: AbortSignal): Promise<void> => {
      const number = index + 1;
      if (number > maxParts) throw new CloudError('more than 10,000 parts', { code: 'InvalidArgument', operation: 'put', key });
      const sent = send(part, { number, query: { partNumber: String(number), uploadId }, signal: partSignal });
      inFlight.add(sent);
      return sent.finally(() => inFlight.delete(sent));
    };
    for await (const _ of mapParallel(parts, PARTS_IN_FLIGHT, tracked, { signal, ordered: false }));
    return await completeUpload(driver, key, uploadId, { completion: completion(), replaces, signal });
  } catch (error) {
    await Promise.allSettled(inFlight);
    // the upload must go even when the caller's signal is what ended it
    await removeUpload(driver, key, uploadId).catch(() => {});
    throw error;
  }
}
