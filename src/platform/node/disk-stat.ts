/**
 * Looking at files: what they are, which version, and errors made known.
 *
 * @module
 */
import { lstatSync, promises as fs, statSync, type BigIntStats } from 'node:fs';
import { abortable, throwIfAborted } from '../../util/abort.ts';
import type { AbortOptions } from '../../types.ts';
import type { DiskStat } from '../types.ts';
import { diskError, isMissing } from './disk-error.ts';
import { atOnce } from './disk-now.ts';

/** A stat, with the permission bits. */
export interface FileStat extends DiskStat {
  mode: number;
}

/** Run one operation: it ends with the signal's reason or a CloudError. */
export async function guarded<T>(operation: string, path: string, options: AbortOptions | undefined, task: () => Promise<T>): Promise<T> {
  throwIfAborted(options?.signal);
  try {
    return await abortable(task(), options?.signal);
  } catch (error) {
    throw diskError(error, operation, path, options?.signal);
  }
}

/** The result, or `null` when there is no such file. */
export async function orNull<T>(found: Promise<T>): Promise<T | null> {
  try {
    return await found;
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

/** What stands at a path, links followed unless `ofLink`. */
export async function statOf(path: string, ofLink = false): Promise<FileStat | null> {
  // an error costs much more than the look, and most writes begin with a look at nothing
  const bigint = { bigint: true, throwIfNoEntry: false } as const;
  const found = atOnce(
    () => (ofLink ? lstatSync : statSync)(path, bigint),
    () => (ofLink ? fs.lstat : fs.stat)(path, bigint),
  );
  const stat = await orNull(found);
  return stat ? describe(stat) : null;
}

/** What makes a version. */
export type Figures = Pick<BigIntStats, 'ino' | 'size' | 'mtimeMs' | 'mtimeNs'>;

/** The version is of inode, size and nanoseconds: a replaced file has another inode, one written in place another time. */
export const factsOf = ({ ino, size, mtimeMs, mtimeNs }: Figures): Pick<DiskStat, 'sizeBytes' | 'mtimeMs' | 'version'> => ({
  sizeBytes: Number(size),
  mtimeMs: Number(mtimeMs),
  version: [ino, size, mtimeNs].map((n) => n.toString(36)).join('-'),
});

/** What the system says of a file. */
export function describe(stat: BigIntStats): FileStat {
  return {
    kind: stat.isFile() ? 'file' : stat.isDirectory() ? 'directory' : 'other',
    ...factsOf(stat),
    mode: Number(stat.mode & 0o777n),
  };
}
