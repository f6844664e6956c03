/**
 * What the names on the command line stand for: files, folders and patterns. Globs are matched here, not by the shell.
 *
 * @module
 */
import { parseGlob, type Glob } from './glob.ts';
import { ItemError, UsageError, type Task } from './io.ts';
import { asFolder, isDisk, type Entry, type Place } from './session.ts';
import { stdinLines } from './stdin.ts';

/** One name: a pattern, or what it names. */
export interface Selection {
  /** The name itself; of a pattern, its folder. */
  readonly place: Place;
  readonly glob?: Glob | undefined;
  /** As given, for messages. */
  readonly shown: string;
}

/** A place, taken by its name alone. */
const named = (place: Place): Selection => ({ place, shown: place.shown });

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

/** Whether the names are a single `-`: standard input. UsageError where it stands among others. */
export function fromStdin(names: readonly string[]): boolean {
  if (names.length > 1 && names.includes('-')) throw new UsageError('- stands alone: the names come from standard input');
  return names[0] === '-';
}

/** Lines of standard input: names, never patterns, for what `ls` prints is none. One that is no name is an item that failed. */
export async function* namesFromStdin(task: Task): AsyncGenerator<Place, void, undefined> {
  for await (const line of stdinLines(task)) {
    try {
      yield await task.session.parse(line);
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      task.out.fail('standard input', new ItemError(error.message));
    }
  }
}

/** What the arguments, or with `-` the lines of standard input, stand for. All arguments are understood before the first is worked on. */
export async function* selections(task: Task, names: readonly string[]): AsyncGenerator<Selection, void, undefined> {
  if (fromStdin(names)) {
    for await (const place of namesFromStdin(task)) yield named(place);
    return;
  }
  const all: Selection[] = [];
  for (const name of names) all.push(await select(task, name));
  yield* all;
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

/** Files in a folder, at any depth. The folder's own marker (an empty object `dir/` in a bucket) only where it is asked for. */
export async function* below({ session }: Task, root: string, key: string, marker = false): AsyncGenerator<Entry, void, undefined> {
  const folder = asFolder(key);
  for await (const entry of session.list(root, folder)) if (marker || entry.key !== folder) yield entry;
}

/** Where there are folders without files, one that is empty is there as well; elsewhere a listing has said all. */
export async function isEmptyFolder({ session }: Task, place: Place): Promise<boolean> {
  return place.key === '' || (isDisk(place.root) && (await session.isFolder(place)));
}

/** Options of {@link filesOf}. */
export interface FilesOptions {
  /** Go into folders: those that are named, and those that `*` matches. */
  deep: boolean;
  /** Give the folders' own markers as well. @default false */
  markers?: boolean | undefined;
  /** Told of folders that are left out. */
  onFolder?: ((key: string) => void) | undefined;
  /** Told when there is nothing of that name. @default it is a failure */
  onMissing?: (() => void) | undefined;
}

/** The files that a name or pattern stands for. */
export async function* filesOf(task: Task, selection: Selection, options: FilesOptions): AsyncGenerator<Entry, void, undefined> {
  const { session, out } = task;
  const { place, glob, shown } = selection;
  const { root } = place;
  const missing = options.onMissing ?? ((): void => out.fail(shown, new ItemError(glob ? 'nothing matches' : 'does not exist')));
  async function* folder(key: string): AsyncGenerator<Entry, void, undefined> {
    if (options.deep) yield* below(task, root, key, options.markers);
    else options.onFolder?.(asFolder(key));
  }
  if (glob) {
    let found = false;
    for await (const entry of matches(task, place, glob)) {
      found = true;
      if (entry.info || !entry.name.endsWith('/')) yield entry;
      else yield* folder(entry.key);
    }
    if (!found) missing();
    return;
  }
  const file = place.folder ? null : await session.find(root, place.key);
  if (file) {
    yield file;
    if (!options.deep || isDisk(root) || !file.info) return;
  }
  // a bucket may hold `a` and `a/b`: the name means both, where folders are gone into
  if (await session.isFolder(place)) yield* folder(place.key);
  else if (!file) missing();
}
