/**
 * Whether a file is another than the one that stands in its place.
 *
 * @module
 */
import { knownOf, likeness } from './checksums.ts';
import { compareFiles } from './compare.ts';
import { ItemError, type Task } from './io.ts';
import type { Entry } from './session.ts';
import type { ObjectInfo } from '../index.ts';

async function infoOf({ session, signal }: Task, { root, key, name, info }: Entry): Promise<ObjectInfo> {
  const known = info && Number.isFinite(info.sizeBytes) ? info : await session.store(root).head(key, { signal });
  if (!known) throw new ItemError(`${session.show(root, name)} does not exist any more`);
  return known;
}

/**
 * Compare by size; then by the checksums that both listings tell; where they tell none in common, by time: what was changed after its copy was
 * made is another. Clocks that differ by less than the whole seconds of a store decide nothing: then the bytes do.
 *
 * @param deep always by the bytes or their checksums, never by time
 */
export async function isChanged(task: Task, source: Entry, target: Entry, deep: boolean): Promise<boolean> {
  const byBytes = async (): Promise<boolean> => (await compareFiles(task, source, target, { deep: true })).likeness !== 'same';
  if (deep) return byBytes();
  const [one, other] = [await infoOf(task, source), await infoOf(task, target)];
  const found = likeness(knownOf(one), knownOf(other));
  if (found !== 'unknown') return found !== 'same';
  const [changed, made] = [one.lastModified?.getTime(), other.lastModified?.getTime()];
  if (changed === undefined || made === undefined) return true;
  return changed > made && (changed - made >= 1000 || made % 1000 !== 0 || (await byBytes()));
}
