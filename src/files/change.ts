/**
 * Removing and touching files.
 *
 * @module
 */
import { CloudError, isCloudError } from '../errors.ts';
import { throwIfAborted } from '../util/abort.ts';
import { mapParallel } from '../util/parallel.ts';
import { candidates, findFile, plainType } from './names.ts';
import { tellOf, widthOf } from './progress.ts';
import type { FileSet, Many, ManyOptions } from './types.ts';

/** Names in one request where the store takes many. */
const batch = 1000;

/** Delete names, missing ones included. @returns how many names. Rejects with the first failure when all were tried. */
export async function deleteMany(files: FileSet, paths: Many<string>, options: ManyOptions): Promise<number> {
  const { signal } = options;
  throwIfAborted(signal);
  const tell = tellOf(files, 'delete', options, paths);
  let count = 0;
  let failure: Error | undefined;
  let pending: string[] = [];
  const flush = async (): Promise<void> => {
    if (pending.length === 0) return;
    const { errors } = await files.store.delete(
      pending.flatMap((path) => candidates(files, path)),
      { signal },
    );
    failure ??= errors[0]?.error;
    for (const path of pending) tell(path, 0);
    pending = [];
  };
  for await (const path of paths) {
    count++;
    if (pending.push(path) >= batch) await flush();
  }
  await flush();
  if (failure) throw failure;
  return count;
}

/** Make empty files where there are none; files on a disk get a new time. @returns how many names. */
export async function touchMany(files: FileSet, paths: Many<string>, options: ManyOptions): Promise<number> {
  const tell = tellOf(files, 'touch', options, paths);
  const one = async (path: string, _: number, signal: AbortSignal): Promise<void> => {
    const found = await findFile(files, path, { signal });
    if (found) {
      await files.store.touch?.(found.key, { signal });
      return;
    }
    try {
      const ifAbsent = files.store.capabilities.conditionalWrites;
      await files.store.put(path, new Uint8Array(0), { signal, ifAbsent, contentType: plainType(files) });
    } catch (error) {
      if (!isCloudError(error, 'PreconditionFailed')) throw error; // somebody else made it: it is there
    }
  };
  const touched = async (path: string, index: number, signal: AbortSignal): Promise<void> => {
    await one(path, index, signal);
    tell(path, 0);
  };
  let count = 0;
  for await (const _ of mapParallel(paths, widthOf(files, undefined), touched, { signal: options.signal })) count++;
  return count;
}

/** A missing file that must be there. */
export const notThere = (path: string, operation: string): CloudError =>
  new CloudError(`${path} is not there`, { code: 'NotFound', operation, key: path });
