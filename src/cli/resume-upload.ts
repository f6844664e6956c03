/**
 * A large file of the disk going to a bucket, in parts of a wished size.
 *
 * @module
 */
import { openUploadJournal, uploadFile, type UploadJournal } from '../index.ts';
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

/** Where uploads are kept that are to be taken up again: the place that the library has for them, by the variables of this run. */
export const journalOf = ({ io }: Task): UploadJournal =>
  openUploadJournal({ folder: `${io.env['CLOUD_FILES_DIR'] || '~/.cloudfiles'}/uploads` });

/**
 * Upload a large file in parts of a wished size.
 *
 * @returns false where that is nothing for this step: then it goes as others do
 */
export async function uploadLarge(task: Task, step: Step, contentType: string | undefined, partBytes: number): Promise<boolean> {
  const { session, signal } = task;
  const { entry, root, name } = step;
  const store = session.store(root);
  if (!isDisk(entry.root) || !store.multipart || (entry.info?.sizeBytes ?? 0) <= partBytes) return false;
  const put = { partBytes, contentType: contentType ?? 'application/octet-stream', contentEncoding: encodingOf(step) };
  await uploadFile(store, name, pathOf(entry.root, entry.key), { ...put, signal }).done;
  return true;
}
