/**
 * Files to upload: chosen in a dialog, or dropped.
 *
 * @module
 */
import type { HandleStore } from '../../index.ts';
import { h } from '../dom.ts';
import type { UploadItem } from './uploads.ts';

/** What Chromium has; files that are chosen by it need not be chosen again after a restart. */
type WithPicker = typeof globalThis & { showOpenFilePicker?(o: { multiple: boolean }): Promise<FileSystemFileHandle[]> };

/** A dialog of every browser. Never settles when the person closes it without a choice in browsers that do not tell. */
const byInput = (folder: boolean, multiple: boolean): Promise<File[]> =>
  new Promise((resolve) => {
    const input = h('input', { type: 'file', multiple, webkitdirectory: folder });
    input.onchange = () => resolve([...(input.files ?? [])]);
    input.oncancel = () => resolve([]);
    input.click();
  });

/** Let the person choose files. */
export async function pickFiles(): Promise<UploadItem[]> {
  const { showOpenFilePicker } = globalThis as WithPicker;
  if (!showOpenFilePicker) return (await byInput(false, true)).map((file) => ({ path: file.name, source: file }));
  try {
    return (await showOpenFilePicker({ multiple: true })).map((handle) => ({ path: handle.name, source: handle }));
  } catch (error) {
    if ((error as Error).name === 'AbortError') return [];
    throw error;
  }
}

/** Let the person choose a folder: the files in it, by their paths, which begin with its name. */
export const pickFolder = async (): Promise<UploadItem[]> =>
  (await byInput(true, false)).map((file) => ({ path: file.webkitRelativePath || file.name, source: file }));

/** Let the person choose one file again. */
export const pickAgain = async (): Promise<File | undefined> => (await byInput(false, false))[0];

/** The files of what was dropped. */
export async function* droppedItems(store: HandleStore): AsyncGenerator<UploadItem, void, undefined> {
  for await (const { objects } of store.list()) for (const { key } of objects) yield { path: key, source: await store.source(key) };
}
