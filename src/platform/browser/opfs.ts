/**
 * The origin private file system of browsers, in pages and workers.
 *
 * What shaped it, all measured: WebKit's `write(view)` writes the view's whole buffer; `createWritable` on an existing name is not
 * atomic there, so a new name is written and moved; `move` needs both arguments; a `File` is no snapshot, so what was read is held
 * against the file as it is afterwards; Chromium lists the swap files of writers.
 *
 * @module
 */
import { CloudError, isCloudError } from '../../errors.ts';
import type { AbortOptions } from '../../types.ts';
import { abortable, throwIfAborted } from '../../util/abort.ts';
import { createKeyedLock, type KeyedLock } from '../../util/keyed-lock.ts';
import { TEMPORARY } from '../../util/path.ts';
import { createEdit } from '../disk-edit.ts';
import type { Disk, DiskEntry, DiskStat } from '../types.ts';
import { createHandleCopy, unshared, type Condition } from './opfs-edit.ts';
import { guarded, opfsError, orNull } from './opfs-error.ts';

type Movable = FileSystemFileHandle & { move?(folder: FileSystemDirectoryHandle, name: string): Promise<void> };

const PIECE_BYTES = 0x100000;
const DAY_MS = 86_400_000;

let shared: Disk | undefined;

/**
 * The browser's disk; `undefined` where there is none, as in private windows of Firefox and WebKit. There is one for the whole origin,
 * so one object stands for it: stores that are made apart must agree on versions.
 */
export async function openOpfs(): Promise<Disk | undefined> {
  try {
    const root = await globalThis.navigator?.storage?.getDirectory?.();
    if (root && 'createWritable' in FileSystemFileHandle.prototype) shared ??= createHandleDisk(root);
    return shared;
  } catch {
    return undefined;
  }
}

/**
 * A disk over a folder that a browser handed out.
 *
 * @param top the folder that `/` stands for
 * @param name of its locks: the same for all who may have this folder
 */
export function createHandleDisk(top: FileSystemDirectoryHandle, name: string = 'anyfile:opfs:'): Disk {
  const lock = createLock(name);
  /** How often this page replaced a file within the grain of its time, which is a second in WebKit: part of the version. */
  const repeats = new Map<string, { mtimeMs: number; count: number }>();

  const folder = async (path: string, create = false): Promise<FileSystemDirectoryHandle> => {
    let at = top;
    for (const name of path.split('/')) if (name) at = await at.getDirectoryHandle(name, { create });
    return at;
  };
  const handleOf = async (path: string): Promise<FileSystemFileHandle | null> =>
    orNull(async () => (await folder(parent(path))).getFileHandle(baseName(path)));
  const describe = (path: string, file: File): DiskStat => {
    const repeat = repeats.get(path);
    const count = repeat?.mtimeMs === file.lastModified ? `-${repeat.count}` : '';
    return {
      kind: 'file',
      sizeBytes: file.size,
      mtimeMs: file.lastModified,
      version: `${file.lastModified.toString(36)}-${file.size.toString(36)}${count}`,
    };
  };
  const statOf = async (path: string): Promise<DiskStat | null> => {
    const handle = path === '/' ? null : await handleOf(path);
    const file = handle && (await orNull(() => handle.getFile()));
    if (file) return describe(path, file);
    return (await orNull(() => folder(path))) && { kind: 'directory', sizeBytes: 0, mtimeMs: 0, version: '' };
  };
  /** Note that a file came, went or was replaced. */
  const bump = (path: string, before: number | undefined, after: number | undefined): void => {
    const last = repeats.get(path);
    const mtimeMs = after ?? before;
    if (mtimeMs === undefined || (after !== undefined && after !== (before ?? last?.mtimeMs))) repeats.delete(path);
    else repeats.set(path, { mtimeMs, count: (last?.mtimeMs === mtimeMs ? last.count : 0) + 1 });
    if (repeats.size > 9999) repeats.clear();
  };

  async function* read(
    path: string,
    stat: DiskStat,
    from: File,
    start: number,
    end: number,
    options: AbortOptions = {},
  ): AsyncGenerator<Uint8Array, void, undefined> {
    for (let at = start; at < end; at += PIECE_BYTES) {
      const piece = await guarded('get', path, options, async () => {
        const bytes = new Uint8Array(await from.slice(at, Math.min(at + PIECE_BYTES, end)).arrayBuffer());
        const now = await statOf(path);
        return now?.version === stat.version && bytes.length === Math.min(PIECE_BYTES, end - at) ? bytes : undefined;
      }).catch((error: unknown) => {
        if (isCloudError(error, 'NotFound')) return undefined;
        throw error;
      });
      if (!piece)
        throw new CloudError('the file changed while it was read', { code: 'ObjectChanged', retryable: true, key: path, operation: 'get' });
      yield piece;
    }
  }
  /** Put a temporary file in the place of the one of that name beside it. */
  const place = (temporary: Movable, into: FileSystemDirectoryHandle, path: string, options: Condition): Promise<DiskStat> =>
    lock(
      path,
      async () => {
        const now = await statOf(path);
        if (now?.kind === 'directory') throw inTheWay();
        options.condition?.(now);
        throwIfAborted(options.signal);
        await moveTo(temporary, into, into, baseName(path));
        const file = await (await into.getFileHandle(baseName(path))).getFile();
        bump(path, now?.mtimeMs, file.lastModified);
        return describe(path, file);
      },
      options,
    );

  const disk: Disk = {
    stat: (path, options) => guarded('head', path, options, () => statOf(path)),

    list: (path, options) =>
      guarded('list', path, options, async () => {
        const at = await orNull(() => folder(path));
        if (!at) return null;
        const found: DiskEntry[] = [];
        const iterator = at.entries();
        for (let step = await iterator.next(); !step.done; step = await iterator.next()) {
          const [name, { kind }] = step.value;
          if (name.startsWith(TEMPORARY)) await scrub(at, name);
          else if (!name.endsWith('.crswap')) found.push({ name, kind });
        }
        return found;
      }),

    open: (path, options) =>
      guarded('get', path, options, async () => {
        const handle = await handleOf(path);
        const file = handle && (await orNull(() => handle.getFile()));
        if (!file) return null;
        const stat = describe(path, file);
        return { ...stat, read: (start, end, o) => read(path, stat, file, start, end, o), close: async () => {} };
      }),

    async write(path, chunks, options = {}) {
      throwIfAborted(options.signal);
      const name = `${TEMPORARY}${crypto.randomUUID()}`;
      let at: FileSystemDirectoryHandle | undefined;
      try {
        at = await folder(parent(path), true);
        const temporary: Movable = await at.getFileHandle(name, { create: true });
        await fill(temporary, chunks, options.signal);
        return await place(temporary, at, path, options);
      } catch (error) {
        await at?.removeEntry(name).catch(() => {});
        throw opfsError(error, 'put', path, options.signal);
      }
    },

    async edit(path, options) {
      throwIfAborted(options.signal);
      const now = await disk.stat(path, options);
      if (now?.kind === 'directory') throw opfsError(inTheWay(), 'put', path, undefined);
      const from = options.from === 'file' ? await disk.open(path, options) : undefined;
      if (from === null) throw new CloudError('there is no such file', { code: 'NotFound', operation: 'put', key: path });
      const copy = await guarded('put', path, {}, async () => {
        const into = await folder(parent(path), true);
        return createHandleCopy(path, into, `${TEMPORARY}${crypto.randomUUID()}`, (handle, o) => place(handle, into, path, o));
      });
      const edit = createEdit(path, 0, copy);
      try {
        let at = 0;
        for await (const piece of from?.read(0, from.sizeBytes, options) ?? []) {
          await edit.write(at, piece);
          at += piece.length;
        }
        throwIfAborted(options.signal);
        return edit;
      } catch (error) {
        await edit.discard();
        throw error;
      }
    },

    lock: createLock('anyfile:lock:'),

    remove: (path, options = {}) =>
      guarded('delete', path, options, () =>
        lock(
          path,
          async () => {
            const now = await statOf(path);
            options.condition?.(now);
            if (now?.kind !== 'file') return false;
            await (await folder(parent(path))).removeEntry(baseName(path));
            bump(path, now.mtimeMs, undefined);
            return true;
          },
          options,
        ),
      ),

    rename: (from, to, options) =>
      guarded('move', from, options, async () => {
        const out = await folder(parent(from));
        const handle = await out.getFileHandle(baseName(from));
        const before = [await statOf(from), await statOf(to)];
        await moveTo(handle, out, await folder(parent(to), true), baseName(to));
        bump(from, before[0]?.mtimeMs, undefined);
        bump(to, before[1]?.mtimeMs, (await statOf(to))?.mtimeMs);
      }),

    makeDirectory: (path, options) => guarded('mkdir', path, options, async () => void (await folder(path, true))),

    removeDirectory: (path, options = {}) =>
      guarded('rmdir', path, options, async () => {
        const recursive = options.recursive ?? false;
        // WebKit does not say why it does not remove one that is not empty.
        const first = recursive ? undefined : await (await folder(path)).keys().next();
        if (first && !first.done) throw new DOMException('the folder is not empty', 'InvalidModificationError');
        await (await folder(parent(path))).removeEntry(baseName(path), { recursive });
      }),

    // The only way to another time is to write; in place that would not be atomic.
    async touch(path, options) {
      const file = await disk.open(path, options);
      if (!file) throw new CloudError('there is no such file', { code: 'NotFound', operation: 'touch', key: path });
      await disk.write(path, file.read(0, file.sizeBytes, options), options);
    },
  };
  return disk;
}

const inTheWay = (): DOMException => new DOMException('a folder is in the way', 'TypeMismatchError');
const parent = (path: string): string => path.slice(0, path.lastIndexOf('/'));
const baseName = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/** Web Locks where there are any: they hold among all tabs and workers of the origin. @param prefix of their names */
export function createLock(prefix: string): KeyedLock {
  const within = createKeyedLock();
  const locks = globalThis.navigator?.locks;
  if (!locks) return within;
  return (name, task, { signal } = {}) =>
    // The lock manager is asked once the lock is free in this thread, so that it never holds more than one of our requests for a name.
    within(name, () => abortable(locks.request(prefix + name, signal ? { signal } : {}, task) as ReturnType<typeof task>, signal), {
      signal,
    });
}

async function fill(handle: FileSystemFileHandle, chunks: AsyncIterable<Uint8Array>, signal: AbortSignal | undefined): Promise<void> {
  const writable = await handle.createWritable();
  try {
    for await (const chunk of chunks) {
      throwIfAborted(signal);
      await writable.write(unshared(chunk));
    }
  } catch (error) {
    await writable.abort().catch(() => {});
    throw error;
  }
  await writable.close();
}

async function moveTo(handle: Movable, from: FileSystemDirectoryHandle, into: FileSystemDirectoryHandle, name: string): Promise<void> {
  try {
    if (handle.move) return await handle.move(into, name);
  } catch (error) {
    // some browsers move on their own disk alone
    if ((error as { name?: string } | null)?.name !== 'NotSupportedError') throw error;
  }
  // Not atomic everywhere, the best there is.
  const writable = await (await into.getFileHandle(name, { create: true })).createWritable();
  await writable.write(await handle.getFile());
  await writable.close();
  await from.removeEntry(handle.name);
}

/** Remove what some page left behind more than a day ago. */
async function scrub(at: FileSystemDirectoryHandle, name: string): Promise<void> {
  try {
    const file = await (await at.getFileHandle(name)).getFile();
    if (Date.now() - file.lastModified > DAY_MS) await at.removeEntry(name);
  } catch {
    // Somebody is at it.
  }
}
