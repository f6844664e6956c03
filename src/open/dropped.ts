/**
 * What was dropped on a page, as a store.
 *
 * @module
 */
import { entryMember, fileMember, folderOfMembers, type Member } from '../store/handle-folder.ts';
import { storeOfFolder, type HandleStore, type HandleStoreOptions } from './handle-store.ts';

/** Of items in Chromium alone. */
type WithHandle = DataTransferItem & { getAsFileSystemHandle?(): Promise<FileSystemHandle | null> };

const isHandle = (it: unknown): boolean => 'FileSystemHandle' in globalThis && it instanceof FileSystemHandle;

/** What an item is. All is asked for at once, since one turn later it is gone; handles come first, since they can be kept and written. */
function memberOf(item: WithHandle): Promise<Member | undefined> {
  const file = item.getAsFile();
  const entry = item.webkitGetAsEntry?.();
  const other = entry?.isDirectory ? entryMember(entry) : file ? fileMember(file) : undefined;
  const handle = item.getAsFileSystemHandle?.();
  // what a program has put there has no handle
  return handle ? handle.then((it) => (it as Member | null) ?? other).catch(() => other) : Promise.resolve(other);
}

/**
 * Open the files and folders that were dropped on a page as a store, whose keys begin with the name of each. Call it before anything is awaited: one
 * turn after the event the browser has forgotten what was dropped. In Chromium files are found by handles, elsewhere they can only be read.
 *
 * @param data of a `drop` or `paste` event
 * @returns an empty store when no files were dropped
 * @example
 * element.ondrop = async (event) => {
 *   event.preventDefault();
 *   const store = await openDropped(event.dataTransfer);
 *   for await (const { objects } of store.list())
 *     for (const { key } of objects) uploadFile(target, key, await store.source(key), { journal });
 * };
 */
export function openDropped(data: DataTransfer, options: HandleStoreOptions = {}): Promise<HandleStore> {
  const found = [...data.items].filter(({ kind }) => kind === 'file').map(memberOf);
  return Promise.all(found).then((members) => {
    const here = members.filter((member) => member !== undefined);
    const handles = here.filter(isHandle) as unknown as FileSystemHandle[];
    return storeOfFolder(folderOfMembers('dropped', here), handles, options);
  });
}
