/**
 * Downloads of the page: to a place that the person chooses where the browser lets it, else by a link.
 *
 * @module
 */
import { signal, type Signal } from '@preact/signals';
import { CloudError, isCloudError, openHandleStore, type ObjectInfo, type ObjectStore } from '../../index.ts';
import { h } from '../dom.ts';
import { baseName, count } from '../format.ts';
import { isAbort, makeRow, reasonOf, update, type TransferRow } from './row.ts';

/** What Chromium has. */
interface Pickers {
  showSaveFilePicker?(o: { suggestedName: string }): Promise<FileSystemFileHandle>;
  showDirectoryPicker?(o: { mode: 'readwrite' }): Promise<FileSystemDirectoryHandle>;
}

const pickers = globalThis as Pickers;

/** More than this a page should not hold in memory on its way to a link. */
const mostLinkBytes = 1_000_000_000;

/** Where bytes are put: all or nothing. */
interface Sink {
  write(bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  close(): Promise<void>;
  abort(): Promise<void>;
}

async function fileSink(handle: FileSystemFileHandle): Promise<Sink> {
  const writable = await handle.createWritable();
  return {
    write: (bytes) => writable.write(bytes),
    close: () => writable.close(),
    abort: () => writable.abort().catch(() => {}),
  };
}

/** The browser's downloads, which are told of the file when all of it is there. */
function linkSink(name: string): Sink {
  let parts: Uint8Array<ArrayBuffer>[] = [];
  return {
    write: async (bytes) => void parts.push(bytes),
    async close() {
      // never a type that the browser would open in this page's origin
      const url = URL.createObjectURL(new Blob(parts, { type: 'application/octet-stream' }));
      h('a', { href: url, download: name }).click();
      setTimeout(() => URL.revokeObjectURL(url), 60_000);
    },
    abort: async () => void (parts = []),
  };
}

/** Whether folders can be downloaded in this browser. */
export const canSaveFolders = (): boolean => 'showDirectoryPicker' in globalThis;

/** All downloads of the page. */
export class Downloads {
  readonly rows: Signal<readonly TransferRow[]> = signal([]);
  private readonly running = new Set<AbortController>();

  private begin(name: string, to: string): { row: TransferRow; stop: AbortController } {
    const row = makeRow('download', name, to);
    const stop = new AbortController();
    this.rows.value = [...this.rows.value.filter(({ view }) => view.peek().state !== 'done').slice(-20), row];
    this.running.add(stop);
    row.actions.value = { Stop: () => stop.abort(new DOMException('the download was stopped', 'AbortError')) };
    return { row, stop };
  }

  private end(row: TransferRow, stop: AbortController, error?: unknown): void {
    this.running.delete(stop);
    row.actions.value = {};
    if (error === undefined) update(row, { state: 'done' });
    else if (isAbort(error)) update(row, { state: 'stopped', note: 'Nothing of it was kept.' });
    else update(row, { state: 'failed', note: reasonOf(error) });
  }

  /** Download one file as it is stored, held to its checksum. Call it where a click is handled. */
  async file(store: ObjectStore, { key, sizeBytes }: Pick<ObjectInfo, 'key' | 'sizeBytes'>, name: string = baseName(key)): Promise<void> {
    let handle: FileSystemFileHandle | undefined;
    try {
      handle = await pickers.showSaveFilePicker?.({ suggestedName: name });
    } catch (error) {
      if (isAbort(error)) return;
    }
    const { row, stop } = this.begin(name, handle ? handle.name : 'the downloads of this browser');
    let sink: Sink | undefined;
    try {
      if (!handle && sizeBytes > mostLinkBytes)
        throw new CloudError('a file of more than 1 GB goes through no link', { code: 'NotSupported', operation: 'get', key: name });
      sink = handle ? await fileSink(handle) : linkSink(name);
      const result = await store.get(key, { signal: stop.signal, cache: 'read-only' });
      if (!result) throw new CloudError('the file is not there any more', { code: 'NotFound', operation: 'get', key: name });
      update(row, { totalBytes: result.totalBytes });
      const reader = result.stream().getReader();
      for (let doneBytes = 0; ;) {
        const { done, value } = await reader.read();
        if (done) break;
        await sink.write(value);
        update(row, { doneBytes: (doneBytes += value.length) });
      }
      stop.signal.throwIfAborted();
      await sink.close();
      update(row, { note: result.verified ? 'Verified.' : 'The store keeps no checksum to verify it by.' });
      this.end(row, stop);
    } catch (error) {
      await sink?.abort();
      this.end(row, stop, error);
    }
  }

  /** Download all below a folder into one that the person chooses. What is there already stays as it is. Call it where a click is handled. */
  async folder(store: ObjectStore, prefix: string, name: string): Promise<void> {
    let chosen: FileSystemDirectoryHandle | undefined;
    try {
      chosen = await pickers.showDirectoryPicker?.({ mode: 'readwrite' });
    } catch (error) {
      if (!isAbort(error)) throw error;
    }
    if (!chosen) return;
    const { row, stop } = this.begin(name, chosen.name);
    const target = openHandleStore(chosen, { mode: 'readwrite' });
    const { signal } = stop;
    let files = 0;
    let kept = 0;
    const failed: string[] = [];
    try {
      let doneBytes = 0;
      for await (const { objects } of store.list({ prefix, signal }))
        for (const { key } of objects) {
          const path = key.slice(prefix.length);
          if (path === '' || path.endsWith('/')) continue;
          try {
            const result = await store.get(key, { signal, cache: 'read-only' });
            if (!result) continue;
            await target.put(path, result.stream(), { ifAbsent: true, sizeBytes: result.totalBytes, signal });
            update(row, { doneBytes: (doneBytes += result.totalBytes), note: count(++files, 'file') });
          } catch (error) {
            signal.throwIfAborted();
            if (isCloudError(error, 'PreconditionFailed')) kept++;
            else failed.push(`${path}: ${reasonOf(error)}`);
          }
        }
      const notes = [
        count(files, 'file'),
        kept > 0 && `${count(kept, 'file')} there already`,
        failed.length > 0 && `${failed.length} failed`,
      ];
      update(row, { totalBytes: doneBytes, note: `${notes.filter(Boolean).join(', ')}. ${failed.slice(0, 3).join('; ')}`.trim() });
      this.end(row, stop);
      if (failed.length > 0) update(row, { state: 'failed' });
    } catch (error) {
      this.end(row, stop, error);
      if (isAbort(error)) update(row, { note: `${count(files, 'file')} are complete.` });
    }
  }

  /** The connection ends, and with it what runs. */
  leave(): void {
    for (const stop of this.running) stop.abort(new DOMException('the connection was closed', 'AbortError'));
    this.rows.value = [];
  }
}
