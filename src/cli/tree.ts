/**
 * All files of a place, listed to the end before anything is done with them.
 *
 * @module
 */
import { ItemError, type Task } from './io.ts';
import { distinct, isMarker } from './plan.ts';
import { below, filesOf, select, type Selection } from './select.ts';
import { asFolder, baseName, type Entry } from './session.ts';
import { belowFolder, type Source } from './source.ts';

/** One place and its files. */
export interface Tree {
  readonly selection: Selection;
  /** It is one file, not a folder. */
  readonly isFile: boolean;
  /** By their names below the folder; a file by itself goes by its own. In the order of the names. */
  readonly files: ReadonlyMap<string, Entry>;
}

function sorted(sources: Source[]): Map<string, Entry> {
  const byName = distinct(sources.filter(({ entry }) => !isMarker(entry))).map(
    ({ entry, naming }) => [naming.inside(entry.name), entry] as const,
  );
  return new Map(byName.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}

/** Options of {@link treeOf}. */
export interface TreeOptions {
  /** Which files count, by their names below the folder, and by those under which they are stored. @default all */
  takes?: ((name: string, stored: string) => boolean) | undefined;
  /** A folder that is not there is an empty one. @default false */
  mayBeMissing?: boolean | undefined;
}

/**
 * List a place to its end: a folder, a file, or what a pattern matches.
 *
 * @throws ItemError there is no such place
 * @throws CloudError the listing failed: then nothing of it may be relied upon
 */
export async function treeOf(task: Task, text: string, { takes = () => true, mayBeMissing = false }: TreeOptions = {}): Promise<Tree> {
  const { session } = task;
  const selection = await select(task, text);
  const { place, glob, shown } = selection;
  const { root, key } = place;
  const folder = asFolder(key);
  const found: Source[] = [];
  const naming = belowFolder(folder);
  const take = (entry: Entry): void => {
    if (takes(naming.inside(entry.name), naming.inside(entry.key))) found.push({ entry, naming });
  };
  if (glob) {
    const onMissing = (): void => {
      throw new ItemError(`${shown}: nothing matches`);
    };
    for await (const entry of filesOf(task, selection, { deep: true, onMissing })) take(entry);
    return { selection, isFile: false, files: sorted(found) };
  }
  const file = place.folder ? null : await session.find(root, key);
  if (file) return { selection, isFile: true, files: new Map([[baseName(file.name), file]]) };
  if (!(await session.isFolder(place)) && !mayBeMissing) throw new ItemError(`${shown}: does not exist`);
  for await (const entry of below(task, root, key)) take(entry);
  return { selection, isFile: false, files: sorted(found) };
}

/** Which file of a target stands for which of a source. */
export interface Pairs {
  /** By the names of the source. */
  readonly there: ReadonlyMap<string, Entry>;
  /** The target's that stand for none, by their names. */
  readonly surplus: ReadonlyMap<string, Entry>;
}

/**
 * Pair the files of two places. A disk hides the ending of an encoding: its `a.gz` is called `a`, and is none the less the copy of what a bucket
 * calls `a.gz`. So the name under which a file is stored comes first, and then its own.
 *
 * @param fold two names that fold alike are one at the target
 */
export function pairUp(source: Tree, target: Tree, fold: (name: string) => string = (name) => name): Pairs {
  const folder = asFolder(target.isFile ? '' : target.selection.place.key);
  const named = new Map<string, string[]>();
  for (const name of source.files.keys()) named.set(fold(name), [...(named.get(fold(name)) ?? []), name]);
  const there = new Map<string, Entry>();
  const surplus = new Map(target.files);
  const pair = (nameOf: (name: string, entry: Entry) => string): void => {
    for (const [name, entry] of surplus) {
      const names = (named.get(fold(nameOf(name, entry))) ?? []).filter((one) => !there.has(one));
      for (const one of names) there.set(one, entry);
      if (names.length > 0) surplus.delete(name);
    }
  };
  if (!target.isFile) pair((_, { key }) => key.slice(folder.length));
  pair((name) => name);
  return { there, surplus };
}
