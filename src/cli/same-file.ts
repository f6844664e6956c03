/**
 * Moves that would cost what they move: a file that is its own destination is written and then taken away, and one that is put where another source
 * stands replaces it.
 *
 * @module
 */
import { stat } from 'node:fs/promises';
import { formatUrl, type EncodingOption } from '../index.ts';
import type { Task } from './io.ts';
import type { Step } from './plan.ts';
import { isDisk, isWeb } from './session.ts';
import { pathOf, storedName } from './steps.ts';

/** One text for one object of a bucket, whatever name its service goes by. */
async function addressOf({ session }: Task, root: string, key: string): Promise<string> {
  const { location } = await session.parse(root);
  return formatUrl({ ...location, alias: null, format: 'precomputed', path: key });
}

/** Where a step's source stands. */
const sourceOf = (task: Task, { entry: { root, key } }: Step): Promise<string> | string =>
  isDisk(root) ? pathOf(root, key) : addressOf(task, root, key);

/** Where its bytes will stand. */
async function targetOf(task: Task, step: Step, encoding: EncodingOption | undefined): Promise<string> {
  const { root, name } = step;
  if (isDisk(root)) return pathOf(root, await storedName(task, step, encoding));
  return addressOf(task, root, task.session.suffixed(root) ? await storedName(task, step, encoding) : name);
}

/** Whether both ends are of one kind: else they have nothing in common, and the store need not be asked what a name will be. */
const isNear = ({ entry, root }: Step): boolean => !isWeb(entry.root) && isDisk(entry.root) === isDisk(root);

/**
 * Whether a step's destination is its source: on disks the same file, by whatever path; in buckets the same object, also where two names of one
 * service are used.
 */
export async function isItself(task: Task, step: Step, encoding: EncodingOption | undefined): Promise<boolean> {
  if (!isNear(step)) return false;
  const [from, to] = [await sourceOf(task, step), await targetOf(task, step, encoding)];
  if (from === to) return true;
  if (isDisk(step.root)) {
    const look = (path: string): Promise<{ dev: bigint; ino: bigint } | undefined> => stat(path, { bigint: true }).catch(() => undefined);
    const [one, other] = [await look(from), await look(to)];
    return one !== undefined && one.dev === other?.dev && one.ino === other.ino;
  }
  if (step.entry.key !== step.name) return false;
  const { session, signal } = task;
  const bucketOf = async (root: string): Promise<string | null> => (await session.parse(root)).location.bucket;
  if ((await bucketOf(step.entry.root)) !== (await bucketOf(step.root))) return false;
  const head = (root: string): Promise<{ etag?: string | undefined; lastModified?: Date | undefined } | null> =>
    session.store(root).head(step.name, { signal });
  const [one, other] = [await head(step.entry.root), await head(step.root)];
  return one !== null && one.etag === other?.etag && one.lastModified?.getTime() === other?.lastModified?.getTime();
}

/** The steps that would be put where another step's source stands. */
export async function replacingSources(
  task: Task,
  steps: readonly Step[],
  encoding: EncodingOption | undefined,
): Promise<ReadonlySet<Step>> {
  const standing = new Map<Step, string>();
  for (const step of steps) if (isNear(step)) standing.set(step, await sourceOf(task, step));
  const sources = new Set(standing.values());
  const found = new Set<Step>();
  for (const [step, from] of standing) {
    const to = await targetOf(task, step, encoding);
    if (to !== from && sources.has(to)) found.add(step);
  }
  return found;
}
