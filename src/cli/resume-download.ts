/**
 * A large file coming to the disk, to be taken up again: its bytes are kept beside its place, in a file that names the version, until all are there.
 *
 * @module
 */
import { isCloudError, type ObjectInfo } from '../index.ts';
import { sha256, toHex } from '../hash.ts';
import { knownOf, likeness, measureFor, type Measure } from './checksums.ts';
import type { Task } from './io.ts';
import { openPart, type Part } from './local.ts';
import type { Step } from './plan.ts';
import { readThrough } from './read-through.ts';
import { usualPartBytes, type LargeOptions } from './resume-upload.ts';
import { isDisk } from './session.ts';
import { pathOf, storedNameOf } from './steps.ts';

/** What tells a version for sure; a weak ETag does not. */
const versionOf = ({ generation, etag }: ObjectInfo): string | undefined => generation ?? (etag?.startsWith('W/') ? undefined : etag);

/** Whether the bytes are what the store says of them: false also where an ETag cannot be told from an MD5. */
async function holds(task: Task, path: string, info: ObjectInfo): Promise<boolean> {
  let measure!: Measure;
  const { root, key } = await task.session.parse(path);
  const { sizeBytes } = await readThrough(task, root, key, () => (measure = measureFor(knownOf(info), info.sizeBytes, {})).sinks);
  return sizeBytes === info.sizeBytes && /^(same|unknown)$/.test(likeness(measure.known(), knownOf(info)));
}

/** Fetches what is missing behind the bytes that are here. */
async function fetchRest({ session, signal }: Task, { entry }: Step, part: Part, info: ObjectInfo, version: string): Promise<void> {
  if (part.sizeBytes >= info.sizeBytes) return;
  const result = await session
    .store(entry.root)
    .get(entry.key, { range: { start: part.sizeBytes, end: info.sizeBytes }, ifMatch: version, signal });
  if (!result) return;
  try {
    for await (const chunk of result.stream()) await part.append(chunk);
  } finally {
    await result[Symbol.asyncDispose]();
  }
}

/**
 * Download a large file so that it can be taken up again.
 *
 * @returns false where that is nothing for this step, or its bytes turned out to be others: then it goes as others do
 */
export async function downloadLarge(task: Task, step: Step, { partBytes = usualPartBytes }: LargeOptions): Promise<boolean> {
  const { session, signal } = task;
  const { entry, root } = step;
  if (!isDisk(root) || isDisk(entry.root) || (entry.info && entry.info.sizeBytes <= partBytes)) return false;
  const info = await session.store(entry.root).head(entry.key, { signal });
  const version = info && versionOf(info);
  if (!info || !version || !(info.sizeBytes > partBytes)) return false;
  const target = pathOf(root, storedNameOf(step, info.contentEncoding));
  const mark = toHex(sha256(new TextEncoder().encode(`${info.sizeBytes} ${version}`))).slice(0, 16);
  const part = await openPart(task, target, mark);
  try {
    if (part.sizeBytes > info.sizeBytes) return await part.discard();
    await fetchRest(task, step, part, info, version);
    if (part.sizeBytes !== info.sizeBytes || !(await holds(task, part.path, info))) return await part.discard();
    await part.commit();
    return true;
  } catch (error) {
    // another version by now, or a server that cannot give a part: what is here is of no use
    if (isCloudError(error) && /^(PreconditionFailed|ObjectChanged|RangeNot\w+)$/.test(error.code)) return await part.discard();
    throw error;
  } finally {
    await part.close();
  }
}
