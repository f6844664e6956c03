/**
 * Uploading a file of any size, and going on with it after a restart.
 *
 * @module
 */
import { sendsLikeAPage } from '#platform';
import { minPartBytes, planParts } from '../store/part-plan.ts';
import type { ObjectStore } from '../types.ts';
import { checkKey } from '../url/key.ts';
import { randomName } from '../util/random-name.ts';
import { startJob } from './job.ts';
import type { SourceRef, UploadFileOptions, UploadJob, UploadSource } from './types.ts';

const MiB = 0x10_0000;

const grain = 0x4_0000;

/** What a part has where nobody says, in bytes: in a page progress is told by the part, and uplinks are slow. */
export const usualPartBytes: number = (sendsLikeAPage ? 8 : 16) * MiB;
/** Parts in flight where nobody says. */
export const usualConcurrency: number = sendsLikeAPage ? 3 : 4;

/**
 * Upload a file or Blob of any size: in parts, several at a time, each with a checksum and tried again by itself, and the whole held to the checksum of all.
 * Nothing is seen under its key before all of it is there. What is no larger than a part goes in one request.
 *
 * With a `journal` an upload that fails, is paused, or whose page or process ends is taken up again by `journal.resume`; the parts that were on their way
 * are then sent once more. Without one what fails leaves nothing at the store. An abort, by the signal too, never leaves anything; it waits up to
 * five seconds for the answers of what was on its way.
 *
 * @param source a Blob or File, a path of this disk, or the handle of a file that the user chose
 * @returns at once; what goes wrong is told by `done`
 * @throws CloudError `InvalidArgument` the key, or parts of less than 5 MiB
 * @example
 * const journal = openUploadJournal();
 * const job = uploadFile(store, 'videos/a.mp4', file, { journal, contentType: file.type });
 * for await (const { sentBytes, totalBytes } of job.progress) bar.value = sentBytes / totalBytes;
 * const { etag } = await job.done;
 */
export function uploadFile(store: ObjectStore, key: string, source: UploadSource, options: UploadFileOptions = {}): UploadJob {
  return startUpload(store, key, source, options);
}

/** The same of a source that may also be named as journals name it. */
export function startUpload(store: ObjectStore, key: string, source: UploadSource | SourceRef, options: UploadFileOptions): UploadJob {
  const { journal, partBytes = usualPartBytes, concurrency = usualConcurrency, signal, ...put } = options;
  checkKey(key, { http: true });
  planParts(0, { partBytes, minBytes: minPartBytes });
  const contentType = put.contentType ?? (source instanceof Blob && source.type ? source.type : undefined);
  return startJob({
    id: randomName(),
    store,
    key,
    options: contentType ? { ...put, contentType } : put,
    // what GCS takes one after another is cut there
    partBytes: Math.ceil(partBytes / grain) * grain,
    concurrency,
    records: journal?.records,
    signal,
    source: async (own) => (await import('./source.ts')).openSource(source, { signal: own }),
  });
}
