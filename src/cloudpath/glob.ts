/**
 * Patterns over stores: what is literal in a pattern is the prefix that the store is asked for.
 *
 * @module
 */
import type { AbortOptions } from '../types.ts';
import { mapParallel } from '../util/parallel.ts';
import { CloudPathNotImplementedError, InvalidGlobArgumentsError } from './errors.ts';
import { fileEntry, folderEntry, FolderTrail, listLevel, listTree, prefixOf, type Entry } from './list.ts';
import { isFolder, lookAt, type Facts } from './look.ts';
import { compilePattern, isMagic, literalHead } from './pattern.ts';
import { hasScheme, namesOf } from './path-text.ts';
import { sibling, type Place } from './place.ts';

/** Options of globs. */
export interface GlobOptions extends AbortOptions {
  /** Whether `A` is another letter than `a`; when not, no letter is part of what a store is asked for. @default true */
  caseSensitive?: boolean | undefined;
}

interface Search {
  place: Place;
  names: readonly string[];
  /** The pattern ends in a slash. */
  foldersOnly: boolean;
  caseSensitive: boolean;
}

/** Folders that are listed at a time. */
const parallel = 16;

const hasCase = (text: string): boolean => text.toLowerCase() !== text.toUpperCase();

/** A checked pattern, by names. @throws InvalidGlobArgumentsError CloudPathNotImplementedError */
function parsePattern(pattern: string): { names: string[]; foldersOnly: boolean } {
  if (typeof pattern !== 'string' || pattern === '') throw new InvalidGlobArgumentsError('an empty pattern', { operation: 'glob' });
  const refuse = (message: string): CloudPathNotImplementedError => new CloudPathNotImplementedError(message, { operation: 'glob' });
  if (pattern.startsWith('/') || hasScheme(pattern)) throw refuse('a pattern is relative to its path');
  const names = namesOf(pattern);
  if (names.includes('..')) throw refuse("a pattern goes down, so there is no '..' in it");
  if (names.length === 0) throw new InvalidGlobArgumentsError('a pattern without a name', { operation: 'glob' });
  return { names, foldersOnly: pattern.endsWith('/') };
}

/**
 * All that fits a pattern. Names are looked for level by level, each folder listed with what is literal as its prefix; from `**` on all
 * below is listed at once. `**` alone, or at the end, is directories only.
 *
 * @param deep as if `**` stood in front
 */
export async function* globEntries(
  place: Place,
  pattern: string,
  options: GlobOptions,
  deep: boolean,
): AsyncGenerator<Entry, void, undefined> {
  const { names, foldersOnly } = parsePattern(pattern);
  if (place.root) throw new CloudPathNotImplementedError('no pattern goes over buckets', { operation: 'glob', url: place.text });
  const search = { place, names: deep ? ['**', ...names] : names, foldersOnly, caseSensitive: options.caseSensitive ?? true };
  yield* below(search, place.folder, 0, options);
}

async function* below(search: Search, folder: string, index: number, options: AbortOptions): AsyncGenerator<Entry, void, undefined> {
  const { place, names, foldersOnly, caseSensitive } = search;
  const isLiteral = (name: string): boolean => !isMagic(name) && (caseSensitive || !hasCase(name));
  let at = index;
  while (at < names.length && isLiteral(names[at]!)) at++;
  const inside =
    folder +
    names
      .slice(index, at)
      .map((name) => `${name}/`)
      .join('');
  if (at === names.length) {
    yield* named(search, inside.slice(0, -1), options);
    return;
  }
  const name = names[at]!;
  if (name === '**') {
    yield* tree(search, inside, at, options);
    return;
  }
  const fits = compilePattern([name], caseSensitive);
  const known = literalHead(name);
  const head = caseSensitive || !hasCase(known) ? known : '';
  async function* level(): AsyncGenerator<Entry, void, undefined> {
    for await (const entry of listLevel(place, inside, { head, signal: options.signal })) if (fits.test(entry.name)) yield entry;
  }
  if (at === names.length - 1) {
    for await (const entry of level()) if (entry.directory || !foldersOnly) yield entry;
    return;
  }
  if (names.includes('**', at)) {
    // a whole tree is not gathered
    for await (const entry of level()) if (entry.directory) yield* below(search, prefixOf(entry), at + 1, options);
    return;
  }
  const gather = async (entry: Entry, _: number, signal: AbortSignal): Promise<Entry[]> => {
    const found: Entry[] = [];
    if (entry.directory) for await (const one of below(search, prefixOf(entry), at + 1, { signal })) found.push(one);
    return found;
  };
  for await (const found of mapParallel(level(), parallel, gather, { signal: options.signal, ordered: true })) yield* found;
}

/** What has exactly this key. */
async function* named({ place, foldersOnly }: Search, key: string, options: AbortOptions): AsyncGenerator<Entry, void, undefined> {
  const target = sibling(place, place.web && foldersOnly ? `${key}/` : key);
  if (target.web) {
    const info = await target.store.head(target.key, { signal: options.signal });
    if (info) yield foldersOnly ? folderEntry(place, target.key) : fileEntry(info);
    return;
  }
  const { kind, info }: Facts = foldersOnly
    ? { kind: (await isFolder(target, options)) ? 'directory' : 'missing' }
    : await lookAt(target, options);
  if (info) yield fileEntry(info);
  else if (kind === 'directory') yield folderEntry(place, `${key}/`);
}

async function* tree(search: Search, folder: string, index: number, options: AbortOptions): AsyncGenerator<Entry, void, undefined> {
  const { place, names, caseSensitive } = search;
  const wanted = names.slice(index);
  const fits = compilePattern(wanted, caseSensitive);
  const foldersOnly = search.foldersOnly || wanted.at(-1) === '**';
  const trail = new FolderTrail(folder);
  let first = true;
  for await (const info of listTree(place, folder, options)) {
    const { key } = info;
    if (first && wanted.every((name) => name === '**'))
      yield folder === '' ? { key: '', name: '', directory: true } : folderEntry(place, folder);
    first = false;
    for (const prefix of trail.enter(key)) if (fits.test(prefix.slice(folder.length, -1))) yield folderEntry(place, prefix);
    if (!foldersOnly && key !== folder && !key.endsWith('/') && fits.test(key.slice(folder.length))) yield fileEntry(info);
  }
}
