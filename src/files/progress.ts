/**
 * How many at a time, and who hears of it.
 *
 * @module
 */
import { CloudError } from '../errors.ts';
import type { ProgressEvent } from '../store/options.ts';
import type { FileSet, ManyOptions } from './types.ts';

/** Told of one file that is done, with the bytes that it took. */
export type Tell = (path: string, sizeBytes: number) => void;

/**
 * Count files as they are done.
 *
 * @param progress who is told after each; `true` and `false` tell nobody
 * @param items counted when they can be without taking them
 */
export function startProgress(progress: ManyOptions['progress'], operation: string, options: ManyOptions, items?: unknown): Tell {
  if (typeof progress !== 'function') return () => {};
  const { length, size } = Object(items) as { length?: unknown; size?: unknown };
  const totalFiles = options.total ?? [length, size].find((count) => typeof count === 'number');
  const event: ProgressEvent = { operation, path: '', doneFiles: 0, totalFiles, doneBytes: 0 };
  return (path, sizeBytes) => {
    event.doneFiles++;
    event.doneBytes += sizeBytes;
    progress({ ...event, path });
  };
}

/** Whether somebody is told, so that it is worth a request to learn a size. */
export const isHeard = (files: FileSet, options: ManyOptions): boolean =>
  options.monitor !== undefined || typeof (options.progress ?? files.progress) === 'function';

/** {@link startProgress} for a place: the call's own `progress`, else that of the place. */
export const tellOf = (files: FileSet, operation: string, options: ManyOptions, items?: unknown): Tell =>
  startProgress(options.progress ?? files.progress, operation, options, items);

/** Files in flight; 0 means the default. @throws CloudError `InvalidArgument` */
export function widthOf(files: Pick<FileSet, 'context'>, parallel: number | undefined, standard?: number): number {
  if (parallel !== undefined && !(Number.isSafeInteger(parallel) && parallel >= 0)) {
    throw new CloudError('parallel is a whole number, 0 or more', { code: 'InvalidArgument' });
  }
  return parallel || standard || files.context.options.concurrency || 32;
}
