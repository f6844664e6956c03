/**
 * Folders of the user's own disk: what he allows a page may end at any time, and asking again takes a click.
 *
 * @module
 */
import { CloudError } from '../errors.ts';
import type { Disk } from '../platform/types.ts';
import type { AbortOptions } from '../types.ts';
import { abortable } from '../util/abort.ts';

/** What a page wants to do with a folder. */
export type HandleMode = 'read' | 'readwrite';

/** What handles have in Chromium alone. */
interface WithPermission {
  queryPermission?(o: { mode: HandleMode }): Promise<PermissionState>;
  requestPermission?(o: { mode: HandleMode }): Promise<PermissionState>;
}

/** The least of what is allowed of several handles. */
async function least(
  handles: readonly FileSystemHandle[],
  signal: AbortSignal | undefined,
  ask: (handle: WithPermission) => Promise<PermissionState> | undefined,
): Promise<PermissionState> {
  let all: PermissionState = 'granted';
  for (const handle of handles) {
    // nothing to ask: the browser's own disk, and what was dropped on browsers that know no permissions
    const state = await abortable(ask(handle as WithPermission) ?? Promise.resolve<PermissionState>('granted'), signal);
    if (state === 'denied' || all === 'granted') all = state;
  }
  return all;
}

/** What is allowed now. Asks nobody. */
export const permissionOf = (handles: readonly FileSystemHandle[], mode: HandleMode, { signal }: AbortOptions): Promise<PermissionState> =>
  least(handles, signal, (handle) => handle.queryPermission?.({ mode }));

/** Asks the user; only where a click is handled. */
export const requestOf = (handles: readonly FileSystemHandle[], mode: HandleMode, { signal }: AbortOptions): Promise<PermissionState> =>
  least(handles, signal, (handle) => handle.requestPermission?.({ mode }));

/**
 * A disk that is asked nothing that the user does not allow: browsers would ask him then, and wait for him without end.
 *
 * @param handles whose permission counts
 */
export function permitted(disk: Disk, handles: readonly FileSystemHandle[]): Disk {
  const need = async (mode: HandleMode, path: string, options: AbortOptions = {}): Promise<void> => {
    if ((await permissionOf(handles, mode, options)) === 'granted') return;
    throw new CloudError('the user has to allow this: call request() of the store where a click is handled', {
      code: 'PermissionDenied',
      key: path,
      providerCode: 'NeedsGesture',
    });
  };
  return {
    stat: async (path, o) => (await need('read', path, o), disk.stat(path, o)),
    list: async (path, o) => (await need('read', path, o), disk.list(path, o)),
    open: async (path, o) => (await need('read', path, o), disk.open(path, o)),
    write: async (path, chunks, o) => (await need('readwrite', path, o), disk.write(path, chunks, o)),
    remove: async (path, o) => (await need('readwrite', path, o), disk.remove(path, o)),
    rename: async (from, to, o) => (await need('readwrite', from, o), disk.rename(from, to, o)),
    makeDirectory: async (path, o) => (await need('readwrite', path, o), disk.makeDirectory(path, o)),
    removeDirectory: async (path, o) => (await need('readwrite', path, o), disk.removeDirectory(path, o)),
    touch: async (path, o) => (await need('readwrite', path, o), disk.touch(path, o)),
    edit: async (path, o) => (await need('readwrite', path, o), disk.edit(path, o)),
    lock: (path, task, o) => disk.lock(path, task, o),
  };
}
