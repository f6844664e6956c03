/**
 * Which files go where: all of it is known before the first is copied.
 *
 * @module
 */
import { formatUrl, isCloudError } from '../index.ts';
import { attempting } from './attempt.ts';
import { ItemError, type Task } from './io.ts';
import { mapInOrder } from './pool.ts';
import { below, fromStdin, matches, namesFromStdin, selections, type Selection } from './select.ts';
import { asFolder, baseName, isDisk, isWeb, type Entry, type Place } from './session.ts';

/** A file that was named, and what it is called below the destination. */
export interface Source {
  entry: Entry;
  /** Its name below a destination folder. */
  inside: string;
  /** Its name when the destination becomes the copy of its folder; '' for a file by itself. */
  instead: string;
}

/** Whether this is no file, but the mark of a folder in a bucket: an empty object `dir/`. */
export const isMarker = ({ key, info }: Entry): boolean => key.endsWith('/') && info?.sizeBytes === 0;

/** One copy. */
export interface Step {
  entry: Entry;
  /** The destination's root: for disks the folder that no name may lead out of. */
  root: string;
  name: string;
  /** What is printed for both ends. */
  from: string;
  to: string;
}

/** The destination, looked at once. */
export interface Destination {
  place: Place;
  isFolder: boolean;
}

/** The sources of one selection. Folders need `deep`; without it they are refused. */
async function* sourcesOf(task: Task, { place, glob, shown }: Selection, deep: boolean): AsyncGenerator<Source, void, undefined> {
  const { session, out } = task;
  const refuse = (path: string): void => out.fail(path, new ItemError('is a directory (not copied)'));
  const folder = asFolder(place.key);
  let found = false;
  if (glob) {
    for await (const entry of matches(task, place, glob)) {
      found = true;
      const name = entry.name.slice(folder.length);
      if (entry.info) yield { entry, inside: name, instead: name };
      else if (!deep) refuse(session.show(entry.root, entry.name));
      else
        for await (const one of below(task, place.root, entry.key))
          yield { entry: one, inside: one.name.slice(folder.length), instead: one.name.slice(folder.length) };
    }
    if (!found) out.fail(shown, new ItemError('nothing matches'));
    return;
  }
  const entry = place.folder ? null : await session.find(place.root, place.key);
  if (entry) {
    yield { entry, inside: baseName(entry.name), instead: '' };
    if (!deep || isDisk(place.root) || !entry.info) return;
  }
  if (await session.isFolder(place)) {
    if (!deep) return refuse(shown);
    const own = baseName(place.key) || place.location.bucket || '';
    for await (const one of below(task, place.root, place.key, true)) {
      const name = one.name.slice(folder.length);
      yield { entry: one, inside: `${own && `${own}/`}${name}`, instead: name };
    }
  } else if (!entry) out.fail(shown, new ItemError('does not exist'));
}

/** Names from a pipe, laid out below what they have in common. */
async function gatherNames(task: Task): Promise<Source[]> {
  const { session, out, options, signal } = task;
  const places: Place[] = [];
  for await (const place of namesFromStdin(task)) places.push(place);
  const common = new Map<string, string>();
  for (const { root, key } of places) {
    let shared = common.get(root) ?? key.replace(/[^/]*$/, '');
    while (!key.startsWith(shared)) shared = shared.replace(/[^/]*\/$/, '');
    common.set(root, shared);
  }
  const found: Source[] = [];
  for await (const outcome of mapInOrder(places, options.parallel ?? 16, ({ root, key }) => session.find(root, key))) {
    const { item } = outcome;
    if ('error' in outcome) {
      if (signal.aborted) throw outcome.error;
      out.fail(item.shown, outcome.error);
      continue;
    }
    const entry = outcome.value;
    if (!entry) out.fail(item.shown, new ItemError((await session.isFolder(item)) ? 'is a directory (not copied)' : 'does not exist'));
    else {
      const name = entry.name.slice(common.get(item.root)!.length).replace(/\?.*$/s, isWeb(item.root) ? '' : '$&');
      found.push({ entry, inside: name, instead: name });
    }
  }
  return found;
}

/** All that the arguments name, before anything is done with it. */
export async function gather(task: Task, names: readonly string[], deep: boolean): Promise<Source[]> {
  if (fromStdin(names)) return distinct(await gatherNames(task));
  const all: Source[] = [];
  for await (const selection of selections(task, names)) {
    for await (const source of attempting(task, selection.shown, sourcesOf(task, selection, deep))) all.push(source);
  }
  return distinct(all);
}

/** Where `a` and `a.gz` stand side by side, both are listed as `a`: then each is meant by the name that it has on the disk. */
export function distinct(sources: Source[]): Source[] {
  const count = new Map<string, number>();
  const id = ({ entry }: Source): string => `${entry.root}\n${entry.name}`;
  for (const source of sources) if (source.entry.key !== source.entry.name) count.set(id(source), 0);
  for (const source of sources) if (count.has(id(source))) count.set(id(source), count.get(id(source))! + 1);
  return sources.map((source) => {
    const { entry, inside, instead } = source;
    if ((count.get(id(source)) ?? 0) < 2 || entry.key === entry.name) return source;
    const suffix = entry.key.slice(entry.name.length);
    return { entry: { ...entry, name: entry.key }, inside: inside + suffix, instead: instead && instead + suffix };
  });
}

/** Look at the destination. */
export async function lookAt(task: Task, text: string): Promise<Destination> {
  const place = await task.session.parse(text);
  return { place, isFolder: place.folder || (!isWeb(place.root) && (await task.session.isFolder(place))) };
}

/** Lay sources out at the destination: into a folder that is there or ends in a slash, else in its place. */
export async function layOut(task: Task, sources: readonly Source[], { place, isFolder }: Destination): Promise<Step[]> {
  const { session } = task;
  const { root, key, location, shown } = place;
  const asFile = sources.every(({ instead }) => instead === '');
  if (!isFolder && !asFile && sources.length > 0 && !isWeb(root)) {
    const file = await session.find(root, key);
    if (file && isDisk(root)) throw new ItemError(`${shown} is not a directory (not copied)`);
  }
  // On a disk the store is opened at the folder, so that it is the border.
  const inFile = asFile && !isFolder;
  const folder = inFile ? key.replace(/[^/]*$/, '') : asFolder(key);
  const border = isDisk(root)
    ? formatUrl({ ...location, path: location.path.slice(0, location.path.length - key.length) + folder.replace(/\/$/, '') })
    : root;
  return sources.map(({ entry, inside, instead }) => {
    const below = inFile ? key.slice(folder.length) : isFolder ? inside : instead || inside;
    const name = isDisk(root) ? below : folder + below;
    return { entry, root: border, name, from: session.show(entry.root, entry.name), to: session.show(root, folder + below) };
  });
}

/** Whether the destination can hold the name: asked of the store, which decides it when it writes as well. */
export async function refusal({ session, signal }: Task, { root, name }: Step): Promise<unknown> {
  if (!isDisk(root)) return undefined;
  try {
    await session.store(root).head(name, { signal });
  } catch (error) {
    if (signal.aborted) throw error;
    if (isCloudError(error, 'InvalidArgument') || isCloudError(error, 'PermissionDenied'))
      return new ItemError(`leads out of the destination, or is no name there (${error.code})`);
  }
  return undefined;
}
