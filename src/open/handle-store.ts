/**
 * Folders of the user's own disk as stores: chosen in a dialog, or dropped on the page.
 *
 * @module
 */
import { openFolder } from '#platform';
import { CloudError } from '../errors.ts';
import { capabilitiesOf } from '../store/capabilities.ts';
import { lazyStore } from '../store/lazy.ts';
import type { HandleMode } from '../store/permitted.ts';
import { withReadonly } from '../store/wrap/readonly.ts';
import type { AbortOptions, ObjectStore } from '../types.ts';

/** Options of {@link openHandleStore} and {@link openDropped}. */
export interface HandleStoreOptions {
  /** With `read` everything that would write rejects with `NotSupported`. @default 'read' */
  mode?: HandleMode | undefined;
}

/** A store over a folder of the user's own disk. */
export interface HandleStore extends ObjectStore {
  /** What the user allows at this moment. Asks nobody. */
  permission(options?: AbortOptions): Promise<PermissionState>;
  /** Ask the user. Only where a click or a key is handled; without one some browsers never answer, so give a signal. */
  request(options?: AbortOptions): Promise<PermissionState>;
  /**
   * The file itself, for `uploadFile`: its handle where there is one, which the journal keeps, so that nobody has to choose it again.
   *
   * @throws CloudError `NotFound`, `PermissionDenied`
   */
  source(key: string, options?: AbortOptions): Promise<File | FileSystemFileHandle>;
}

/** A store over a folder, with the handles whose permission counts. */
export function storeOfFolder(
  folder: FileSystemDirectoryHandle,
  handles: readonly FileSystemHandle[],
  { mode = 'read' }: HandleStoreOptions,
): HandleStore {
  const url = `handle:///${encodeURIComponent(folder.name)}`;
  const open = async (): Promise<ObjectStore> => {
    const [{ createTreeStore }, { permitted }] = await Promise.all([import('../store/tree-store.ts'), import('../store/permitted.ts')]);
    const disk = async () => {
      const found = await openFolder(folder);
      return found && permitted(found, handles);
    };
    return createTreeStore({ url, root: '/', open: disk, backslash: false });
  };
  const whole = lazyStore(url, capabilitiesOf('opfs', true), open);
  return {
    ...(mode === 'read' ? withReadonly(whole) : whole),
    async permission(options = {}) {
      const { permissionOf } = await import('../store/permitted.ts');
      return permissionOf(handles, mode, options);
    },
    async request(options = {}) {
      const { requestOf } = await import('../store/permitted.ts');
      return requestOf(handles, mode, options);
    },
    async source(key, options) {
      // also checks the key, and that it may be read
      const info = await whole.head(key, options);
      if (!info) throw new CloudError('there is no such file', { code: 'NotFound', operation: 'get', key, url });
      const names = key.split('/');
      const name = names.pop()!;
      try {
        let at = folder;
        for (const part of names) at = await at.getDirectoryHandle(part);
        const found = await at.getFileHandle(name);
        const isHandle = 'FileSystemFileHandle' in globalThis && found instanceof FileSystemFileHandle;
        return isHandle ? found : await found.getFile();
      } catch (cause) {
        throw new CloudError('the file went, or may not be read', { code: 'NotFound', operation: 'get', key, url, cause });
      }
    },
  };
}

/**
 * Open a folder that the user chose as a store: `showDirectoryPicker()` and dropped items give handles of such, OPFS too. Behaves as `opfs://`. Sends
 * nothing and asks nobody by itself: what the user has not allowed, or no longer allows after a reload, rejects with `PermissionDenied`
 * (`providerCode: 'NeedsGesture'`) at once; {@link HandleStore.request} asks him, in a click.
 *
 * @param folder a handle, which may also come out of IndexedDB
 * @throws nothing; where there are no such folders every call rejects with `NotSupported`
 * @example
 * button.onclick = async () => {
 *   const store = openHandleStore(await showDirectoryPicker(), { mode: 'read' });
 *   for await (const page of store.list()) console.log(page.objects);
 * };
 */
export const openHandleStore = (folder: FileSystemDirectoryHandle, options: HandleStoreOptions = {}): HandleStore =>
  storeOfFolder(folder, [folder], options);
