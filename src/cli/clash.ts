/**
 * Names that one place cannot hold side by side. Found before anything is written, so that no file replaces another of the same run.
 *
 * @module
 */
import { readdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import process from 'node:process';

/** What the destination is like. */
export interface NamePlace {
  /** `a` and `a/b` may both be there. */
  keysAsPrefixes: boolean;
  /** Upper and lower case, and composed and decomposed letters, are the same there. */
  folds: boolean;
}

/** A name as a disk that folds takes it: upper and lower case, composed and decomposed letters are one. */
export const foldName = (name: string): string => name.normalize('NFC').toLowerCase().normalize('NFC');

/**
 * Find the names that cannot all be written.
 *
 * @param names as they would be written
 * @returns for each such name, by its index, the name that it clashes with. Of a file and a folder of one name, the file is told
 * @example findClashes(['a', 'a/b'], { keysAsPrefixes: false, folds: false }) // Map { 0 => 'a/b' }
 */
export function findClashes(names: readonly string[], { keysAsPrefixes, folds }: NamePlace): Map<number, string> {
  const fold = (name: string): string => (folds ? foldName(name) : name);
  const clashes = new Map<number, string>();
  const first = new Map<string, number>();
  const folders = new Map<string, string>();
  names.forEach((name, index) => {
    const key = fold(name);
    const other = first.get(key);
    if (other === undefined) first.set(key, index);
    else {
      clashes.set(index, names[other]!);
      if (!clashes.has(other)) clashes.set(other, name);
    }
    if (keysAsPrefixes) return;
    for (let at = key.indexOf('/'); at >= 0; at = key.indexOf('/', at + 1))
      if (!folders.has(key.slice(0, at))) folders.set(key.slice(0, at), name);
  });
  names.forEach((name, index) => {
    const inside = folders.get(fold(name));
    if (inside !== undefined && !clashes.has(index)) clashes.set(index, inside);
  });
  return clashes;
}

/** Whether the disk takes `A` for `a` at a folder that is there or will be. Asks for what is there under another case; writes nothing. */
export async function foldsNames(folder: string): Promise<boolean> {
  const usual = process.platform === 'darwin' || process.platform === 'win32';
  for (let at = folder; ; at = dirname(at)) {
    try {
      const names = [...(await readdir(at)), ''].map((name) => (name ? `${at.replace(/\/$/, '')}/${name}` : at));
      const path = names.find((name) => swapCase(name) !== name);
      if (path === undefined) return usual;
      const [one, other] = await Promise.all([stat(path), stat(swapCase(path))]);
      return one.ino === other.ino && one.dev === other.dev;
    } catch (error) {
      if ((error as { code?: unknown }).code !== 'ENOENT') return usual;
      // either the folder is not made yet, or there is nothing under the other case
      if (await exists(at)) return false;
      if (dirname(at) === at) return usual;
    }
  }
}

/** The same path, its last part in the other case. */
function swapCase(path: string): string {
  const cut = path.lastIndexOf('/') + 1;
  return path.slice(0, cut) + path.slice(cut).replace(/./gu, (c) => (c === c.toLowerCase() ? c.toUpperCase() : c.toLowerCase()));
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );
