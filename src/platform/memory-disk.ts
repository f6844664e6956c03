/**
 * A disk in memory: where there is no other, and in tests.
 *
 * @module
 */
import { CloudError, type ErrorCode } from '../errors.ts';
import { throwIfAborted } from '../util/abort.ts';
import { slices } from '../util/bytes.ts';
import { createKeyedLock } from '../util/keyed-lock.ts';
import { gather } from '../util/streams.ts';
import { createEdit } from './disk-edit.ts';
import type { Disk, DiskEntry, DiskStat } from './types.ts';

const PIECE_BYTES = 0x100000;

interface Kept extends DiskStat {
  /** Never changed, only replaced: whoever reads it reads one version. */
  bytes: Uint8Array;
}

/** Make an empty disk. What it holds goes with it. */
export function createMemoryDisk(): Disk {
  const files = new Map<string, Kept>();
  const folders = new Set<string>(['']);
  const lock = createKeyedLock();
  let versions = 0;

  const statOf = (path: string): DiskStat | null => {
    const file = files.get(path);
    if (file) return { kind: 'file', sizeBytes: file.sizeBytes, mtimeMs: file.mtimeMs, version: file.version };
    return folders.has(trim(path)) ? { kind: 'directory', sizeBytes: 0, mtimeMs: 0, version: '' } : null;
  };
  const makeFolder = (path: string, operation: string): void => {
    const missing: string[] = [];
    for (let at = trim(path); !folders.has(at); at = parent(at)) {
      if (files.has(at)) throw failure('AlreadyExists', 'a file is in the way', operation, path);
      missing.push(at);
    }
    for (const at of missing) folders.add(at);
  };
  const keep = (path: string, bytes: Uint8Array): DiskStat => {
    const version = (++versions).toString(36);
    files.set(path, { kind: 'file', bytes, sizeBytes: bytes.length, mtimeMs: Date.now(), version });
    return statOf(path) as DiskStat;
  };
  type Condition = Parameters<Disk['write']>[2];
  const place = (path: string, bytes: Uint8Array, { signal, condition }: NonNullable<Condition> = {}): DiskStat => {
    const now = statOf(path);
    if (now?.kind === 'directory') throw failure('AlreadyExists', 'a folder is in the way', 'put', path);
    condition?.(now);
    throwIfAborted(signal);
    makeFolder(parent(path), 'put');
    return keep(path, bytes);
  };
  const children = (folder: string): Map<string, DiskEntry> => {
    const found = new Map<string, DiskEntry>();
    const add = (path: string, kind: DiskEntry['kind']): void => {
      if (parent(path) === folder && path) found.set(path, { name: path.slice(folder.length + 1), kind });
    };
    for (const path of files.keys()) add(path, 'file');
    for (const path of folders) add(path, 'directory');
    return found;
  };
  const below = (path: string, folder: string): boolean => path === folder || path.startsWith(`${folder}/`);

  return {
    async stat(path, options = {}) {
      throwIfAborted(options.signal);
      return statOf(path);
    },
    async list(path, options = {}) {
      throwIfAborted(options.signal);
      return folders.has(trim(path)) ? [...children(trim(path)).values()] : null;
    },
    async open(path, options = {}) {
      throwIfAborted(options.signal);
      const file = files.get(path);
      if (!file) return null;
      const { bytes, ...stat } = file;
      return {
        ...stat,
        async *read(start, end, o = {}) {
          if (start < end && end > bytes.length) throw failure('ObjectChanged', 'the file ends before that', 'get', path);
          for (const piece of slices(bytes.subarray(start, end), PIECE_BYTES)) {
            throwIfAborted(o.signal);
            yield piece.slice();
          }
        },
        async close() {},
      };
    },
    async write(path, chunks, options = {}) {
      throwIfAborted(options.signal);
      const watched = async function* (): AsyncGenerator<Uint8Array, void, undefined> {
        for await (const chunk of chunks) {
          throwIfAborted(options.signal);
          yield chunk.slice();
        }
      };
      return place(path, await gather(watched()), options);
    },
    async edit(path, options) {
      throwIfAborted(options.signal);
      const now = statOf(path);
      if (now?.kind === 'directory') throw failure('AlreadyExists', 'a folder is in the way', 'put', path);
      const old = files.get(path)?.bytes;
      if (options.from === 'file' && !old) throw failure('NotFound', 'there is no such file', 'put', path);
      if (options.from === 'empty') makeFolder(parent(path), 'put');
      let size = options.from === 'file' ? (old?.length ?? 0) : 0;
      let bytes = new Uint8Array(size);
      if (size && old) bytes.set(old);
      const resize = (wanted: number): void => {
        if (wanted > bytes.length) {
          const grown = new Uint8Array(Math.max(wanted, bytes.length * 2));
          grown.set(bytes.subarray(0, size));
          bytes = grown;
        } else if (wanted < size) bytes.fill(0, wanted, size);
        size = wanted;
      };
      return createEdit(path, size, {
        read: async (start, end) => bytes.slice(start, end),
        async write(at, chunk) {
          if (at + chunk.length > size) resize(at + chunk.length);
          bytes.set(chunk, at);
        },
        truncate: async (wanted) => resize(wanted),
        commit: async (o) => place(path, bytes.slice(0, size), o),
        remove: async () => void (bytes = new Uint8Array()),
      });
    },
    lock,
    async remove(path, options = {}) {
      throwIfAborted(options.signal);
      options.condition?.(statOf(path));
      return files.delete(path);
    },
    async rename(from, to, options = {}) {
      throwIfAborted(options.signal);
      if (!statOf(from)) throw failure('NotFound', 'there is no such file', 'move', from);
      if (statOf(to)?.kind === 'directory') throw failure('AlreadyExists', 'a folder is in the way', 'move', to);
      if (to !== from && below(to, from)) throw failure('InvalidArgument', 'a folder cannot be moved into itself', 'move', from);
      makeFolder(parent(to), 'move');
      const moved = [...files].filter(([path]) => below(path, from));
      for (const [path] of moved) files.delete(path);
      for (const [path, file] of moved) files.set(to + path.slice(from.length), file);
      const inner = [...folders].filter((path) => below(path, from));
      for (const path of inner) folders.delete(path);
      for (const path of inner) folders.add(to + path.slice(from.length));
    },
    async makeDirectory(path, options = {}) {
      throwIfAborted(options.signal);
      makeFolder(path, 'mkdir');
    },
    async removeDirectory(path, options = {}) {
      throwIfAborted(options.signal);
      const folder = trim(path);
      if (!folders.has(folder)) throw failure('NotFound', 'there is no such folder', 'rmdir', path);
      if (!options.recursive && children(folder).size) throw failure('AlreadyExists', 'the folder is not empty', 'rmdir', path);
      for (const file of files.keys()) if (below(file, folder)) files.delete(file);
      for (const inner of folders) if (below(inner, folder) && inner) folders.delete(inner);
    },
    async touch(path, options = {}) {
      throwIfAborted(options.signal);
      const file = files.get(path);
      if (!file) throw failure('NotFound', 'there is no such file', 'touch', path);
      keep(path, file.bytes);
    },
  };
}

/** The root is `''` within. */
const trim = (path: string): string => (path === '/' ? '' : path);
const parent = (path: string): string => path.slice(0, Math.max(path.lastIndexOf('/'), 0));

const failure = (code: ErrorCode, message: string, operation: string, key: string): CloudError =>
  new CloudError(message, { code, operation, key, retryable: code === 'ObjectChanged' });
