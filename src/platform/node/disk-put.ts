/**
 * Putting bytes in a file's place by calls that do not wait.
 *
 * @module
 */
import type * as NodeFs from 'node:fs';
import { MAX_FOLDERS, parent, uniqueNow } from './disk-replace.ts';

/** What is to be put where. */
export interface Put {
  readonly path: string;
  /** Beside it. May be there still when this throws. */
  readonly temporary: string;
  /** That both are in; made when it is missing. */
  readonly folder: string;
  readonly bytes: Uint8Array;
  /** How often, should others take it away while it is empty. */
  readonly maxFolders: number;
  /** When the file is to have changed, in seconds. */
  readonly time: number;
}

/** What is put now. */
export const putOf = (temporary: string, path: string, bytes: Uint8Array): Put => ({
  path,
  temporary,
  folder: parent(path),
  maxFolders: MAX_FOLDERS,
  bytes,
  time: uniqueNow(),
});

/**
 * Fills a temporary file and renames it. It is sent to another thread as text as well, so it knows nothing of its module.
 *
 * @param ask is told what is there now, and throws to refuse
 * @throws the system's error
 */
export function putNow(
  fs: typeof NodeFs,
  { path, temporary, folder, maxFolders, bytes, time }: Put,
  ask?: (now: NodeFs.BigIntStats | undefined) => void,
): NodeFs.BigIntStats {
  const now = fs.statSync(path, { throwIfNoEntry: false, bigint: true });
  if (now?.isDirectory()) throw Object.assign(new Error('a folder is in the way'), { code: 'EISDIR' });
  ask?.(now);
  let fd: number | undefined;
  for (let made = 0; fd === undefined; made++) {
    try {
      if (made > 0) fs.mkdirSync(folder, { recursive: true });
      fd = fs.openSync(temporary, 'wx+');
    } catch (error) {
      if ((error as { code?: unknown }).code !== 'ENOENT' || made === maxFolders) throw error;
    }
  }
  let stat: NodeFs.BigIntStats;
  try {
    for (let at = 0; at < bytes.length;) at += fs.writeSync(fd, bytes, at);
    if (now) fs.fchmodSync(fd, Number(now.mode) & 0o777);
    fs.futimesSync(fd, time, time);
    stat = fs.fstatSync(fd, { bigint: true });
  } finally {
    fs.closeSync(fd);
  }
  fs.renameSync(temporary, path);
  return stat;
}
