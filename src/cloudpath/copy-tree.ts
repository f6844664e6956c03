/**
 * Whole directories from one place to another.
 *
 * @module
 */
import { CloudError } from '../errors.ts';
import type { AbortOptions, ObjectInfo } from '../types.ts';
import { mapParallel } from '../util/parallel.ts';
import { compareUtf8 } from '../util/utf8.ts';
import { copyFile, copyForMove } from './copy-file.ts';
import { isItself, isOneGround } from './itself.ts';
import { fileEntry, listLevel, listTree, prefixOf } from './list.ts';
import { WrittenFiles } from './one-file.ts';
import { mayOverwrite, type OverwriteOptions } from './options.ts';
import { isOnDisk, shown, sibling, type Place } from './place.ts';
import { sameGround } from './same.ts';

/** Names of a directory that are left out: told the directory's prefix, relative to where it began, and the names in it. */
export type IgnoreNames = (folder: string, names: readonly string[]) => Iterable<string> | Promise<Iterable<string>>;

/** Options of {@link copyFolder}. */
export interface CopyFolderOptions extends OverwriteOptions {
  ignore?: IgnoreNames | undefined;
  /** Of moves: called when a file is there, and for markers of folders also where the target holds none. */
  onCopied?: ((from: Place, info: ObjectInfo, options: AbortOptions) => Promise<void>) | undefined;
}

interface Pair {
  info: ObjectInfo;
  /** Relative to both folders. */
  path: string;
  target: ObjectInfo | null | undefined;
}

/** All that is in a folder, in the order of keys; folders of ignored names are not even listed. */
async function* choose(
  place: Place,
  folder: string,
  ignore: IgnoreNames,
  options: AbortOptions,
): AsyncGenerator<ObjectInfo, void, undefined> {
  const entries = [];
  for await (const entry of listLevel(place, folder, { signal: options.signal })) entries.push(entry);
  const left = new Set(await ignore(folder.slice(place.folder.length), [...new Set(entries.map(({ name }) => name))]));
  for (const entry of entries) {
    if (left.has(entry.name)) continue;
    if (entry.directory) yield* choose(place, prefixOf(entry), ignore, options);
    else yield entry.info ?? { key: entry.key, sizeBytes: NaN, metadata: {} };
  }
}

/** Beside each source what is at its target: two listings, read along with one another. */
async function* paired(from: Place, to: Place, options: CopyFolderOptions): AsyncGenerator<Pair, void, undefined> {
  const { ignore, signal } = options;
  const sources = ignore ? choose(from, from.folder, ignore, { signal }) : listTree(from, from.folder, { signal });
  // listings of web servers are in an order of their own
  const compares = !isOnDisk(to) && !from.web && !mayOverwrite(to.context, options);
  const targets = compares ? listTree(to, to.folder, { signal }) : undefined;
  let target: ObjectInfo | undefined;
  let behind = targets !== undefined;
  try {
    for await (const info of sources) {
      const path = info.key.slice(from.folder.length);
      // its own marker, which goes with a move
      if (path === '' && !options.onCopied) continue;
      while (behind && (!target || compareUtf8(target.key.slice(to.folder.length), path) < 0)) {
        const next = await targets!.next();
        if (next.done) behind = false;
        target = next.value ?? undefined;
      }
      const same = target?.key.slice(to.folder.length) === path;
      yield { info, path, target: targets && (same ? target : null) };
    }
  } finally {
    await targets?.return();
  }
}

/** Of moves into a folder above: what would go below the source folder could replace what is still to be moved from there, or be moved once more. */
async function needNoneOfItsName(from: Place, to: Place, { signal }: AbortOptions): Promise<void> {
  if (!from.folder.startsWith(to.folder) || !(await isOneGround(from, to, { signal }))) return;
  const folder = from.folder + from.folder.slice(to.folder.length);
  for await (const { key } of listTree(from, folder, { signal })) {
    const message = `${shown(sibling(from, key))} would be moved to where what is to be moved stands`;
    throw new CloudError(message, { code: 'InvalidArgument', url: to.text, operation: 'move' });
  }
}

/**
 * Copy all that is in a folder into another, which is made by that. Markers of empty folders go along where the target can hold them.
 *
 * @throws CloudError `InvalidArgument`: a folder cannot be copied into itself, nor be moved to above a folder of its own that has its name;
 *   CloudPathFileExistsError two names are one file to the target's disk: the second is not copied; OverwriteNewerCloudError
 */
export async function copyFolder(from: Place, to: Place, options: CopyFolderOptions): Promise<void> {
  const { signal, forceOverwriteToCloud, onCopied } = options;
  if (to.folder === from.folder) {
    // by other addresses each file is looked at
    if (sameGround(from, to)) return;
  } else if (to.folder.startsWith(from.folder) && (await isOneGround(from, to, { signal })))
    throw new CloudError('a directory cannot be copied into itself', { code: 'InvalidArgument', url: to.text, operation: 'copytree' });
  else if (onCopied) await needNoneOfItsName(from, to, { signal });
  const written = isOnDisk(to) ? new WrittenFiles() : undefined;
  const one = async ({ info, path, target }: Pair, _: number, inner: AbortSignal): Promise<void> => {
    const source = sibling(from, info.key);
    const isFolder = path === '' || path.endsWith('/');
    if (isFolder && (isOnDisk(to) || to.web || to.folder + path === '')) {
      if (info.sizeBytes === 0) await onCopied?.(source, info, { signal: inner });
      return;
    }
    // of what a listing does not tell enough of
    const known = fileEntry(info).info ?? (await source.store.head(info.key, { signal: inner }));
    if (!known) return;
    const place = sibling(to, to.folder + path);
    if (onCopied && (await isItself(source, place, { signal: inner }))) return;
    const write = (): Promise<unknown> =>
      (onCopied ? copyForMove : copyFile)(source, known, place, { signal: inner, forceOverwriteToCloud, target });
    await (written ? written.write(place, write, { signal: inner }) : write());
    await onCopied?.(source, known, { signal: inner });
  };
  const width = from.context.options.concurrency ?? 32;
  for await (const _ of mapParallel(paired(from, to, options), width, one, { signal }));
}
