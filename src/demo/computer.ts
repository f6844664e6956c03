/**
 * Places of this computer: a folder, the browser's own disk, an HDF5 file.
 *
 * @module
 */
import { openHandleStore, type HandleStore } from '../index.ts';
import { h, newId } from './dom.ts';

/** What can be chosen. */
export interface ComputerWays {
  folder(store: HandleStore, name: string): void;
  /** The browser's own disk. */
  opfs(): void;
  file(file: File): void;
  fail(error: unknown): void;
}

type WithPicker = typeof globalThis & { showDirectoryPicker?(): Promise<FileSystemDirectoryHandle> };

/** The buttons. */
export function computerPlaces(ways: ComputerWays): HTMLElement {
  const choose = async (): Promise<void> => {
    try {
      const folder = await (globalThis as WithPicker).showDirectoryPicker!();
      ways.folder(openHandleStore(folder, { mode: 'readwrite' }), folder.name);
    } catch (error) {
      if ((error as Error).name !== 'AbortError') ways.fail(error);
    }
  };
  const input = h('input', { type: 'file', name: 'local', id: newId(), accept: '.h5,.hdf5,.hdf,.he5,.nc,.nc4,.nxs,.cxi,.h5ad,.loom' });
  input.onchange = () => {
    const [file] = input.files ?? [];
    input.value = '';
    if (file) ways.file(file);
  };
  const picks = 'showDirectoryPicker' in globalThis;
  return h(
    'section',
    { class: 'local', 'aria-label': 'This computer' },
    h('h3', { class: 'plain' }, 'This computer'),
    h(
      'div',
      { class: 'bar' },
      picks && h('button', { type: 'button', onclick: () => void choose() }, 'Open a folder…'),
      h('button', { type: 'button', onclick: () => ways.opfs() }, 'Open this browser’s own disk'),
      h(
        'span',
        { class: 'note' },
        picks ? 'or drop a folder or files anywhere on this page' : 'or drop a folder or files anywhere on this page, to read them',
      ),
    ),
    h('div', { class: 'field' }, h('label', { for: input.id }, 'Look into an HDF5 file'), input),
  );
}
