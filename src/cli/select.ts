/**
 * What the names on the command line stand for: files, folders and patterns. Globs are matched here, not by the shell.
 *
 * @module
 */
import { parseGlob, type Glob } from './glob.ts';
import type { Task } from './io.ts';
import { asFolder, isDisk, type Entry, type Place } from './session.ts';

/** One name: a pattern, or what it names. */
export interface Selection {
  /** The name itself; of a pattern, its folder. */
  readonly place: Place;
  readonly glob?: Glob | undefined;
  /** As given, for messages. */
  readonly shown: string;
}

/** A place, taken by its name alone. */
export const named = (place: Place): Selection => ({ place, shown: place.shown });

/** Understand a name. A file on a disk whose name holds a star is that file: shells expand patterns into such names. */
export async function select({ session }: Task, text: string): Promise<Selection> {
  const glob = parseGlob(text);
  if (!glob) return named(await session.parse(text));
  if (!/^[a-z][\w+.-]+:\/\//i.test(text) || text.startsWith('file://')) {
    const place = await session.parse(text);
    if (await session.find(place.root, place.key)) return named(place);
  }
  return { place: await session.parse(glob.folder || '.'), glob, shown: text };
}

/** Files and, for `*`, folders that a pattern matches, by their full names. */
export async function* matches({ session }: Task, place: Place, glob: Glob): AsyncGenerator<Entry, void, undefined> {
  const folder = asFolder(place.key);
  for await (const entry of session.list(place.root, folder + glob.prefix, glob.flat)) {
    if (entry.name === folder || !entry.name.endsWith(glob.suffix)) continue;
    // `*SUFFIX` may not count the same characters twice
    if (entry.name.length >= folder.length + glob.prefix.length + glob.suffix.length) yield entry;
  }
}

/** Files in a folder, at any depth. */
export async function* below({ session }: Task, root: string, key: string): AsyncGenerator<Entry, void, undefined> {
  const folder = asFolder(key);
  for await (const entry of session.list(root, folder)) if (entry.key !== folder) yield entry;
}

/** Where there are folders without files, one that is empty is there as well; elsewhere a listing has said all. */
export async function isEmptyFolder({ session }: Task, place: Place): Promise<boolean> {
  return place.key === '' || (isDisk(place.root) && (await session.isFolder(place)));
}

/** What the files of one selection are, for commands that work on files alone. */
export interface Found {
  files: AsyncIterable<Entry>;
  /** Called when the files were gone through: whether there was nothing of that name. */
  missing: () => boolean;
}

/**
 * The files that a name or pattern stands for.
 *
 * @param deep go into folders: those that are named, and those that `*` matches
 * @param onFolder told of folders that are left out
 */
export function filesOf(task: Task, { place, glob }: Selection, options: { deep: boolean; onFolder?: (key: string) => void }): Found {
  const { session } = task;
  const { root } = place;
  let found = false;
  async function* folder(key: string): AsyncGenerator<Entry, void, undefined> {
    if (options.deep) yield* below(task, root, key);
    else options.onFolder?.(asFolder(key));
  }
  async function* walk(): AsyncGenerator<Entry, void, undefined> {
    if (glob) {
      for await (const entry of matches(task, place, glob)) {
        found = true;
        if (entry.info || !entry.name.endsWith('/')) yield entry;
        else yield* folder(entry.key);
      }
      return;
    }
    const file = place.folder ? null : await session.find(root, place.key);
    if (file) {
      found = true;
      yield file;
      if (!options.deep || isDisk(root) || !file.info) return;
    }
    // a bucket may hold `a` and `a/b`: the name means both, where folders are gone into
    if (await session.isFolder(place)) {
      found = true;
      yield* folder(place.key);
    }
  }
  return { files: walk(), missing: () => !found };
}
