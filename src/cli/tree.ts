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
  /** Which files count, by their names below the folder. @default all */
  takes?: ((name: string) => boolean) | undefined;
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
    if (takes(naming.inside(entry.name))) found.push({ entry, naming });
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
