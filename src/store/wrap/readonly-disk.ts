/**
 * A disk that cannot be changed.
 *
 * @module
 */
import { CloudError } from '../../errors.ts';
import type { Disk } from '../../platform/types.ts';

/** Wrap a disk so that all that would write, locks included, rejects with `NotSupported`. */
export function readonlyDisk(disk: Disk): Disk {
  const refuse = async (path: string): Promise<never> => {
    throw new CloudError('this client is read-only: nothing is written to disks', { code: 'NotSupported', key: path });
  };
  return {
    stat: (path, options) => disk.stat(path, options),
    list: (path, options) => disk.list(path, options),
    open: (path, options) => disk.open(path, options),
    ...(disk.realPath && { realPath: (path: string) => disk.realPath!(path) }),
    write: refuse,
    remove: refuse,
    rename: refuse,
    makeDirectory: refuse,
    removeDirectory: refuse,
    touch: refuse,
    edit: refuse,
    lock: refuse,
    ...(disk.copy && { copy: refuse }),
  };
}
