/**
 * One attempt at an operation, in the folder of its file, in a module that may have broken down.
 *
 * @module
 */
import { isCloudError } from '../../errors.ts';
import { Hdf5Error } from '../errors.ts';
import { attemptHolder, during, type Attempt } from './attempt.ts';
import { isBreakdown, libraryError } from './guards.ts';
import type { H5Module } from './module.ts';

/** The error for a module that has broken down. */
export const brokenDown = (cause: unknown): Hdf5Error =>
  new Hdf5Error(
    'the HDF5 library has broken down, by this file or another, and serves no file any more: load the page or start the worker anew',
    { cause },
  );

/**
 * Make an attempt with the folder as the working one: external data are looked for from there.
 *
 * @param folder the path of the file's folder
 * @throws Hdf5Error the module has broken down, now or before; what `act` throws
 */
export function attemptIn<T>({ FS }: H5Module, folder: string, attempt: Attempt, act: () => T): T {
  const holder = attemptHolder();
  if (holder.broken) throw brokenDown(holder.broken);
  try {
    return during(attempt, () => {
      const home = FS.cwd();
      FS.chdir(folder);
      try {
        return act();
      } finally {
        FS.chdir(home);
      }
    });
  } catch (error) {
    if (!isBreakdown(error)) throw error;
    holder.broken = error;
    throw brokenDown(error);
  }
}

/** What an operation's error means to who called. @param text what the library printed */
export function explained(error: unknown, text: string): unknown {
  if (isCloudError(error)) return error;
  if (text) return libraryError('do this', text);
  return new Hdf5Error(`the HDF5 library failed: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
}
