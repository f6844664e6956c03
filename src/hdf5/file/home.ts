/**
 * The file that an object is in, opened by itself: the library (HDF5 2.0.0) looks up texts of attributes that it has come to through an external
 * link in the file that it started from.
 *
 * @module
 */
import { Hdf5Error } from '../errors.ts';
import type { FileId, H5Module } from '../library/module.ts';
import { exitNow, linkSteps } from './address.ts';
import type { FileContext } from './context.ts';

/** Files that one path leads through. */
const MOST_FILES = 16;

/** Does something with an object in the file that it is in. */
export function withHomeNow<T>(
  module: H5Module,
  file: FileId,
  path: string,
  { engine }: Pick<FileContext, 'engine'>,
  act: (file: FileId, path: string) => T,
): T {
  if (!engine.hasSiblings) return act(file, path);
  const opened: FileId[] = [];
  try {
    let here = { file, path };
    const steps = linkSteps();
    for (;;) {
      const exit = exitNow(module, here.file, here.path, steps);
      if (!exit) return act(here.file, here.path);
      if (exit === 'endless') throw new Hdf5Error('a path leads through too many links');
      if (opened.length === MOST_FILES) throw new Hdf5Error('a path leads through too many files');
      // the working folder is the file's own; of names that begin elsewhere the library takes the last part
      const name = exit.filename.startsWith('/') ? exit.filename.slice(exit.filename.lastIndexOf('/') + 1) : exit.filename;
      const next = module.open(name, module.H5F_ACC_RDONLY, false, -1, -1);
      if (next < 0n) throw new Hdf5Error(`${name}, to which a link leads, could not be opened`);
      opened.push(next);
      here = { file: next, path: exit.path };
    }
  } finally {
    for (const one of opened) module.close_file(one);
  }
}
