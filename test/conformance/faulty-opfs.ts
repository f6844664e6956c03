/**
 * The browser's own disk with calls that fail on demand: a layer over the real handles.
 *
 * @module
 */
import type { SyncFile } from '../../src/cache/container/opfs-slab.ts';
import type { Fault } from './cache-rig.ts';
import { rejection, thrownAs } from './platform-errors.ts';

/** Calls that can fail. */
export type OpfsCall =
  | 'getFileHandle'
  | 'getFile'
  | 'arrayBuffer'
  | 'createWritable'
  | 'write'
  | 'close'
  | 'move'
  | 'removeEntry'
  | 'createSyncAccessHandle'
  | 'syncRead'
  | 'syncWrite'
  | 'syncTruncate'
  | 'syncFlush';

/** A layer over one folder. */
export interface FaultyOpfs {
  directory: FileSystemDirectoryHandle;
  /** All of these calls fail until it is lifted; `short` has sync writes write half and say so, as a full disk does in Firefox. */
  fail(calls: readonly OpfsCall[], name: string): Fault;
  /** The sync access handle that was made last. */
  sync(): SyncFile | undefined;
  /** What was written through writers: whether each was a whole buffer. */
  readonly wroteViews: boolean[];
}

const inner = new WeakMap<object, FileSystemHandle>();

/** Makes the layer. */
export function faultyOpfs(root: FileSystemDirectoryHandle): FaultyOpfs {
  const faults = new Set<{ calls: readonly OpfsCall[]; name: string; met: number }>();
  const wroteViews: boolean[] = [];
  let made: SyncFile | undefined;

  const faultOf = (call: OpfsCall): string | undefined => {
    const fault = [...faults].find(({ calls }) => calls.includes(call));
    if (fault) fault.met++;
    return fault?.name;
  };
  const guarded = async <T>(call: OpfsCall, task: () => Promise<T>): Promise<T> => {
    const name = faultOf(call);
    return name === undefined ? await task() : await rejection(name);
  };
  const guardedSync = <T>(call: OpfsCall, task: () => T): T => {
    const name = faultOf(call);
    if (name !== undefined) throw thrownAs(name);
    return task();
  };
  const layer = <T extends FileSystemHandle>(real: T, own: Record<string, unknown>): T => {
    const proxy = new Proxy(real, {
      has: (target, name) => name in target,
      get: (target, name) => {
        if (typeof name === 'string' && name in own && name in target) return own[name];
        const value: unknown = Reflect.get(target, name, target);
        return typeof value === 'function' ? (value as () => unknown).bind(target) : value;
      },
    });
    inner.set(proxy, real);
    return proxy;
  };
  const writerOf = (real: FileSystemWritableFileStream): object => ({
    write: (data: Uint8Array<ArrayBuffer>) => {
      wroteViews.push(data.byteLength !== data.buffer.byteLength);
      return guarded('write', () => real.write(data));
    },
    close: () => guarded('close', () => real.close()),
    abort: () => real.abort(),
  });
  const syncOf = (real: SyncFile): SyncFile => {
    const file: SyncFile = {
      read: (into, options) => guardedSync('syncRead', () => real.read(into, options)),
      write: (bytes, options) => {
        if ([...faults].some(({ calls, name }) => name === 'short' && calls.includes('syncWrite'))) {
          faultOf('syncWrite');
          return real.write(bytes.slice(0, bytes.length >> 1), options);
        }
        return guardedSync('syncWrite', () => real.write(bytes, options));
      },
      truncate: (size) => guardedSync('syncTruncate', () => real.truncate(size)),
      flush: () => guardedSync('syncFlush', () => real.flush()),
      getSize: () => real.getSize(),
      close: () => real.close(),
    };
    made = file;
    return file;
  };
  const fileOf = (
    real: FileSystemFileHandle & { move?: Function; createSyncAccessHandle?: () => Promise<SyncFile> },
  ): FileSystemFileHandle =>
    layer(real, {
      getFile: () =>
        guarded('getFile', async () => {
          const file = await real.getFile();
          const read = file.arrayBuffer.bind(file);
          return Object.defineProperty(file, 'arrayBuffer', { value: () => guarded('arrayBuffer', read) });
        }),
      createWritable: () => guarded('createWritable', async () => writerOf(await real.createWritable())),
      move: (into: object, name: string) => guarded('move', () => real.move!(inner.get(into), name)),
      createSyncAccessHandle: () => guarded('createSyncAccessHandle', async () => syncOf(await real.createSyncAccessHandle!())),
    });
  const folderOf = (real: FileSystemDirectoryHandle): FileSystemDirectoryHandle =>
    layer(real, {
      getDirectoryHandle: async (name: string, options: object) => folderOf(await real.getDirectoryHandle(name, options)),
      getFileHandle: (name: string, options: object) =>
        guarded('getFileHandle', async () => fileOf(await real.getFileHandle(name, options))),
      removeEntry: (name: string, options: object) => guarded('removeEntry', () => real.removeEntry(name, options)),
    });

  return {
    directory: folderOf(root),
    sync: () => made,
    wroteViews,
    fail(calls, name) {
      const fault = { calls, name, met: 0 };
      faults.add(fault);
      return { met: () => fault.met, lift: () => void faults.delete(fault) };
    },
  };
}
