/**
 * One immutable file a value, where there are no sync access handles: in pages, and in WebKit.
 *
 * A file is written under a name that nobody asks for and moved to its own: written in place or over an old name it could be torn (WebKit,
 * measured). Its key, length and time are in its name, so that a listing makes the index; it is verified when it is read.
 *
 * @module
 */
import { idOf, type OpfsBacking, type OpfsItem } from './opfs-backing.ts';
import type { CacheKey } from './container.ts';
import { isKey } from './key.ts';
import { decodeRecord } from './opfs-record.ts';
import { nameOfThrown } from './trouble.ts';

/** Which file a value is. */
export interface FileItem extends OpfsItem {
  readonly name: string;
}

type Movable = FileSystemFileHandle & { move?(folder: FileSystemDirectoryHandle, name: string): Promise<void> };

const NAME = /^([\da-f]{16})-([\da-f]{40})-(\d+|[wo])-([\da-z]+)-([\da-z]+)-([\da-z]+)-[\da-z]+$/;

let made = 0;

/** A name that nobody has had: what is removed and what comes in its place must not be mistaken for each other. */
const nameOf = (key: CacheKey, totalBytes: number, used: number): string =>
  `${idOf(key)}-${[key.sizeBytes, totalBytes, Math.floor(used), ++made].map((n) => n.toString(36)).join('-')}`;

/** What a name says; undefined when it is of something else. */
function itemOf(name: string): FileItem | undefined {
  const [, namespace = '', object = '', part = '', ...numbers] = NAME.exec(name) ?? [];
  const [sizeBytes = NaN, totalBytes = NaN, used = NaN] = numbers.map((text) => parseInt(text, 36));
  const key: CacheKey = { namespace, object, part: part === 'w' || part === 'o' ? part : Number(part), sizeBytes };
  return isKey(key) && part ? { key, name, totalBytes, used } : undefined;
}

/** Names in a folder; handles cannot be iterated by `for await` in WebKit. */
export async function namesIn(folder: FileSystemDirectoryHandle): Promise<string[]> {
  const names: string[] = [];
  const iterator = folder.keys();
  for (let step = await iterator.next(); !step.done; step = await iterator.next()) names.push(step.value);
  return names;
}

/** Open the files of a folder. */
export async function openFiles(folder: FileSystemDirectoryHandle): Promise<OpfsBacking<FileItem>> {
  const items = new Map<string, FileItem>();
  let bytes = 0;
  /** Names of items, and of what is being written. */
  const owned = new Set<string>();
  const add = (item: FileItem): void => {
    items.set(idOf(item.key), item);
    owned.add(item.name);
    bytes += item.totalBytes;
  };
  const drop = (item: FileItem): boolean => {
    const id = idOf(item.key);
    if (items.get(id) !== item) return false;
    bytes -= item.totalBytes;
    owned.delete(item.name);
    return items.delete(id);
  };
  const removeFile = async (name: string): Promise<void> => {
    try {
      await folder.removeEntry(name);
    } catch (error) {
      if (nameOfThrown(error) !== 'NotFoundError') throw error;
    }
  };
  for (const name of await namesIn(folder)) {
    const item = itemOf(name);
    // Of two, which a crash may leave, one is an orphan.
    if (item && !items.has(idOf(item.key))) add(item);
  }

  return {
    layout: 'files',
    items,
    bytes: () => bytes,
    owns: (name) => owned.has(name),
    wasted: () => 0,
    async read(item) {
      const file = await (await folder.getFileHandle(item.name)).getFile();
      return file.size === item.totalBytes ? decodeRecord(new Uint8Array(await file.arrayBuffer()), item.key) : undefined;
    },
    async write(key, record, used) {
      const temporary = `tmp-${Date.now().toString(36)}-${(++made).toString(36)}`;
      const name = nameOf(key, record.length, used);
      owned.add(temporary).add(name);
      try {
        const handle: Movable = await folder.getFileHandle(temporary, { create: true });
        const writer = await handle.createWritable();
        try {
          await writer.write(record);
          await writer.close();
        } catch (error) {
          await writer.abort().catch(() => {});
          throw error;
        }
        // Both arguments: with one alone WebKit takes neither.
        await handle.move!(folder, name);
        const before = items.get(idOf(key));
        // Put twice at a time: readers of the first one are not to be disturbed.
        if (before?.totalBytes === record.length && key.part !== 'o') return await removeFile(name);
        if (before) drop(before);
        add({ key, name, totalBytes: record.length, used });
        if (before) await removeFile(before.name);
      } catch (error) {
        await folder.removeEntry(temporary).catch(() => {});
        throw error;
      } finally {
        owned.delete(temporary);
        if (items.get(idOf(key))?.name !== name) owned.delete(name);
      }
    },
    async remove(gone) {
      const mine = gone.filter(drop);
      const ends = await Promise.allSettled(mine.map(({ name }) => removeFile(name)));
      const failed = ends.flatMap((end, i) => (end.status === 'rejected' ? [{ reason: end.reason as unknown, item: mine[i]! }] : []));
      // Still there, so still ours to remove.
      for (const { item } of failed) if (!items.has(idOf(item.key))) add(item);
      if (failed.length) throw failed[0]!.reason;
      return mine.length;
    },
    // Not on the disk: it would cost as much as writing the value again.
    touch: () => {},
    tidy: async () => {},
    close: async () => {},
  };
}

/** Whether files can be written and moved here, as they must be. */
export const canMove = (handle: FileSystemFileHandle): boolean => 'createWritable' in handle && 'move' in handle;
