/**
 * Looking through the files of the disk container: what they take, which go, and what the dead left. There is no index and no lock: names say
 * how large values are, and a file that is gone already was removed by another process.
 *
 * @module
 */
import type { CacheFiles } from '../../platform/types.ts';
import { delay, throwIfAborted } from '../../util/abort.ts';
import { attempt, isFilled, isGone } from './disk-errors.ts';
import type { CacheKey, CacheRange, NamespaceRange } from './container.ts';
import { FORMAT_FOLDER, objectInName, placeOfObject, pointerInName, roomFor, sizeInName, TEMP_FOLDER } from './disk-format.ts';
import { ageOf, isNamespace } from './key.ts';

const HOUR_MS = 3_600_000;
const OLD_FORMAT_MS = 30 * 24 * HOUR_MS;
/** How long the thread is held up at a time. */
const SLICE_MS = 8;

/** A file that holds a value. */
interface ValueFile {
  readonly path: string;
  /** What it takes on the disk. */
  readonly bytes: number;
}

/** Names in a folder; none when it is not there. */
function namesIn(files: CacheFiles, folder: string): string[] {
  try {
    return files.listSync(folder);
  } catch (error) {
    if (isGone(error)) return [];
    throw error;
  }
}

/** Gives the thread away now and then. */
function createBreath(signal?: AbortSignal): () => Promise<void> | undefined {
  let since = performance.now();
  return () => {
    if (performance.now() - since < SLICE_MS) return undefined;
    return delay(0, signal).then(() => void (since = performance.now()));
  };
}

const remove = (files: CacheFiles, path: string): boolean =>
  attempt(() => {
    files.removeSync(path);
    return true;
  }, false);

/** How names of pointers end: they have no bytes. */
const POINTER_END = '.o.0';

/** Namespaces of a range, those that are not there too. */
function namespacesIn(files: CacheFiles, range?: NamespaceRange): string[] {
  if (range && isNamespace(range.namespace)) return [range.namespace];
  return namesIn(files, FORMAT_FOLDER).filter((name) => isNamespace(name) && (!range || name.startsWith(range.namespace)));
}

/** Every file with a value, of all namespaces or of a range. */
export async function valueFiles(files: CacheFiles, range?: NamespaceRange, signal?: AbortSignal): Promise<ValueFile[]> {
  throwIfAborted(signal);
  const breathe = createBreath(signal);
  const found: ValueFile[] = [];
  for (const ns of namespacesIn(files, range))
    for (const folder of namesIn(files, `${FORMAT_FOLDER}/${ns}`)) {
      for (const name of namesIn(files, `${FORMAT_FOLDER}/${ns}/${folder}`)) {
        const sizeBytes = sizeInName(name);
        if (sizeBytes !== undefined) found.push({ path: `${FORMAT_FOLDER}/${ns}/${folder}/${name}`, bytes: roomFor(sizeBytes) });
      }
      await breathe();
    }
  return found;
}

/** What they take together. */
export const roomOf = (found: readonly ValueFile[]): number => found.reduce((sum, { bytes }) => sum + bytes, 0);

/** Removes those that were used longest ago until this much is left. */
export async function removeOldest(
  files: CacheFiles,
  found: readonly ValueFile[],
  targetBytes: number,
): Promise<{ removed: number; bytes: number }> {
  const before = roomOf(found);
  if (before <= targetBytes) return { removed: 0, bytes: 0 };
  const breathe = createBreath();
  const byAge: (ValueFile & { mtimeMs: number })[] = [];
  let left = before;
  for (const one of found) {
    try {
      const part = one.path.endsWith(POINTER_END) ? 'o' : undefined;
      byAge.push({ ...one, mtimeMs: ageOf(part, files.statSync(one.path).mtimeMs) });
    } catch (error) {
      if (isGone(error)) left -= one.bytes;
    }
    await breathe();
  }
  byAge.sort((a, b) => a.mtimeMs - b.mtimeMs);
  const start = left;
  let removed = 0;
  for (const { path, bytes } of byAge) {
    if (left <= targetBytes) break;
    try {
      files.removeSync(path);
      removed++;
      left -= bytes;
    } catch (error) {
      // Another process took it, or somebody has it open.
      if (isGone(error)) left -= bytes;
    }
    await breathe();
  }
  return { removed, bytes: start - left };
}

/** The keys of all pointers in a range, folder by folder: they have no bytes. */
export async function* pointersIn(
  files: CacheFiles,
  range: NamespaceRange,
  signal?: AbortSignal,
): AsyncGenerator<CacheKey, void, undefined> {
  throwIfAborted(signal);
  const breathe = createBreath(signal);
  for (const namespace of namespacesIn(files, range))
    for (const hh of namesIn(files, `${FORMAT_FOLDER}/${namespace}`)) {
      for (const name of namesIn(files, `${FORMAT_FOLDER}/${namespace}/${hh}`)) {
        const object = pointerInName(hh, name);
        if (object === undefined) continue;
        yield { namespace, object, part: 'o', sizeBytes: 0 };
        await breathe();
      }
      await breathe();
    }
}

/** The objects of all values in a range. */
export async function objectsIn(files: CacheFiles, range: NamespaceRange, signal?: AbortSignal): Promise<string[]> {
  throwIfAborted(signal);
  const breathe = createBreath(signal);
  const found = new Set<string>();
  for (const namespace of namespacesIn(files, range))
    for (const hh of namesIn(files, `${FORMAT_FOLDER}/${namespace}`)) {
      for (const name of namesIn(files, `${FORMAT_FOLDER}/${namespace}/${hh}`)) {
        const object = objectInName(hh, name);
        if (object !== undefined) found.add(object);
      }
      await breathe();
    }
  return [...found];
}

/**
 * Removes the values of a range; of one object by the names in one folder.
 *
 * @returns how many went
 * @throws the first error of the system, when everything else is gone
 */
export async function removeRange(files: CacheFiles, range: CacheRange, signal?: AbortSignal): Promise<number> {
  const breathe = createBreath(signal);
  const { object } = range;
  const failed: unknown[] = [];
  let removed = 0;
  const drop = (path: string): void => {
    try {
      files.removeSync(path);
      removed++;
    } catch (error) {
      // Another process took it.
      if (!isGone(error)) failed.push(error);
    }
  };
  for (const namespace of namespacesIn(files, range)) {
    if (object !== undefined) {
      const { folder, start } = placeOfObject(namespace, object);
      for (const name of namesIn(files, folder)) if (name.startsWith(start)) drop(`${folder}/${name}`);
      await breathe();
      continue;
    }
    for (const { path } of await valueFiles(files, { namespace }, signal)) {
      drop(path);
      await breathe();
    }
    if (failed.length) continue;
    // Its values are gone: who puts others into the folder meanwhile keeps it.
    await files.removeFolder(`${FORMAT_FOLDER}/${namespace}`).catch((error: unknown) => {
      if (!isFilled(error)) failed.push(error);
    });
  }
  if (failed.length) throw failed[0];
  return removed;
}

/**
 * Removes temporary files of processes that have ended or that are older than an hour, and folders of earlier formats that nobody has written
 * to for 30 days. @returns how many went
 */
export async function removeLeftovers(files: CacheFiles, now: number): Promise<number> {
  let removed = 0;
  const isOlder = (path: string, ms: number): boolean => Math.abs(now - files.statSync(path).mtimeMs) > ms;
  for (const name of namesIn(files, TEMP_FOLDER)) {
    const path = `${TEMP_FOLDER}/${name}`;
    const owner = /^(\d{1,10})-[\da-f]+-\d+$/.exec(name)?.[1];
    const wanted = attempt(() => (!owner || files.isAlive(Number(owner))) && !isOlder(path, HOUR_MS), true);
    if (!wanted && remove(files, path)) removed++;
  }
  const current = Number(FORMAT_FOLDER.slice(1));
  for (const name of namesIn(files, '.')) {
    if (!/^v\d{1,6}$/.test(name) || Number(name.slice(1)) >= current) continue;
    // Putting a file changes the time of the folder that it is put into, so those below are asked too.
    const all = (): string[] => [name, ...namesIn(files, name).map((below) => `${name}/${below}`)];
    if (!attempt(() => all().every((path) => isOlder(path, OLD_FORMAT_MS)), false)) continue;
    await files.removeFolder(name);
    removed++;
  }
  return removed;
}
