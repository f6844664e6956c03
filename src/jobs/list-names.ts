/**
 * The names of a job: what a place holds, as a listing that can go on where it was interrupted.
 *
 * @module
 */
import { nameFor } from '../files/names.ts';
import type { FileSet } from '../files/types.ts';
import type { AbortOptions } from '../types.ts';
import type { ResumableNames } from './types.ts';

/** Options of {@link listNames}. */
export interface ListNamesOptions extends AbortOptions {
  /** Also what is in folders. @default true */
  recursive?: boolean | undefined;
}

/**
 * Names of all files, by which a transfer finds each of them: without the suffix of an encoding, as cloud-files lists them, unless another
 * file
 * has that name already (`a` beside `a.gz`). Markers of folders are left out.
 */
export function listNames(files: FileSet, { recursive = true, signal }: ListNamesOptions = {}): ResumableNames {
  let last = '';
  async function* from(startAfter: string): AsyncGenerator<string, void, undefined> {
    last = startAfter;
    for await (const { objects } of files.store.list({
      signal,
      ...(startAfter && { startAfter }),
      ...(!recursive && { delimiter: '/' }),
    })) {
      for (const { key, sizeBytes } of objects) {
        if (key.endsWith('/') && sizeBytes === 0) continue;
        const name = await nameFor(files, key, signal);
        last = key;
        yield name;
      }
    }
  }
  return { list: recursive ? 'all' : 'one level', position: () => last, from };
}
