/**
 * A large file of the disk going to a bucket, in parts, perhaps to be taken up again.
 *
 * @module
 */
import { isCloudError, openUploadJournal, uploadFile, type UploadJob, type UploadJournal, type UploadSource } from '../index.ts';
import type { Task } from './io.ts';
import type { Step } from './plan.ts';
import { isDisk } from './session.ts';
import { endingOf, pathOf, SUFFIXES } from './steps.ts';

/** How large files go. */
export interface LargeOptions {
  /** Size of the parts, in bytes; what is no larger goes as small files do. @default 16 MiB */
  partBytes?: number | undefined;
  /** Go on where an earlier run ended, and leave what the next one can go on with. @default false */
  resumable?: boolean | undefined;
}

/** What goes in one request. */
export const usualPartBytes = 0x100_0000;

/** The Content-Encoding that a name on the disk stands for; that of bzip2 is another on S3. */
function encodingOf(step: Step): string | undefined {
  const ending = endingOf(step.entry);
  const found = Object.keys(SUFFIXES).find((encoding) => SUFFIXES[encoding] === ending);
  return found === 'bz2' && !step.root.startsWith('gs:') ? 'bzip2' : found;
}

/** Takes up what the journal knows of this file and place; `undefined` when there is nothing, or nothing that still fits. */
async function takeUp({ session, signal }: Task, journal: UploadJournal, step: Step, path: string): Promise<UploadJob | undefined> {
  const store = session.store(step.root);
  for (const { id, url, key, source } of await journal.list()) {
    if (url !== store.url || key !== step.name || source.kind !== 'file' || source.path !== path) continue;
    try {
      return await journal.resume(id, undefined, { store });
    } catch (error) {
      // the file is another by now: its parts are of no use. Where somebody else is at it, this rejects too
      if (isCloudError(error, 'PreconditionFailed')) await journal.abort(id, { store, signal });
      else throw error;
    }
  }
  return undefined;
}

/** Waits for an upload; when the run is ended it stops, and stays where it is. */
async function finish(job: UploadJob, signal: AbortSignal): Promise<void> {
  const pause = (): void => void job.pause().catch(() => {});
  signal.addEventListener('abort', pause, { once: true });
  try {
    if (signal.aborted) pause();
    await job.done;
  } catch (error) {
    throw signal.aborted ? signal.reason : error;
  } finally {
    signal.removeEventListener('abort', pause);
  }
}

/**
 * Upload a large file in parts of a wished size, or so that it can be taken up again.
 *
 * @returns false where that is nothing for this step: then it goes as others do
 */
export async function uploadLarge(task: Task, step: Step, contentType: string | undefined, options: LargeOptions): Promise<boolean> {
  const { session, signal, io } = task;
  const { entry, root, name } = step;
  const { partBytes, resumable = false } = options;
  const store = session.store(root);
  const large = (entry.info?.sizeBytes ?? 0) > (partBytes ?? usualPartBytes);
  if (!large || !isDisk(entry.root) || !store.multipart || (partBytes === undefined && !resumable)) return false;
  const source: UploadSource = pathOf(entry.root, entry.key);
  const put = { partBytes, contentType: contentType ?? 'application/octet-stream', contentEncoding: encodingOf(step) };
  if (!resumable) {
    await uploadFile(store, name, source, { ...put, signal }).done;
    return true;
  }
  const journal = openUploadJournal({ folder: `${io.env['CLOUD_FILES_DIR'] || '~/.cloudfiles'}/uploads` });
  const job = await takeUp(task, journal, step, source);
  if (job) {
    try {
      await finish(job, signal);
      return true;
    } catch (error) {
      // the store has thrown the parts away
      if (!isCloudError(error, 'NotFound')) throw error;
      await journal.forget(job.id);
    }
  }
  await finish(uploadFile(store, name, source, { ...put, journal }), signal);
  return true;
}
