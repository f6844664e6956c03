/**
 * What the tests of the package itself ask of the project: its folder, its files, its manifest.
 *
 * @module
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The project's folder: the nearest above this (bundled) module that holds a lock file. */
export const root: string = findRoot(dirname(fileURLToPath(import.meta.url)));

function findRoot(dir: string): string {
  if (existsSync(join(dir, 'package-lock.json'))) return dir;
  if (dirname(dir) === dir) throw new Error('no package-lock.json above the test');
  return findRoot(dirname(dir));
}

/** The parts of package.json that the tests look at. */
export interface Manifest {
  name: string;
  version: string;
  engines: { node: string };
  sideEffects: boolean;
  exports: Record<string, string | Record<string, string>>;
  bin: Record<string, string>;
  files: string[];
  scripts: Record<string, string>;
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
}

/** package.json. */
export function manifest(): Manifest {
  return JSON.parse(read('package.json')) as Manifest;
}

/** A file of the project as text. */
export function read(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

/** What is committed or about to be: every file that git does not ignore. */
export function trackedFiles(): string[] {
  const out = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '-z'], { cwd: root, encoding: 'utf8', maxBuffer: 1 << 26 });
  const names = new Set(out.split('\0').filter((name) => name && existsSync(join(root, name))));
  return [...names].sort();
}

/** The package's entries that are modules: subpath and name of the source without its ending. */
export function entries(): { subpath: string; name: string; target: Record<string, string> }[] {
  return Object.entries(manifest().exports).flatMap(([subpath, target]) => {
    if (typeof target === 'string') return [];
    const name = (target['default'] ?? '').replace('./dist/browser/', '').replace(/\.js$/, '');
    return [{ subpath, name, target }];
  });
}

/** Fails with one line for each thing found. */
export function none(found: readonly unknown[], what: string): void {
  if (found.length)
    throw new Error(`${what}:\n${found.map((item) => `  ${typeof item === 'string' ? item : JSON.stringify(item)}`).join('\n')}`);
}
