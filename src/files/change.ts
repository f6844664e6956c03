/**
 * Removing, touching and moving files.
 *
 * @module
 */
import { CloudError, isCloudError } from '../errors.ts';
import type { AbortOptions } from '../types.ts';
import { mapParallel } from '../util/parallel.ts';
import { candidates, findFile } from './names.ts';
import type { FileSet } from './types.ts';

/** Names in one request where the store takes many. */
const batch = 1000;

/** Delete names, missing ones included. @returns how many names. Rejects with the first failure when all were tried. */
export async function deleteMany(files: FileSet, paths: Iterable<string> | AsyncIterable<string>, options: AbortOptions): Promise<number> {
  let count = 0;
  let failure: Error | undefined;
  let pending: string[] = [];
  const flush = async (): Promise<void> => {
    if (pending.length === 0) return;
    const { errors } = await files.store.delete(pending, options);
    failure ??= errors[0]?.error;
    pending = [];
  };
  for await (const path of paths) {
    count++;
    pending.push(...candidates(files, path));
    if (pending.length >= batch) await flush();
  }
  await flush();
  if (failure) throw failure;
  return count;
}

/** Make empty files where there are none; files on a disk get a new time. @returns how many names. */
export async function touchMany(files: FileSet, paths: Iterable<string> | AsyncIterable<string>, options: AbortOptions): Promise<number> {
  const one = async (path: string, _: number, signal: AbortSignal): Promise<void> => {
    const options = { signal };
    const found = await findFile(files, path, options);
    if (found) {
      await files.store.touch?.(found.key, options);
      return;
    }
    try {
      await files.store.put(path, new Uint8Array(0), { ...options, ifAbsent: files.store.capabilities.conditionalWrites });
    } catch (error) {
      if (!isCloudError(error, 'PreconditionFailed')) throw error; // somebody else made it: it is there
    }
  };
  let count = 0;
  for await (const _ of mapParallel(paths, files.context.options.concurrency ?? 32, one, { signal: options.signal, ordered: false })) count++;
  return count;
}

/** A missing file that must be there. */
export const notThere = (path: string, operation: string): CloudError =>
  new CloudError(`${path} is not there`, { code: 'NotFound', operation, key: path });
