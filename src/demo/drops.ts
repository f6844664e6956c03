/**
 * Files that are dropped on the page, wherever: beside the page's own elements the browser would leave the page for them.
 *
 * @module
 */
import { openDropped, type HandleStore } from '../index.ts';

/**
 * Take what is dropped until the signal ends.
 *
 * @param element has the class `dropping` while files are held over the page
 */
export function watchDrops(element: HTMLElement, onDrop: (dropped: Promise<HandleStore>) => void, signal: AbortSignal): void {
  const on = (name: 'dragover' | 'dragleave' | 'drop', act: (event: DragEvent, data: DataTransfer) => void): void =>
    document.addEventListener(
      name,
      (event) => {
        if (!event.dataTransfer?.types.includes('Files')) return;
        event.preventDefault();
        act(event, event.dataTransfer);
      },
      { signal },
    );
  on('dragover', () => element.classList.add('dropping'));
  on('dragleave', ({ relatedTarget }) => element.classList.toggle('dropping', relatedTarget !== null));
  on('drop', (_, data) => {
    element.classList.remove('dropping');
    // at once: one turn later the browser has forgotten it
    onDrop(openDropped(data, { mode: 'readwrite' }));
  });
}
