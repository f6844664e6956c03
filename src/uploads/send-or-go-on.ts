/**
 * A file of a disk on its way to a bucket, taken up where an earlier call left it.
 *
 * @module
 */
import { environment } from '#platform';
import { isCloudError } from '../errors.ts';
import type { AbortOptions, ObjectStore, PutOptions, PutResult } from '../types.ts';
import { onAbort, throwIfAborted } from '../util/abort.ts';
import { openUploadJournal } from './journal.ts';
import type { SourceRef, UploadJob, UploadJournal, UploadRecord } from './types.ts';
import { startUpload, usualConcurrency, usualPartBytes } from './upload-file.ts';

type FileRef = Extract<SourceRef, { path: string }>;

/** Options of {@link sendOrGoOn}. */
export interface GoOnOptions extends AbortOptions {
  /** @default {@link usualJournal} */
  journal?: UploadJournal | undefined;
  /** Size of a part, in bytes. @default 16 MiB, in pages 8 MiB */
  partBytes?: number | undefined;
  /** Parts in flight, at most 4, in pages 3. */
  concurrency?: number | undefined;
  /** What the object is to have. */
  put: Omit<PutOptions, 'signal' | 'sizeBytes' | 'durable'>;
}

/** Where uploads are kept when nobody says: the same place that the command uses. In pages and workers the journal's own database. */
const usualJournal = (): UploadJournal =>
  openUploadJournal('indexedDB' in globalThis ? {} : { folder: `${environment()['CLOUD_FILES_DIR'] || '~/.cloudfiles'}/uploads` });

/** What is to be stored with the bytes, comparably: a journal keeps it as JSON. */
const wanted = (put: object): string => {
  const plain = JSON.parse(JSON.stringify(put)) as Record<string, unknown>;
  return JSON.stringify(Object.entries(plain).sort(([a], [b]) => (a < b ? -1 : 1)));
};

/** Takes up what the journal knows of this file and key; `undefined` when there is nothing, or nothing that still fits. */
async function takeUp(
  store: ObjectStore,
  key: string,
  file: FileRef,
  { put, concurrency, signal }: GoOnOptions,
  journal: UploadJournal,
): Promise<UploadJob | undefined> {
  const isIt = ({ url, key: at, source }: UploadRecord): boolean =>
    url === store.url && at === key && source.kind === file.kind && source.path === file.path;
  for (const record of (await journal.records.list()).filter(isIt)) {
    const { id } = record;
    try {
      // type and encoding are told when an upload begins
      if (wanted(record.options) === wanted(put)) return await journal.resume(id, undefined, { store, concurrency });
    } catch (error) {
      if (!isCloudError(error, 'PreconditionFailed')) throw error;
    }
    // the file is another by now: its parts are of no use. Where somebody else is at it, this rejects too
    await journal.abort(id, { store, signal });
  }
  return undefined;
}

/** Waits for an upload; when the call is aborted it stops, and stays where it is. */
async function finish(job: UploadJob, signal: AbortSignal | undefined): Promise<PutResult> {
  const unlink = onAbort(signal, () => void job.pause().catch(() => {}));
  try {
    return await job.done;
  } catch (error) {
    throwIfAborted(signal);
    throw error;
  } finally {
    unlink();
  }
}

/**
 * Upload a file of a disk in parts, or go on with the upload of it that the journal knows. An abort keeps what was sent.
 *
 * @param file by its path, for names of files may look like other addresses
 * @param sizeBytes of the file
 * @returns `undefined` for what is no larger than a part: that goes in one request
 * @throws CloudError `PreconditionFailed` somebody else is at this upload
 */
export async function sendOrGoOn(
  store: ObjectStore,
  key: string,
  file: FileRef,
  sizeBytes: number,
  options: GoOnOptions,
): Promise<PutResult | undefined> {
  const { put, journal = usualJournal(), partBytes = usualPartBytes, signal } = options;
  const concurrency = Math.min(options.concurrency ?? usualConcurrency, usualConcurrency);
  if (sizeBytes <= partBytes) return undefined;
  throwIfAborted(signal);
  const job = await takeUp(store, key, file, { ...options, concurrency }, journal);
  if (job) {
    try {
      return await finish(job, signal);
    } catch (error) {
      // the store has thrown the parts away
      if (!isCloudError(error, 'NotFound')) throw error;
      await journal.forget(job.id);
    }
  }
  return finish(startUpload(store, key, file, { ...put, journal, partBytes, concurrency }), signal);
}
