/**
 * A disk in IndexedDB: where there is no other that is shared by tabs, private windows included.
 *
 * A file's bytes are in pieces that are written once. Whoever has a file open reads the pieces of its version, and is told when they went.
 *
 * @module
 */
import { createDatabase, promisifyRequest, type Database } from '../../cache/container/idb-database.ts';
import { keepsBlobs } from '../../cache/container/idb-commit.ts';
import { BLOB_BYTES, readBody } from '../../cache/container/idb-rows.ts';
import { createEdit } from '../../platform/disk-edit.ts';
import { createLock } from '../../platform/browser/opfs.ts';
import type { Disk, DiskStat } from '../../platform/types.ts';
import { abortable, throwIfAborted } from '../../util/abort.ts';
import { slices } from '../../util/bytes.ts';
import { TEMPORARY } from '../../util/path.ts';
import type { AbortOptions } from '../../types.ts';
import { createWorkingCopy, type Condition, type PlacedBytes } from './indexeddb-edit.ts';
import {
  checkPath,
  entriesIn,
  entryAt,
  failure,
  INLINE_BYTES,
  makeFolders,
  putEntry,
  rangeOfBytes,
  rangeOfFolder,
  removeEntry,
  statOf,
  storageError,
  type Entry,
  type Piece,
  type Rows,
} from './indexeddb-rows.ts';

/** How long pieces are. */
const PIECE_BYTES = 0x100000;
const DAY_MS = 86_400_000;

/** Counted up when the rows mean something else. */
const DATABASE = 'anyfile-copies-1';

/** What the disk is made of, for its working copies. */
export interface IndexedDbFiles {
  readonly pieceBytes: number;
  /** Writes a piece, and when that was: what is worked on is not scrubbed. */
  putPiece(id: string, at: number, bytes: Uint8Array): Promise<void>;
  getPiece(entry: Pick<Entry, 'id' | 'bytes'>, at: number): Promise<Uint8Array<ArrayBuffer> | undefined>;
  /** Names bytes, under a condition. @param last a piece that is not written yet */
  place(path: string, bytes: PlacedBytes, options: Condition): Promise<DiskStat>;
  /** Takes away the pieces of an id from a place on. */
  drop(id: string, from?: number): Promise<void>;
}

/**
 * Opens the origin's disk in IndexedDB; `undefined` where there is none.
 *
 * @param name of the database
 */
export async function openIndexedDbDisk(name: string = DATABASE): Promise<Disk | undefined> {
  const db = createDatabase(name);
  try {
    const blobs = await keepsBlobs(db);
    await db.transact('readwrite', (rows) => scrub(rows));
    return createDisk(db, createFiles(db, blobs), `anyfile:${name}:`);
  } catch {
    db.close();
    return undefined;
  }
}

/** Bytes that nothing names, and that nobody wrote to for a day. */
async function scrub(rows: Rows): Promise<void> {
  const range = IDBKeyRange.bound(['p'], ['p', []]);
  const [keys, times] = await Promise.all([promisifyRequest(rows.getAllKeys(range)), promisifyRequest(rows.getAll(range))]);
  for (const [i, key] of keys.entries()) {
    if (Date.now() - (times[i] as number) < DAY_MS) continue;
    rows.delete(rangeOfBytes((key as string[])[1]!));
    rows.delete(key);
  }
}

function createFiles(db: Database, blobs: boolean): IndexedDbFiles {
  const pieceOf = (bytes: Uint8Array): Piece => {
    const own = bytes.slice();
    return blobs && own.length >= BLOB_BYTES ? new Blob([own]) : own.buffer;
  };
  return {
    pieceBytes: PIECE_BYTES,
    async putPiece(id, at, bytes) {
      const piece = pieceOf(bytes);
      await db.transact('readwrite', async (rows) => {
        rows.put(Date.now(), ['p', id]);
        rows.put(piece, ['b', id, at]);
      });
    },
    async getPiece({ id, bytes }, at) {
      if (bytes) return at === 0 ? new Uint8Array(bytes) : undefined;
      const piece = await db.transact('readonly', (rows) => promisifyRequest(rows.get(['b', id, at]) as IDBRequest<Piece | undefined>));
      return piece && readBody(piece);
    },
    async place(path, { id, sizeBytes, begun, last }, { condition, signal }) {
      const whole = sizeBytes <= INLINE_BYTES && sizeBytes === last?.bytes.length ? last.bytes.slice().buffer : undefined;
      const piece = last && !whole ? pieceOf(last.bytes) : undefined;
      const stat = await db.transact('readwrite', async (rows) => {
        condition?.(statOf(await checkPath(rows, path)));
        throwIfAborted(signal);
        if (begun && (await promisifyRequest(rows.get(['p', id]))) === undefined)
          throw failure('ObjectChanged', 'a part of the working copy is gone', 'put', path);
        const entry: Entry = { kind: 'file', sizeBytes, mtimeMs: Date.now(), id, ...(whole && { bytes: whole }) };
        // All is in the entry, and nobody looks for pieces of such a file when it goes.
        if (whole) rows.delete(rangeOfBytes(id));
        if (piece) rows.put(piece, ['b', id, last!.at]);
        await putEntry(rows, path, entry);
        rows.delete(['p', id]);
        return statOf(entry);
      });
      return stat!;
    },
    drop: (id, from = 0) =>
      db.transact('readwrite', async (rows) => {
        rows.delete(rangeOfBytes(id, from));
        if (from === 0) rows.delete(['p', id]);
      }),
  };
}

function createDisk(db: Database, files: IndexedDbFiles, lockPrefix: string): Disk {
  const run = async <T>(operation: string, path: string, options: AbortOptions | undefined, task: () => Promise<T>): Promise<T> => {
    throwIfAborted(options?.signal);
    try {
      return await abortable(task(), options?.signal);
    } catch (error) {
      throw storageError(error, operation, path, options?.signal);
    }
  };
  const entryOf = (path: string): Promise<Entry | undefined> => db.transact('readonly', (rows) => entryAt(rows, path));

  async function* read(path: string, entry: Entry, start: number, end: number, options: AbortOptions = {}): AsyncGenerator<Uint8Array> {
    for (let at = start; at < end;) {
      const first = Math.floor(at / PIECE_BYTES) * PIECE_BYTES;
      const piece = await run('get', path, options, () => files.getPiece(entry, first));
      const until = Math.min(end, first + PIECE_BYTES);
      if (!piece || piece.length < until - first) throw failure('ObjectChanged', 'the file changed while it was read', 'get', path);
      yield piece.slice(at - first, until - first);
      at = until;
    }
  }

  const disk: Disk = {
    stat: (path, options) => run('head', path, options, async () => statOf(await entryOf(path))),

    list: (path, options) =>
      run('list', path, options, () =>
        db.transact('readonly', async (rows) => {
          if ((await entryAt(rows, path))?.kind !== 'directory') return null;
          const entries = await entriesIn(rows, path);
          return entries.filter(([name]) => !name.startsWith(TEMPORARY)).map(([name, { kind }]) => ({ name, kind }));
        }),
      ),

    open: (path, options) =>
      run('get', path, options, async () => {
        const entry = await entryOf(path);
        if (entry?.kind !== 'file') return null;
        return { ...statOf(entry)!, read: (start, end, o) => read(path, entry, start, end, o), close: async () => {} };
      }),

    async write(path, chunks, options = {}) {
      const edit = await disk.edit(path, { from: 'empty', signal: options.signal });
      try {
        let at = 0;
        for await (const chunk of chunks) {
          throwIfAborted(options.signal);
          for (const part of slices(chunk, PIECE_BYTES)) {
            await edit.write(at, part);
            at += part.length;
          }
        }
        return await edit.commit(options);
      } finally {
        await edit.discard();
      }
    },

    edit: (path, options) =>
      run('put', path, options, async () => {
        const entry = await db.transact('readonly', (rows) => checkPath(rows, path));
        if (options.from === 'file' && !entry) throw failure('NotFound', 'there is no such file', 'put', path);
        const from = options.from === 'file' ? entry : undefined;
        return createEdit(path, from?.sizeBytes ?? 0, await createWorkingCopy(files, path, from));
      }),

    lock: createLock(lockPrefix),

    remove: (path, options = {}) =>
      run('delete', path, options, () =>
        db.transact('readwrite', async (rows) => {
          const entry = await entryAt(rows, path);
          options.condition?.(statOf(entry));
          if (entry?.kind !== 'file') return false;
          removeEntry(rows, path, entry);
          return true;
        }),
      ),

    rename: (from, to, options) =>
      run('move', from, options, () =>
        db.transact('readwrite', async (rows) => {
          const entry = await entryAt(rows, from);
          if (!entry) throw failure('NotFound', 'there is no such file', 'move', from);
          if (`${to}/`.startsWith(`${from}/`) && to !== from)
            throw failure('InvalidArgument', 'a folder cannot be moved into itself', 'move', from);
          if ((await entryAt(rows, to))?.kind === 'directory') throw failure('AlreadyExists', 'a folder is in the way', 'move', to);
          if (to !== from) await move(rows, from, to, entry);
        }),
      ),

    makeDirectory: (path, options) => run('mkdir', path, options, () => db.transact('readwrite', (rows) => makeFolders(rows, path))),

    removeDirectory: (path, options = {}) =>
      run('rmdir', path, options, () =>
        db.transact('readwrite', async (rows) => {
          const entry = await entryAt(rows, path);
          if (entry?.kind !== 'directory') throw failure('NotFound', 'there is no such folder', 'rmdir', path);
          const inner = await promisifyRequest(rows.count(rangeOfFolder(path)));
          if (inner && !options.recursive) throw failure('AlreadyExists', 'the folder is not empty', 'rmdir', path);
          await removeTree(rows, path, entry);
        }),
      ),

    // Another version of the same bytes, which must not be shared: the old one's go with it.
    touch: (path, options) =>
      run('touch', path, options, async () => {
        const file = await disk.open(path, options);
        if (!file) throw failure('NotFound', 'there is no such file', 'touch', path);
        await disk.write(path, file.read(0, file.sizeBytes, options), options);
      }),
  };
  return disk;
}

async function move(rows: Rows, from: string, to: string, entry: Entry): Promise<void> {
  await putEntry(rows, to, entry);
  for (const [name, inner] of entry.kind === 'directory' ? await entriesIn(rows, from) : [])
    await move(rows, `${from}/${name}`, `${to}/${name}`, inner);
  removeEntry(rows, from, { ...entry, kind: 'directory' });
}

async function removeTree(rows: Rows, path: string, entry: Entry): Promise<void> {
  for (const [name, inner] of entry.kind === 'directory' ? await entriesIn(rows, path) : [])
    await removeTree(rows, `${path}/${name}`, inner);
  removeEntry(rows, path, entry);
}
