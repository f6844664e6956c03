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
import { asFolder, baseName, isDisk, isWeb, type Entry, type Place, type Session } from './session.ts';
import { belowFolder, slim, type Naming, type Source } from './source.ts';

/** Whether this is no file, but the mark of a folder in a bucket: an empty object `dir/`. */
export const isMarker = ({ key, info }: Entry): boolean => key.endsWith('/') && info?.sizeBytes === 0;

/** One copy. */
export interface Step {
  readonly entry: Entry;
  /** The destination's root: for disks the folder that no name may lead out of. */
  readonly root: string;
  readonly name: string;
  /** What is printed for both ends. */
  readonly from: string;
  readonly to: string;
}

/** The destination, looked at once. */
export interface Destination {
  place: Place;
  isFolder: boolean;
}

/** A file that was named itself. */
const byItself: Naming = { inside: baseName, instead: () => '' };

/** The sources of one selection. Folders need `deep`; without it they are refused. */
async function* sourcesOf(task: Task, { place, glob, shown }: Selection, deep: boolean): AsyncGenerator<Source, void, undefined> {
  const { session, out } = task;
  const refuse = (path: string): void => out.fail(path, new ItemError('is a directory (not copied)'));
  const folder = asFolder(place.key);
  const inFolder = belowFolder(folder);
  let found = false;
  if (glob) {
    for await (const entry of matches(task, place, glob)) {
      found = true;
      if (entry.info) yield { entry: slim(entry), naming: inFolder };
      else if (!deep) refuse(session.show(entry.root, entry.name));
      else for await (const one of below(task, place.root, entry.key)) yield { entry: slim(one), naming: inFolder };
    }
    if (!found) out.fail(shown, new ItemError('nothing matches'));
    return;
  }
  const entry = place.folder ? null : await session.find(place.root, place.key);
  if (entry) {
    yield { entry, naming: byItself };
    if (!deep || isDisk(place.root) || !entry.info) return;
  }
  if (await session.isFolder(place)) {
    if (!deep) return refuse(shown);
    const own = baseName(place.key) || place.location.bucket || '';
    const naming = belowFolder(folder, own && `${own}/`);
    for await (const one of below(task, place.root, place.key, true)) yield { entry: slim(one), naming };
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
  const namings = new Map(
    [...common].map(([root, { length }]): [string, Naming] => {
      const inside = (name: string): string => name.slice(length).replace(/\?.*$/s, isWeb(root) ? '' : '$&');
      return [root, { inside, instead: inside }];
    }),
  );
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
    else found.push({ entry: slim(entry), naming: namings.get(item.root)! });
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

/**
 * Where `a` and `a.gz` stand side by side, both are listed as `a`, and where `a.gz` and `a.gz.gz` do, the second goes by the first one's key: then
 * each is meant by the name that it has on the disk.
 */
export function distinct(sources: Source[]): Source[] {
  const count = new Map<string, number>();
  const id = ({ entry }: Source): string => `${entry.root}\n${entry.name}`;
  const keys = new Set(sources.map(({ entry }) => `${entry.root}\n${entry.key}`));
  for (const source of sources) if (source.entry.key !== source.entry.name) count.set(id(source), 0);
  for (const source of sources) if (count.has(id(source))) count.set(id(source), count.get(id(source))! + 1);
  return sources.map((source) => {
    const { entry, naming } = source;
    if (entry.key === entry.name || ((count.get(id(source)) ?? 0) < 2 && !keys.has(id(source)))) return source;
    const { root, key, info } = entry;
    return { entry: { root, key, name: key, info }, naming };
  });
}

/** Look at the destination. */
export async function lookAt(task: Task, text: string): Promise<Destination> {
  const place = await task.session.parse(text);
  return { place, isFolder: place.folder || (!isWeb(place.root) && (await task.session.isFolder(place))) };
}

/** What the steps of one plan share. */
interface Layout {
  readonly session: Session;
  /** The root of the destination as it was named. */
  readonly destination: string;
  /** The border of {@link Step.root}. */
  readonly root: string;
  /** The destination's folder, from its root on. */
  readonly folder: string;
  /** What a source is called in it. */
  below(source: Source): string;
}

/** A step as a plan holds it: its texts are made when they are asked for. */
class PlannedStep implements Step {
  readonly #source: Source;
  readonly #layout: Layout;

  constructor(source: Source, layout: Layout) {
    this.#source = source;
    this.#layout = layout;
  }

  get entry(): Entry {
    return this.#source.entry;
  }

  get root(): string {
    return this.#layout.root;
  }

  get name(): string {
    const { root, folder, below } = this.#layout;
    return isDisk(root) ? below(this.#source) : folder + below(this.#source);
  }

  get from(): string {
    const { root, name } = this.entry;
    return this.#layout.session.show(root, name);
  }

  get to(): string {
    const { session, destination, folder, below } = this.#layout;
    return session.show(destination, folder + below(this.#source));
  }
}

/** Lay sources out at the destination: into a folder that is there or ends in a slash, else in its place. */
export async function layOut(task: Task, sources: readonly Source[], { place, isFolder }: Destination): Promise<Step[]> {
  const { session } = task;
  const { root, key, location, shown } = place;
  const asFile = sources.every(({ entry, naming }) => naming.instead(entry.name) === '');
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
  const layout: Layout = {
    session,
    destination: root,
    root: border,
    folder,
    below: ({ entry, naming }) =>
      inFile ? key.slice(folder.length) : isFolder ? naming.inside(entry.name) : naming.instead(entry.name) || naming.inside(entry.name),
  };
  return sources.map((source) => new PlannedStep(source, layout));
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
