/**
 * Directories one after another, as `os.walk` gives them.
 *
 * @module
 */
import { throwIfAborted } from '../util/abort.ts';
import type { AbortOptions } from '../types.ts';
import { compareUtf8 } from '../util/utf8.ts';
import { CloudPathNotImplementedError } from './errors.ts';
import { fileEntry, folderEntry, FolderTrail, listLevel, listTree, prefixOf, type Entry } from './list.ts';
import type { Place } from './place.ts';

/** Options of walks. */
export interface WalkOptions extends AbortOptions {
  /** A directory before what is in it, and not after. @default true */
  topDown?: boolean | undefined;
  /** Told of what could not be listed, which is then left out; else the walk rejects. */
  onError?: ((error: unknown) => void) | undefined;
  /** List level by level, so that directories that are taken out of the names are never listed. @default false: all at once, in memory */
  lazy?: boolean | undefined;
}

/** One directory, with what is in it. */
export interface Walked {
  /** Its prefix. */
  folder: string;
  /** Changing the names of directories, in a walk from the top, changes where it goes. */
  directories: string[];
  files: string[];
}

interface Level {
  directories: Entry[];
  files: Entry[];
}

/** Walk a directory; of one that is not there, one empty level. */
export async function* walkFolders(place: Place, options: WalkOptions): AsyncGenerator<Walked, void, undefined> {
  const read = options.lazy ? (folder: string): Promise<Level> => readLevel(place, folder, options) : await readTree(place, options);
  if (read) yield* descend(place.folder, read, options);
}

async function* descend(
  folder: string,
  read: (folder: string) => Promise<Level | undefined>,
  options: WalkOptions,
): AsyncGenerator<Walked, void, undefined> {
  const { topDown = true } = options;
  const level = await guarded(() => read(folder), options);
  if (!level) return;
  // a listing puts `a/` behind `a-b`; names are in an order of their own
  level.directories.sort((a, b) => compareUtf8(a.name, b.name));
  const named = (entries: readonly Entry[]): string[] => entries.map(({ name }) => name);
  const walked: Walked = { folder, directories: named(level.directories), files: named(level.files) };
  if (topDown) yield walked;
  const wanted = new Set(topDown ? walked.directories : undefined);
  for (const entry of level.directories) if (!topDown || wanted.has(entry.name)) yield* descend(prefixOf(entry), read, options);
  if (!topDown) yield walked;
}

async function guarded<T>(task: () => Promise<T>, { onError, signal }: WalkOptions): Promise<T | undefined> {
  try {
    return await task();
  } catch (error) {
    throwIfAborted(signal);
    if (!onError) throw error;
    onError(error);
    return undefined;
  }
}

async function readLevel(place: Place, folder: string, options: AbortOptions): Promise<Level> {
  if (place.root) throw new CloudPathNotImplementedError('no walk goes over buckets', { operation: 'walk', url: place.text });
  const level: Level = { directories: [], files: [] };
  for await (const entry of listLevel(place, folder, { signal: options.signal }))
    level[entry.directory ? 'directories' : 'files'].push(entry);
  return level;
}

async function readTree(place: Place, options: WalkOptions): Promise<((folder: string) => Promise<Level>) | undefined> {
  const levels = new Map<string, Level>();
  const at = (folder: string): Level => {
    const level = levels.get(folder) ?? { directories: [], files: [] };
    levels.set(folder, level);
    return level;
  };
  const above = (prefix: string): string => prefix.slice(0, prefix.lastIndexOf('/', prefix.length - 2) + 1);
  const trail = new FolderTrail(place.folder);
  const gather = async (): Promise<true> => {
    for await (const info of listTree(place, place.folder, options)) {
      for (const prefix of trail.enter(info.key)) at(above(prefix)).directories.push(folderEntry(place, prefix));
      if (!info.key.endsWith('/')) at(above(info.key)).files.push(fileEntry(info));
    }
    return true;
  };
  if (!(await guarded(gather, options))) return undefined;
  return async (folder) => at(folder);
}
